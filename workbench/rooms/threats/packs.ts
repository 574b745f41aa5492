// The rule packs of the house: shipped ones, and those that people wrote or imported; and which of them a product uses.
import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Kernel } from '../../kernel/kernel.ts';
import { findRecord } from '../../kernel/records/read.ts';
import type { WardRecord } from '../../kernel/records/record.ts';
import type { RulePack } from './evaluate/contract.ts';
import { shippedExamples } from './evaluate/shipped-examples.ts';
import { shippedPack } from './evaluate/shipped-pack.ts';
import { rulePack } from './model.ts';
import { packOf, type RuleExample, RulePackBody } from './rule-pack.ts';
import './tables.ts';

type Db = Kernel['db'];

export interface KnownPack {
  readonly pack: RulePack;
  readonly origin: 'shipped' | 'own' | 'imported';
  /** `RUL-1@3`, or id and version of a shipped one: changes whenever the rules may have. */
  readonly mark: string;
  readonly record: Pick<WardRecord, 'id' | 'key' | 'revision' | 'updatedAt' | 'updatedBy'> | null;
  readonly source: string;
  readonly licence: string;
  readonly examples: readonly RuleExample[];
}

/** Read at the first use: a command that needs no rules does not wait for them. */
function shipped(): KnownPack {
  const pack = shippedPack();
  return {
    pack,
    origin: 'shipped',
    mark: `${pack.id} ${pack.version}`,
    record: null,
    source: 'Ward',
    licence: 'Apache-2.0',
    examples: shippedExamples,
  };
}

// Reading a record's body by its schema costs more than an evaluation; a revision never changes.
const read = new Map<string, KnownPack>();
const MOST_READ = 50;

/** Shipped first, then those of the house in the order of their keys; withdrawn ones are left out. */
export async function allPacks(db: Db): Promise<readonly KnownPack[]> {
  const { rows } = await sql<{ id: string; revision: number }>`
    select id, revision from record where kind = ${rulePack.kind} and state = 'active' order by number`.execute(
    db,
  );
  const stored: KnownPack[] = [];
  for (const { id, revision } of rows) {
    const known = read.get(`${id}@${revision}`);
    if (known) stored.push(known);
    else {
      const record = await findRecord(db, id);
      if (record) stored.push(storedPack(record));
    }
  }
  return [shipped(), ...stored];
}

export function storedPack(record: WardRecord): KnownPack {
  const body = RulePackBody.parse(record.body);
  const { id, key, revision, updatedAt, updatedBy } = record;
  const { origin, source, licence, examples } = body;
  const pack: KnownPack = {
    pack: packOf(body),
    origin,
    mark: `${key}@${revision}`,
    record: { id, key, revision, updatedAt, updatedBy },
    source,
    licence,
    examples,
  };
  if (read.size >= MOST_READ) read.delete(read.keys().next().value as string);
  read.set(`${id}@${revision}`, pack);
  return pack;
}

export interface ChosenPack extends KnownPack {
  readonly inUse: boolean;
}

/** Shipped packs are in use unless a person switched them off; packs of the house only where one switched them on. */
export async function packsOf(db: Db, productId: string | null): Promise<readonly ChosenPack[]> {
  const chosen = new Map<string, boolean>();
  if (productId !== null) {
    const rows = await db.selectFrom('rule_choice').selectAll().where('product_id', '=', productId).execute();
    for (const row of rows) chosen.set(row.pack, row.in_use);
  }
  return (await allPacks(db)).map((known) => ({
    ...known,
    inUse: chosen.get(known.pack.id) ?? known.origin === 'shipped',
  }));
}

/** One word for exactly these packs in these editions. */
export function printOf(packs: readonly KnownPack[]): string {
  const marks = packs.map(({ mark }) => mark).sort();
  return createHash('sha256').update(JSON.stringify(marks)).digest('hex').slice(0, 16);
}

// Writes people, roles and records of the example inside one transaction, each record under the name of its author.
import type { Ward } from '../workbench/compose.ts';
import type { Grant, Principal } from '../workbench/kernel/people/roles.ts';
import { decideEdit, decideTransition } from '../workbench/kernel/records/decide.ts';
import { createRecordIn, moveBySystem } from '../workbench/kernel/records/operations.ts';
import { authorsSinceApproval, readRecord } from '../workbench/kernel/records/read.ts';
import type { Unit } from '../workbench/kernel/records/records.ts';
import { acceptAllIn, fieldsOf, takeIdentity } from '../workbench/rooms/threats/accept-difference.ts';
import { shippedPack } from '../workbench/rooms/threats/index.ts';
import {
  ACCEPTED_BY,
  type ExampleChange,
  type ExampleRecord,
  exampleChanges,
  examplePeople,
  MODEL_ID,
  PRODUCT_ID,
  productBody,
  recordsAfter,
  recordsBefore,
} from './data.ts';

interface Cast {
  readonly ward: Ward;
  /** The transaction in the name of Ward itself. */
  readonly unit: Unit;
  readonly people: ReadonlyMap<string, Principal>;
  readonly ids: Map<string, string>;
  /** Keys that Ward gave, by the name inside the example. */
  readonly keys: Map<string, string>;
}

/**
 * Everything before the SBOMs: product, people, model, threats with what the rules find, controls. All or nothing with the caller's
 * transaction, in the order of the data files, so that keys are the same each time.
 */
export async function writeBefore(ward: Ward, unit: Unit): Promise<Record<string, string>> {
  const product = await createRecordIn(ward.records, unit, {
    kind: 'product',
    productId: null,
    body: productBody,
  });
  for (const person of examplePeople) {
    const personId = await ward.people.ensurePerson(person, unit.db);
    for (const role of person.roles) {
      await createRecordIn(ward.records, unit, {
        kind: 'role-assignment',
        productId: product.id,
        body: { person: personId, role, training: person.training, independence: person.independence },
        reason: 'Team of the fictitious example.',
      });
    }
  }
  const cast = await gather(ward, unit, { [PRODUCT_ID]: product.id });
  for (const record of recordsBefore) await writeRecord(cast, product.id, record);
  // Each threat that a rule raises is written already, but for a few: those are recorded now, as when a person accepts them.
  await acceptAllIn(ward, actingAs(cast, ACCEPTED_BY), found(cast.ids, MODEL_ID));
  return Object.fromEntries(cast.ids);
}

/** What people judged and did when the SBOMs were in. Skips what an earlier start wrote. */
export async function writeAfter(
  ward: Ward,
  unit: Unit,
  written: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const cast = await gather(ward, unit, written);
  const missing = recordsAfter.filter(({ id }) => !cast.ids.has(id));
  for (const record of missing) await writeRecord(cast, found(cast.ids, PRODUCT_ID), record);
  if (missing.length > 0) for (const change of exampleChanges) await writeChange(cast, change);
  return Object.fromEntries(cast.ids);
}

/** People and records as the example knows them, also when they were written before a restart. */
async function gather(ward: Ward, unit: Unit, written: Readonly<Record<string, string>>): Promise<Cast> {
  const ids = new Map(Object.entries(written));
  const people = new Map<string, Principal>();
  for (const person of examplePeople) {
    const personId = await ward.people.ensurePerson(person, unit.db);
    people.set(person.id, principal(personId, person.name, found(ids, PRODUCT_ID), person.roles));
  }
  const rows = await unit.db
    .selectFrom('record')
    .select(['id', 'key'])
    .where('id', 'in', [...ids.values()])
    .execute();
  const keyOf = new Map(rows.map(({ id, key }) => [id, key]));
  const keys = new Map([...ids].map(([name, id]) => [name, keyOf.get(id) ?? '']));
  return { ward, unit, people, ids, keys };
}

/** The person with this address as the example knows them, when the records were written before a restart. */
export async function developerOf(ward: Ward, productId: string): Promise<Principal> {
  const person = examplePeople.find((known) => known.id === 'deven');
  if (!person) throw new Error('the example has no developer');
  return principal(await ward.people.ensurePerson(person), person.name, productId, person.roles);
}

function principal(
  personId: string,
  name: string,
  productId: string,
  roles: readonly Grant['role'][],
): Principal {
  const grants: Grant[] = roles.map((role) => ({ role, productId }));
  return { via: 'session', personId, name, grants, scopes: null, tokenProductId: null };
}

async function writeRecord(cast: Cast, productId: string, record: ExampleRecord): Promise<void> {
  const { ward, unit, ids } = cast;
  const scope = ward.kinds.get(record.kind).scope;
  const links = (record.links ?? []).map(({ type, to }) => ({ type, to: found(ids, to) }));
  const created = await createRecordIn(ward.records, actingAs(cast, record.by), {
    kind: record.kind,
    productId: scope === 'organisation' ? null : productId,
    body: withKeys(completed(record), cast.keys),
    reason: 'Part of the fictitious example.',
    links,
  });
  ids.set(record.id, created.id);
  cast.keys.set(record.id, created.key);
  const { rule, target } = record.body;
  if (record.kind === 'threat' && typeof rule === 'string')
    await takeIdentity(unit, created.id, found(ids, MODEL_ID), { rule, target: String(target) });
  for (const { transition, by, reason } of record.moves ?? [])
    await writeMove(cast, created.id, transition, by, reason);
}

/** A threat that names its rule has from it what the rule says of every target. */
function completed({ kind, body }: ExampleRecord): Readonly<Record<string, unknown>> {
  if (kind !== 'threat' || typeof body.rule !== 'string') return body;
  const rule = shippedPack().rules.find(({ id }) => id === body.rule);
  if (!rule) throw new Error(`the example names a rule ${body.rule} that there is not`);
  return { ...fieldsOf(rule), ...body };
}

/** `@ctl-mtls` in a body stands for the key that Ward gave to that record. */
function withKeys(value: unknown, keys: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') return value.startsWith('@') ? found(keys, value.slice(1)) : value;
  if (Array.isArray(value)) return value.map((one) => withKeys(one, keys));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withKeys(one, keys)]));
}

async function writeMove(
  cast: Cast,
  id: string,
  transition: string,
  by: string,
  reason: string | null,
): Promise<void> {
  const { ward } = cast;
  const unit = actingAs(cast, by);
  const record = await readRecord(unit.db, unit.principal, id);
  // Ward moves what people would sign: a signature cannot be made for somebody.
  if (unit.principal.via === 'system')
    return moveBySystem(ward.records, unit, record, transition, reason ?? '');
  const decided = decideTransition(ward.kinds.get(record.kind), record, unit.principal, {
    transition,
    reason,
    authorIds: await authorsSinceApproval(unit.db, id),
  });
  if (decided.transition.signature) throw new Error(`${record.key}: "${transition}" is a signature`);
  await unit.commit([
    {
      type: 'transition',
      record,
      transition,
      to: decided.transition.to,
      reason: decided.reason,
      signature: null,
    },
  ]);
  await unit.emit({ type: `${record.kind}.${transition}`, payload: { id, state: decided.transition.to } });
}

async function writeChange(cast: Cast, change: ExampleChange): Promise<void> {
  const unit = actingAs(cast, change.by);
  const record = await readRecord(unit.db, unit.principal, found(cast.ids, change.of));
  const body = { ...record.body, ...change.edit };
  const kind = cast.ward.kinds.get(record.kind);
  await unit.commit([decideEdit(kind, record, unit.principal, { body, reason: change.reason })]);
  await unit.emit({ type: `${record.kind}.edited`, payload: { id: record.id } });
}

/** The same transaction in the name of another person: what they may not do is refused as it would be on the page. */
function actingAs({ unit, people }: Cast, author: string): Unit {
  return author === 'ward' ? unit : unit.as(found(people, author));
}

function found<Value>(map: ReadonlyMap<string, Value>, name: string): Value {
  const value = map.get(name);
  if (value === undefined) throw new Error(`the example has nothing named "${name}" before it is used`);
  return value;
}

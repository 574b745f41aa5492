// Takes the threats of an imported model into the room, from the files that the import kept. Repeatable: the same file again adds
// nothing, a newer one says what it says otherwise, and what people decided here stays.
import { sql } from 'kysely';
import type { Kernel } from '../../kernel/kernel.ts';
import { SYSTEM } from '../../kernel/people/roles.ts';
import { decideEdit } from '../../kernel/records/decide.ts';
import { createRecordsIn, moveManyBySystem } from '../../kernel/records/operations.ts';
import { findAndLock, lockRecords } from '../../kernel/records/read.ts';
import type { Change, WardRecord } from '../../kernel/records/record.ts';
import type { Unit } from '../../kernel/records/records.ts';
import { importModel } from '../system/index.ts';
import {
  bodiesOf,
  type ImportedBody,
  isHistory,
  type KnownThreat,
  matchThreats,
  NO_LONGER_THERE,
  type ThreatSource,
} from './imported-threats.ts';
import { type ImportedFrom, threat } from './model.ts';

export interface TakenThreats {
  readonly created: readonly string[];
  readonly changed: readonly string[];
  readonly left: readonly string[];
  readonly same: number;
}

const HISTORY: Readonly<Record<string, string>> = {
  'not decided':
    'Its tool made it by rules of its own and nobody decided about it: kept as history. The rules in use judge this model.',
  'decision only':
    'Only the decision of the other tool is in its file: kept as evidence. The rules in use judge this model.',
};

/** One transaction. Refuses what the import itself would refuse; nothing is stored then. */
export async function takeImportedThreats(
  kernel: Kernel,
  modelId: string,
  files: readonly { readonly name: string; readonly hash: string }[],
): Promise<TakenThreats> {
  const contents = await Promise.all(
    files.map(async ({ name, hash }) => ({ name, bytes: new Uint8Array(await kernel.blobs.read(hash)) })),
  );
  const imported = importModel(contents);
  const source: ThreatSource = { tool: imported.format, file: files[0]?.name ?? '' };
  const bodies = bodiesOf(imported, source);
  return kernel.records.write(SYSTEM, async (unit) => {
    // Two imports of one model take turns.
    const model = (await findAndLock(unit.db, modelId)) as WardRecord;
    const known = await knownThreats(unit.db, modelId);
    if (bodies.length === 0 && known.length === 0) return { created: [], changed: [], left: [], same: 0 };
    const { fresh, changed, left, same } = matchThreats(known, bodies);
    const said: Said[] = [
      ...changed.map((one) => ({ known: one.known, body: one.body, said: one.said })),
      ...left.map((one) => ({
        known: one,
        body: { imported: { ...one.imported, status: NO_LONGER_THERE } satisfies ImportedFrom },
        said: [`status ${one.imported.status || 'none'} → ${NO_LONGER_THERE}`],
      })),
    ];
    const keys = await changeAll(kernel, unit, said, source);
    const created = await create(kernel, unit, model, fresh, source);
    const [moved, gone] = [keys.slice(0, changed.length), keys.slice(changed.length)];
    const outcome = { created, changed: moved, left: gone, same };
    await unit.commit([
      {
        type: 'note',
        action: 'threats.imported',
        productId: model.productId,
        record: model.id,
        content: { key: model.key, tool: source.tool, file: source.file, ...outcome },
      },
    ]);
    return outcome;
  });
}

type Known = KnownThreat & { readonly state: string };

async function knownThreats(db: Unit['db'], modelId: string): Promise<Known[]> {
  const { rows } = await sql<{ id: string; title: string; state: string; body: Record<string, unknown> }>`
    select r.id, r.title, r.state, r.body from record r where r.kind = 'threat' and r.body->'imported'->>'tool' is not null
      and exists (select 1 from link l where l.from_id = r.id and l.type = 'targets' and l.to_id = ${modelId}::uuid and l.ended_at is null)
    order by r.number`.execute(db);
  return rows.map(({ id, title, state, body }) => ({
    id,
    title,
    state,
    target: String(body.target ?? ''),
    description: String(body.description ?? ''),
    imported: body.imported as ImportedFrom,
  }));
}

/** Made in the name of Ward, so that whoever imported the file may decide about them. */
async function create(
  kernel: Kernel,
  unit: Unit,
  model: WardRecord,
  bodies: readonly ImportedBody[],
  { tool, file }: ThreatSource,
): Promise<string[]> {
  if (bodies.length === 0) return [];
  const made = await createRecordsIn(
    kernel.records,
    unit,
    bodies.map((body) => ({
      kind: threat.kind,
      productId: model.productId,
      body,
      reason: `Imported with ${model.key} from ${file} (${tool}).`,
      links: [{ type: 'targets', to: model.id }],
    })),
  );
  const history = bodies.flatMap((body, index) =>
    isHistory(body)
      ? [
          {
            record: made[index] as WardRecord,
            transition: 'clear',
            reason: HISTORY[body.imported.state] ?? '',
          },
        ]
      : [],
  );
  await moveManyBySystem(kernel.records, unit, history);
  return made.map(({ key }) => key);
}

/** What a file says otherwise of a threat that is here. */
interface Said {
  readonly known: KnownThreat;
  readonly body: Partial<ImportedBody>;
  readonly said: readonly string[];
}

/**
 * What is open is changed; what people decided, or what is history, gets a comment: a file moves no decision. Gives the keys in
 * their order.
 */
async function changeAll(
  kernel: Kernel,
  unit: Unit,
  all: readonly Said[],
  { file }: ThreatSource,
): Promise<string[]> {
  const ids = all.map(({ known }) => known.id);
  const records = new Map((await lockRecords(unit.db, ids)).map((record) => [record.id, record]));
  const before = await commentsOn(unit, ids);
  const kind = kernel.kinds.get(threat.kind);
  const edits: Extract<Change, { type: 'edit' }>[] = [];
  const comments: Change[] = [];
  for (const { known, body, said } of all) {
    const record = records.get(known.id) as WardRecord;
    const reason = `${file} says otherwise now: ${said.join('; ')}.`;
    const reopens =
      record.state === 'gone' && body.imported !== undefined && !isHistory({ imported: body.imported });
    const isLeaving = body.imported?.status === NO_LONGER_THERE;
    if (record.state === 'open' || (reopens && !isLeaving))
      edits.push(decideEdit(kind, record, SYSTEM, { body: { ...record.body, ...body }, reason }));
    else if (!before.has(`${record.id} ${reason}`)) comments.push({ type: 'comment', record, text: reason });
  }
  await unit.emit(
    ...edits.map(({ record }) => ({ type: `${threat.kind}.edited`, payload: { id: record.id } })),
  );
  if (edits.length + comments.length > 0) await unit.commit([...edits, ...comments]);
  return ids.map((id) => (records.get(id) as WardRecord).key);
}

/** What was said of them already: as `id text`. */
async function commentsOn(unit: Unit, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const { rows } = await sql<{ record: string; text: string }>`
    select record, content->>'text' as text from ledger
    where record = any(${[...ids]}::uuid[]) and action = 'comment.made'`.execute(unit.db);
  return new Set(rows.map(({ record, text }) => `${record} ${text}`));
}

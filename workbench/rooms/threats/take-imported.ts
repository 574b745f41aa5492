// Takes the threats of an imported model into the room, from the files that the import kept. Repeatable: the same file again adds
// nothing, a newer one says what it says otherwise, and what people decided here stays.
import { sql } from 'kysely';
import type { Kernel } from '../../kernel/kernel.ts';
import { SYSTEM } from '../../kernel/people/roles.ts';
import { decideCreate, decideEdit, decideTransition } from '../../kernel/records/decide.ts';
import { findAndLock, findRecord } from '../../kernel/records/read.ts';
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
    const created = await create(kernel, unit, model, fresh, source);
    const moved: string[] = [];
    for (const { known: there, body, said } of changed)
      moved.push(await change(kernel, unit, there, body, said, source));
    const gone: string[] = [];
    for (const one of left) {
      const status = [`status ${one.imported.status || 'none'} → ${NO_LONGER_THERE}`];
      const imported: ImportedFrom = { ...one.imported, status: NO_LONGER_THERE };
      gone.push(await change(kernel, unit, one, { imported }, status, source));
    }
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
  const kind = kernel.kinds.get(threat.kind);
  const creates = bodies.map((body) =>
    decideCreate(kind, SYSTEM, {
      id: unit.newId(),
      productId: model.productId,
      body,
      reason: `Imported with ${model.key} from ${file} (${tool}).`,
    }),
  );
  const committed = await unit.commit(creates);
  const keys = committed.map(({ key }) => key ?? '');
  const links: Change[] = creates.map(({ id }, index) => ({
    type: 'link',
    id: unit.newId(),
    linkType: 'targets',
    from: { id, kind: kind.kind, key: keys[index] ?? '', productId: model.productId },
    to: model,
  }));
  await unit.commit(links);
  await unit.emit(...creates.map(({ id }) => ({ type: `${kind.kind}.created`, payload: { id } })));
  for (const [index, body] of bodies.entries()) {
    if (!isHistory(body)) continue;
    const record = (await findRecord(unit.db, creates[index]?.id ?? '')) as WardRecord;
    const { transition, reason } = decideTransition(kind, record, SYSTEM, {
      transition: 'clear',
      reason: HISTORY[body.imported.state] ?? '',
      authorIds: [],
    });
    await unit.commit([
      { type: 'transition', record, transition: transition.id, to: transition.to, reason, signature: null },
    ]);
  }
  return keys;
}

/** What is open is changed; what people decided, or what is history, gets a comment: a file moves no decision. */
async function change(
  kernel: Kernel,
  unit: Unit,
  known: KnownThreat,
  body: Partial<ImportedBody>,
  said: readonly string[],
  { file }: ThreatSource,
): Promise<string> {
  const record = (await findAndLock(unit.db, known.id)) as WardRecord;
  const reason = `${file} says otherwise now: ${said.join('; ')}.`;
  const reopens =
    record.state === 'gone' && body.imported !== undefined && !isHistory({ imported: body.imported });
  const isLeaving = body.imported?.status === NO_LONGER_THERE;
  if (record.state === 'open' || (reopens && !isLeaving)) {
    const edit = decideEdit(kernel.kinds.get(threat.kind), record, SYSTEM, {
      body: { ...record.body, ...body },
      reason,
    });
    await unit.commit([edit]);
    await unit.emit({ type: `${threat.kind}.edited`, payload: { id: record.id } });
  } else if (!(await isSaid(unit, record.id, reason)))
    await unit.commit([{ type: 'comment', record, text: reason }]);
  return record.key;
}

async function isSaid(unit: Unit, id: string, text: string): Promise<boolean> {
  const { rows } = await sql`
    select 1 from ledger where record = ${id}::uuid and action = 'comment.made' and content->>'text' = ${text} limit 1`.execute(
    unit.db,
  );
  return rows.length > 0;
}

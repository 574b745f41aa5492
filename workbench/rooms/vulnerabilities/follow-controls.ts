// A decision may rest on a control, a requirement or a verification. When that is no longer in force the decision comes back, in
// the transaction of the change itself (docs/decisions/009: hard).
import { sql } from 'kysely';
import type { Kernel } from '../../kernel/kernel.ts';
import { findState } from '../../kernel/records/kind.ts';
import { findRecord } from '../../kernel/records/read.ts';
import type { Change, WardRecord } from '../../kernel/records/record.ts';
import type { Reaction, Unit } from '../../kernel/records/records.ts';
import { judgedFinding, move } from './decide-finding.ts';

/** What `rests-on` may point to; the rooms of these kinds come later, links go any way. */
export const SUPPORTS = ['control', 'requirement', 'verification'] as const;

export const followSupport = (kernel: Kernel): Reaction => ({
  concerns: (change) =>
    (change.type === 'edit' || change.type === 'transition') &&
    isSettled(kernel, change.record) &&
    !isSettled(kernel, { kind: change.record.kind, state: stateAfter(change) }),

  async follow(unit, changes) {
    for (const change of changes) {
      if (change.type !== 'edit' && change.type !== 'transition') continue;
      const { id, kind, key } = change.record;
      const state = stateAfter(change);
      const title = findState(kernel.kinds.get(kind), state)?.title ?? state;
      for (const record of await restingOn(unit, id)) {
        const reason = `It rests on ${key}, which is now "${title}".`;
        await move(kernel, unit, record, 'reopen', reason);
        const judged = await judgedFinding(unit, record.id);
        if (judged) await move(kernel, unit, judged, 'reopen', `${record.key}: ${reason}`);
      }
    }
  },
});

const stateAfter = (change: Extract<Change, { type: 'edit' | 'transition' }>): string =>
  change.type === 'edit' ? change.state : change.to;

function isSettled(kernel: Kernel, { kind, state }: Pick<WardRecord, 'kind' | 'state'>): boolean {
  return findState(kernel.kinds.get(kind), state)?.tone === 'settled';
}

async function restingOn(unit: Unit, id: string): Promise<WardRecord[]> {
  const { rows } = await sql<{ id: string }>`
    select r.id from link l join record r on r.id = l.from_id and r.kind = 'assessment' and r.state = 'approved'
    where l.to_id = ${id}::uuid and l.type = 'rests-on' and l.ended_at is null order by r.id for no key update of r`.execute(
    unit.db,
  );
  const found = await Promise.all(rows.map((row) => findRecord(unit.db, row.id)));
  return found.filter((record) => record !== undefined);
}

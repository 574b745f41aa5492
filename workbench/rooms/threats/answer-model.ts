// Answers become one new revision of the model's record, in the name of who gave them.
import type { Kernel } from '../../kernel/kernel.ts';
import type { Principal } from '../../kernel/people/roles.ts';
import { decideEdit, refuseRecord, requireRole } from '../../kernel/records/decide.ts';
import { findAndLock, readRevision } from '../../kernel/records/read.ts';
import type { WardRecord } from '../../kernel/records/record.ts';
import { SystemModel, systemModel } from '../system/index.ts';
import { refuseThreats } from './errors.ts';
import { joinPacks } from './evaluate/rule-pack.ts';
import { packsOf } from './packs.ts';
import { modelOf, readModel } from './read-model.ts';
import { type AnswerChange, type AnswersSet, setAnswers } from './set-answers.ts';

export interface Answering {
  readonly model: string;
  readonly seenRevision: number;
  readonly changes: readonly AnswerChange[];
  readonly reason: string | null;
}

export interface Answered extends Pick<AnswersSet, 'changed' | 'conflicts'> {
  readonly revision: number;
}

/**
 * Sets or clears answers on the revision that their author saw; what others answered meanwhile is kept (see `setAnswers`).
 * Refuses `answers.refused` with every problem named, and then stores none of them.
 */
export async function answerModel(
  kernel: Kernel,
  principal: Principal,
  { model: key, seenRevision, changes, reason }: Answering,
): Promise<Answered> {
  const { record: head } = await readModel(kernel.db, principal, key);
  requireRole(principal, systemModel.rights.edit, head.productId, `answer for ${head.key}`);
  // Also packs that are switched off may have asked: an answer to a question outlives the choice of a pack.
  const packs = await packsOf(kernel.db, head.productId);
  const { questions } = joinPacks(packs.map(({ pack }) => pack));
  return kernel.records.write(principal, async (unit) => {
    const record = (await findAndLock(unit.db, head.id)) as WardRecord;
    const { model: now } = modelOf(record);
    const seen = await modelAt(unit.db, record, seenRevision, now);
    const given = { by: principal.name.slice(0, 200), at: unit.now.toISOString() };
    const { model, changed, conflicts, problems } = setAnswers(seen, now, questions, changes, given);
    const [first] = problems;
    if (first)
      throw refuseThreats('answers.refused', first.message, {
        at: first.at,
        detail: { fields: problems.slice(0, 100).map(({ at, message }) => ({ path: at, message })) },
      });
    if (changed.length === 0) return { revision: record.revision, changed, conflicts };
    const change = decideEdit(kernel.kinds.get(systemModel.kind), record, principal, { body: model, reason });
    await unit.emit({ type: `${systemModel.kind}.edited`, payload: { id: record.id } });
    await unit.commitLast([change]);
    return { revision: record.revision + 1, changed, conflicts };
  });
}

async function modelAt(
  db: Kernel['db'],
  record: WardRecord,
  revision: number,
  now: SystemModel,
): Promise<SystemModel> {
  if (revision === record.revision) return now;
  const seen = await readRevision(db, record.id, revision);
  if (seen === undefined)
    throw refuseRecord('record.not-found', `${record.key} has no revision ${revision}.`, {
      at: `${record.key}@${revision}`,
    });
  return SystemModel.parse(seen.body);
}

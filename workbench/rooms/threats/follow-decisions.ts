// What a decision about a threat rested on is kept with it, in the transaction of the decision itself; and a person may say
// that a decision holds although its premises moved.
import type { Kernel } from '../../kernel/kernel.ts';
import type { Principal } from '../../kernel/people/roles.ts';
import { refuseRecord, requireReadable, requireRole } from '../../kernel/records/decide.ts';
import { findAndLock, findRecord } from '../../kernel/records/read.ts';
import type { WardRecord } from '../../kernel/records/record.ts';
import type { Reaction, Unit } from '../../kernel/records/records.ts';
import { refuseThreats } from './errors.ts';
import { evaluateModel } from './evaluate-model.ts';
import { threat } from './model.ts';
import { premisesOf } from './premises.ts';
import { modelOf } from './read-model.ts';
import { isDecided, staleOf, standingOf, threatsOf } from './threats-of-model.ts';
import './tables.ts';

export const followThreat: Reaction = async (unit, change) => {
  if (change.type !== 'edit' && change.type !== 'transition') return;
  const to = change.type === 'edit' ? change.state : change.to;
  if (isDecided(to)) return storePremises(unit, change.record.id, null);
  await unit.db.deleteFrom('threat_decision').where('threat_id', '=', change.record.id).execute();
};

async function storePremises(unit: Unit, threatId: string, confirmedBy: string | null): Promise<void> {
  const identity = await unit.db
    .selectFrom('threat_identity')
    .selectAll()
    .where('threat_id', '=', threatId)
    .executeTakeFirst();
  // What a person found rests on no rule.
  if (identity === undefined) return;
  const record = (await findRecord(unit.db, identity.model_id)) as WardRecord;
  const { evaluation } = await evaluateModel(unit.db, modelOf(record));
  const result = evaluation.results.find(
    ({ rule, target }) => rule === identity.rule && target === identity.target,
  );
  const premises = result === undefined ? null : JSON.stringify(premisesOf(result));
  const row = { premises, confirmed_by: confirmedBy, at: unit.now };
  await unit.db
    .insertInto('threat_decision')
    .values({ threat_id: threatId, ...row })
    .onConflict((conflict) => conflict.column('threat_id').doUpdateSet(row))
    .execute();
}

/**
 * The decision holds on the premises of now. Refuses `threats.not-stale`; what was signed is signed again and not confirmed
 * (`record.no-such-transition`).
 */
export function confirmDecision(
  kernel: Kernel,
  principal: Principal,
  key: string,
  { revision, reason }: { readonly revision: number; readonly reason: string },
): Promise<void> {
  return kernel.records.write(principal, async (unit) => {
    const record = requireReadable(await findAndLock(unit.db, key), principal, key.slice(0, 60));
    if (record.kind !== threat.kind)
      throw refuseRecord('record.not-found', `${record.key} is not a threat.`, { at: record.key });
    requireRole(principal, ['security-lead'], record.productId, `confirm the decision about ${record.key}`);
    const identity = await unit.db
      .selectFrom('threat_identity')
      .selectAll()
      .where('threat_id', '=', record.id)
      .executeTakeFirst();
    const stale = identity === undefined ? [] : await staleReasonsOf(unit, identity.model_id, record.id);
    if (stale.length === 0)
      throw refuseThreats('threats.not-stale', `Nothing that ${record.key} rests on has moved.`, {
        at: record.key,
      });
    if (record.state === 'accepted')
      throw refuseRecord(
        'record.no-such-transition',
        `${record.key} was accepted with a signature; a signature is not carried over to other premises.`,
        { at: record.key, remedy: 'Re-open it, and accept it again with a signature.' },
      );
    if (record.revision !== revision)
      throw refuseThreats('threats.moved-on', `${record.key} is at revision ${record.revision}.`, {
        at: record.key,
      });
    await storePremises(unit, record.id, principal.personId);
    const content = { key: record.key, state: record.state, reason, moved: stale };
    await unit.commit([
      { type: 'note', action: 'threat.confirmed', productId: record.productId, record: record.id, content },
    ]);
    await unit.emit({ type: 'threat.confirmed', payload: { id: record.id } });
  });
}

async function staleReasonsOf(unit: Unit, modelId: string, threatId: string): Promise<string[]> {
  const found = modelOf((await findRecord(unit.db, modelId)) as WardRecord);
  const evaluated = await evaluateModel(unit.db, found);
  const own = (await threatsOf(unit.db, modelId)).find(({ id }) => id === threatId);
  return own === undefined ? [] : staleOf(own, standingOf(found.model, evaluated));
}

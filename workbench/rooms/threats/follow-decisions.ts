// What a decision about a threat rested on is kept with it, in the transaction of the decision itself; and a person may say
// that a decision holds although its premises moved.
import type { Kernel } from '../../kernel/kernel.ts';
import type { Principal } from '../../kernel/people/roles.ts';
import { refuseRecord, requireReadable, requireRole } from '../../kernel/records/decide.ts';
import { findAndLock, findRecord } from '../../kernel/records/read.ts';
import type { Change, WardRecord } from '../../kernel/records/record.ts';
import type { Reaction, Unit } from '../../kernel/records/records.ts';
import { refuseThreats } from './errors.ts';
import { evaluateModel } from './evaluate-model.ts';
import { threat } from './model.ts';
import { type Premises, pairId, premisesOf } from './premises.ts';
import { modelOf } from './read-model.ts';
import { isDecided, staleOf, standingOf, threatsOf } from './threats-of-model.ts';
import './tables.ts';

/** Premises by threat, as of the moment before the decision; a threat that a person found has none, for it rests on no rule. */
type Decisions = ReadonlyMap<string, Premises | null>;

/** An open threat that stays open has no decision to keep or to forget: that is most edits by far. */
export const followThreat: Reaction<Decisions> = {
  concerns: (change) =>
    (change.type === 'edit' || change.type === 'transition') &&
    (isDecided(change.record.state) || isDecided(stateAfter(change))),

  // The rules may take seconds on a large model.
  prepare: (tx, changes) => premisesNow(tx, threatsOfChanges(changes, true)),

  async follow(unit, changes, decisions) {
    await storeDecisions(unit, decisions, null);
    const open = threatsOfChanges(changes, false);
    if (open.length > 0) await unit.db.deleteFrom('threat_decision').where('threat_id', 'in', open).execute();
  },
};

type OfThreat = Extract<Change, { type: 'edit' | 'transition' }>;

const stateAfter = (change: OfThreat): string => (change.type === 'edit' ? change.state : change.to);

function threatsOfChanges(changes: readonly Change[], decided: boolean): string[] {
  const moved = changes.filter(
    (change): change is OfThreat => change.type === 'edit' || change.type === 'transition',
  );
  return moved.filter((change) => isDecided(stateAfter(change)) === decided).map(({ record }) => record.id);
}

async function premisesNow(db: Unit['db'], threatIds: readonly string[]): Promise<Decisions> {
  const found = new Map<string, Premises | null>();
  if (threatIds.length === 0) return found;
  const identities = await db
    .selectFrom('threat_identity')
    .selectAll()
    .where('threat_id', 'in', [...threatIds])
    .execute();
  for (const modelId of new Set(identities.map(({ model_id }) => model_id))) {
    const record = (await findRecord(db, modelId)) as WardRecord;
    const { evaluation } = await evaluateModel(db, modelOf(record));
    const results = new Map(evaluation.results.map((result) => [pairId(result.rule, result.target), result]));
    for (const { threat_id, model_id, rule, target } of identities) {
      if (model_id !== modelId) continue;
      const result = results.get(pairId(rule, target));
      found.set(threat_id, result === undefined ? null : premisesOf(result));
    }
  }
  return found;
}

async function storeDecisions(unit: Unit, decisions: Decisions, confirmedBy: string | null): Promise<void> {
  if (decisions.size === 0) return;
  const row = { confirmed_by: confirmedBy, at: unit.now };
  await unit.db
    .insertInto('threat_decision')
    .values(
      [...decisions].map(([threat_id, premises]) => ({
        threat_id,
        premises: premises === null ? null : JSON.stringify(premises),
        ...row,
      })),
    )
    .onConflict((conflict) =>
      conflict.column('threat_id').doUpdateSet((eb) => ({ premises: eb.ref('excluded.premises'), ...row })),
    )
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
    await storeDecisions(unit, await premisesNow(unit.db, [record.id]), principal.personId);
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

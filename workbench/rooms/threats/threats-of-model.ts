// The threat records of a model, the baseline that people accepted, and whether a decision still stands on its premises.
import { sql } from 'kysely';
import type { Kernel } from '../../kernel/kernel.ts';
import type { JsonObject } from '../../kernel/records/record.ts';
import type { SystemModel } from '../system/index.ts';
import type { Evaluation, PairResult } from './evaluate/contract.ts';
import type { Evaluated } from './evaluate-model.ts';
import { factsNow } from './facts-now.ts';
import { type HarmBehind, ModelPlaces } from './model-places.ts';
import {
  type AcceptedPair,
  type FactNow,
  type Premises,
  pairId,
  premisesOf,
  staleReasons,
} from './premises.ts';
import './tables.ts';

type Db = Kernel['db'];

export interface ThreatOfModel {
  readonly id: string;
  readonly key: string;
  readonly title: string;
  readonly state: string;
  readonly revision: number;
  readonly body: JsonObject;
  /** Null: a person found it, no rule. */
  readonly rule: string | null;
  readonly target: string;
  readonly decided: boolean;
  readonly premises: Premises | null;
}

/** States in which a person has decided: a run of the rules never moves them. */
export const DECIDED = ['mitigated', 'accepted', 'not-applicable'] as const;
export const isDecided = (state: string): boolean => (DECIDED as readonly string[]).includes(state);

export async function threatsOf(db: Db, modelId: string): Promise<ThreatOfModel[]> {
  const { rows } = await sql<Omit<ThreatOfModel, 'target'> & { target: string | null }>`
    select r.id, r.key, r.title, r.state, r.revision, r.body, i.rule, coalesce(i.target, r.body->>'target', '') as target,
      d.threat_id is not null as decided, d.premises
    from record r left join threat_identity i on i.threat_id = r.id left join threat_decision d on d.threat_id = r.id
    where r.kind = 'threat' and (i.model_id = ${modelId}::uuid or (i.threat_id is null and exists (
      select 1 from link l where l.from_id = r.id and l.type = 'targets' and l.to_id = ${modelId}::uuid and l.ended_at is null)))
    order by r.number`.execute(db);
  return rows.map((row) => ({ ...row, target: row.target ?? '' }));
}

export interface Accepted extends AcceptedPair {
  readonly acceptedBy: string | null;
  readonly acceptedAt: Date;
}

export async function baselineOf(db: Db, modelId: string): Promise<Accepted[]> {
  const rows = await db.selectFrom('threat_baseline').selectAll().where('model_id', '=', modelId).execute();
  return rows.map((row) => ({
    rule: row.rule,
    target: row.target,
    state: row.state,
    ruleVersion: row.rule_version,
    mergedInto: row.merged_into,
    facts: row.facts,
    acceptedBy: row.accepted_by,
    acceptedAt: row.accepted_at,
  }));
}

function resultsByPair({ results }: Pick<Evaluation, 'results'>): Map<string, PairResult> {
  return new Map(results.map((result) => [pairId(result.rule, result.target), result]));
}

/** What the model and the rules say now. */
export interface Standing {
  readonly results: ReadonlyMap<string, PairResult>;
  readonly places: ModelPlaces;
  readonly factNow: FactNow;
}

export function standingOf(
  model: SystemModel,
  { evaluation, pack }: Pick<Evaluated, 'evaluation' | 'pack'>,
  harms: readonly HarmBehind[] = [],
): Standing {
  return {
    results: resultsByPair(evaluation),
    places: new ModelPlaces(model, harms),
    factNow: factsNow(model, pack.protocolFacts),
  };
}

/** Why the decision waits to be looked at again; empty for what is open and for what stands. */
export function staleOf(threat: ThreatOfModel, { results, places, factNow }: Standing): string[] {
  if (!isDecided(threat.state)) return [];
  if (threat.rule === null)
    return threat.target === '' || places.get(threat.target) !== undefined
      ? []
      : [`There is no ${threat.target} in the model any more.`];
  if (!threat.decided) return [];
  const result = results.get(pairId(threat.rule, threat.target));
  const now = result === undefined ? null : premisesOf(result);
  if (threat.premises === null)
    return now === null ? [] : ['The rule applies here now; it did not when this was decided.'];
  return staleReasons(threat.premises, now, places.titleOf, factNow);
}

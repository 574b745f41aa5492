// What the threats of a product call for: the rules in use on its system models, joined with the threat records of their results.
import { sql } from 'kysely';
import type { Kernel } from '../../kernel/kernel.ts';
import { canReadProduct, type Principal } from '../../kernel/people/roles.ts';
import { evaluateModel, readModel } from '../threats/index.ts';
import type { Call } from './called-for.ts';

/** Models of one product that are judged; one is usual. */
const MODELS = 10;

interface ThreatRow {
  readonly id: string;
  readonly key: string;
  readonly title: string;
  readonly state: string;
  readonly rule: string;
  readonly target: string;
}

/**
 * Raised and open results of the rules, and open threats that people found with a rule's name on them. A threat that was decided
 * calls for nothing any more; a result that is merged into another one calls through that.
 */
export async function callsOf(db: Kernel['db'], principal: Principal, productId: string): Promise<Call[]> {
  if (!canReadProduct(principal, productId)) return [];
  const { rows: threats } = await sql<ThreatRow>`
    select id, key, title, state, coalesce(nullif(body->>'rule', ''), body->>'foundBy', '') as rule,
      coalesce(body->>'target', '') as target
    from record where kind = 'threat' and product_id = ${productId}::uuid order by number limit 20000`.execute(
    db,
  );
  const { rows: models } = await sql<{ key: string }>`
    select key from record where kind = 'system-model' and product_id = ${productId}::uuid
    order by number desc limit ${MODELS}`.execute(db);
  const records = new Map(threats.map((threat) => [`${threat.rule} ${threat.target}`, threat]));
  const calls = new Map<string, Call>();
  const add = (rule: string, target: string, state: Call['state'], requirements: readonly string[]) => {
    const place = `${rule} ${target}`;
    const known = records.get(place);
    if (calls.has(place) || (known !== undefined && known.state !== 'open')) return;
    const threat = known === undefined ? null : { id: known.id, key: known.key, title: known.title };
    calls.set(place, { rule, target, state, requirements, threat });
  };
  const requirements = new Map<string, readonly string[]>();
  for (const { key } of models) {
    const { evaluation, pack } = await evaluateModel(db, await readModel(db, principal, key));
    for (const rule of pack.rules) requirements.set(rule.id, rule.requirements);
    for (const { rule, target, state, mergedInto } of evaluation.results)
      if (state !== 'answered' && mergedInto === null) add(rule, target, state, requirements.get(rule) ?? []);
  }
  for (const { rule, target, state } of threats)
    if (state === 'open') add(rule, target, 'raised', requirements.get(rule) ?? []);
  return [...calls.values()].filter((call) => call.requirements.length > 0);
}

// What the threats of a product call for: the rules on its system models, joined with the threat records that stand for their results.
import { sql } from 'kysely';
import type { Kernel } from '../../kernel/kernel.ts';
import { canReadProduct, type Principal } from '../../kernel/people/roles.ts';
import { SystemModel } from '../system/index.ts';
import { compileRules, shippedPack } from '../threats/index.ts';
import type { Call } from './called-for.ts';

/** Models of one product that are judged; one is usual. */
const MODELS = 10;

let compiled: {
  evaluator: ReturnType<typeof compileRules>;
  requirements: Map<string, readonly string[]>;
} | null = null;

function rules() {
  if (compiled === null) {
    const pack = shippedPack();
    compiled = {
      evaluator: compileRules(pack),
      requirements: new Map(pack.rules.map((rule) => [rule.id, rule.requirements])),
    };
  }
  return compiled;
}

/**
 * Raised and open results of the rules, and threats that people found with a rule's name on them. A threat that was decided calls
 * for nothing any more; a result that is merged into another one calls through that.
 */
export async function callsOf(db: Kernel['db'], principal: Principal, productId: string): Promise<Call[]> {
  if (!canReadProduct(principal, productId)) return [];
  const [{ rows: models }, { rows: threats }] = await Promise.all([
    sql<{ body: unknown }>`
      select body from record where kind = 'system-model' and product_id = ${productId}::uuid
      order by number desc limit ${MODELS}`.execute(db),
    sql<{ id: string; key: string; title: string; state: string; rule: string; target: string }>`
      select id, key, title, state, coalesce(nullif(body->>'rule', ''), body->>'foundBy', '') as rule,
        coalesce(body->>'target', '') as target
      from record where kind = 'threat' and product_id = ${productId}::uuid order by number limit 20000`.execute(
      db,
    ),
  ]);
  const { evaluator, requirements } = rules();
  const records = new Map(threats.map((threat) => [`${threat.rule} ${threat.target}`, threat]));
  const calls = new Map<string, Call>();
  const add = (rule: string, target: string, state: Call['state']) => {
    const place = `${rule} ${target}`;
    const known = records.get(place);
    if (calls.has(place) || (known !== undefined && known.state !== 'open')) return;
    const threat = known === undefined ? null : { id: known.id, key: known.key, title: known.title };
    calls.set(place, { rule, target, state, requirements: requirements.get(rule) ?? [], threat });
  };
  for (const { body } of models) {
    const model = SystemModel.safeParse(body);
    if (!model.success) continue;
    for (const result of evaluator.evaluate(model.data).results)
      if (result.state !== 'answered' && result.mergedInto === null)
        add(result.rule, result.target, result.state);
  }
  for (const { rule, target, state } of threats)
    if (state === 'open' && requirements.has(rule)) add(rule, target, 'raised');
  return [...calls.values()];
}

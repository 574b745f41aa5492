// What a pack's schema cannot say: rules that do not type-check, ids that another pack has. A pack that is not right is not stored.
import type { Guard } from '../../kernel/records/records.ts';
import { refuseThreats } from './errors.ts';
import { compileRules } from './evaluate/evaluate.ts';
import { refusePack } from './evaluate/rule-pack.ts';
import { allPacks } from './packs.ts';
import { packOf, RulePackBody } from './rule-pack.ts';

const NAMED = 100;

/** Refuses `rules.refused` with every rule and place, and `rules.same-id`. */
export const checkPack: Guard = async (tx, change) => {
  if (change.type !== 'create' && change.type !== 'edit') return;
  const own = change.type === 'edit' ? change.record.id : null;
  const pack = packOf(RulePackBody.parse(change.body));
  const others = (await allPacks(tx)).filter(({ record }) => record === null || record.id !== own);
  const twin = others.find((known) => known.pack.id === pack.id);
  if (twin)
    throw refuseThreats('rules.same-id', `“${twin.pack.title}” has the id ${pack.id} already.`, {
      at: '$.body.id',
    });
  const taken = new Map(
    others.flatMap((known) => known.pack.rules.map(({ id }) => [id, known.pack.title] as const)),
  );
  const doubled = pack.rules.findIndex(({ id }) => taken.has(id));
  if (doubled >= 0) {
    const { id } = pack.rules[doubled]!;
    throw refuseThreats('rules.same-id', `“${taken.get(id)}” has a rule ${id} already.`, {
      at: `$.body.rules[${doubled}].id`,
    });
  }
  const { problems } = compileRules(pack);
  const [first] = problems;
  if (first === undefined) return;
  const fields = problems.slice(0, NAMED).map(({ rule, place, message }) => {
    const at = pack.rules.findIndex(({ id }) => id === rule);
    return {
      path: `$.body.rules[${at}]${place === 'rule' ? '' : `.${place}`}`,
      message: `${rule}: ${message}`,
    };
  });
  throw refusePack('rules.refused', `${first.rule}, ${first.place}: ${first.message}`, {
    at: fields[0]!.path,
    detail: { fields, problems: problems.slice(0, NAMED).map((problem) => ({ ...problem })) },
  });
};

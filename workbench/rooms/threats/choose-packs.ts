// Which rule packs a product uses. The difference was shown before (`previewPacks`); results wait to be accepted afterwards.
import type { Kernel } from '../../kernel/kernel.ts';
import type { Principal } from '../../kernel/people/roles.ts';
import { requireRole } from '../../kernel/records/decide.ts';
import type { WardRecord } from '../../kernel/records/record.ts';
import { refuseThreats } from './errors.ts';
import { rulePack } from './model.ts';
import { packsOf } from './packs.ts';
import './tables.ts';

export const RULES_CHOSEN = 'rules.chosen';

/** Exactly these packs are in use afterwards. Refuses `rules.no-pack`. */
export async function choosePacks(
  kernel: Kernel,
  principal: Principal,
  product: WardRecord,
  wanted: readonly string[],
): Promise<string[]> {
  requireRole(principal, rulePack.rights.edit, product.id, `choose the rule packs of ${product.key}`);
  return kernel.records.write(principal, async (unit) => {
    const known = await packsOf(unit.db, product.id);
    const missing = wanted.find((id) => !known.some(({ pack }) => pack.id === id));
    if (missing !== undefined)
      throw refuseThreats('rules.no-pack', `There is no rule pack ${missing.slice(0, 60)}.`, {
        at: '$.packs',
      });
    const changed = known.filter(({ pack, inUse }) => inUse !== wanted.includes(pack.id));
    for (const { pack, inUse } of changed) {
      const row = { in_use: !inUse, chosen_by: principal.personId, chosen_at: unit.now };
      await unit.db
        .insertInto('rule_choice')
        .values({ product_id: product.id, pack: pack.id, ...row })
        .onConflict((conflict) => conflict.columns(['product_id', 'pack']).doUpdateSet(row))
        .execute();
    }
    const inUse = known.filter(({ pack }) => wanted.includes(pack.id)).map(({ pack }) => pack.id);
    if (changed.length === 0) return inUse;
    const content = {
      key: product.key,
      on: changed.filter((one) => !one.inUse).map(({ mark }) => mark),
      off: changed.filter((one) => one.inUse).map(({ mark }) => mark),
    };
    await unit.commit([
      { type: 'note', action: RULES_CHOSEN, productId: product.id, record: product.id, content },
    ]);
    await unit.emit({ type: RULES_CHOSEN, payload: { product: product.id } });
    return inUse;
  });
}

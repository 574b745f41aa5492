// The product that a page or a command names.
import type { Kernel } from '../../kernel/kernel.ts';
import type { Principal } from '../../kernel/people/roles.ts';
import { readRecord } from '../../kernel/records/read.ts';
import type { WardRecord } from '../../kernel/records/record.ts';
import { refuseRequirements } from './errors.ts';

/** Refuses `record.not-found` for what is not there or may not be seen, `requirements.not-a-product` for another kind. */
export async function requireTheProduct(
  db: Kernel['db'],
  principal: Principal,
  idOrKey: string,
): Promise<WardRecord> {
  const found = await readRecord(db, principal, idOrKey);
  if (found.kind === 'product') return found;
  throw refuseRequirements('requirements.not-a-product', `${found.key} is not a product.`, { at: found.key });
}

// A reference of a document means a release of the house by its name: when that changes, or the name of its product, what documents
// speak of is found anew.
import type { Reaction } from '../../../kernel/records/records.ts';

export const RELEASE_NAMED = 'release.named';

const NAMES: Readonly<Record<string, readonly string[]>> = {
  release: ['name', 'version'],
  product: ['name'],
};
export const NAMED_KINDS = Object.keys(NAMES);

export const followNames: Reaction = {
  concerns: (change) =>
    change.type === 'edit' &&
    (NAMES[change.record.kind] ?? []).some((field) => change.body[field] !== change.record.body[field]),
  async follow(unit, changes) {
    const named = changes.flatMap((change) => (change.type === 'edit' ? [change.record] : []));
    const ids = (kind: string) => named.filter((one) => one.kind === kind).map(({ id }) => id);
    const ofProducts =
      ids('product').length === 0
        ? []
        : await unit.db
            .selectFrom('record')
            .select('id')
            .where('kind', '=', 'release')
            .where('product_id', 'in', ids('product'))
            .orderBy('id')
            .execute();
    const releases = new Set([...ids('release'), ...ofProducts.map(({ id }) => id)]);
    await unit.emit(...[...releases].map((release) => ({ type: RELEASE_NAMED, payload: { release } })));
  },
};

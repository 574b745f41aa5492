// A reference of a document means a release of the house by its name: when that changes, or the name of its product, what documents
// speak of is found anew.
import type { Reaction } from '../../../kernel/records/records.ts';

export const RELEASE_NAMED = 'release.named';

const NAMES: Readonly<Record<string, readonly string[]>> = {
  release: ['name', 'version'],
  product: ['name'],
};
export const NAMED_KINDS = Object.keys(NAMES);

export const followNames: Reaction = async (unit, change) => {
  if (change.type !== 'edit') return;
  const { id, kind, body } = change.record;
  if ((NAMES[kind] ?? []).every((field) => change.body[field] === body[field])) return;
  const releases =
    kind === 'release'
      ? [id]
      : (
          await unit.db
            .selectFrom('record')
            .select('id')
            .where('kind', '=', 'release')
            .where('product_id', '=', id)
            .orderBy('id')
            .execute()
        ).map((row) => row.id);
  await unit.emit(...releases.map((release) => ({ type: RELEASE_NAMED, payload: { release } })));
};

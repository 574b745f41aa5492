// The products of a CSAF document by their ids: what they are called, what identifies them, what versions they stand for.
import type { Branch, CsafDocument, FullProduct } from './csaf-schema.ts';
import { readVersionStatement, type VersionStatement } from './version-statement.ts';

export interface CsafProduct {
  readonly id: string;
  readonly name: string;
  readonly purls: readonly string[];
  readonly cpe: string | null;
  /** Null where no branch names a version. */
  readonly versions: VersionStatement | null;
}

export function productsOf(tree: CsafDocument['product_tree']): Map<string, CsafProduct> {
  const products = new Map<string, CsafProduct>();
  const add = (product: FullProduct, versions: VersionStatement | null, base?: CsafProduct) => {
    const helper = product.product_identification_helper;
    const purls = [...(helper?.purl ? [helper.purl] : []), ...(helper?.purls ?? [])].slice(0, 50);
    products.set(product.product_id, {
      id: product.product_id,
      name: product.name,
      purls: purls.length > 0 ? purls : (base?.purls ?? []),
      cpe: helper?.cpe ?? (purls.length > 0 ? null : (base?.cpe ?? null)),
      versions: versions ?? base?.versions ?? null,
    });
  };
  const walk = (branches: readonly Branch[], above: VersionStatement | null) => {
    for (const { category, name, product, branches: below } of branches) {
      const own = versionsOf(category, name) ?? above;
      if (product) add(product, own);
      walk(below ?? [], own);
    }
  };
  walk(tree?.branches ?? [], null);
  for (const product of tree?.full_product_names ?? []) add(product, null);
  // A component as part of a platform is the component: what it is installed on only narrows where it is found.
  for (const { full_product_name, product_reference } of tree?.relationships ?? [])
    add(full_product_name, null, products.get(product_reference));
  return products;
}

function versionsOf(category: string, name: string): VersionStatement | null {
  if (category === 'product_version_range') return readVersionStatement(name, true);
  return category === 'product_version' ? readVersionStatement(name, false) : null;
}

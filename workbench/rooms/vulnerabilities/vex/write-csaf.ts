// CSAF 2.0, profile VEX (https://docs.oasis-open.org/csaf/csaf/v2.0/csaf-v2.0.html, 4.5): a document of a release. Pure.

import type { Publisher } from '../../../kernel/kernel.ts';
import { levelOf, score } from '../../../knowledge/cvss.ts';
import type { VexStatus } from '../model.ts';
import { productPurl, slugOf, sourceOf, type VexProduct, type VexStatement } from './write-vex.ts';

export const TLP_LABELS = ['WHITE', 'GREEN', 'AMBER', 'RED'] as const;
export type TlpLabel = (typeof TLP_LABELS)[number];

export interface CsafHead {
  readonly publisher: Publisher;
  readonly tlp: TlpLabel;
  readonly at: string;
  readonly toolVersion: string;
  /** Days on which assessments were approved, the oldest first. */
  readonly approvals: readonly { readonly at: string; readonly keys: readonly string[] }[];
}

const STATUS: Readonly<Record<VexStatus, string>> = {
  under_investigation: 'under_investigation',
  affected: 'known_affected',
  not_affected: 'known_not_affected',
  fixed: 'fixed',
};

const PRODUCT = 'CSAFPID-0001';
const MOST_REVISIONS = 500;

/** The profile asks for a vulnerability: without statements it is not valid. */
export function csafVex(product: VexProduct, statements: readonly VexStatement[], head: CsafHead): object {
  const parts = new Map<string, { id: string; statement: VexStatement }>();
  for (const statement of statements) {
    const { component } = statement;
    if (!parts.has(component))
      parts.set(component, { id: `CSAFPID-${String(parts.size + 2).padStart(4, '0')}`, statement });
  }
  const nameOfProduct = `${product.name} ${product.version}`;
  const judgedAs = (component: string) => `${PRODUCT}:${parts.get(component)!.id}`;
  return sorted({
    document: documentOf(product, nameOfProduct, head),
    product_tree: {
      branches: [
        {
          category: 'vendor',
          name: head.publisher.name,
          branches: [
            {
              category: 'product_name',
              name: product.name,
              branches: [versionBranch(product.version, nameOfProduct, PRODUCT, helperOf(product))],
            },
          ],
        },
        ...[...parts.values()].map(({ id, statement }) => ({
          category: 'product_name',
          name: statement.componentName,
          branches: [
            versionBranch(
              statement.componentVersion,
              `${statement.componentName} ${statement.componentVersion}`.trim(),
              id,
              componentHelper(statement),
            ),
          ],
        })),
      ],
      ...(parts.size === 0
        ? {}
        : {
            relationships: [...parts.values()].map(({ id, statement }) => ({
              category: 'default_component_of',
              product_reference: id,
              relates_to_product_reference: PRODUCT,
              full_product_name: {
                product_id: judgedAs(statement.component),
                name: `${statement.componentName} ${statement.componentVersion} as part of ${nameOfProduct}`.replace(
                  /\s+/g,
                  ' ',
                ),
              },
            })),
          }),
    },
    vulnerabilities: byFlaw(statements).map((group) => vulnerabilityOf(group, judgedAs)),
  });
}

/** CSAF 2.0, 6.2.13: keys in their order, so that two documents can be compared as text. */
function sorted<Value>(value: Value): Value;
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => sorted(item as unknown));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner as unknown)]));
}

function documentOf(product: VexProduct, nameOfProduct: string, head: CsafHead): object {
  const approved = head.approvals.slice(-MOST_REVISIONS).map(({ at, keys }) => ({
    date: at,
    summary: `Approved: ${keys.slice(0, 50).join(', ')}${keys.length > 50 ? ` and ${keys.length - 50} more` : ''}.`,
  }));
  const history = [...approved, { date: head.at, summary: 'Findings as they are known now.' }].map(
    (revision, index) => ({ ...revision, number: String(index + 1) }),
  );
  const { publisher } = head;
  return {
    category: 'csaf_vex',
    csaf_version: '2.0',
    lang: 'en',
    title: `Vulnerabilities of ${nameOfProduct}`,
    distribution: { tlp: { label: head.tlp, url: 'https://www.first.org/tlp/' } },
    notes: [
      {
        category: 'general',
        title: 'How to read it',
        text: 'Each status was approved by the publisher. Under investigation means that nothing has been approved yet; it does not mean not affected.',
      },
    ],
    publisher: {
      category: 'vendor',
      name: publisher.name,
      namespace: publisher.namespace,
      ...(publisher.contact === null ? {} : { contact_details: publisher.contact }),
    },
    tracking: {
      id: `${slugOf(product.name)}-${slugOf(product.version)}-vex`,
      status: 'final',
      version: String(history.length),
      initial_release_date: history[0]?.date,
      current_release_date: head.at,
      revision_history: history,
      generator: { date: head.at, engine: { name: 'Ward', version: head.toolVersion } },
    },
  };
}

// CSAF 2.0, 6.1.31: the name of a product_version holds no words or signs of a range.
const LOOKS_LIKE_RANGE = /[<>=]|\b(?:after|all|before|earlier|later|prior|versions?)\b/i;

function versionBranch(version: string, name: string, id: string, helper: object): object {
  const isRange = version === '' || LOOKS_LIKE_RANGE.test(version);
  return {
    category: isRange ? 'product_version_range' : 'product_version',
    name: version === '' ? 'vers:all/*' : version,
    product: {
      product_id: id,
      name,
      ...(Object.keys(helper).length > 0 ? { product_identification_helper: helper } : {}),
    },
  };
}

const helperOf = (product: VexProduct): object => ({
  purl: productPurl(product),
  ...(product.modelNumbers?.length ? { model_numbers: [...new Set(product.modelNumbers)] } : {}),
});

const componentHelper = ({ component, componentCpe }: VexStatement): object => ({
  ...(component.startsWith('pkg:') ? { purl: component } : {}),
  ...(componentCpe ? { cpe: componentCpe } : {}),
});

function byFlaw(statements: readonly VexStatement[]): VexStatement[][] {
  const groups = new Map<string, VexStatement[]>();
  for (const statement of statements)
    groups.set(statement.vulnerability, [...(groups.get(statement.vulnerability) ?? []), statement]);
  return [...groups.values()];
}

const isCve = (id: string): boolean => /^CVE-\d{4}-\d{4,}$/.test(id);

function vulnerabilityOf(group: readonly VexStatement[], judgedAs: (component: string) => string): object {
  const first = group[0]!;
  const id = (statement: VexStatement) => judgedAs(statement.component);
  const others = [...(isCve(first.vulnerability) ? [] : [first.vulnerability]), ...first.aliases];
  const status: Record<string, string[]> = {};
  for (const statement of group) {
    const word = STATUS[statement.status];
    status[word] = [...(status[word] ?? []), id(statement)];
  }
  const open = group.filter(({ status: is }) => is === 'affected' || is === 'under_investigation');
  const list = (name: string, items: readonly object[]) => (items.length > 0 ? { [name]: items } : {});
  return {
    ...(isCve(first.vulnerability) ? { cve: first.vulnerability } : {}),
    ...list(
      'ids',
      [...new Set(others)].map((text) => ({ system_name: sourceOf(text), text })),
    ),
    notes: [
      {
        category: 'description',
        title: 'What the sources say',
        text: first.summary?.trim() || 'The sources give no summary.',
      },
    ],
    product_status: status,
    ...list(
      'flags',
      group.flatMap((statement) =>
        statement.status === 'not_affected' && statement.justification
          ? [{ label: statement.justification, date: statement.at, product_ids: [id(statement)] }]
          : [],
      ),
    ),
    ...list(
      'threats',
      group.flatMap((statement) =>
        statement.rationale.trim() === ''
          ? []
          : [
              {
                category: 'impact',
                date: statement.at,
                details: statement.rationale,
                product_ids: [id(statement)],
              },
            ],
      ),
    ),
    ...list(
      'remediations',
      group.flatMap((statement) =>
        statement.status === 'affected'
          ? [
              {
                category: 'mitigation',
                date: statement.at,
                details: statement.actionStatement.trim() || 'See the publisher.',
                product_ids: [id(statement)],
              },
            ]
          : [],
      ),
    ),
    ...list('scores', scoresOf(first.vectors ?? [], open.map(id))),
    ...list(
      'references',
      (first.references ?? [])
        .slice(0, 50)
        .map((url) => ({ category: 'external', summary: `About ${first.vulnerability}`, url })),
    ),
  };
}

/** CSAF 2.0 knows CVSS 2 and 3; one score a product and version of CVSS (6.1.7), only where the product may be affected. */
function scoresOf(vectors: readonly string[], products: readonly string[]): object[] {
  if (products.length === 0) return [];
  for (const vector of vectors) {
    const read = score(vector);
    if (!read || (read.version !== '3.0' && read.version !== '3.1')) continue;
    return [
      {
        cvss_v3: {
          version: read.version,
          vectorString: vector,
          baseScore: read.base,
          baseSeverity: levelOf(read.version, read.base).toUpperCase(),
        },
        products,
      },
    ];
  }
  return [];
}

// CSAF 2.0 and 2.1: `product_status` with its flags, threats and remediations. A VEX document (`csaf_vex`) or an advisory.
import { z } from 'zod';
import { CsafDocument } from '../../../knowledge/importers/csaf/csaf-schema.ts';
import { productsOf } from '../../../knowledge/importers/csaf/product-tree.ts';
import { JUSTIFICATIONS, type Justification, type VexStatus } from '../model.ts';
import { instantOf, VexCollector } from './collect.ts';
import { shapeOf } from './shape.ts';
import type { ReadVex, VexRef } from './statement.ts';

const text = z.string().nullish();
const ids = z.array(z.string()).nullish();
const About = z.object({ product_ids: ids, group_ids: ids });

// What the reader of advisories does not need and a statement does.
const Judgements = z.object({
  document: z.object({ tracking: z.object({ version: text }) }),
  product_tree: z
    .object({
      product_groups: z.array(z.object({ group_id: z.string(), product_ids: z.array(z.string()) })).nullish(),
    })
    .nullish(),
  vulnerabilities: z
    .array(
      z.object({
        flags: z.array(About.extend({ label: z.string(), date: text })).nullish(),
        threats: z.array(About.extend({ category: z.string(), details: z.string(), date: text })).nullish(),
        remediations: z
          .array(About.extend({ category: z.string(), details: z.string(), url: text }))
          .nullish(),
      }),
    )
    .nullish(),
});
type Judged = NonNullable<z.infer<typeof Judgements>['vulnerabilities']>[number];

const STATUSES = [
  ['known_affected', 'affected'],
  ['first_affected', 'affected'],
  ['last_affected', 'affected'],
  ['known_not_affected', 'not_affected'],
  ['fixed', 'fixed'],
  ['first_fixed', 'fixed'],
  ['under_investigation', 'under_investigation'],
] as const satisfies readonly (readonly [string, VexStatus])[];

/** Refuses `vex.wrong-shape` and what `VexCollector` refuses. */
export function readCsafVex(record: unknown): ReadVex {
  const raw = shapeOf(CsafDocument, record);
  const more = shapeOf(Judgements, record);
  const to = new VexCollector();
  const products = productsOf(raw.product_tree);
  const relations = new Map(
    (raw.product_tree?.relationships ?? []).map((relation) => [
      relation.full_product_name.product_id,
      { part: relation.product_reference, whole: relation.relates_to_product_reference },
    ]),
  );
  const groups = new Map(
    (more.product_tree?.product_groups ?? []).map((group) => [group.group_id, group.product_ids]),
  );
  const { tracking, publisher, distribution } = raw.document;
  const issuedAt = instantOf(tracking.current_release_date, '$.document.tracking.current_release_date', to);
  for (const [index, vulnerability] of (raw.vulnerabilities ?? []).entries()) {
    const at = `$.vulnerabilities[${index}]`;
    const judged = more.vulnerabilities?.[index] ?? {};
    const names = [vulnerability.cve ?? '', ...(vulnerability.ids ?? []).map((one) => one.text)];
    const refOf = (id: string): VexRef =>
      products.get(id) ?? { id, name: id, purls: [], cpe: null, versions: null };
    const fixed = fixedVersions(vulnerability.product_status, refOf);
    for (const [word, status] of STATUSES) {
      for (const id of new Set(vulnerability.product_status?.[word] ?? [])) {
        if (!products.has(id)) to.warn(at, `The product ${id.slice(0, 100)} is not in the product tree.`);
        const relation = relations.get(id);
        const about = wordsFor(judged, id, groups);
        const said = about.date ?? vulnerability.release_date;
        to.claim({
          at: `${at}.product_status.${word}`,
          ids: names,
          status,
          ownStatus: word,
          justification: status === 'not_affected' ? about.justification : null,
          ownJustification: null,
          impact: about.impact,
          action: about.action,
          fixed,
          saidAt: instantOf(said, at, to) ?? issuedAt,
          // What is installed on something, or a part of it, is judged as that part, within that whole.
          subject: to.ref(relation ? refOf(relation.part) : refOf(id)),
          context: relation ? to.ref(refOf(relation.whole)) : null,
        });
      }
    }
  }
  const label = distribution?.tlp?.label?.toUpperCase().replace(/^TLP:/, '') ?? null;
  return to.done({
    format: 'csaf',
    specVersion: raw.document.csaf_version,
    documentId: tracking.id,
    documentVersion: more.document.tracking.version ?? '',
    author: publisher.name,
    issuedAt,
    tlp: label === 'WHITE' ? 'CLEAR' : label,
  });
}

function fixedVersions(
  status: NonNullable<CsafDocument['vulnerabilities']>[number]['product_status'],
  refOf: (id: string) => VexRef,
): string[] {
  const named = [...(status?.first_fixed ?? []), ...(status?.fixed ?? []), ...(status?.recommended ?? [])];
  return [
    ...new Set(
      named.slice(0, 500).flatMap((id) => {
        const { versions, name } = refOf(id);
        return versions?.kind === 'versions' ? versions.versions : [name];
      }),
    ),
  ];
}

interface Words {
  readonly justification: Justification | null;
  readonly impact: string;
  readonly action: string;
  readonly date: string | null;
}

/** What flags, threats and remediations say of one product; those that name no product speak of all. */
function wordsFor(judged: Judged, id: string, groups: ReadonlyMap<string, readonly string[]>): Words {
  const speaksOf = ({ product_ids, group_ids }: z.infer<typeof About>): boolean => {
    if (!product_ids?.length && !group_ids?.length) return true;
    return (
      product_ids?.includes(id) === true ||
      group_ids?.some((group) => groups.get(group)?.includes(id)) === true
    );
  };
  const flag = judged.flags?.find(
    (one) => speaksOf(one) && JUSTIFICATIONS.some((known) => known === one.label),
  );
  const impacts = (judged.threats ?? []).filter((one) => one.category === 'impact' && speaksOf(one));
  const remedies = (judged.remediations ?? []).filter(speaksOf);
  return {
    justification: (flag?.label as Justification | undefined) ?? null,
    impact: impacts.map(({ details }) => details).join('\n'),
    action: remedies
      .slice(0, 50)
      .map(({ category, details, url }) => `${wordOf(category)}${details}${url ? ` ${url}` : ''}`)
      .join('\n'),
    date: flag?.date ?? impacts[0]?.date ?? null,
  };
}

const wordOf = (category: string): string => {
  if (category === 'no_fix_planned') return 'No fix is planned: ';
  if (category === 'none_available') return 'No fix is available: ';
  return category === 'workaround' ? 'Workaround: ' : '';
};

// Collects what a VEX document of a release says, from findings and their approved assessments.
import { sql } from 'kysely';
import { defineErrors } from '../../kernel/errors.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { SYSTEM } from '../../kernel/people/roles.ts';
import { findRecord } from '../../kernel/records/read.ts';
import type { WardRecord } from '../../kernel/records/record.ts';
import { VERSION } from '../../version.ts';
import { type FindingRow, listFindings } from './list-findings.ts';
import type { Justification, VexStatus } from './model.ts';
import { csafVex, type TlpLabel } from './vex/write-csaf.ts';
import { cycloneDxVex, openVex, type VexStatement } from './vex/write-vex.ts';

export const VEX_FORMATS = ['openvex', 'cyclonedx', 'csaf'] as const;
export type VexFormat = (typeof VEX_FORMATS)[number];

const MAX_STATEMENTS = 20_000;

const refuse = defineErrors({
  'vex.too-many': {
    status: 422,
    exit: 3,
    title: 'Too many findings for one document',
    remedy: 'Close or fix findings first; a document that leaves some out is not written.',
  },
  'csaf.no-findings': {
    status: 409,
    exit: 3,
    title: 'Nothing to say in CSAF',
    remedy:
      'Export OpenVEX or CycloneDX, or wait until a finding is known; the VEX profile asks for a vulnerability.',
  },
  'csaf.no-publisher': {
    status: 409,
    exit: 2,
    title: 'Nobody is named as the publisher',
    remedy: 'Set WARD_PUBLISHER_NAME and WARD_PUBLISHER_NAMESPACE, then start Ward again.',
  },
});

/**
 * For each finding of the release the approved assessment, or `under_investigation` where there is none, said of each of the
 * components at its place that match: a document that names one version of two leaves the other one open.
 * A fixed or closed finding that matches no longer is not in the facts and not in the document.
 */
export async function vexOfRelease(
  kernel: Kernel,
  release: WardRecord,
  format: VexFormat,
  author: string,
  tlp: TlpLabel = 'AMBER',
): Promise<object> {
  const { publisher } = kernel;
  if (format === 'csaf' && publisher === null)
    throw refuse('csaf.no-publisher', 'A CSAF document names its publisher, and no publisher is set.', {
      at: 'WARD_PUBLISHER_NAME',
    });
  const product = (await findRecord(kernel.db, release.productId ?? '')) as WardRecord;
  const { items, next } = await listFindings(
    kernel.db,
    SYSTEM,
    { releaseId: release.id, sort: 'vulnerability' },
    0,
    MAX_STATEMENTS,
  );
  if (next !== null) {
    throw refuse('vex.too-many', `${release.key} has more than ${MAX_STATEMENTS} findings.`, {
      at: release.key,
    });
  }
  if (format === 'csaf' && items.length === 0)
    throw refuse('csaf.no-findings', `${release.key} has no findings, and CSAF cannot say just that.`, {
      at: release.key,
    });
  const approved = await approvedAssessments(kernel, items);
  const known = await factsOf(kernel, release.id, items);
  const at = kernel.now().toISOString();
  const statements = items.flatMap((item) =>
    statementsOf(item, item.assessment_id === null ? undefined : approved.get(item.assessment_id), at, known),
  );
  const name = {
    name: String(product.body.name),
    version: String(release.body.version),
    supplier: publisher?.name ?? '',
    modelNumbers: Array.isArray(product.body.modelNumbers) ? product.body.modelNumbers.map(String) : [],
  };
  if (format === 'csaf' && publisher !== null) {
    const approvals = byDay([...approved.values()]);
    return csafVex(name, statements, { publisher, tlp, at, toolVersion: VERSION, approvals });
  }
  const document = { id: `urn:uuid:${kernel.newId()}`, author, at, version: 1, toolVersion: VERSION };
  return format === 'openvex'
    ? openVex(name, statements, document)
    : cycloneDxVex(name, statements, document);
}

/** One revision a day: the instant of its last approval. */
function byDay(approved: readonly Approved[]): { at: string; keys: string[] }[] {
  const days = new Map<string, { at: string; keys: string[] }>();
  for (const { at, key } of [...approved].sort((a, b) => a.at.getTime() - b.at.getTime())) {
    const instant = at.toISOString();
    const day = days.get(instant.slice(0, 10));
    days.set(instant.slice(0, 10), { at: instant, keys: [...(day?.keys ?? []), key] });
  }
  return [...days.values()];
}

interface MatchedComponent {
  readonly group_id: number;
  readonly place: string;
  readonly name: string;
  readonly version: string;
  readonly purl: string | null;
  readonly cpe: string | null;
}

interface Facts {
  /** Components that match, by flaw and place. */
  readonly components: ReadonlyMap<string, readonly MatchedComponent[]>;
  readonly flaws: ReadonlyMap<number, { readonly vectors: string[]; readonly references: string[] }>;
}

/** What the sources and the SBOM say beyond the list of findings. */
async function factsOf(kernel: Kernel, releaseId: string, items: readonly FindingRow[]): Promise<Facts> {
  const { rows } = await sql<MatchedComponent>`
    select distinct m.group_id, c.place, c.name, coalesce(c.version, '') as version, c.purl, c.cpes[1] as cpe
    from sbom s join component c on c.sbom_id = s.id join component_identity i on i.component_id = c.id
    join match m on m.version_id = i.version_id and m.closed_at is null
    left join platform_verdict pv on m.waits and pv.release_id = s.release_id and pv.advisory_id = m.advisory_id
      and pv.version_id = m.version_id
    where s.release_id = ${releaseId}::uuid and s.superseded_at is null and pv.outcome is distinct from 'not-affected'
    order by 1, 2, 5, 4, 3, 6`.execute(kernel.db);
  const components = new Map<string, MatchedComponent[]>();
  for (const row of rows) {
    const known = components.get(spotOf(row));
    if (known) known.push(row);
    else components.set(spotOf(row), [row]);
  }
  const flaws = await sql<{ group_id: number; vectors: string[]; references: string[] }>`
    select m.group_id,
      coalesce(array_agg(distinct v->>'vector') filter (where v->>'vector' is not null), '{}') as vectors,
      coalesce(array_agg(distinct u->>'url') filter (where u->>'url' ~ '^https?://[^[:space:]]+$'), '{}') as references
    from alias_member m join advisory a on a.ext_id = m.ext_id and a.withdrawn is null
    left join lateral jsonb_array_elements(a.doc->'severities') v on true
    left join lateral jsonb_array_elements(a.doc->'references') u on true
    where m.group_id = any(${[...new Set(items.map((item) => item.group_id))]}::int[]) group by 1`.execute(
    kernel.db,
  );
  return {
    components,
    flaws: new Map(flaws.rows.map((row) => [row.group_id, row])),
  };
}

interface Approved {
  readonly body: {
    status: VexStatus;
    justification?: Justification | null;
    rationale: string;
    actionStatement: string;
  };
  readonly key: string;
  readonly at: Date;
}

/** A revision that was written after the approval is not what was approved: the signed one goes out. */
async function approvedAssessments(
  kernel: Kernel,
  items: readonly FindingRow[],
): Promise<Map<string, Approved>> {
  const ids = items
    .filter((item) => item.assessment_state === 'approved')
    .map((item) => item.assessment_id as string);
  if (ids.length === 0) return new Map();
  const { rows } = await sql<{ id: string; key: string; body: Approved['body']; at: Date }>`
    select id, key, body, updated_at as at from record where id = any(${ids}::uuid[]) and state = 'approved'`.execute(
    kernel.db,
  );
  return new Map(rows.map((row) => [row.id, { key: row.key, body: row.body, at: row.at }]));
}

const spotOf = ({ group_id, place }: { readonly group_id: number; readonly place: string }) =>
  `${group_id} ${place}`;

function statementsOf(
  item: FindingRow,
  approved: Approved | undefined,
  now: string,
  { components, flaws }: Facts,
): VexStatement[] {
  const flaw = flaws.get(item.group_id);
  const named = new Map<string, MatchedComponent[]>();
  for (const one of components.get(spotOf(item)) ?? []) {
    const component = one.purl ?? item.place;
    named.set(component, [...(named.get(component) ?? []), one]);
  }
  if (named.size === 0) named.set(item.purl ?? item.place, []);
  return [...named].map(([component, ones]) => ({
    vulnerability: item.vulnerability,
    aliases: item.ids.filter((id) => id !== item.vulnerability),
    component,
    componentName: ones[0]?.name ?? item.component,
    componentVersion: [...new Set(ones.length > 0 ? ones.map(({ version }) => version) : item.versions)]
      .filter((version) => version !== '')
      .join(', '),
    componentCpe: ones.find(({ cpe }) => cpe !== null)?.cpe ?? null,
    summary: item.summary ?? '',
    vectors: flaw?.vectors ?? [],
    references: flaw?.references ?? [],
    status: approved?.body.status ?? 'under_investigation',
    justification: approved?.body.justification ?? null,
    rationale: approved?.body.rationale ?? '',
    actionStatement: approved?.body.actionStatement ?? '',
    at: approved?.at.toISOString() ?? now,
  }));
}

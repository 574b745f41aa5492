// Reads a CSAF document into one advisory for each vulnerability (`ICSMA-24-001-01#CVE-2024-0001`): a document over
// several CVEs says that one publisher spoke of them together, and not that they are one flaw.
import type { Advisory, Affected, AffectedRange, CsafStatement, SeverityStatement } from '../../advisory.ts';
import { isCweId, longAgo, parseInstant, readShape, storable, unique } from '../record-shape.ts';
import { statement } from '../severity.ts';
import { affectedOf } from './affected-products.ts';
import { CsafDocument, type CsafVulnerability } from './csaf-schema.ts';
import { type CsafProduct, productsOf } from './product-tree.ts';

const MAX_VULNERABILITIES = 5_000;
const KEPT_PRODUCTS = 200;
const KEPT_REMEDIES = 50;

/** Refuses what `readShape` refuses. A document without vulnerabilities gives none. */
export function readCsaf(record: unknown): Advisory[] {
  const raw = readShape(CsafDocument, record);
  const products = productsOf(raw.product_tree);
  const taken = new Map<string, number>();
  return (raw.vulnerabilities ?? []).slice(0, MAX_VULNERABILITIES).map((vulnerability, index) => {
    const name = vulnerability.cve ?? vulnerability.ids?.[0]?.text ?? String(index + 1);
    const count = (taken.get(name) ?? 0) + 1;
    taken.set(name, count);
    return readVulnerability(raw, vulnerability, products, count === 1 ? name : `${name}~${count}`);
  });
}

function readVulnerability(
  { document }: CsafDocument,
  raw: CsafVulnerability,
  products: ReadonlyMap<string, CsafProduct>,
  name: string,
): Advisory {
  const modified = parseInstant(document.tracking.current_release_date) ?? longAgo;
  const by = document.publisher.name.slice(0, 200);
  const { affected, csaf } = judgeProducts(raw, products);
  return storable({
    source: sourceOf(document.publisher.namespace),
    id: `${document.tracking.id}#${name}`.slice(0, 256),
    aliases: raw.cve && /^CVE-\d{4}-\d{4,19}$/.test(raw.cve) ? [raw.cve] : [],
    upstream: [],
    related: [],
    summary: raw.title ?? document.title,
    details: detailsOf(raw),
    published: parseInstant(raw.release_date) ?? parseInstant(document.tracking.initial_release_date),
    modified,
    withdrawn: null,
    severities: severitiesOf(raw, by),
    cwes: unique([...(raw.cwe ? [raw.cwe.id] : []), ...(raw.cwes ?? []).map(({ id }) => id)]).filter(isCweId),
    references: [...(document.references ?? []), ...(raw.references ?? [])]
      .slice(0, 200)
      .map(({ category, url }) => ({ type: category === 'self' ? 'ADVISORY' : 'WEB', url })),
    affected,
    configurations: [],
    derived: false,
    csaf: {
      document: document.tracking.id,
      title: document.title,
      publisher: by,
      tlp: tlpOf(document),
      ...csaf,
    },
  });
}

/** The publisher's namespace keeps two publishers apart who number alike. */
function sourceOf(namespace: string | null | undefined): string {
  try {
    return `CSAF ${new URL(namespace ?? '').hostname.replace(/^www\./, '')}`;
  } catch {
    return 'CSAF';
  }
}

/** `CLEAR` is the name of `WHITE` since TLP 2.0; none stated is unknown. */
function tlpOf(document: CsafDocument['document']): string | null {
  const label = document.distribution?.tlp?.label?.toUpperCase().replace(/^TLP:/, '') ?? null;
  return label === 'WHITE' ? 'CLEAR' : label;
}

const STATUSES = [
  ['known_affected', 'affected'],
  ['first_affected', 'affected'],
  ['last_affected', 'affected'],
  ['under_investigation', 'under investigation'],
  ['known_not_affected', 'not affected'],
  ['fixed', 'fixed'],
  ['first_fixed', 'fixed'],
] as const;

type Judged = Pick<CsafStatement, 'products' | 'notMatched' | 'remedies'>;

function judgeProducts(
  raw: CsafVulnerability,
  products: ReadonlyMap<string, CsafProduct>,
): { affected: Affected[]; csaf: Judged } {
  const affected: Affected[] = [];
  const listed: CsafStatement['products'][number][] = [];
  let notMatched = 0;
  for (const [status, word] of STATUSES) {
    for (const id of unique(raw.product_status?.[status] ?? [])) {
      const product = products.get(id);
      const isAffected = word === 'affected';
      const found =
        product && (isAffected || word === 'under investigation') ? affectedOf(product, isAffected) : [];
      affected.push(...found);
      const isMatched = found.length > 0;
      if (!isMatched && (isAffected || word === 'under investigation')) notMatched += 1;
      if (listed.length < KEPT_PRODUCTS)
        listed.push({ name: (product?.name ?? id).slice(0, 300), status: word, matched: isMatched });
    }
  }
  const remedies = (raw.remediations ?? [])
    .slice(0, KEPT_REMEDIES)
    .map(({ category, details, url, product_ids }) => ({
      category,
      details: details.slice(0, 2_000),
      url: url ?? null,
      products: (product_ids ?? []).slice(0, 50).map((id) => (products.get(id)?.name ?? id).slice(0, 300)),
    }));
  return { affected: unionOf(affected), csaf: { products: listed, notMatched, remedies } };
}

/** Statements about one package are alternatives; joined, so that a list of versions is one statement. */
function unionOf(entries: readonly Affected[]): Affected[] {
  const joined = new Map<string, { first: Affected; ranges: AffectedRange[]; versions: Set<string> }>();
  for (const entry of entries) {
    const isOpen = entry.ranges.length === 0 && entry.versions.length === 0;
    const key = JSON.stringify([entry.ecosystem, entry.name, entry.scope, entry.hint, isOpen]);
    const known = joined.get(key);
    if (known === undefined) {
      joined.set(key, { first: entry, ranges: [...entry.ranges], versions: new Set(entry.versions) });
      continue;
    }
    for (const range of entry.ranges) known.ranges.push(range);
    for (const version of entry.versions) known.versions.add(version);
  }
  return [...joined.values()].map(({ first, ranges, versions }) => ({
    ...first,
    ranges,
    versions: [...versions],
  }));
}

function detailsOf(raw: CsafVulnerability): string {
  const notes = raw.notes ?? [];
  const best = ['description', 'summary', 'details', 'general'].flatMap((category) =>
    notes.filter((note) => note.category === category),
  );
  return best[0]?.text ?? '';
}

function severitiesOf(raw: CsafVulnerability, by: string): SeverityStatement[] {
  const contents = [...(raw.scores ?? []), ...(raw.metrics ?? []).map(({ content }) => content ?? {})];
  const found = new Map<string, SeverityStatement>();
  for (const content of contents) {
    for (const [field, type] of [
      ['cvss_v2', 'CVSS_V2'],
      ['cvss_v3', 'CVSS_V3'],
      ['cvss_v4', 'CVSS_V4'],
    ] as const) {
      const vector = (content[field] as { vectorString?: unknown } | null | undefined)?.vectorString;
      if (typeof vector === 'string' && !found.has(vector)) found.set(vector, statement(type, vector, by));
    }
  }
  return [...found.values()];
}

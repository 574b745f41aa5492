// OpenVEX 0.2.0 (https://github.com/openvex/spec, OPENVEX-SPEC.md) and the drafts before it, where vulnerability, products and
// subcomponents were plain texts.
import { z } from 'zod';
import { readPurl } from '../../../knowledge/identity/purl.ts';
import { JUSTIFICATIONS, VEX_STATUSES } from '../model.ts';
import { instantOf, VexCollector } from './collect.ts';
import { shapeOf } from './shape.ts';
import type { ReadVex, VexRef } from './statement.ts';

const text = z.string().nullish();

const Component = z.object({
  '@id': text,
  identifiers: z.object({ purl: text, cpe23: text, cpe22: text }).nullish(),
});
const Part = z.union([z.string(), Component]);
const Product = z.union([z.string(), Component.extend({ subcomponents: z.array(Part).nullish() })]);

const Statement = z.object({
  vulnerability: z.union([
    z.string(),
    z.object({ '@id': text, name: text, aliases: z.array(z.string()).nullish() }),
  ]),
  timestamp: text,
  products: z.array(Product).nullish(),
  subcomponents: z.array(Part).nullish(),
  status: z.enum(VEX_STATUSES),
  justification: z.union([z.enum(JUSTIFICATIONS), z.literal('')]).nullish(),
  impact_statement: text,
  action_statement: text,
  status_notes: text,
});

const Document = z.object({
  '@context': z.string(),
  '@id': text,
  author: text,
  timestamp: text,
  last_updated: text,
  version: z.union([z.number(), z.string()]).nullish(),
  statements: z.array(Statement),
});

/** Refuses `vex.wrong-shape` and what `VexCollector` refuses. */
export function readOpenVex(record: unknown): ReadVex {
  const raw = shapeOf(Document, record);
  const to = new VexCollector();
  const issuedAt = instantOf(raw.last_updated ?? raw.timestamp, '$.timestamp', to);
  for (const [index, statement] of raw.statements.entries()) readStatement(statement, index, issuedAt, to);
  return to.done({
    format: 'openvex',
    specVersion: /v(\d+\.\d+(?:\.\d+)?)$/.exec(raw['@context'])?.[1] ?? '',
    documentId: raw['@id'] ?? '',
    documentVersion: String(raw.version ?? ''),
    author: raw.author ?? '',
    issuedAt,
    tlp: null,
  });
}

function readStatement(
  raw: z.infer<typeof Statement>,
  index: number,
  issuedAt: string | null,
  to: VexCollector,
): void {
  const at = `$.statements[${index}]`;
  if (!raw.products?.length) {
    to.warn(at, 'It names no product and was left out.');
    return;
  }
  if (raw.status === 'not_affected' && !raw.justification && !raw.impact_statement)
    to.warn(at, 'Not affected, but without a justification or an impact statement.');
  if (raw.status === 'affected' && !raw.action_statement)
    to.warn(at, 'Affected, but without what users should do.');
  const claim = {
    at,
    ids: idsOf(raw.vulnerability),
    status: raw.status,
    ownStatus: raw.status,
    justification: raw.status === 'not_affected' ? raw.justification || null : null,
    ownJustification: null,
    impact: raw.impact_statement || raw.status_notes || '',
    action: raw.action_statement ?? '',
    saidAt: instantOf(raw.timestamp, `${at}.timestamp`, to) ?? issuedAt,
  };
  for (const product of raw.products) {
    const whole = refOf(product);
    if (!whole) {
      to.warn(at, 'A product without @id and identifiers was left out.');
      continue;
    }
    const id = to.ref(whole);
    const fixed = claim.status === 'fixed' ? versionsOf(whole) : [];
    const parts = (typeof product === 'string' ? raw.subcomponents : product.subcomponents) ?? [];
    const named = parts.map(refOf).filter((part) => part !== null);
    if (named.length === 0) to.claim({ ...claim, subject: id, context: null, fixed });
    for (const part of named) to.claim({ ...claim, subject: to.ref(part), context: id, fixed });
  }
}

function idsOf(vulnerability: z.infer<typeof Statement>['vulnerability']): string[] {
  if (typeof vulnerability === 'string') return [vulnerability];
  // `@id` may be an address whose last part is the id.
  const named = vulnerability.name ?? vulnerability['@id']?.split(/[/#]/).pop();
  return [...(named ? [named] : []), ...(vulnerability.aliases ?? [])];
}

function refOf(part: z.infer<typeof Part>): VexRef | null {
  const id = typeof part === 'string' ? part : (part['@id'] ?? '');
  const identifiers = typeof part === 'string' ? null : part.identifiers;
  const purls = [id, identifiers?.purl ?? ''].filter((one) => one.startsWith('pkg:'));
  const cpe = identifiers?.cpe23 ?? identifiers?.cpe22 ?? (/^cpe:/i.test(id) ? id : null);
  const key = id || purls[0] || cpe;
  if (!key) return null;
  const purl = purls[0] === undefined ? null : readPurl(purls[0]).purl;
  return {
    id: key,
    // Ward calls a component without an identity `name:…`.
    name: purl ? purl.name : key.replace(/^name:/, ''),
    purls: [...new Set(purls)],
    cpe,
    // OpenVEX 0.2.0, "Product Matching": an identifier without a version speaks of every version.
    versions: purl?.version ? { kind: 'versions', versions: [purl.version] } : { kind: 'all' },
  };
}

const versionsOf = ({ versions }: VexRef): readonly string[] =>
  versions?.kind === 'versions' ? versions.versions : [];

// VEX documents from assessments: OpenVEX 0.2.0 and CycloneDX 1.6. Pure: statements in, document out.
// What is not approved goes out as under investigation; what goes out as not affected was approved as that.
import type { Justification, VexStatus } from '../model.ts';

export interface VexProduct {
  readonly name: string;
  readonly version: string;
  readonly supplier: string;
  /** Where the product's record names them. */
  readonly modelNumbers?: readonly string[];
}

export interface VexStatement {
  readonly vulnerability: string;
  readonly aliases: readonly string[];
  /** Component's purl, or its name where it has none. */
  readonly component: string;
  readonly componentName: string;
  readonly componentVersion: string;
  /** CPE 2.3 of the component, where its SBOM names one. */
  readonly componentCpe?: string | null;
  /** What the sources say of the flaw; for formats that ask for it. */
  readonly summary?: string;
  readonly vectors?: readonly string[];
  readonly references?: readonly string[];
  readonly status: VexStatus;
  readonly justification: Justification | null;
  readonly rationale: string;
  readonly actionStatement: string;
  /** Instant of the last change, ISO 8601. */
  readonly at: string;
}

export interface VexDocument {
  readonly id: string;
  readonly author: string;
  readonly at: string;
  readonly version: number;
  readonly toolVersion: string;
}

/** `lumen-400`: a name as part of a purl. */
export function slugOf(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}.+-]+/gu, '-')
    .replace(/^-+|-+$/g, '');
}

/** `pkg:generic/lumen-400@4.1`: what other documents call this release. */
export function productPurl(product: VexProduct): string {
  return `pkg:generic/${encodeURIComponent(slugOf(product.name))}@${encodeURIComponent(product.version)}`;
}

export function openVex(
  product: VexProduct,
  statements: readonly VexStatement[],
  document: VexDocument,
): object {
  return {
    '@context': 'https://openvex.dev/ns/v0.2.0',
    '@id': document.id,
    author: document.author,
    timestamp: document.at,
    version: document.version,
    tooling: `Ward ${document.toolVersion}`,
    statements: statements.map((statement) => ({
      vulnerability: {
        name: statement.vulnerability,
        ...(statement.aliases.length > 0 ? { aliases: statement.aliases } : {}),
      },
      timestamp: statement.at,
      products: [
        {
          '@id': productPurl(product),
          subcomponents: [
            {
              '@id': statement.component,
              ...(statement.componentCpe ? { identifiers: { cpe23: statement.componentCpe } } : {}),
            },
          ],
        },
      ],
      status: statement.status,
      ...(statement.status === 'not_affected' && statement.justification
        ? { justification: statement.justification }
        : {}),
      ...(statement.status === 'not_affected' && statement.rationale
        ? { impact_statement: statement.rationale }
        : {}),
      ...(statement.status === 'affected' ? { action_statement: statement.actionStatement } : {}),
      ...(statement.status !== 'not_affected' && statement.rationale
        ? { status_notes: statement.rationale }
        : {}),
    })),
  };
}

// docs/reports/vex.md; the pairs marked lossy there keep OpenVEX's own word in the detail.
const CYCLONEDX_STATE: Record<VexStatus, string> = {
  under_investigation: 'in_triage',
  affected: 'exploitable',
  not_affected: 'not_affected',
  fixed: 'resolved',
};
const CYCLONEDX_JUSTIFICATION: Record<Justification, string> = {
  component_not_present: 'code_not_present',
  vulnerable_code_not_present: 'code_not_present',
  vulnerable_code_not_in_execute_path: 'code_not_reachable',
  vulnerable_code_cannot_be_controlled_by_adversary: 'requires_environment',
  inline_mitigations_already_exist: 'protected_by_mitigating_control',
};

export function cycloneDxVex(
  product: VexProduct,
  statements: readonly VexStatement[],
  document: VexDocument,
): object {
  const components = new Map(statements.map((statement) => [statement.component, statement]));
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${document.id.slice(-36)}`,
    version: document.version,
    metadata: {
      timestamp: document.at,
      tools: { components: [{ type: 'application', name: 'Ward', version: document.toolVersion }] },
      authors: [{ name: document.author }],
      component: {
        'bom-ref': productPurl(product),
        type: 'device',
        name: product.name,
        version: product.version,
      },
    },
    components: [...components].map(([ref, { componentName, componentVersion, componentCpe }]) => ({
      'bom-ref': ref,
      type: 'library',
      name: componentName,
      ...(componentVersion === '' ? {} : { version: componentVersion }),
      ...(ref.startsWith('pkg:') ? { purl: ref } : {}),
      ...(componentCpe ? { cpe: componentCpe } : {}),
    })),
    vulnerabilities: statements.map((statement) => ({
      id: statement.vulnerability,
      references: statement.aliases.map((id) => ({ id, source: { name: sourceOf(id) } })),
      analysis: {
        state: CYCLONEDX_STATE[statement.status],
        ...(statement.status === 'not_affected' && statement.justification
          ? { justification: CYCLONEDX_JUSTIFICATION[statement.justification] }
          : {}),
        ...(statement.status === 'affected' ? { response: ['update'] } : {}),
        detail: detailOf(statement),
        lastUpdated: statement.at,
      },
      affects: [{ ref: statement.component }],
    })),
  };
}

function detailOf(statement: VexStatement): string {
  const parts = [statement.rationale, statement.status === 'affected' ? statement.actionStatement : ''];
  if (statement.status === 'not_affected' && statement.justification)
    parts.push(`OpenVEX justification: ${statement.justification}.`);
  return parts.filter((part) => part.trim() !== '').join('\n') || 'No statement yet.';
}

/** Who numbers so. */
export function sourceOf(id: string): string {
  if (id.startsWith('CVE-')) return 'NVD';
  if (id.startsWith('GHSA-')) return 'GitHub';
  return id.split('-')[0] ?? 'OSV';
}

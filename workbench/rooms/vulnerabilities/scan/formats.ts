// A scan's result for people and for machines: table, JSON, SARIF 2.1.0, CycloneDX 1.6.
import type { ScanFinding, ScanResult } from './scan.ts';

export const FORMATS = ['table', 'json', 'sarif', 'cyclonedx'] as const;
export type Format = (typeof FORMATS)[number];

export interface ScanContext {
  readonly file: string;
  readonly version: string;
  readonly at: string;
  readonly newId: () => string;
  readonly knowledge: string;
}

export function format(result: ScanResult, as: Format, context: ScanContext): string {
  switch (as) {
    case 'table':
      return table(result, context);
    case 'json':
      return `${JSON.stringify(result, null, 2)}\n`;
    case 'sarif':
      return `${JSON.stringify(sarif(result, context), null, 2)}\n`;
    case 'cyclonedx':
      return `${JSON.stringify(cycloneDx(result, context), null, 2)}\n`;
  }
}

function table(result: ScanResult, context: ScanContext): string {
  const lines: string[] = [];
  const rows = result.findings.map((finding) => [
    finding.severity.toUpperCase(),
    finding.cvss ? finding.cvss.score.toFixed(1) : '?',
    finding.id,
    `${finding.component.name} ${finding.component.version ?? ''}`.trim(),
    finding.fixed.join(', ') || 'no fix known',
  ]);
  if (rows.length > 0)
    lines.push(...align([['SEVERITY', 'CVSS', 'ID', 'COMPONENT', 'FIXED IN'], ...rows]), '');
  if (result.undetermined.length > 0) {
    lines.push(
      'Cannot be said:',
      ...align(
        result.undetermined.map((finding) => [
          '  ?',
          finding.id,
          `${finding.component.name} ${finding.component.version ?? ''}`.trim(),
          finding.why,
        ]),
      ),
      '',
    );
  }
  const watched = result.components - result.unmatched.length;
  lines.push(
    `${context.file}: ${result.components} components, ${watched} watched, ${result.unmatched.length} not watched.`,
  );
  lines.push(
    `${result.findings.length} findings, ${result.undetermined.length} undetermined. Knowledge: ${context.knowledge}.`,
  );
  const reasons = new Map<string, number>();
  for (const { reason } of result.unmatched) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  if (reasons.size > 0)
    lines.push(
      `Not watched, which does not mean clean: ${[...reasons].map(([reason, n]) => `${n} ${reason}`).join(', ')}.`,
    );
  return `${lines.join('\n')}\n`;
}

function align(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows)
    for (const [index, cell] of row.entries())
      widths[index] = Math.max(widths[index] ?? 0, Math.min(cell.length, 60));
  return rows.map((row) =>
    row
      .map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd(widths[index] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

const SARIF_LEVEL: Record<string, string> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  none: 'none',
  unknown: 'warning',
};

function sarif(result: ScanResult, context: ScanContext): object {
  const rules = new Map(result.findings.map((finding) => [finding.id, finding]));
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'Ward',
            version: context.version,
            rules: [...rules.values()].map((finding) => ({
              id: finding.id,
              shortDescription: { text: finding.summary || finding.id },
              properties: {
                'security-severity': String(finding.cvss?.score ?? ''),
                tags: ['security', 'vulnerability'],
              },
            })),
          },
        },
        results: result.findings.map((finding) => ({
          ruleId: finding.id,
          level: SARIF_LEVEL[finding.severity] ?? 'warning',
          message: {
            text: `${finding.component.name} ${finding.component.version ?? ''}: ${finding.why}${fixText(finding)}`,
          },
          locations: [
            {
              physicalLocation: { artifactLocation: { uri: encodeURI(context.file) } },
              logicalLocations: [
                {
                  fullyQualifiedName:
                    finding.component.purl ?? finding.component.cpe ?? finding.component.name,
                  kind: 'module',
                },
              ],
            },
          ],
          partialFingerprints: {
            'ward/v1': `${finding.id}:${finding.component.purl ?? finding.component.name}`,
          },
        })),
        properties: {
          components: result.components,
          notWatched: result.unmatched.length,
          undetermined: result.undetermined.length,
        },
      },
    ],
  };
}

function fixText(finding: ScanFinding): string {
  return finding.fixed.length > 0 ? ` Fixed in ${finding.fixed.join(', ')}.` : '';
}

function cycloneDx(result: ScanResult, context: ScanContext): object {
  const refOf = (finding: ScanFinding) =>
    finding.component.purl ??
    finding.component.cpe ??
    `${finding.component.name}@${finding.component.version ?? ''}`;
  const components = new Map(
    [...result.findings, ...result.undetermined].map((finding) => [refOf(finding), finding.component]),
  );
  const severity = (level: string) => (level === 'unknown' || level === 'none' ? level : level);
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${context.newId()}`,
    version: 1,
    metadata: {
      timestamp: context.at,
      tools: { components: [{ type: 'application', name: 'Ward', version: context.version }] },
    },
    components: [...components].map(([ref, { name, version, purl, cpe }]) => ({
      'bom-ref': ref,
      type: 'library',
      name,
      ...(version === null ? {} : { version }),
      ...(purl === undefined ? {} : { purl }),
      ...(cpe === undefined ? {} : { cpe }),
    })),
    vulnerabilities: [
      ...result.findings.map((finding) => ({ finding, state: 'exploitable' as const })),
      ...result.undetermined.map((finding) => ({ finding, state: 'in_triage' as const })),
    ].map(({ finding, state }) => ({
      id: finding.id,
      source: { name: finding.source },
      references: finding.aliases.map((id) => ({ id, source: { name: id.split('-')[0] ?? 'OSV' } })),
      ratings: [
        {
          severity: severity(finding.severity),
          ...(finding.cvss ? { score: finding.cvss.score, vector: finding.cvss.vector } : {}),
        },
      ],
      description: finding.summary || finding.id,
      ...(finding.fixed.length > 0 ? { recommendation: `Update to ${finding.fixed.join(' or ')}.` } : {}),
      // Matched by version only; nobody has judged it in the device yet.
      analysis: {
        state: 'in_triage',
        detail: `${state === 'exploitable' ? 'Version is in an affected range.' : 'Cannot be decided from the data.'} ${finding.why}`,
      },
      affects: [{ ref: refOf(finding) }],
    })),
  };
}

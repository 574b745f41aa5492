// Every state through every format and back (docs/reports/vex.md). WARD_UPDATE_GOLDEN=1 renews docs/reports/vex.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { JUSTIFICATIONS, type Justification, type VexStatus } from '../model.ts';
import { checkCsaf } from './check-csaf.ts';
import { lossesOf, type VexOut } from './losses.ts';
import { readVex } from './read-vex.ts';
import type { VexClaim } from './statement.ts';
import { csafVex } from './write-csaf.ts';
import { cycloneDxVex, openVex, type VexStatement } from './write-vex.ts';

const REPORT = resolve('docs/reports/vex.md');
const product = { name: 'Lumen 400', version: '4.1.0', supplier: 'Lumen Works', modelNumbers: ['L400-EU'] };
const at = '2026-11-24T08:00:00.000Z';
const document = {
  id: 'urn:uuid:01a20b00-0000-7000-8000-000000000001',
  author: 'Lea Lead',
  at,
  version: 1,
  toolVersion: '0.1.0',
};
const head = {
  publisher: { name: 'Lumen Works', namespace: 'https://lumen.example', contact: null },
  tlp: 'AMBER' as const,
  at,
  toolVersion: '0.1.0',
  approvals: [{ at: '2026-11-20T08:00:00.000Z', keys: ['ASM-1'] }],
};

interface State {
  readonly name: string;
  readonly status: VexStatus;
  readonly justification: Justification | null;
}

const STATES: readonly State[] = [
  { name: 'not decided, or re-opened', status: 'under_investigation', justification: null },
  { name: 'affected (accepted risk too)', status: 'affected', justification: null },
  { name: 'fixed', status: 'fixed', justification: null },
  { name: 'not affected, in words only', status: 'not_affected', justification: null },
  ...JUSTIFICATIONS.map((justification) => ({
    name: `${justification === 'component_not_present' ? 'false positive' : 'not affected'}: ${justification}`,
    status: 'not_affected' as const,
    justification,
  })),
];

const statements: VexStatement[] = STATES.map(({ status, justification }, n) => ({
  vulnerability: `CVE-2099-${1000 + n}`,
  aliases: [`GHSA-test-${1000 + n}`],
  component: 'pkg:npm/protobufjs@7.2.3',
  componentName: 'protobufjs',
  componentVersion: '7.2.3',
  componentCpe: 'cpe:2.3:a:protobufjs_project:protobufjs:7.2.3:*:*:*:*:*:*:*',
  status,
  justification,
  rationale: status === 'under_investigation' ? '' : 'Why it is so.',
  actionStatement: status === 'affected' ? 'Update to 4.2.' : '',
  summary: 'A flaw.',
  vectors: ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H'],
  references: ['https://example.org/advisory'],
  at,
}));

const FORMATS: readonly (readonly [VexOut, () => object])[] = [
  ['openvex', () => openVex(product, statements, document)],
  ['cyclonedx', () => cycloneDxVex(product, statements, document)],
  ['csaf', () => csafVex(product, statements, head)],
];

const back = (format: VexOut): readonly VexClaim[] =>
  readVex(Buffer.from(JSON.stringify(FORMATS.find(([name]) => name === format)![1]())), format).claims;

/** What does not come back of one statement. */
function lost(sent: VexStatement, got: VexClaim | undefined): string[] {
  if (!got) return ['the statement'];
  const losses: string[] = [];
  if (got.status !== sent.status) losses.push(`status (${got.status})`);
  if (got.justification !== sent.justification) losses.push('justification');
  if (!got.impact.includes(sent.rationale)) losses.push('rationale');
  if (!`${got.action}\n${got.impact}`.includes(sent.actionStatement)) losses.push('what users should do');
  if (sent.aliases.some((id) => !got.ids.includes(id))) losses.push('aliases');
  return losses;
}

const cell = (format: VexOut, n: number): string => {
  const [sent, got] = [statements[n]!, back(format)[n]];
  const word = got ? `${got.ownStatus}${got.justification ? `, ${got.justification}` : ''}` : 'nothing';
  const losses = lost(sent, got);
  return losses.length === 0 ? word : `${word}; lost: ${losses.join(', ')}`;
};

describe('a round trip', () => {
  it.each(FORMATS.map(([format]) => [format] as const))('through %s brings every state back', (format) => {
    const claims = back(format);

    expect(claims).toHaveLength(statements.length);
    for (const [n, sent] of statements.entries())
      expect([sent.status, lost(sent, claims[n])]).toEqual([sent.status, []]);
    expect(claims.every((claim) => claim.context !== null)).toBe(true);
  });

  it('never makes not affected of anything else', () => {
    for (const [format] of FORMATS)
      expect(
        back(format)
          .filter((claim) => claim.status === 'not_affected')
          .map((claim) => claim.ids[0]),
      ).toEqual(statements.filter((one) => one.status === 'not_affected').map((one) => one.vulnerability));
  });

  it('stands in the report as it is', () => {
    const rows = STATES.map(
      ({ name }, n) => `| ${name} | ${FORMATS.map(([format]) => cell(format, n)).join(' | ')} |`,
    );
    const text = [
      '# VEX: what comes back',
      '',
      'Written by `vex/round-trip.test.ts` from the writers and readers themselves: each state of Ward goes out and is read again.',
      '',
      '| Ward | OpenVEX 0.2 | CycloneDX 1.6 | CSAF 2.0 |',
      '| --- | --- | --- | --- |',
      ...rows,
      '',
      'What a format cannot say:',
      '',
      ...FORMATS.flatMap(([format]) => lossesOf(format).map((loss) => `- ${format}: ${loss}`)),
      '',
    ].join('\n');
    if (process.env.WARD_UPDATE_GOLDEN === '1') writeFileSync(REPORT, text);
    expect(readFileSync(REPORT, 'utf8')).toBe(text);
  });
});

describe('a CSAF document of a release', () => {
  it('passes schema and mandatory tests, and leaves only warnings that nothing can be done about', async () => {
    const { valid, problems, tests } = await checkCsaf(csafVex(product, statements, head));

    expect(problems.filter(({ level }) => level === 'error')).toEqual([]);
    expect(valid).toBe(true);
    expect(tests).toBeGreaterThan(60);
    // The place of publication, a helper for the part within the product, remedies for what is not decided: not ours to say.
    expect([...new Set(problems.map(({ test }) => test))].sort()).toEqual(['6.2.11', '6.2.16', '6.2.2']);
  });

  it('passes them for components without identity, version or summary, and for flaws without a CVE', async () => {
    const odd = {
      ...statements[1]!,
      component: 'name:board support',
      componentName: 'board support',
      componentVersion: '',
      componentCpe: null,
      vulnerability: 'GHSA-test-only',
      aliases: [],
      summary: '',
      vectors: [],
    };
    const ranged = {
      ...odd,
      component: 'name:x',
      componentVersion: '1.0 and later',
      vulnerability: 'CVE-2099-5000',
    };

    const { problems } = await checkCsaf(
      csafVex({ ...product, name: 'Ω Läser / 2' }, [odd, ranged], { ...head, approvals: [] }),
    );

    expect(problems.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('says what is wrong with place and remedy', async () => {
    const broken = structuredClone(csafVex(product, statements, head)) as {
      document: { tracking: { version: string } };
      vulnerabilities: { remediations?: unknown }[];
    };
    broken.document.tracking.version = '7';
    for (const one of broken.vulnerabilities) delete one.remediations;

    const { valid, problems } = await checkCsaf(broken);

    expect(valid).toBe(false);
    expect(
      problems
        .filter(({ level }) => level === 'error')
        .map(({ test }) => test)
        .sort(),
    ).toEqual(['6.1.16', '6.1.27.10']);
    expect(problems.every(({ at: place, remedy }) => place.startsWith('$') && remedy !== '')).toBe(true);
    expect(await checkCsaf({ document: {} })).toMatchObject({ valid: false });
  });
});

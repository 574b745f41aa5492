// Check 10 of the design: one statement in three formats has one outcome; what goes out is valid, and comes back as it was.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import Ajv from 'ajv';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Principal } from '../../workbench/kernel/people/roles.ts';
import { makeTransition } from '../../workbench/kernel/records/operations.ts';
import type { WardRecord } from '../../workbench/kernel/records/record.ts';
import { assessFinding } from '../../workbench/rooms/vulnerabilities/decide-finding.ts';
import { checkCsaf } from '../../workbench/rooms/vulnerabilities/vex/check-csaf.ts';
import { importVex } from '../../workbench/rooms/vulnerabilities/vex/import-vex.ts';
import { lossesOf } from '../../workbench/rooms/vulnerabilities/vex/losses.ts';
import { saidOfFinding } from '../../workbench/rooms/vulnerabilities/vex/said-of-finding.ts';
import {
  csafSample,
  cycloneDxSample,
  openVexSample,
} from '../../workbench/rooms/vulnerabilities/vex/samples.ts';
import { VEX_FORMATS, vexOfRelease } from '../../workbench/rooms/vulnerabilities/vex-of-release.ts';
import { PASSWORD } from '../setup/test-ward.ts';
import { type MatchingHouse, matchingHouse, osvPackage, osvRecord } from './matching-house.ts';

const FIXTURES =
  [resolve('../shared/data/fixtures'), resolve('../../shared/data/fixtures')].find(existsSync) ?? '';

let house: MatchingHouse;
let approver: Principal;

beforeAll(async () => {
  house = await matchingHouse();
  approver = await house.ward.person('Vera Verdict', ['safety-risk-manager']);
  await house.ward.people.setPassword(approver.personId as string, PASSWORD);
  await house.know(
    osvRecord({
      id: 'GHSA-test-1111-2222',
      aliases: ['CVE-2026-0001'],
      affected: [osvPackage('npm', 'left-hand', { introduced: '0' }, { fixed: '2.0.0' })],
    }),
    ...STATES.map((_state, n) =>
      osvRecord({
        id: `GHSA-test-vex-${n}`,
        aliases: [`CVE-2099-${4000 + n}`],
        affected: [osvPackage('npm', `part-${n}`, { introduced: '0' }, { fixed: '2.0.0' })],
      }),
    ),
  );
});
afterAll(() => house.close());

async function take(document: unknown, release: WardRecord | null = null) {
  const result = await importVex(house.ward, house.lead, {
    release: release?.key ?? null,
    supplier: null,
    fileName: 'vex.json',
    bytes: Buffer.from(JSON.stringify(document)),
  });
  await house.ward.jobs.drain();
  return result;
}

describe('statements about one product', () => {
  it('come to the same outcome from OpenVEX, CycloneDX and CSAF', async () => {
    const outcomes: unknown[] = [];
    for (const sample of [openVexSample, cycloneDxSample, csafSample]) {
      const release = await house.release();
      await house.takeIn(release, [{ name: 'left-hand', version: '1.2.3', purl: 'pkg:npm/left-hand@1.2.3' }]);
      await take(sample, release);
      const said = await saidOfFinding(house.ward.db, (await house.findings(release))[0]!);
      outcomes.push(
        said.map(({ status, justification, impact, certain, conflict, author }) => ({
          status,
          justification,
          impact,
          certain,
          conflict,
          author,
        })),
      );
    }

    expect(outcomes[0]).toEqual([
      {
        status: 'not_affected',
        justification: 'vulnerable_code_not_in_execute_path',
        impact: 'The parser is never called.',
        certain: true,
        conflict: true,
        author: 'Harbour Software',
      },
    ]);
    expect(outcomes).toEqual([outcomes[0], outcomes[0], outcomes[0]]);
  });
});

const STATES = [
  null,
  { status: 'affected', actionStatement: 'Update to 4.2.' },
  { status: 'not_affected', justification: 'component_not_present' },
  { status: 'not_affected', justification: 'vulnerable_code_cannot_be_controlled_by_adversary' },
  { status: 'not_affected', justification: null },
  { status: 'fixed' },
] as const;

/** A release with a finding in each state. */
async function decidedRelease(): Promise<WardRecord> {
  const release = await house.release();
  await house.takeIn(
    release,
    STATES.map((_state, n) => ({ name: `part-${n}`, version: '1.0.0', purl: `pkg:npm/part-${n}@1.0.0` })),
  );
  for (const [n, state] of STATES.entries()) {
    if (state === null) continue;
    const { assessment } = await assessFinding(house.ward, house.lead, {
      release: release.key,
      vulnerability: `CVE-2099-${4000 + n}`,
      place: `npm:part-${n}`,
      body: { rationale: 'Why it is so.', actionStatement: '', safety: 'none', privacy: 'none', ...state },
    });
    await makeTransition(house.ward.records, approver, assessment.key, {
      seenRevision: 1,
      transition: 'approve',
      reason: null,
      credential: { password: PASSWORD },
    });
  }
  return release;
}

describe('what goes out', () => {
  let release: WardRecord;
  const documents = new Map<string, object>();
  beforeAll(async () => {
    release = await decidedRelease();
    for (const format of VEX_FORMATS)
      documents.set(format, await vexOfRelease(house.ward, release, format, 'Lea Lead'));
  });
  const schema = (...path: string[]) =>
    JSON.parse(readFileSync(join(FIXTURES, ...path), 'utf8')) as Record<string, unknown>;

  it.skipIf(FIXTURES === '')('fits the official schemas (skipped where ../shared is absent)', () => {
    const openVex = new Ajv2020({ strict: false, allErrors: true, logger: false });
    addFormats(openVex);
    const cycloneDx = new Ajv({ strict: false, allErrors: true, logger: false });
    addFormats(cycloneDx);
    for (const name of readdirSync(join(FIXTURES, 'cyclonedx', 'schema')))
      if (/^(spdx|jsf).*\.json$/.test(name)) cycloneDx.addSchema(schema('cyclonedx', 'schema', name));
    const validate = {
      openvex: openVex.compile(schema('openvex', 'schema', 'openvex_json_schema.json')),
      cyclonedx: cycloneDx.compile(schema('cyclonedx', 'schema', 'bom-1.6.schema.json')),
    };

    for (const [format, check] of Object.entries(validate)) {
      check(documents.get(format));
      expect([format, check.errors ?? []]).toEqual([format, []]);
    }
  });

  it('passes schema and mandatory tests of CSAF, with the approvals as its history', async () => {
    const csaf = documents.get('csaf') as {
      document: { tracking: { revision_history: { summary: string }[] } };
    };
    const { valid, problems } = await checkCsaf(csaf);

    expect(problems.filter(({ level }) => level === 'error')).toEqual([]);
    expect(valid).toBe(true);
    expect(csaf.document.tracking.revision_history.map(({ summary }) => summary)).toEqual([
      expect.stringMatching(/^Approved: ASM-\d+(, ASM-\d+){4}\.$/),
      'Findings as they are known now.',
    ]);
  });

  it.each(VEX_FORMATS.map((format) => [format] as const))(
    'as %s comes back with the same states',
    async (format) => {
      const again = await decidedRelease();
      const document = await vexOfRelease(house.ward, again, format, 'Lea Lead');

      const result = await take(document);

      expect(result).toMatchObject({ statements: STATES.length, applied: STATES.length, warnings: [] });
      const findings = await house.findings(again);
      const states = await Promise.all(
        findings.map(async (finding) => {
          const said = (await saidOfFinding(house.ward.db, finding)).filter((one) => one.certain);
          return [finding.vulnerability, ...said.map((one) => [one.status, one.justification, one.conflict])];
        }),
      );
      expect(states.sort()).toEqual(
        STATES.map((state, n) => [
          `CVE-2099-${4000 + n}`,
          [
            state?.status ?? 'under_investigation',
            state !== null && 'justification' in state ? state.justification : null,
            false,
          ],
        ]),
      );
      expect(lossesOf(format).length).toBeGreaterThan(0);
    },
  );

  it('is no CSAF where no publisher is set', async () => {
    await expect(
      vexOfRelease({ ...house.ward, publisher: null }, release, 'csaf', 'Lea Lead'),
    ).rejects.toMatchObject({ code: 'csaf.no-publisher' });
  });
});

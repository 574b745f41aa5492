// Acceptance checks 15 and 16 (docs/decisions/009): hard changes re-open a decision, soft ones are noted for the next
// review, neutral ones do neither; KEV re-opens at once and brings the shorter time.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SYSTEM } from '../../workbench/kernel/people/roles.ts';
import {
  addLink,
  createRecord,
  editRecord,
  makeTransition,
} from '../../workbench/kernel/records/operations.ts';
import { findRecord } from '../../workbench/kernel/records/read.ts';
import type { WardRecord } from '../../workbench/kernel/records/record.ts';
import { assessFinding } from '../../workbench/rooms/vulnerabilities/decide-finding.ts';
import { takeBack } from '../../workbench/rooms/vulnerabilities/triage.ts';
import { decideBy } from '../../workbench/rooms/vulnerabilities/triage-policy.ts';
import { kevCatalogue } from '../feeds/feed-server.ts';
import { PASSWORD } from '../setup/test-ward.ts';
import { type MatchingHouse, matchingHouse, osvPackage, osvRecord } from './matching-house.ts';

let house: MatchingHouse;
let serial = 0;
let release: WardRecord;
let key: string;

beforeAll(async () => {
  house = await matchingHouse();
});
afterAll(() => house.close());

const LOW = 'CVSS:3.1/AV:N/AC:H/PR:L/UI:R/S:U/C:L/I:N/A:N';
const HIGH = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N';

interface Change {
  readonly fixed?: string;
  readonly severity?: string;
  readonly details?: string;
  readonly references?: readonly object[];
  readonly withdrawn?: string;
}

let modified = 0;
function flaw({ fixed = '2.0.0', severity = LOW, ...rest }: Change = {}) {
  modified += 1;
  return osvRecord({
    id: `GHSA-moves-${serial}`,
    aliases: [`CVE-2098-${serial}000`],
    modified: new Date(Date.UTC(2026, 0, 1, 0, 0, modified)).toISOString(),
    details:
      'A crafted archive makes the reader write outside the folder that it was given, with the rights of the service.',
    severity: [{ type: 'CVSS_V3', score: severity }],
    affected: [osvPackage('npm', `moves-${serial}`, { introduced: '1.0.0' }, { fixed })],
    ...rest,
  });
}

const part = (version: string) => [
  { name: `moves-${serial}`, version, purl: `pkg:npm/moves-${serial}@${version}` },
];

beforeEach(async () => {
  serial += 1;
  release = await house.release();
  await house.know(flaw());
  await house.takeIn(release, part('1.2.0'));
  const [finding] = await house.findings(release);
  key = await house.decide(release, finding!);
});

async function notes(): Promise<string[]> {
  const { rows } = await house.ward.pool.query<{ reasons: string[] }>(
    `select content->'reasons' as reasons from ledger where action = 'assessment.evidence-moved' and content->>'key' = $1`,
    [key],
  );
  return rows.flatMap((row) => row.reasons);
}

const kev = (...cves: string[]) => kevCatalogue(cves, `2026.${serial}`);

describe('a decision is re-opened', () => {
  it.each([
    ['the range moved', () => house.know(flaw({ fixed: '3.0.0' }))],
    ['the component has another version that is affected', () => house.takeIn(release, part('1.3.0'))],
    ['the flaw is listed as exploited', () => house.learn('kev.json', kev(`CVE-2098-${serial}000`))],
    [
      'another record of the flaw speaks of the component',
      () =>
        house.know(
          osvRecord({
            id: `PYSEC-${serial}`,
            aliases: [`CVE-2098-${serial}000`],
            affected: [osvPackage('npm', `moves-${serial}`, { introduced: '0' }, { fixed: '9.0.0' })],
          }),
        ),
    ],
  ])('when %s', async (_what, happens) => {
    await happens();

    expect(await house.stateOf(key)).toBe('reopened');
    expect((await house.reasonsOf(key)).at(-1)).toMatch(/\w/);
    const [finding] = await house.findings(release);
    expect(finding?.finding_state).toBe('in-triage');
  });

  it('when a control that it rests on is no longer verified', async () => {
    const control = await createRecord(house.ward.records, SYSTEM, {
      kind: 'requirement',
      productId: house.product.id,
      body: {
        title: 'The service port is closed in the field',
        statement: 'It answers nobody.',
        category: 'access control',
      },
    });
    await addLink(house.ward.records, house.lead, key, 'rests-on', control.key);
    const approve = async (record: string, revision: number) =>
      makeTransition(house.ward.records, house.approver, record, {
        seenRevision: revision,
        transition: 'approve',
        reason: null,
        credential: { password: PASSWORD },
      });
    await approve(control.key, 1);
    // The link changed what was signed, so the assessment is signed again.
    if ((await house.stateOf(key)) !== 'approved') await approve(key, 1);
    expect(await house.stateOf(key)).toBe('approved');

    await editRecord(house.ward.records, house.lead, control.key, {
      seenRevision: 1,
      body: { ...control.body, statement: 'It answers the service laptop.' },
      reason: 'The service needs it.',
    });

    expect(await house.stateOf(key)).toBe('reopened');
    expect((await house.reasonsOf(key)).at(-1)).toContain(control.key);
  });
});

describe('a decision stays, and the change is noted for its next review', () => {
  it.each([
    ['the severity rose by a class', () => house.know(flaw({ severity: HIGH })), /severity rose/],
    [
      'an exploit was published',
      () => house.know(flaw({ references: [{ type: 'EXPLOIT', url: 'https://example.org/poc' }] })),
      /exploit was published/,
    ],
    [
      'the description was rewritten',
      () =>
        house.know(
          flaw({
            details:
              'Nothing of the old text is left: the decoder of pictures reads past the end of its buffer.',
          }),
        ),
      /description of .* was rewritten/,
    ],
    [
      'EPSS crossed a band',
      () =>
        house.learn(
          'epss.csv',
          `#model_version:v2025.03.14,score_date:2026-11-20T00:00:00+0000\ncve,epss,percentile\nCVE-2098-${serial}000,0.62,0.98\n`,
        ),
      /probability of exploitation/,
    ],
  ])('when %s', async (_what, happens, said) => {
    await happens();

    expect(await house.stateOf(key)).toBe('approved');
    expect((await notes()).join(' ')).toMatch(said);
  });
});

describe('a decision stays as it is', () => {
  it.each([
    [
      'a reference was added',
      () => house.know(flaw({ references: [{ type: 'WEB', url: 'https://example.org/news' }] })),
    ],
    ['the same record came again', () => house.know(flaw())],
    ['another flaw is listed as exploited', () => house.learn('kev.json', kev(`CVE-2097-${serial}000`))],
  ])('when %s', async (_what, happens) => {
    await happens();

    expect(await house.stateOf(key)).toBe('approved');
    expect(await notes()).toEqual([]);
  });
});

it('is noted again when it happens again to what was written anew', async () => {
  await house.know(flaw({ severity: HIGH }));
  await house.know(flaw({ severity: HIGH, references: [{ type: 'WEB', url: 'https://example.org/1' }] }));
  expect(await notes()).toHaveLength(1);
  await house.know(flaw());
  await house.rewrite(key);

  await house.know(flaw({ severity: HIGH }));

  const said = await notes();
  expect(said).toHaveLength(2);
  expect(said[1]).toBe(said[0]);
});

/** A finding of a release of its own, with a draft. */
async function drafted() {
  const later = await house.release();
  await house.takeIn(later, part('1.2.0'));
  const { finding, assessment } = await assessFinding(house.ward, house.lead, {
    release: later.key,
    vulnerability: `CVE-2098-${serial}000`,
    place: `npm:moves-${serial}`,
    body: { status: 'under_investigation', rationale: 'Not looked at yet.' } as never,
  });
  const putOff = async () => {
    const { revision } = (await findRecord(house.ward.db, finding.id))!;
    await makeTransition(house.ward.records, house.lead, finding.key, {
      seenRevision: revision,
      transition: 'defer',
      reason: 'After the audit.',
    });
  };
  const state = async () => (await findRecord(house.ward.db, finding.id))?.state;
  return { finding, assessment, putOff, state };
}

it('what was put off comes back for each change, also without a draft and when a change happens again', async () => {
  const { finding, assessment, putOff, state } = await drafted();
  await editRecord(house.ward.records, house.lead, finding.key, {
    seenRevision: finding.revision,
    body: { ...finding.body, deferredUntil: '2099-01-01' },
    reason: 'The audit comes first.',
  });
  await takeBack(house.ward, house.lead, [assessment.key]);
  await putOff();
  for (const fixed of ['3.0.0', '2.0.0', '3.0.0']) {
    await house.know(flaw({ fixed, references: [] }));
    expect([fixed, await state()]).toEqual([fixed, 'in-triage']);
    await putOff();
  }
  await house.know(flaw({ fixed: '3.0.0', references: [{ type: 'WEB', url: 'https://example.org/2' }] }));
  expect(await state()).toBe('deferred');
});

it('what was put off comes back when a hard sign appears, and once for each', async () => {
  const { finding, putOff, state } = await drafted();
  await expect(putOff()).rejects.toMatchObject({ code: 'finding.no-day' });
  await editRecord(house.ward.records, house.lead, finding.key, {
    seenRevision: finding.revision,
    body: { ...finding.body, deferredUntil: '2099-01-01' },
    reason: 'The audit comes first.',
  });
  await putOff();
  await house.know(flaw({ references: [{ type: 'WEB', url: 'https://example.org/more' }] }));
  expect(await state()).toBe('deferred');

  await house.learn('kev.json', kev(`CVE-2098-${serial}000`));
  expect(await state()).toBe('in-triage');

  await putOff();
  await house.know(flaw({ references: [{ type: 'WEB', url: 'https://example.org/again' }] }));
  expect(await state()).toBe('deferred');
});

describe('a decision closes with its cause', () => {
  it.each([
    ['the record was withdrawn', () => house.know(flaw({ withdrawn: '2026-02-01T00:00:00Z' }))],
    [
      'the component left the SBOM',
      () => house.takeIn(release, [{ name: 'other', version: '1', purl: 'pkg:npm/other@1.0.0' }]),
    ],
    ['the range narrowed below the version', () => house.know(flaw({ fixed: '1.1.0' }))],
  ])('when %s', async (_what, happens) => {
    await happens();

    expect(await house.stateOf(key)).toBe('closed');
    expect(await house.findings(release)).toEqual([]);
  });
});

it('check 16: a flaw that KEV lists by another of its ids is to be decided within three days', async () => {
  await house.learn('kev.json', kev(`CVE-2098-${serial}000`));

  const [finding] = await house.findings(release);
  expect(finding).toMatchObject({ kev: true, finding_state: 'in-triage', assessment_state: 'reopened' });
  const from = finding!.decide_from.toISOString();
  expect(decideBy({ level: finding!.level, kev: true, from })).toBe(
    new Date(Date.parse(from) + 3 * 86_400_000).toISOString().slice(0, 10),
  );
});

it('check 16: a distribution’s record counts the exploitation of the flaws that it passes on', async () => {
  const debian = await house.release();
  const id = `DSA-9${serial}-1`;
  const cve = `CVE-2094-${1000 + serial}`;
  await house.know({
    ...osvRecord({
      id,
      affected: [osvPackage('Debian:12', `lib-${serial}`, { introduced: '0' }, { fixed: '2.0-1' })],
    }),
    upstream: [cve, `CVE-2094-${2000 + serial}`],
  });
  const purl = `pkg:deb/debian/lib-${serial}@1.0-1?distro=bookworm`;
  await house.takeIn(debian, [{ name: `lib-${serial}`, version: '1.0-1', purl }]);
  const [finding] = await house.findings(debian);
  expect(finding).toMatchObject({ vulnerability: id, kev: false, epss: null });
  const decision = await house.decide(debian, finding!);

  await house.learn('kev.json', kev(cve));
  await house.learn(
    'epss.csv',
    `#model_version:v2025.03.14,score_date:2026-11-21T00:00:00+0000\ncve,epss,percentile\n${cve},0.81,0.99\n`,
  );

  expect((await house.findings(debian))[0]).toMatchObject({ vulnerability: id, kev: true, epss: 0.81 });
  expect(await house.stateOf(decision)).toBe('reopened');
});

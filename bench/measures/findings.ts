// The list of findings as people use it: first page, filters, groups, one finding, with 50,000 of them.
import type { Ward } from '../../workbench/compose.ts';
import { SYSTEM } from '../../workbench/kernel/people/roles.ts';
import { createRecord } from '../../workbench/kernel/records/operations.ts';
import type { WardRecord } from '../../workbench/kernel/records/record.ts';
import { readAdvisory } from '../../workbench/knowledge/importers/read-advisory.ts';
import { importAdvisories } from '../../workbench/knowledge/store/import-advisories.ts';
import { importSbom } from '../../workbench/rooms/components/index.ts';
import {
  type FindingFilter,
  findFinding,
  groupFindings,
  listFindings,
  pageOfFindings,
} from '../../workbench/rooms/vulnerabilities/list-findings.ts';
import { assessMany } from '../../workbench/rooms/vulnerabilities/triage.ts';
import type { Figure } from '../figure.ts';
import { timed } from '../figure.ts';
import { cycloneDx, osvRecords } from '../generate.ts';
import { withScratchWard } from '../scratch.ts';
import { median } from '../table.ts';

const COMPONENTS = 10_000;
const RELEASES = 10;
const DECIDED = 300;

export const measureFindings = (): Promise<Figure[]> => withScratchWard(measure);

async function measure(ward: Ward): Promise<Figure[]> {
  const advisories = (JSON.parse(osvRecords(20_000, 3)) as unknown[]).map(readAdvisory);
  await ward.records.write(SYSTEM, (unit) => importAdvisories(unit.db, advisories, unit.now));
  await ward.pool.query(
    `insert into epss_score (cve, score, percentile, day, changed_at)
      select ext_id, random() * random(), random(), current_date, now() from advisory`,
  );
  const product = await createRecord(ward.records, SYSTEM, {
    kind: 'product',
    productId: null,
    body: { name: 'Measured' },
  });
  const releases: WardRecord[] = [];
  const grow = async (until: number) => {
    while (releases.length < until) {
      const n = releases.length + 1;
      const release = await createRecord(ward.records, SYSTEM, {
        kind: 'release',
        productId: product.id,
        body: { name: `Measured ${n}`, version: String(n) },
      });
      const bytes = Buffer.from(cycloneDx(COMPONENTS, n, (n % 2) * COMPONENTS));
      await importSbom(ward, SYSTEM, { release: release.key, fileName: 'b.json', part: null, bytes });
      releases.push(release);
    }
    await ward.pool.query('vacuum analyze');
  };
  await grow(RELEASES);
  const { items } = await listFindings(ward.db, SYSTEM, {}, 0, DECIDED);
  const places = items.map(({ release_key, vulnerability, place }) => ({
    release: release_key,
    vulnerability,
    place,
  }));
  const decided = await timed(() =>
    assessMany(ward, SYSTEM, places, { status: 'under_investigation', rationale: 'Looked at.' }),
  );
  const once = await look(ward, releases);
  await grow(2 * RELEASES);
  const twice = await look(ward, releases);
  const size = `${once.total.toLocaleString('en')} findings`;
  return [
    ...[...once.times].map(([what, value]) => ({
      what: `findings: ${what}`,
      size,
      value,
      twice: twice.times.get(what) ?? 0,
      unit: 'ms' as const,
      ...(what === 'first page' ? { goal: { atMost: 200 } } : {}),
    })),
    { what: 'findings: assessed from a list', size: `${DECIDED} at once`, value: decided.ms, unit: 'ms' },
  ];
}

async function look(ward: Ward, releases: readonly WardRecord[]) {
  let total = 0;
  const page = async (filter: FindingFilter, offset = 0) => {
    const answer = await listFindings(ward.db, SYSTEM, filter, offset, 100);
    if (Object.keys(filter).length === 0) total = answer.total;
    return answer;
  };
  const [first] = (await page({})).items;
  const at = {
    releaseId: first?.release_id ?? '',
    place: first?.place ?? '',
    vulnerability: first?.vulnerability ?? '',
  };
  const asked: readonly [string, () => Promise<unknown>][] = [
    ['first page', () => pageOfFindings(ward.db, SYSTEM, {}, 0, 200)],
    ['first page with its counts', () => page({})],
    ['page 400', () => page({}, 40_000)],
    ['by priority', () => pageOfFindings(ward.db, SYSTEM, { sort: 'priority' }, 0, 200)],
    [
      'undecided and likely exploited',
      () => pageOfFindings(ward.db, SYSTEM, { states: ['undecided'], epss: 0.5 }, 0, 200),
    ],
    ['by words', () => page({ text: 'flaw 77' })],
    ['grouped by flaw', () => groupFindings(ward.db, SYSTEM, {}, 'vulnerability', 0, 100)],
    ['grouped by component', () => groupFindings(ward.db, SYSTEM, {}, 'component', 0, 100)],
    ['first page of one release', () => page({ releaseId: releases[0]?.id })],
    ['one finding', () => findFinding(ward.db, SYSTEM, at)],
  ];
  const times = new Map<string, number>();
  for (const [what, ask] of asked) {
    const turns: number[] = [];
    for (let turn = 0; turn < 5; turn += 1) turns.push((await timed(ask)).ms);
    times.set(what, median(turns));
  }
  return { total, times };
}

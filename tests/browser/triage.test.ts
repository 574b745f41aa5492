// Triage as a day's work, by keyboard: a feed brings 300 new findings; they are grouped, filtered, judged together, taken back and
// judged again, signed as a list by somebody else, taken over into two other releases, and exported.
import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type FeedServer, feedServer, zipOf } from '../feeds/feed-server.ts';
import { launchBrowser } from './chromium.ts';
import { keyboard as hands } from './hands.ts';
import { look } from './look.ts';
import { go, LEA, moveIn, PASSWORD, SAM, type Visitor, visit } from './people.ts';
import { type RunningWard, startProgram } from './running-ward.ts';

const COMPONENTS = ['lens-driver', 'pump-control', 'dicom-reader', 'menu-widgets', 'log-sink'];
const FLAWS = 100;
const RELEASES = 3;

let ward: RunningWard;
let feeds: FeedServer;
let browser: Browser;
let lea: Visitor;
let sam: Visitor;
const releases: string[] = [];

const sbom = Buffer.from(
  JSON.stringify({
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: { type: 'device', 'bom-ref': 'd', name: 'Console' } },
    components: COMPONENTS.map((name) => ({
      type: 'library',
      'bom-ref': name,
      name,
      version: '1.2.0',
      purl: `pkg:npm/${name}@1.2.0`,
    })),
    dependencies: [{ ref: 'd', dependsOn: COMPONENTS }],
  }),
);

/** Twenty flaws in each component; of menu-widgets all are low, of the others every fourth is critical. */
const records = () =>
  Array.from({ length: FLAWS }, (_, index) => {
    const name = COMPONENTS[index % COMPONENTS.length] as string;
    const grave = name !== 'menu-widgets' && index % 4 === 0;
    return {
      schema_version: '1.6.0',
      id: `GHSA-day-${String(index).padStart(4, '0')}`,
      aliases: [`CVE-2095-${1000 + index}`],
      modified: '2026-11-20T00:00:00Z',
      published: '2026-11-20T00:00:00Z',
      summary: `Crafted input number ${index} confuses ${name}`,
      severity: [
        {
          type: 'CVSS_V3',
          score: grave
            ? 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H'
            : 'CVSS:3.1/AV:L/AC:H/PR:L/UI:R/S:U/C:L/I:N/A:N',
        },
      ],
      affected: [
        {
          package: { ecosystem: 'npm', name },
          ranges: [{ type: 'SEMVER', events: [{ introduced: '1.0.0' }, { fixed: '2.0.0' }] }],
        },
      ],
    };
  });

beforeAll(async () => {
  feeds = await feedServer();
  const files = Object.fromEntries(records().map((record) => [`${record.id}.json`, JSON.stringify(record)]));
  feeds.files.set('/osv/npm/all.zip', zipOf(files));
  feeds.files.set(
    '/osv/npm/modified_id.csv',
    records()
      .map(({ modified, id }) => `${modified},${id}`)
      .join('\n'),
  );
  ward = await startProgram(['--no-example']);
  browser = await launchBrowser();
  [lea, sam] = await moveIn(browser, await visit(browser, ward.link), LEA, SAM);
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await ward?.stop();
  await feeds?.close();
});

/** What is not the point of the journey goes by the API, as the person on the page. */
const api = (page: Page, method: 'get' | 'post', path: string, data?: object) =>
  page.request[method](`${ward.url}/api${path}`, {
    headers: { origin: ward.url },
    ...(data ? { data } : {}),
  });

async function focusGrid(page: Page): Promise<void> {
  const row = page.getByRole('grid').getByRole('row').nth(1);
  await row.waitFor();
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  for (let tabs = 0; tabs < 200; tabs += 1) {
    await page.keyboard.press('Tab');
    if (await page.evaluate(() => document.activeElement?.closest('[role="grid"] tbody') !== null)) return;
  }
  throw new Error('the keyboard does not reach the list');
}

const total = async (page: Page): Promise<number> =>
  Number((await page.locator('.table-bar__count').textContent())?.replaceAll(/\D/g, ''));

const untilTotal = (page: Page, wanted: number) =>
  expect.poll(() => total(page), { timeout: 30_000 }).toBe(wanted);

it('goes from a feed to signed decisions in three releases without a mouse', async () => {
  const { page } = lea;
  await go(page, '/');
  const made = await (
    await api(page, 'post', '/records', {
      kind: 'product',
      productId: null,
      body: { name: 'Lumen day' },
    })
  ).json();
  for (let n = 1; n <= RELEASES; n += 1) {
    const answer = await api(page, 'post', '/records', {
      kind: 'release',
      productId: (made as { id: string }).id,
      body: { name: `Lumen day ${n}`, version: `${n}.0` },
    });
    const { key } = (await answer.json()) as { key: string };
    releases.push(key);
    const taken = await page.request.post(`${ward.url}/api/sboms/upload?release=${key}&name=bom.json`, {
      headers: { origin: ward.url, 'content-type': 'application/octet-stream' },
      data: sbom,
    });
    expect(taken.status(), await taken.text()).toBe(200);
  }

  // the feed is added and turned on by key; Today says what came
  await go(page, '/knowledge');
  await hands.press(page, 'button', /Add a feed/);
  await hands.choose(page, 'Kind', 'OSV');
  await hands.fill(page, 'Name', 'House mirror');
  await hands.fill(page, 'Address', `${feeds.url}/osv`);
  await hands.fill(page, 'Ecosystems', 'npm');
  await look(page, 'triage-feed');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  await hands.press(page, 'button', 'Fetch now: House mirror');
  await expect
    .poll(
      async () => ((await (await api(page, 'get', '/findings?limit=1')).json()) as { total: number }).total,
      { timeout: 60_000 },
    )
    .toBe(FLAWS * RELEASES);
  await page.keyboard.press('Escape');
  await go(page, '/');
  await page.getByText('findings to decide').first().waitFor();
  await look(page, 'triage-today');

  // grouped by component: the widgets are the easy ones
  await go(page, '/findings');
  await untilTotal(page, 300);
  await look(page, 'triage-findings');
  await go(page, '/findings?by=component');
  await untilTotal(page, COMPONENTS.length);
  await look(page, 'triage-groups');
  await page.getByRole('grid').getByText('menu-widgets').waitFor();
  await focusGrid(page);
  for (let row = 0; row < COMPONENTS.length; row += 1) {
    const text = await page.evaluate(() => document.activeElement?.textContent ?? '');
    if (text.includes('menu-widgets')) break;
    await page.keyboard.press('j');
  }
  await page.keyboard.press('Enter');
  await untilTotal(page, 60);

  // filtered to one release, all chosen, judged together, taken back, judged again
  await hands.choose(page, 'Release', 'Lumen day 1');
  await untilTotal(page, 20);
  await focusGrid(page);
  await page.keyboard.press('ControlOrMeta+a');
  await page.getByText('20 selected').waitFor();
  const judge = async () => {
    await page.keyboard.press('a');
    await page.getByRole('dialog', { name: 'Assess 20 findings' }).waitFor();
    await hands.pick(page, 'Status', /^Not affected/);
    await hands.choose(page, 'Justification', 'The vulnerable code is never executed');
    await hands.fill(page, /^Rationale/, 'The widgets draw fixed texts; nothing from outside reaches them.');
    await hands.choose(page, 'Effect on safety', 'None');
    await hands.fill(page, /^Why \(safety\)/, 'No path to emission.');
    await hands.choose(page, 'Effect on privacy', 'None');
    await hands.fill(page, /^Why \(privacy\)/, 'They hold no data.');
  };
  await judge();
  await look(page, 'triage-assess-many');
  await hands.press(page, 'button', 'Save 20 assessments');
  await page.getByText('20 assessments were saved').first().waitFor({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Undo' }).first().focus();
  await page.keyboard.press('Enter');
  await page.getByText('20 assessments were taken back').first().waitFor({ timeout: 60_000 });
  await focusGrid(page);
  await page.keyboard.press('ControlOrMeta+a');
  await page.getByText('20 selected').waitFor();
  await judge();
  await hands.press(page, 'button', 'Save 20 assessments');
  await page.getByText('20 assessments were saved').first().waitFor({ timeout: 60_000 });

  // kept as a view; exported
  await hands.menu(page, /^Views/, /Keep what is filtered now/);
  await hands.fill(page, /^Name/, 'Widgets of release 1');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  await page.getByRole('button', { name: 'View: Widgets of release 1' }).waitFor();
  const download = page.waitForEvent('download');
  await hands.menu(page, 'Export', /^CSV/);
  const csv = await readFile((await (await download).path()) as string, 'utf8');
  expect(csv.trim().split('\n')).toHaveLength(21);
  expect(csv).toContain('Waits for signature');

  // signed as a list by somebody else, who did not write them
  const { page: second } = sam;
  await go(second, `/releases/${releases[0]}?tab=findings&state=to-approve`);
  await untilTotal(second, 20);
  await focusGrid(second);
  await second.keyboard.press('ControlOrMeta+a');
  await second.keyboard.press('s');
  await second.getByRole('dialog', { name: 'Sign 20 assessments' }).waitFor();
  await hands.fill(second, /^Your password/, PASSWORD);
  await look(second, 'triage-sign-many');
  await second.keyboard.press('Enter');
  await second.getByText('You signed 20 assessments').first().waitFor({ timeout: 60_000 });

  // taken over into the two other releases, and signed there
  for (const release of releases.slice(1)) {
    await go(page, `/releases/${release}?tab=proposals`);
    await untilTotal(page, 20);
    await look(page, `triage-proposals-${release}`);
    await focusGrid(page);
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.press('a');
    await page.getByText('20 decisions were taken over as drafts').first().waitFor({ timeout: 60_000 });
    await page.getByText('Nothing to take over').waitFor();
    await go(second, `/releases/${release}?tab=findings&state=to-approve`);
    await untilTotal(second, 20);
    await focusGrid(second);
    await second.keyboard.press('ControlOrMeta+a');
    await second.keyboard.press('s');
    await hands.fill(second, /^Your password/, PASSWORD);
    await second.keyboard.press('Enter');
    await second.getByText('You signed 20 assessments').first().waitFor({ timeout: 60_000 });
  }
  await go(second, '/findings?state=not-affected');
  await untilTotal(second, 60);

  // and out as VEX
  const vex = (await (await api(page, 'get', `/releases/${releases[2]}/vex?format=openvex`)).json()) as {
    statements: { status: string }[];
  };
  expect(vex.statements.filter(({ status }) => status === 'not_affected')).toHaveLength(20);
  expect(vex.statements).toHaveLength(100);
  expect([...lea.faults, ...sam.faults]).toEqual([]);
}, 400_000);

// The guided assessment in a real browser: questions by key and by press, the score as it moves, facts of the product,
// proposals for SSVC, saving, and writing it anew.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from './chromium.ts';
import { type Hands, keyboard, mouse } from './hands.ts';
import { look } from './look.ts';
import { go, LEA, moveIn, type Visitor, visit } from './people.ts';
import { type RunningWard, startProgram } from './running-ward.ts';

let ward: RunningWard;
let browser: Browser;
let lea: Visitor;
let release: string;

const NAME = 'guided-part';
const CVES = { mouse: 'CVE-2099-7001', keyboard: 'CVE-2099-7002', moving: 'CVE-2099-7003' } as const;

const sbom = Buffer.from(
  JSON.stringify({
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: { type: 'device', 'bom-ref': 'd', name: 'Console' } },
    components: [
      { type: 'library', 'bom-ref': 'a', name: NAME, version: '1.2.0', purl: `pkg:npm/${NAME}@1.2.0` },
    ],
    dependencies: [{ ref: 'd', dependsOn: ['a'] }],
  }),
);
const advisory = (cve: string, fixed: string) =>
  JSON.stringify({
    id: `GHSA-${cve.slice(-4)}`,
    aliases: [cve],
    modified: `2026-11-${fixed === '1.3.0' ? 20 : 21}T00:00:00Z`,
    published: '2026-11-20T00:00:00Z',
    summary: `A flaw in ${NAME}`,
    details: 'Written for a test.',
    severity: [
      { type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' },
      { type: 'CVSS_V4', score: 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N' },
    ],
    affected: [
      {
        package: { ecosystem: 'npm', name: NAME },
        ranges: [{ type: 'SEMVER', events: [{ introduced: '1.0.0' }, { fixed }] }],
      },
    ],
  });
const advisories = Buffer.from(
  Object.values(CVES)
    .map((cve) => advisory(cve, '1.3.0'))
    .join('\n'),
);
const epss = (day: string, score: string) =>
  Buffer.from(
    `#model_version:v2025.03.14,score_date:${day}T00:00:00+0000\ncve,epss,percentile\n${Object.values(CVES)
      .map((cve) => `${cve},${score},0.9`)
      .join('\n')}\n`,
  );
const kev = Buffer.from(
  JSON.stringify({
    title: 'CISA Catalog of Known Exploited Vulnerabilities',
    catalogVersion: '2026.11.20',
    count: 1,
    vulnerabilities: Object.values(CVES).map((cveID) => ({
      cveID,
      vendorProject: 'Acme',
      product: 'Part',
      vulnerabilityName: 'A flaw',
      dateAdded: '2026-11-20',
      shortDescription: 'x',
      requiredAction: 'Apply the update.',
      dueDate: '2026-12-11',
      knownRansomwareCampaignUse: 'Unknown',
      notes: '',
      cwes: [],
    })),
  }),
);

beforeAll(async () => {
  ward = await startProgram();
  browser = await launchBrowser();
  const admin = await visit(browser, ward.link);
  [lea] = await moveIn(browser, admin, LEA);
  await admin.context.close();
  release = await prepare(lea.page);
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await ward?.stop();
});

async function takeFile(page: Page, button: string | RegExp, name: string, buffer: Buffer): Promise<void> {
  const chooser = page.waitForEvent('filechooser');
  await mouse.press(page, 'button', button);
  await (await chooser).setFiles({ name, mimeType: 'application/json', buffer });
}

/** A product with a release, a component, and two flaws of which much is known. */
async function prepare(page: Page): Promise<string> {
  await go(page, '/new/product');
  await mouse.fill(page, /^Name/, 'Console');
  await mouse.press(page, 'button', 'Create product');
  await page.waitForURL(/\/r\/PRD-\d+/);
  await go(page, '/new/release');
  await mouse.choose(page, /^Product/, 'Console');
  await mouse.fill(page, /^Name/, 'Release 1');
  await mouse.fill(page, /^Version/, '1.0');
  await mouse.press(page, 'button', 'Create release');
  await page.waitForURL(/\/r\/REL-\d+/);
  const made = /REL-\d+/.exec(page.url())?.[0] as string;
  await go(page, `/releases/${made}`);
  await mouse.press(page, 'link', 'SBOMs');
  await takeFile(page, 'Choose an SBOM', 'bom.json', sbom);
  await page
    .getByText(/1 component/)
    .first()
    .waitFor();
  const files = [
    ['advisories.jsonl', advisories],
    ['epss_scores-2026-11-18.csv', epss('2026-11-18', '0.02')],
    ['epss_scores-2026-11-20.csv', epss('2026-11-20', '0.08')],
    ['epss_scores-2026-11-22.csv', epss('2026-11-22', '0.21')],
    ['known_exploited_vulnerabilities.json', kev],
  ] as const;
  for (const [name, buffer] of files) {
    await go(page, '/knowledge');
    await takeFile(page, /^Choose/, name, buffer);
    await page
      .getByText(/3 read/)
      .first()
      .waitFor();
  }
  return made;
}

/** By way of the list, as people come. */
async function openFinding(page: Page, cve: string): Promise<void> {
  await go(page, `/findings?release=${release}`);
  await page.getByText(cve).first().click();
  await page.waitForURL(/vulnerability=/);
  await page.getByRole('heading', { level: 1, name: new RegExp(cve) }).waitFor();
}

/** Opens or closes a part that folds. */
async function fold(page: Page, hands: Hands, words: RegExp): Promise<void> {
  const summary = page.getByRole('main').locator('summary', { hasText: words }).first();
  if (hands.name === 'mouse') return summary.click();
  await summary.focus();
  await page.keyboard.press('Enter');
}

/** Answers the question that has the focus: by its key, or by a press of the button. */
async function answer(page: Page, hands: Hands, id: string, words: string, key: string): Promise<void> {
  const question = page.locator(`[data-question="${id}"]`);
  await question.waitFor();
  if (hands.name === 'mouse') return question.getByRole('button', { name: words, exact: true }).click();
  await page.waitForFunction(
    (wanted) => document.activeElement?.closest('[data-question]')?.getAttribute('data-question') === wanted,
    id,
  );
  await page.keyboard.press(key);
}

async function guided(hands: Hands): Promise<void> {
  const { page } = lea;
  await openFinding(page, CVES[hands.name]);

  // signs of exploitation over time, as a picture and as numbers
  await page.getByRole('img', { name: /Forecast of exploitation from 2\.0 % .* to 21\.0 %/ }).waitFor();
  await page.getByText(/in CISA's catalogue since 2026-11-20/).waitFor();
  await fold(page, hands, /The numbers/);
  expect(await page.getByRole('region', { name: 'Forecast by day' }).getByRole('row').count()).toBe(4);
  await look(page, `finding-signals-${hands.name}`);

  await hands.pick(page, /^Status/, /^Affected/);
  await hands.fill(page, /^What users should do/, 'Keep it off the network until the update.');
  await hands.choose(page, /^Effect on safety/, 'Possible');
  await hands.fill(page, /^Why \(safety\)/, 'Therapy could stop.');
  await hands.choose(page, /^Effect on privacy/, 'None');
  await hands.fill(page, /^Why \(privacy\)/, 'No personal data there.');
  await hands.choose(page, /^Does it reach/, 'No,');
  await hands.fill(page, /^Why \(reach\)/, 'The safety controller has no path to it.');

  // what holds for the product is answered once; here by the first of the two
  await fold(page, hands, /^Score in this device/);
  if (hands.name === 'mouse') {
    await fold(page, hands, /^Facts of the product/);
    const fact = page.getByRole('group', { name: /^Personal and health data: does/ });
    await fact.getByRole('button', { name: 'No', exact: true }).click();
    await page
      .getByText(/1 of \d+ answered/)
      .first()
      .waitFor();
    await fold(page, hands, /^Facts of the product/);
  }
  await page.getByText('3 of 23 answered').waitFor();

  // questions: a key answers, goes on, and never opens the page's own list of keys
  await page.locator('[data-question="XAVN"]').focus();
  await answer(page, hands, 'XAVN', 'No', 'n');
  await answer(page, hands, 'XAVP', 'Yes', 'y');
  await answer(page, hands, 'XAVPA', 'Not known', '?');
  await answer(page, hands, 'XACL', 'Yes', 'y');
  expect(await page.getByRole('dialog').count()).toBe(0);
  await page.getByText(/CVSS 3\.1 in this device: 6\.8/).waitFor();
  await page.getByText(/CVSS 4\.0 in this device/).waitFor();
  await fold(page, hands, /^Which answer set what/);
  await page.getByRole('row', { name: /^MAV physical XAVN XAVP/ }).waitFor();
  await page.getByText(/Stay as the source has them/).waitFor();
  await look(page, `guided-${hands.name}`);

  // proposals count once they are taken over
  await fold(page, hands, /^Priority/);
  await page.getByText(/Still possible: Defer, Scheduled, Out-of-cycle|Still possible: Defer/).waitFor();
  await page.getByText(/CISA lists it as exploited since 2026-11-20/).waitFor();
  await hands.press(page, 'button', 'Take over Active for Exploitation');
  await hands.choose(page, /^Automatable/, 'Yes');
  await hands.choose(page, /^Value density/, 'Concentrated');
  await page
    .getByText(/Immediate: Now/)
    .first()
    .waitFor();
  await look(page, `ssvc-${hands.name}`);

  await hands.press(page, 'button', 'Save assessment');
  await page.getByRole('button', { name: 'Edit assessment' }).waitFor();
  await page.getByText('6.8').first().waitFor();
  await page
    .getByText(/questions are not answered/)
    .first()
    .waitFor();
  await page
    .getByText(/Assessment: created/)
    .first()
    .waitFor();
  await look(page, `assessed-guided-${hands.name}`);

  // written anew beside the evidence: the answers are there, and the score follows
  await hands.press(page, 'button', 'Edit assessment');
  await page.getByText(/CVSS 3\.1 in this device: 6\.8/).waitFor();
  await page.getByRole('button', { name: 'Show all questions' }).click();
  const touch = page.locator('[data-question="XAVP"]');
  await touch.getByRole('button', { name: 'No', exact: true }).click();
  await page.getByText(/CVSS 3\.1 in this device: 8\.4/).waitFor();
  await look(page, `all-questions-${hands.name}`);
  await hands.press(page, 'button', 'Save revision 2');
  await page.getByRole('button', { name: 'Edit assessment' }).waitFor();
  await page.getByText('8.4').first().waitFor();
}

/** What stood on the screen when it failed, for whoever reads the log. */
async function withPicture(hands: Hands): Promise<void> {
  try {
    await guided(hands);
  } catch (error) {
    if (process.env.WARD_SHOTS)
      await lea.page.screenshot({
        path: `${process.env.WARD_SHOTS}/failed-guided-${hands.name}.png`,
        fullPage: true,
      });
    console.error(((await lea.page.getByRole('main').textContent()) ?? '').slice(0, 3_000));
    throw error;
  }
}

describe('the guided assessment', () => {
  it('works with the mouse', () => withPicture(mouse));
  it('works by keyboard', () => withPicture(keyboard));

  it('keeps the draft when the facts move, and asks to look again', async () => {
    const { page, context } = lea;
    await openFinding(page, CVES.moving);
    await mouse.pick(page, /^Status/, /^Fixed/);
    await mouse.fill(page, /^Rationale/, 'Built from the fixed source.');
    const other = await context.newPage();
    await go(other, '/knowledge');
    await takeFile(other, /^Choose/, 'later.json', Buffer.from(advisory(CVES.moving, '1.4.0')));
    await other
      .getByText(/1 read/)
      .first()
      .waitFor();
    await other.close();
    await page.getByText('The facts have changed since you began').waitFor();
    await look(page, 'facts-moved');
    await mouse.press(page, 'button', 'Save assessment');
    expect(await page.getByLabel(/^Rationale/).inputValue()).toBe('Built from the fixed source.');
    await page.reload();
    await page.getByText('The facts have changed since you began').waitFor();
    await mouse.press(page, 'button', 'I have looked');
    await mouse.press(page, 'button', 'Save assessment');
    await page.getByRole('button', { name: 'Edit assessment' }).waitFor();
  });

  it('is legible narrow and in the dark', async () => {
    const { page } = lea;
    await openFinding(page, CVES.mouse);
    for (const [name, width, scheme] of [
      ['narrow-light', 390, 'light'],
      ['narrow-dark', 390, 'dark'],
      ['wide-dark', 1440, 'dark'],
    ] as const) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
      await mouse.press(page, 'button', 'Edit assessment');
      await page.getByText(/CVSS 3\.1 in this device/).waitFor();
      await look(page, `guided-${name}`);
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(wider, name).toBeLessThanOrEqual(0);
      if (process.env.WARD_SHOTS)
        await page.screenshot({ path: `${process.env.WARD_SHOTS}/guided-${name}-full.png`, fullPage: true });
      await mouse.press(page, 'button', 'Close, keep draft');
    }
  });

  it('leaves no fault in the page and no noise in the log', () => {
    expect(lea.faults).toEqual([]);
    expect(ward.output()).not.toMatch(/"level":(40|50)/);
  });
});

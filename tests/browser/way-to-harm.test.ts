// The whole way of defence in depth on the example: a station and its flow are drawn → questions are answered →
// the threats that appear are accepted → the way to a harm is seen on the drawing → a control is placed on it → a requirement is
// written for it → a result of its verification is recorded → the minimum cut rises. Then an advisory for a component of the
// element in which the control is built takes it down: the cut falls, and the risk is flagged.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from './chromium.ts';
import { keyboard, mouse } from './hands.ts';
import { look } from './look.ts';
import { api, go, type Joiner, LEA, moveIn, PASSWORD, type Visitor, visit } from './people.ts';
import { type RunningWard, startProgram } from './running-ward.ts';

const TESS: Joiner = { name: 'Tess Tester', email: 'tess@example.org', role: 'Tester' };
const QUINN: Joiner = { name: 'Quinn Quality', email: 'quinn@example.org', role: 'Quality' };
const ROSA: Joiner = { name: 'Rosa Risk', email: 'rosa@example.org', role: 'Safety risk manager' };
const FUNCTION = 'Right parameters for the right patient and eye';
const STATION = 'Planning station';
const FLOW = 'Treatment plans';
const CONTROL = 'Patient and eye are confirmed at the console';

let ward: RunningWard;
let browser: Browser;
let lea: Visitor;
let tess: Visitor;
let quinn: Visitor;
let rosa: Visitor;

beforeAll(async () => {
  ward = await startProgram();
  browser = await launchBrowser();
  [lea, tess, quinn, rosa] = await moveIn(browser, await visit(browser, ward.link), LEA, TESS, QUINN, ROSA);
}, 240_000);

afterAll(async () => {
  await browser?.close();
  await ward?.stop();
});

interface Depths {
  readonly depths: readonly {
    readonly target: string;
    readonly attacker: string | null;
    readonly counted: number | null;
    readonly claimed: number | null;
  }[];
}
async function depthNow(page: Page): Promise<{ counted: number | null; claimed: number | null }> {
  const { depths } = await api<Depths>(page, 'get', '/releases/REL-1/assurance?target=sf-patient');
  const depth = depths.find((one) => one.target === 'sf-patient' && one.attacker === 'at-criminal');
  return { counted: depth?.counted ?? null, claimed: depth?.claimed ?? null };
}

const canvas = (page: Page) => page.locator('.react-flow');
const node = (page: Page, title: string) => page.locator('.react-flow__node', { hasText: title }).last();

/** At a desk and at a phone: axe, a picture where somebody wants one, and nothing wider than the screen. */
async function lookTwice(page: Page, name: string): Promise<void> {
  await look(page, `way-${name}-desk`);
  await page.setViewportSize({ width: 390, height: 844 });
  await page.waitForTimeout(150);
  await look(page, `way-${name}-phone`);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(wide, `${name} is wider than a phone`).toBeLessThanOrEqual(1);
  await page.setViewportSize({ width: 1440, height: 900 });
}

const keyAt = (page: Page) => /\/r\/([A-Z]+-\d+)/.exec(page.url())?.[1] as string;

/** The step of a record by its button; a signature gives the password again. */
async function step(page: Page, name: string, signed = false): Promise<void> {
  await page.getByRole('main').getByRole('button', { name, exact: true }).first().click();
  const dialog = page.getByRole('dialog', { name });
  if (signed) await dialog.getByLabel(/^Your password/).fill(PASSWORD);
  await dialog.getByRole('button', { name: signed ? `Sign: ${name}` : name }).press('Enter');
  await dialog.waitFor({ state: 'hidden' });
}

describe('from a drawing to a harm and back', () => {
  it('an element and a flow are drawn, and the questions of the flow are answered', async () => {
    const { page } = lea;
    await page.goto(`${ward.url}/system-models/SYS-1`);
    await canvas(page).waitFor();
    await node(page, 'Clinic network').waitFor();

    // into the zone that is chosen
    await page.keyboard.press('/');
    await page.keyboard.type('Clinic network');
    await page.keyboard.press('Enter');
    await page.locator('.dz--selected', { hasText: 'Clinic network' }).waitFor();
    await page.keyboard.press('1');
    await page.keyboard.type(STATION);
    await page.keyboard.press('Enter');
    await node(page, STATION).waitFor();
    // from it to the console
    await page.keyboard.press('c');
    await page.keyboard.press('/');
    await page.keyboard.type('Operator console');
    await page.keyboard.press('Enter');
    await page.keyboard.press('c');
    const panel = page.locator('.panel');
    await expect.poll(() => panel.getByLabel('Title').inputValue()).not.toBe('Operator console');
    await page.keyboard.type(FLOW);
    await panel.getByLabel('Protocol').fill('https');
    await panel.getByLabel('Protocol').press('Enter');

    const question = panel.getByRole('radiogroup', { name: 'Does the receiver authenticate the sender?' });
    await question.getByRole('radio', { name: 'No', exact: true }).check();
    await panel.getByLabel('Evidence for flow.auth-source').fill('The console takes plans from any sender');
    await panel
      .getByRole('radiogroup', { name: 'Does the receiver limit rate, size and number of connections?' })
      .getByRole('radio', { name: 'Yes' })
      .check();
    await lookTwice(page, 'drawn');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('saved as revision 2').first().waitFor();

    const { body } = await api<{
      body: {
        elements: { id: string; title: string; zone: string }[];
        flows: { title: string; from: string; to: string }[];
      };
    }>(page, 'get', '/records/SYS-1');
    const station = body.elements.find(({ title }) => title === STATION);
    expect(station?.zone).toBe('zone-hospital');
    expect(body.flows.find(({ title }) => title === FLOW)).toMatchObject({
      from: station?.id,
      to: 'console',
    });
  }, 60_000);

  it('the threats that appear are shown as a difference and accepted', async () => {
    const { page } = lea;
    await go(page, '/threats?model=SYS-1');
    await mouse.press(page, 'button', 'Show');
    const changed = page.getByRole('region', { name: 'What changed' });
    await changed.getByText(FLOW).first().waitFor();
    await changed.getByText('Sender not authenticated').first().waitFor();
    await lookTwice(page, 'difference');
    await mouse.press(page, 'button', 'Accept all');
    await page
      .getByText(/threats? recorded/)
      .first()
      .waitFor({ timeout: 30_000 });
    const row = page.getByRole('row', { name: /Sender not authenticated.*Treatment plans/ });
    await row.first().waitFor();
    await row
      .first()
      .getByText(/THR-\d+/)
      .waitFor();
  }, 60_000);

  it('the way from the clinic network to the harm is seen on the drawing', async () => {
    const { page } = lea;
    await go(page, '/releases/REL-1/depth?attacker=at-criminal');
    await page.getByRole('row', { name: new RegExp(FUNCTION) }).click();
    const ways = page.getByRole('list', { name: 'Ways, the easiest first' });
    await ways.waitFor();
    // The way over the new flow, wherever it stands among the ten.
    for (const head of await ways.getByRole('button', { expanded: false }).all()) {
      if ((await ways.getByText(`over ${FLOW}`).count()) > 0) break;
      await head.click();
    }
    await ways.getByText(`over ${FLOW}`).first().waitFor();
    await ways.getByText('No control stands here').first().waitFor();
    await mouse.press(page, 'button', 'Show on the drawing');
    const drawing = page.locator('.drawing-figure');
    await drawing.locator('.de--lit', { hasText: 'Operator console' }).waitFor();
    await drawing.locator('.df__flow--open', { hasText: FLOW }).waitFor({ state: 'attached' });
    await lookTwice(page, 'path');
    expect(await depthNow(page)).toEqual({ counted: 0, claimed: 0 });
  }, 60_000);

  it('a control is placed there, a requirement is written for it, and both are claims', async () => {
    const { page } = lea;
    await page
      .getByRole('listitem')
      .filter({ hasText: `over ${FLOW}` })
      .getByRole('link', { name: 'Place one' })
      .last()
      .click();
    await page.getByRole('heading', { level: 1, name: 'New control' }).waitFor();
    await keyboard.fill(page, /^Title/, CONTROL);
    await keyboard.choose(page, /^Category/, 'Authorization');
    await keyboard.fill(page, /^Implemented by/, 'Operator console');
    await keyboard.press(page, 'button', 'Create control');
    await page.waitForURL(/\/r\/CTL-\d+/);
    const control = keyAt(page);
    // The work list comes into the console too: the control stands at the console itself.
    await page.getByRole('combobox', { name: 'Add a place' }).fill('Operator console');
    await page.getByRole('option', { name: /^Operator console/ }).click();
    await mouse.press(page, 'button', 'Save places');
    await page.getByText(`${control} stands at 2 places.`).first().waitFor();
    await step(page, 'Implemented');
    await page.getByText('Implemented (claimed)').first().waitFor();
    await lookTwice(page, 'control');
    expect(await depthNow(page)).toEqual({ counted: 0, claimed: 1 });

    await mouse.press(page, 'link', 'Write the requirement that demands it');
    await page.getByRole('heading', { level: 1, name: /^New security requirement/i }).waitFor();
    await keyboard.fill(page, /^Title/, 'Right patient and eye at the console');
    await keyboard.fill(
      page,
      /^Requirement/,
      'The console shall arm a treatment only when an operator has confirmed patient and eye by a second identifier.',
    );
    await keyboard.fill(
      page,
      /^Acceptance criterion/,
      'With 20 swapped plans no treatment is armed, and each is recorded.',
    );
    await keyboard.choose(page, 'Category', 'Authorization');
    await page.getByText(`demands ${control}`).waitFor();
    await keyboard.press(page, 'button', /^Create/);
    await page.waitForURL(/\/r\/REQ-\d+/);
  }, 60_000);

  it('its verification passes in the release, and the minimum cut rises', async () => {
    const control = await keyOf('control', CONTROL);
    await go(tess.page, `/r/${control}`);
    await mouse.press(tess.page, 'link', 'Make a verification');
    await tess.page.getByRole('heading', { level: 1, name: 'New verification' }).waitFor();
    await keyboard.fill(tess.page, /^Title/, 'Swapped plans do not arm');
    await keyboard.choose(tess.page, /^Method/, 'Test');
    await keyboard.fill(
      tess.page,
      /^Procedure/,
      'Send 20 plans of another patient or eye and try to arm each.',
    );
    await keyboard.press(tess.page, 'button', 'Create verification');
    await tess.page.waitForURL(/\/r\/VER-\d+/);
    const verification = keyAt(tess.page);

    // What the tester wrote, and what waits of the example: the way over a service session is tested, but nobody has signed the test.
    const waiting = await keyOf('verification', 'Service session without consent');
    for (const key of [verification, waiting]) {
      await go(quinn.page, `/r/${key}`);
      await step(quinn.page, 'Approve verification', true);
    }

    await go(tess.page, `/r/${control}`);
    // It counts in the release in which it ran.
    await mouse.press(tess.page, 'link', 'REL-1');
    await tess.page.getByRole('heading', { level: 1, name: 'New result' }).waitFor();
    await tess.page.getByText(`of ${verification}, in REL-1`).waitFor();
    await keyboard.fill(tess.page, /^Title/, 'Swapped plans, 4.1');
    await mouse.choose(tess.page, /^Outcome/, 'Pass');
    await keyboard.fill(tess.page, /^Reason/, 'Run of today.');
    await keyboard.press(tess.page, 'button', 'Create result');
    await tess.page.waitForURL(/\/r\/RES-\d+/);

    await go(lea.page, '/releases/REL-1/depth?attacker=at-criminal&target=sf-patient');
    const row = lea.page.getByRole('row', { name: new RegExp(FUNCTION) });
    await lea.page.getByText('Counted controls on the weakest way').waitFor();
    await lookTwice(lea.page, 'risen');
    expect(await depthNow(lea.page)).toEqual({ counted: 1, claimed: 1 });
    await row.first().waitFor();
  }, 60_000);

  it('an advisory for a component of the console takes the control down: the cut falls, and the risk is flagged', async () => {
    const { page } = lea;
    expect(await flagsOf(page)).toEqual([]);
    await go(page, '/knowledge');
    const chooser = page.waitForEvent('filechooser');
    await mouse.press(page, 'button', /^Choose/);
    await (await chooser).setFiles({
      name: 'zod.json',
      mimeType: 'application/json',
      buffer: Buffer.from(ADVISORY),
    });
    await page
      .getByText(/1 read: 1 new/)
      .first()
      .waitFor();
    await go(page, '/findings?release=REL-1&q=CVE-2099-7001');
    await page.getByRole('row').nth(1).click();
    await page.waitForURL(/vulnerability=/);
    const finding = page.url();
    await mouse.pick(page, /^Status/, /^Affected/);
    await mouse.fill(page, /^What (users|to) /, 'Take plans from the work list only until the update.');
    await mouse.fill(page, /^Rationale/, 'Plans are parsed with it.');
    await mouse.choose(page, /^Effect on safety/, 'Possible');
    await mouse.fill(page, /^Why \(safety\)/, 'The confirmation can be skipped.');
    await mouse.choose(page, /^Effect on privacy/, 'None');
    await mouse.fill(page, /^Why \(privacy\)/, 'Nothing is read.');
    await mouse.press(page, 'button', 'Save assessment');
    await page
      .getByText(/ASM-\d+/)
      .first()
      .waitFor();
    await lookTwice(page, 'finding');
    expect((await depthNow(page)).counted).toBe(1);

    await rosa.page.goto(finding);
    await mouse.press(rosa.page, 'button', 'Approve assessment');
    await mouse.fill(rosa.page, /^Your password/, PASSWORD);
    await mouse.press(rosa.page, 'button', /^(Sign|Approve)/);
    await rosa.page
      .getByText(/You signed ASM-\d+/)
      .first()
      .waitFor();

    await go(page, '/releases/REL-1/depth?attacker=at-criminal&target=sf-patient');
    await page
      .getByText(/ASM-\d+ says that zod in console is affected by CVE-2099-7001/)
      .first()
      .waitFor();
    await lookTwice(page, 'fallen');
    expect(await depthNow(page)).toEqual({ counted: 0, claimed: 1 });

    await expect
      .poll(() => flagsOf(page), { timeout: 30_000 })
      .toContainEqual(expect.stringMatching(/CVE-2099-7001 appeared in zod of console/));
    await go(page, '/r/RSK-5');
    await page
      .getByText(/CVE-2099-7001 appeared in zod/)
      .first()
      .waitFor();
    await lookTwice(page, 'flagged');
    await go(page, '/');
    await page.getByText('Parameters of another patient or eye').first().waitFor();
    expect([lea, tess, quinn, rosa].flatMap((visitor) => visitor.faults)).toEqual([]);
    expect(ward.output()).not.toMatch(/"level":(40|50)/);
  }, 90_000);
});

const ADVISORY = JSON.stringify({
  id: 'GHSA-way-zod-0001',
  aliases: ['CVE-2099-7001'],
  modified: '2026-11-20T00:00:00Z',
  published: '2026-11-20T00:00:00Z',
  summary: 'Schemas are skipped for crafted input',
  details: 'Written for a test.',
  severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:H/A:N' }],
  affected: [
    {
      package: { ecosystem: 'npm', name: 'zod' },
      ranges: [{ type: 'SEMVER', events: [{ introduced: '3.0.0' }, { fixed: '3.99.0' }] }],
    },
  ],
});

async function keyOf(kind: string, title: string): Promise<string> {
  const { items } = await api<{ items: { key: string; title: string }[] }>(
    lea.page,
    'get',
    `/records?kind=${kind}&limit=100`,
  );
  const key = items.find((item) => item.title === title)?.key;
  if (key === undefined) throw new Error(`no ${kind} is called ${title}`);
  return key;
}

/** What is said to have moved under the risk of the work list, which stands on the console. */
async function flagsOf(page: Page): Promise<readonly string[]> {
  const { flags } = await api<{ flags: { reason: string }[] }>(page, 'get', '/risks/RSK-5');
  return flags.map(({ reason }) => reason);
}

// The worked example as people use it, with the real processes: a treatment is prepared at the console and given at the device → an update reaches
// the unit by a campaign → a broken update is taken back by the unit and halts its campaign → a service session is asked for in the workbench,
// consented to at the device, used, and ended. The workbench shows the unit and its verified audit trail (rows L1 to L11, M10).
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from './chromium.ts';
import { type FleetProcess, startFleet } from './fleet-process.ts';
import { keyboard } from './hands.ts';
import { look } from './look.ts';
import { api, go, type Joiner, moveIn, PASSWORD, type Visitor, visit } from './people.ts';
import { type RunningWard, startProgram } from './running-ward.ts';

const DEV: Joiner = { name: 'Dev Developer', email: 'dev@example.org', role: 'Developer' };
const TESS: Joiner = { name: 'Tess Tester', email: 'tess@example.org', role: 'Tester' };
const QUINN: Joiner = { name: 'Quinn Quality', email: 'quinn@example.org', role: 'Quality' };
const RITA: Joiner = { name: 'Rita Release', email: 'rita@example.org', role: 'Release manager' };
const ROB: Joiner = { name: 'Rob Release', email: 'rob@example.org', role: 'Release manager' };
const UNIT = 'L4-0001';

let ward: RunningWard;
let fleet: FleetProcess;
let browser: Browser;
let dev: Visitor;
let tess: Visitor;
let quinn: Visitor;
let rita: Visitor;
let rob: Visitor;
let theatre: Visitor;
let panels: Visitor;

beforeAll(async () => {
  ward = await startProgram();
  browser = await launchBrowser();
  [dev, tess, quinn, rita, rob] = await moveIn(
    browser,
    await visit(browser, ward.link),
    DEV,
    TESS,
    QUINN,
    RITA,
    ROB,
  );
  fleet = await startFleet(ward, 1);
  theatre = await visit(browser, fleet.console);
  panels = await visit(browser, fleet.panels);
}, 300_000);

afterAll(async () => {
  await browser?.close();
  await fleet?.stop();
  await ward?.stop();
});

const card = () => panels.page.getByRole('region', { name: UNIT });
const press = (name: string) => card().getByRole('button', { name, exact: true }).click();

/** At a desk and at a phone: axe, a picture where somebody wants one, and nothing wider than the screen. */
async function lookTwice(page: Page, name: string): Promise<void> {
  const size = page.viewportSize() ?? { width: 1440, height: 900 };
  await look(page, `laser-${name}-desk`);
  await page.setViewportSize({ width: 390, height: 844 });
  await page.waitForTimeout(150);
  await look(page, `laser-${name}-phone`);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(wide, `${name} is wider than a phone`).toBeLessThanOrEqual(1);
  await page.setViewportSize(size);
}

interface RecordSeen {
  readonly key: string;
  readonly revision: number;
  readonly state: string;
}

async function move(who: Visitor, key: string, transition: string): Promise<void> {
  const { revision } = await api<RecordSeen>(who.page, 'get', `/records/${key}`);
  await api(who.page, 'post', `/records/${key}/transitions`, {
    seenRevision: revision,
    transition,
    reason: 'For the laser.',
    password: PASSWORD,
  });
}

async function make(
  who: Visitor,
  kind: string,
  body: object,
  links: readonly object[] = [],
): Promise<string> {
  const { items } = await api<{ items: { id: string }[] }>(who.page, 'get', '/records?kind=product');
  const made = await api<RecordSeen>(who.page, 'post', '/records', {
    kind,
    productId: items[0]?.id,
    body,
    links,
    reason: 'For the laser.',
  });
  return made.key;
}

/** An update from its file to its release, each step by somebody else; then its file is published with the offline keys. */
async function publish(version: string, release: string, broken = false): Promise<string> {
  const file = await fleet.build(version, broken);
  const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex');
  const update = await make(
    dev,
    'update',
    { title: `Lumen 400 ${version}`, artefacts: [{ name: basename(file), sha256 }] },
    [{ type: 'brings', to: release }],
  );
  await move(dev, update, 'build');
  await move(tess, update, 'verify');
  await move(quinn, update, 'release');
  await fleet.ward(
    ...['publish', file, '--update', update, '--software', version, '--hardware', 'lumen-400'],
    ...['--keys', `${fleet.folder}/offline-keys`],
  );
  return update;
}

/** Made by one release manager, started by the other with a signature. */
async function startCampaign(update: string, title: string): Promise<string> {
  const campaign = await make(
    rita,
    'campaign',
    { title, waves: [{ name: 'All', units: 'rest' }], nextWaveAfterHours: 0 },
    [{ type: 'deploys', to: update }],
  );
  const { page } = rob;
  await go(page, `/r/${campaign}`);
  await page.getByRole('main').getByRole('button', { name: 'Start campaign', exact: true }).first().click();
  const dialog = page.getByRole('dialog', { name: 'Start campaign' });
  await dialog.getByLabel(/^Your password/).fill(PASSWORD);
  await dialog.getByRole('button', { name: 'Sign: Start campaign' }).click();
  await dialog.waitFor({ state: 'hidden' });
  return campaign;
}

/** The unit has it ready; nothing is installed before somebody at the device agrees. */
async function installAtDevice(): Promise<void> {
  await card().getByRole('button', { name: 'Install update now' }).click({ timeout: 60_000 });
}

const runs = (version: string) =>
  card().getByText(`Version ${version}`, { exact: true }).waitFor({ timeout: 90_000 });

describe('a networked laser and its workbench', () => {
  it('a treatment is prepared at the console, confirmed and given at the device, and recorded there', async () => {
    const { page } = theatre;
    await page.getByLabel('Who').selectOption({ label: 'Dr Amira Haddad (clinician)' });
    await page.getByLabel('PIN').fill('246810');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: new RegExp(`^${UNIT}`) }).click();
    await page.getByRole('heading', { name: 'Prepare a treatment' }).waitFor();
    await lookTwice(page, 'console');
    await page.getByRole('button', { name: 'Show records' }).click();
    await page.getByText('There is no such patient here. (vault.no-such-patient)').waitFor();
    await page.getByLabel('Power (mW)').fill('');
    await page.getByText('Power must be a whole number.').waitFor();
    await page.getByLabel('Power (mW)').fill('200');
    await page.getByRole('button', { name: 'Prepare', exact: true }).click();
    await page.getByText(/^Prepared for /).waitFor();
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.textContent), { timeout: 10_000 })
      .toBe(UNIT);

    await press('Key');
    await press('Confirm patient, eye and parameters');
    await press('Arm');
    await card().getByText('Armed', { exact: true }).waitFor();
    await lookTwice(panels.page, 'panels');
    const foot = card().getByRole('button', { name: 'Foot switch: hold' });
    await foot.focus();
    await panels.page.keyboard.down('Space');
    await card()
      .getByText(/[1-9]\d* of \d+/)
      .waitFor();
    await panels.page.keyboard.up('Space');
    await press('End');
    await press('Acknowledge');

    await page.getByRole('button', { name: 'Show records' }).click();
    await page.getByText('The records came sealed from the laser.').waitFor();
    await page.getByRole('region', { name: 'Records' }).getByRole('row').nth(1).waitFor();
  }, 120_000);

  it('the workbench shows the unit, what it runs and its verified audit trail, and nothing of the patient', async () => {
    const { page } = rita;
    await go(page, '/fleet');
    const row = page.getByRole('row', { name: new RegExp(UNIT) });
    await row.getByText('Verified').waitFor({ timeout: 30_000 });
    await row.getByText('4.1.0').waitFor();
    await lookTwice(page, 'units');
    await go(page, `/fleet/${UNIT}`);
    await page.getByText('treatment.', { exact: false }).first().waitFor();
    await lookTwice(page, 'unit');
    const { items } = await api<{ items: unknown[] }>(page, 'get', `/fleet/units/${UNIT}/audit`);
    expect(items.length).toBeGreaterThan(5);
    expect(JSON.stringify(items)).not.toMatch(/Ferrara|MRN-0098|1961-03-04/);
  }, 60_000);

  it('somebody breaks the glass at the console, data protection reads the reason and exports, and the workbench reviews', async () => {
    const { page } = theatre;
    await page.getByText('Emergency: open data that are otherwise closed').click();
    const why = page.getByLabel('Why is this needed now?');
    await why.fill('urgent');
    await page.getByRole('button', { name: 'Open in an emergency' }).click();
    await page.getByText('Say in at least 20 letters why.').waitFor();
    await why.fill('Fell at home, eye bleeding; her own clinician is not reached');
    await page.getByRole('button', { name: 'Open in an emergency' }).click();
    await page.getByText(/^Opened. Your name, the time and the reason are kept/).waitFor();
    await page
      .getByRole('region', { name: 'Opened in an emergency' })
      .getByText('Jo Ferrara, born 1961-03-04')
      .waitFor();
    await lookTwice(page, 'break-glass');
    await page.getByRole('button', { name: 'Close what was opened' }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();

    await page.getByLabel('Who').selectOption({ label: 'Dora Petrov (data protection)' });
    await page.getByLabel('PIN').fill('864209');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: new RegExp(`^${UNIT}`) }).click();
    await page.getByRole('button', { name: 'Show the reasons' }).click();
    await page.getByText('Fell at home, eye bleeding').waitFor();
    await page.getByLabel('Name of the request').fill('REQ-2026-17');
    const saving = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export as a file' }).click();
    const file = await (await saving).path();
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      resourceType: 'Bundle',
      entry: [{ resource: { resourceType: 'Patient', name: [{ family: 'Ferrara' }] } }, {}, {}],
    });
    await lookTwice(page, 'data-protection');

    await go(quinn.page, '/fleet');
    await quinn.page
      .getByRole('heading', { name: 'Emergency accesses to be reviewed (1)' })
      .waitFor({ timeout: 90_000 });
    await lookTwice(quinn.page, 'emergencies');
    await keyboard.press(quinn.page, 'button', /^Review line/);
    const dialog = quinn.page.getByRole('dialog');
    await dialog.getByLabel('Justified: it was an emergency').check();
    await dialog.getByLabel(/^Reason/).fill('Dora read the reason to me; it was an emergency.');
    await lookTwice(quinn.page, 'review');
    await dialog.getByRole('button', { name: 'Record review' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await go(quinn.page, `/fleet/${UNIT}`);
    await quinn.page.getByText('Justified', { exact: true }).waitFor();
    expect(await quinn.page.textContent('main')).not.toMatch(/Ferrara|bleeding/);
  }, 180_000);

  it('an update reaches the unit by a campaign, with consent at the device, and the campaign ends', async () => {
    const { items } = await api<{ items: { key: string; title: string }[] }>(
      rita.page,
      'get',
      '/records?kind=release',
    );
    const release = items.find(({ title }) => title === 'Lumen 400 4.2')?.key as string;
    const campaign = await startCampaign(await publish('4.2.0', release), 'Security update 4.2');
    await installAtDevice();
    await runs('4.2.0');

    await rob.page.getByText('1 runs, confirmed', { exact: true }).waitFor({ timeout: 60_000 });
    await expect
      .poll(async () => (await api<RecordSeen>(rob.page, 'get', `/records/${campaign}`)).state, {
        timeout: 30_000,
      })
      .toBe('done');
    await go(rita.page, `/fleet/${UNIT}`);
    await rita.page.getByText('Lumen 400 4.2').first().waitFor();
  }, 240_000);

  it('a broken update is taken back by the unit itself, and the campaign halts', async () => {
    const release = await make(rita, 'release', { name: 'Lumen 400 4.2.1', version: '4.2.1' });
    const campaign = await startCampaign(await publish('4.2.1', release, true), 'Update that fails');
    await installAtDevice();
    await rob.page
      .getByText(/1 unit failed, and the campaign halts after 1/)
      .first()
      .waitFor({ timeout: 120_000 });
    await runs('4.2.0');

    expect((await api<RecordSeen>(rob.page, 'get', `/records/${campaign}`)).state).toBe('halted');
    await lookTwice(rob.page, 'halted');
    await go(rita.page, `/fleet/${UNIT}`);
    await rita.page.getByText('Failed, last good version runs').first().waitFor();
  }, 240_000);

  it('a service session is asked for here, consented to there with the code, used, and ended from here', async () => {
    const { page } = dev;
    await go(page, `/fleet/${UNIT}`);
    await keyboard.press(page, 'button', 'Ask for a session');
    await page
      .getByRole('dialog')
      .getByLabel(/^What for/)
      .fill('Last error of the cooling');
    await page
      .getByRole('dialog')
      .getByLabel(/^Read diagnostics/)
      .check();
    await page.getByRole('dialog').getByRole('button', { name: 'Ask for session' }).click();
    const code = page.locator('strong.code').first();
    await code.waitFor({ timeout: 30_000 });
    const digits = (await code.textContent()) ?? '';
    await lookTwice(page, 'service');

    // Nothing entered is no wrong code: the unit drops the request after a few of those.
    await press('Consent');
    await card()
      .getByText(/^Enter the code that the engineer/)
      .waitFor();
    await card()
      .getByLabel(/^Code that the engineer/)
      .fill(digits);
    await press('Consent');
    await page.getByText('Open', { exact: true }).first().waitFor({ timeout: 30_000 });
    const diagnostics = await fleet.service(UNIT, 'service.diagnostics', 'dev-developer');
    expect(diagnostics).not.toMatch(/Ferrara|MRN-0098/);
    await page.getByRole('button', { name: 'End session' }).click();
    await card()
      .getByRole('button', { name: 'End service session' })
      .waitFor({ state: 'hidden', timeout: 30_000 });
    await page.getByText(/ended: ended by Dev Developer/).waitFor();

    await expect
      .poll(
        async () => {
          const { items } = await api<{ items: { what: string }[] }>(
            page,
            'get',
            `/fleet/units/${UNIT}/audit`,
          );
          return items.map(({ what }) => what).filter((what) => what.startsWith('service.'));
        },
        { timeout: 30_000 },
      )
      .toContain('service.ended');
    expect([dev, tess, quinn, rita, rob, theatre, panels].flatMap(({ faults }) => faults)).toEqual([]);
    expect(ward.output()).not.toMatch(/"level":(40|50)/);
  }, 180_000);
});

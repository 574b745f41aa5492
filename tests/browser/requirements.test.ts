// Requirements by keyboard: the checker speaks while one is typed, the library is placed, a change of a threat makes links suspect,
// and one key confirms one of them, then all that are left.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser } from './chromium.ts';
import { keyboard as hands } from './hands.ts';
import { look } from './look.ts';
import { api, go, LEA, moveIn, type Visitor, visit } from './people.ts';
import { type RunningWard, startProgram } from './running-ward.ts';

let ward: RunningWard;
let browser: Browser;
let lea: Visitor;

beforeAll(async () => {
  ward = await startProgram(['--no-example']);
  browser = await launchBrowser();
  [lea] = await moveIn(browser, await visit(browser, ward.link), LEA);
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await ward?.stop();
});

interface Made {
  readonly id: string;
  readonly key: string;
  readonly revision: number;
  readonly body: Record<string, unknown>;
}

it('checks while one types, places from the library, and confirms suspect links by one key', async () => {
  const { page } = lea;
  const product = await api<Made>(page, 'post', '/records', {
    kind: 'product',
    productId: null,
    body: { name: 'Lumen day' },
  });
  const make = (kind: string, body: object) =>
    api<Made>(page, 'post', '/records', { kind, productId: product.id, body });
  const threat = await make('threat', { title: 'Replayed command', category: 'tampering' });

  // a requirement is typed; the checker names what cannot be tested, and falls silent when it can
  await go(page, '/new/requirement');
  await hands.fill(page, /^Title/, 'Fresh commands');
  await hands.fill(page, /^Requirement/, 'The device should react to commands in an appropriate time.');
  const check = page.getByRole('region', { name: 'Check of the text' });
  await check.getByText('“should” leaves a choice').waitFor();
  await check.locator('mark', { hasText: 'appropriate' }).waitFor();
  await look(page, 'requirements-typing');
  await hands.fill(page, /^Requirement/, 'The device shall refuse each repeated command.');
  await hands.fill(page, /^Acceptance criterion/, 'Each of 40 repeated commands is refused within 1 s.');
  await check.getByText('Nothing stands in the way of testing it').waitFor();
  await hands.choose(page, 'Category', 'Integrity of code, data and execution');
  await hands.press(page, 'button', /^Create/);
  await page.waitForURL(/\/r\/REQ-1$/);

  // placed from the library, with its control
  await go(page, '/requirement-library?q=SR-CMD-1');
  await page.getByRole('grid').getByText('SR-CMD-1').first().waitFor();
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  for (let tabs = 0; tabs < 200; tabs += 1) {
    await page.keyboard.press('Tab');
    if (await page.evaluate(() => document.activeElement?.closest('[role="grid"] tbody') !== null)) break;
  }
  await page.keyboard.press('x');
  await page.getByText('1 selected').waitFor();
  await page.keyboard.press('p');
  await page.getByText('1 requirements and 1 controls were made').first().waitFor();

  // three records rest on the threat, and the threat moves
  for (const [from, type] of [
    ['REQ-1', 'derives-from'],
    ['REQ-2', 'derives-from'],
    ['CTL-1', 'cuts'],
  ] as const)
    await api(page, 'post', `/records/${from}/links`, { type, to: threat.key });
  await api(page, 'put', `/records/${threat.key}`, {
    seenRevision: 1,
    body: { ...threat.body, title: 'Replayed or delayed command' },
    reason: null,
  });
  await go(page, '/traceability?view=suspects');
  const waiting = page.getByRole('list', { name: 'Suspect links' }).locator('[data-link]');
  await expect.poll(() => waiting.count()).toBe(3);
  await waiting.first().getByText('or delayed').first().waitFor();
  await look(page, 'requirements-suspects');

  // one by its key, then all
  await page.keyboard.press('j');
  await page.keyboard.press('c');
  await expect.poll(() => waiting.count(), { timeout: 20_000 }).toBe(2);
  await page.keyboard.press('k');
  await page.keyboard.press('k');
  await page.keyboard.press('x');
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  await page.getByText('2 chosen').waitFor();
  await page.keyboard.press('c');
  await page.getByText('No suspect links').waitFor();

  // the thread shows what is left to do
  await go(page, '/traceability');
  await page.getByRole('grid').getByText('REQ-1').first().waitFor();
  await page.getByRole('link', { name: 'Gaps' }).first().focus();
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: 'Requirement without a verification' }).waitFor();
  await look(page, 'requirements-gaps');
  expect(lea.faults).toEqual([]);
}, 300_000);

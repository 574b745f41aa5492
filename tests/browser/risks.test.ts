// Rows M1 and M4 in the browser: the plan in steps, its matrix by keyboard, the safety file with its mapping, a risk judged by
// keyboard with the level moving as it is answered, and the decision of somebody else.
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser } from './chromium.ts';
import { look } from './look.ts';
import { go, LEA, moveIn, visit } from './people.ts';
import { type RunningWard, startProgram } from './running-ward.ts';

let ward: RunningWard;
let browser: Browser;
const people = new Map<string, BrowserContext>();

async function open(who: string, path: string): Promise<{ page: Page; faults: string[] }> {
  const page = await (people.get(who) as BrowserContext).newPage();
  page.setDefaultTimeout(20_000);
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  await go(page, path);
  return { page, faults };
}

beforeAll(async () => {
  ward = await startProgram();
  browser = await launchBrowser();
  const safety = { name: 'Sam Safety', email: 'sam@example.org', role: 'Safety risk manager' };
  const [lea, sam] = await moveIn(browser, await visit(browser, ward.link), LEA, safety);
  people.set(LEA.name, lea.context).set(safety.name, sam.context);
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await ward?.stop();
});

it('a plan is written in steps, and its matrix is set with the keyboard', async () => {
  const { page, faults } = await open('Lea Lead', '/new/product');
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Iris 20');
  await page.getByRole('button', { name: 'Create product' }).click();
  await page.getByRole('heading', { level: 1, name: 'Iris 20' }).waitFor();
  const key = new URL(page.url()).pathname.split('/').at(-1) as string;

  await page.goto(`${ward.url}/products/${key}/plan`);
  await page
    .getByLabel('What the plan covers')
    .fill('The camera and its console, from design to decommissioning.');
  await page.getByLabel('Intended use').fill('Pictures of the retina.');
  await look(page, 'plan-scope');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Next: Environment' }).click();
  await page.getByLabel('Where it is used').fill('A clinic room; the clinic network is not trusted.');
  await page.getByRole('button', { name: 'Next: People' }).click();
  await look(page, 'plan-people');
  await page.getByRole('button', { name: 'Next: Policy' }).click();

  // A cell that gets milder than its neighbours is marked at once, and keeps the plan from being saved.
  const cell = page.getByRole('button', { name: /^Severity 5, exploitability 1:/ });
  await cell.focus();
  for (const key of ['ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowRight', '1'])
    await page.keyboard.press(key);
  const corner = page.getByRole('button', { name: /^Severity 5, exploitability 5:/ });
  expect(await corner.textContent()).toMatch(/Acceptable, milder than a cell/);
  await look(page, 'plan-policy');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  expect(await corner.textContent()).toMatch(/^Severity 5, exploitability 5: Unacceptable/);

  await page.getByRole('button', { name: 'Next: Life' }).click();
  await look(page, 'plan-life');
  await page.getByRole('button', { name: 'Next: Review' }).click();
  await page.getByText('Every part is filled in.').waitFor();
  await look(page, 'plan-review');
  await page.getByRole('button', { name: 'Save and submit for review' }).click();
  await page.getByRole('heading', { level: 1, name: /plan of the Iris 20/ }).waitFor();
  await page.getByRole('heading', { level: 2, name: 'Policy as data' }).waitFor();
  await look(page, 'plan-record');
  expect(faults).toEqual([]);
  await page.close();
});

it('the safety file is mapped, compared and confirmed', async () => {
  const { page, faults } = await open('Sam Safety', '/harms/import?product=PRD-1');
  const text =
    'Risk file\n\nNo.;Harm;Hazardous situation;Class\nH-01;Burn of the retina outside the target;Emission;purple\nH-99;"=HYPERLINK(""x"")";Odd;3\n';
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'safety.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
  await page.getByRole('heading', { level: 2, name: 'Columns' }).waitFor();
  expect(await page.getByLabel('Row of the headings').inputValue()).toBe('3');
  await page
    .getByLabel(/^Severity/)
    .first()
    .selectOption('Class');
  await page.getByLabel('"purple"').selectOption('4');
  await look(page, 'harms-mapping');
  await page.getByRole('button', { name: 'Show the difference' }).click();
  await page.getByText(/1 new, 1 changed, 9 gone, 0 as before/).waitFor();
  await look(page, 'harms-difference');
  await page.getByText('links become suspect').first().waitFor();
  expect(await page.getByText('=HYPERLINK("x")').count()).toBeGreaterThan(0);
  expect(faults).toEqual([]);
  await page.close();
});

it('a risk is made of a threat and judged with the keyboard; the level moves with the answers', async () => {
  const { page, faults } = await open('Lea Lead', '/r/THR-8');
  await page.getByRole('link', { name: 'Make a risk of THR-8' }).click();
  await page.getByRole('heading', { level: 2, name: 'Harms that it leads to' }).waitFor();
  await look(page, 'risk-proposal');
  await page.getByRole('button', { name: 'Make risk' }).press('Enter');
  await page.getByRole('heading', { level: 2, name: 'Levels' }).waitFor();

  await page.getByRole('button', { name: 'Judge', exact: true }).press('Enter');
  const status = page.getByRole('form', { name: 'Judgement' }).getByRole('status');
  expect(await status.textContent()).toMatch(/not judged \(1 to 5\)/);
  // The first answer of each question: arrow keys in the group, Tab to the next.
  const first = page.getByRole('radio', { name: /From the internet/ });
  await page
    .getByRole('group', { name: 'From where can the attack be made?' })
    .getByRole('radio')
    .last()
    .focus();
  for (let question = 0; question < 9; question += 1) {
    // From "not answered", the last one, down to the first.
    await page.keyboard.press('ArrowDown');
    if (question < 8) await page.keyboard.press('Tab');
    if (question === 0) expect(await first.isChecked()).toBe(true);
  }
  expect(await status.textContent()).toMatch(/Exploitability 5 Very high/);
  await page.getByLabel('Loss of confidentiality').selectOption('minor');
  await page.getByLabel('Loss of privacy').selectOption('serious');
  await page.getByLabel('How many patients at once').selectOption('one patient');
  await look(page, 'risk-judging');
  await page.getByRole('button', { name: 'Save judgement' }).press('Enter');
  await page.getByRole('button', { name: 'Judge', exact: true }).waitFor();
  await page.getByRole('heading', { level: 2, name: 'History of the level' }).waitFor();
  await look(page, 'risk-judged');
  await page.getByRole('button', { name: 'Assess risk' }).first().click();
  await page.getByRole('dialog').getByRole('button', { name: 'Assess risk' }).click();
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  await page.getByText('Assessed', { exact: true }).first().waitFor();
  const risk = page.url();
  expect(faults).toEqual([]);
  await page.close();

  const sam = await open('Sam Safety', new URL(risk).pathname);
  await sam.page.getByRole('button', { name: 'Reduce risk' }).first().click();
  await sam.page
    .getByRole('dialog')
    .getByLabel(/^Reason/)
    .fill('Encrypt the store.');
  await sam.page.getByRole('dialog').getByRole('button', { name: 'Reduce risk' }).click();
  await sam.page.getByText('To be reduced').first().waitFor();
  await sam.page.close();
});

it('the matrix filters the list, also with the keyboard', async () => {
  const { page, faults } = await open('Lea Lead', '/risks?product=PRD-1&view=before');
  await page.getByRole('button', { name: /^Severity 5, exploitability 1:/ }).waitFor();
  await look(page, 'risks-list');
  const full = page.getByRole('button', { name: /, [1-9] risks$/ }).first();
  await full.focus();
  await page.keyboard.press('Enter');
  await page.getByText(/of 7 risks, in the cell/).waitFor();
  await page.getByRole('button', { name: 'Show all' }).click();
  await page.getByRole('button', { name: 'Privacy' }).click();
  await page.goto(`${ward.url}/risk-file?product=PRD-1`);
  await page.getByRole('heading', { level: 2, name: /^Missing/ }).waitFor();
  await look(page, 'risk-file');
  expect(faults).toEqual([]);
  await page.close();
});

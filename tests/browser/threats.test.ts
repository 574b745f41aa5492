// Questions answered without a mouse, on the example: y, n, skip, evidence, undo, many at once; then what they changed is
// accepted, a threat is decided and goes stale with the answer that it rested on; and a rule is written and tried.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser } from './chromium.ts';
import { keyboard as hands } from './hands.ts';
import { look } from './look.ts';
import { go, LEA, moveIn, type Visitor, visit } from './people.ts';
import { type RunningWard, startProgram } from './running-ward.ts';

let ward: RunningWard;
let browser: Browser;
let lea: Visitor;

beforeAll(async () => {
  ward = await startProgram();
  browser = await launchBrowser();
  [lea] = await moveIn(browser, await visit(browser, ward.link), LEA);
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await ward?.stop();
});

interface Question {
  readonly target: string;
  readonly key: string;
  readonly value: string | null;
  readonly by: string;
  readonly evidence: string;
}

async function asked(page: Page): Promise<{ open: number; questions: Question[]; revision: number }> {
  const answer = await page.request.get(`${ward.url}/api/system-models/SYS-1/questions`);
  const view = (await answer.json()) as { open: number; questions: Question[]; model: { revision: number } };
  return { ...view, revision: view.model.revision };
}

const focused = (page: Page) =>
  page.evaluate(() => document.activeElement?.getAttribute('data-question') ?? null);

/** Tab until the first question has the focus. */
async function reachQuestions(page: Page): Promise<void> {
  await page.locator('[data-question]').first().waitFor();
  for (let tabs = 0; tabs < 120; tabs += 1) {
    if ((await focused(page)) !== null) return;
    await page.keyboard.press('Tab');
  }
  throw new Error('the keyboard does not reach the questions');
}

it('answers questions by key, and keeps who, when and on what evidence', async () => {
  const { page } = lea;
  await go(page, '/questions?model=SYS-1');
  const before = await asked(page);
  await reachQuestions(page);
  await look(page, 'threats-questions');

  // yes, skip, no, and evidence: four questions, one revision
  const first = (await focused(page)) as string;
  await page.keyboard.press('y');
  await expect.poll(() => focused(page)).not.toBe(first);
  const skipped = (await focused(page)) as string;
  await page.keyboard.press('Space');
  await expect.poll(() => focused(page)).not.toBe(skipped);
  const denied = (await focused(page)) as string;
  await page.keyboard.press('n');
  await expect.poll(() => focused(page)).not.toBe(denied);
  const proven = (await focused(page)) as string;
  await page.keyboard.press('e');
  await page.getByRole('dialog', { name: 'Answer with evidence' }).waitFor();
  await page.keyboard.type('Test report 12');
  await page.keyboard.press('Enter');
  const evidenceOf = async (id: string) =>
    (await asked(page)).questions.find(({ target, key }) => `${target} ${key}` === id)?.evidence;
  await expect.poll(() => evidenceOf(proven), { timeout: 30_000 }).toBe('Test report 12');

  const after = await asked(page);
  const answerTo = (id: string) => after.questions.find(({ target, key }) => `${target} ${key}` === id);
  // One revision, or a few where the machine was slower than the hands.
  expect(after.revision).toBeGreaterThan(before.revision);
  expect(after.revision).toBeLessThan(before.revision + 4);
  expect(answerTo(first)).toMatchObject({ value: 'yes', by: 'Lea Lead' });
  expect(answerTo(skipped)).toMatchObject({ value: null });
  expect(answerTo(denied)).toMatchObject({ value: 'no' });
  expect(answerTo(proven)).toMatchObject({ value: 'yes', evidence: 'Test report 12' });

  // the last answer is taken back
  await reachQuestions(page);
  await page.keyboard.press('u');
  await expect
    .poll(
      async () => {
        const { questions } = await asked(page);
        return questions.find(({ target, key }) => `${target} ${key}` === proven)?.value;
      },
      { timeout: 30_000 },
    )
    .toBe(null);
}, 200_000);

it('answers a selection at once', async () => {
  const { page } = lea;
  await go(page, '/questions?model=SYS-1&by=place');
  await reachQuestions(page);
  const chosen: string[] = [];
  for (let n = 0; n < 3; n += 1) {
    const id = (await focused(page)) as string;
    chosen.push(id);
    await page.keyboard.press('x');
    await page.keyboard.press('j');
    await expect.poll(() => focused(page)).not.toBe(id);
  }
  await page.getByText('3 selected').waitFor();
  await look(page, 'threats-questions-selected');
  await hands.press(page, 'button', 'Yes for all');
  await page.getByText('Saved.').waitFor({ timeout: 30_000 });

  const { questions } = await asked(page);
  const values = chosen.map(
    (id) => questions.find(({ target, key }) => `${target} ${key}` === id)?.value ?? 'settled',
  );
  expect(values.filter((value) => value !== 'yes' && value !== 'settled')).toEqual([]);
}, 200_000);

it('accepts what changed, decides a threat, and shows when the decision has lost its ground', async () => {
  const { page } = lea;
  await go(page, '/threats?model=SYS-1');
  await hands.press(page, 'button', 'Show');
  await page.getByRole('region', { name: 'What changed' }).waitFor();
  await look(page, 'threats-difference');
  await hands.press(page, 'button', 'Accept all');
  await page
    .getByText(/threats recorded/)
    .first()
    .waitFor({ timeout: 60_000 });
  await look(page, 'threats-list');

  type Row = { rule: string; target: string; state: string; threat: { key: string; state: string } | null };
  const rows = async () =>
    (
      (await (await page.request.get(`${ward.url}/api/system-models/SYS-1/threats`)).json()) as {
        items: Row[];
      }
    ).items;
  const row = (await rows()).find(
    ({ state, threat }) => state === 'raised' && threat?.state === 'open',
  ) as Row;
  await go(page, `/threats?model=SYS-1&rule=${row.rule}&at=${row.target}`);
  await page.getByRole('dialog').getByRole('heading', { name: 'Why' }).waitFor();
  await look(page, 'threats-detail');
  await hands.press(page, 'button', 'Not applicable');
  await page.getByRole('dialog', { name: 'Not applicable' }).waitFor();
  await hands.fill(page, /^Reason/, 'The port is closed in the field.');
  await hands.press(page, 'button', 'Not applicable');
  await expect
    .poll(async () => (await rows()).find((one) => one.threat?.key === row.threat?.key)?.threat?.state)
    .toBe('not-applicable');

  // a threat that a person found
  await go(page, '/threats?model=SYS-1');
  await page.getByRole('button', { name: 'New threat' }).waitFor();
  await page.keyboard.press('n');
  await page.getByRole('dialog', { name: 'New threat' }).waitFor();
  await hands.fill(page, /^Title/, 'Cleaner unplugs the network');
  await hands.fill(page, /^Threat source/, 'a cleaner');
  await hands.fill(page, /^Threat action/, 'pull the cable of the console');
  await hands.fill(page, /^Impact/, 'a treatment that is interrupted');
  await page.getByText('A cleaner can pull the cable of the console, which leads to').waitFor();
  await look(page, 'threats-new');
  await page.keyboard.press('Enter');
  await page
    .getByText(/was recorded/)
    .first()
    .waitFor();
}, 200_000);

it('writes a rule, tries it on the model while typing, and shows the difference before a product uses it', async () => {
  const { page } = lea;
  await go(page, '/rules');
  await look(page, 'threats-rules');
  await page.getByRole('button', { name: 'New pack' }).waitFor();
  await page.keyboard.press('n');
  await page.getByRole('dialog', { name: 'New rule pack' }).waitFor();
  await hands.fill(page, /^Title/, 'Rules of the house');
  await hands.fill(page, /^Id/, 'house');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Rules of the house' }).waitFor();
  await page.getByRole('button', { name: 'New rule' }).first().waitFor();
  await page.keyboard.press('n');
  await page.getByRole('dialog', { name: 'New rule' }).waitFor();
  await hands.fill(page, /^Id/, 'HR-1');
  await hands.fill(page, /^Title/, 'Process next to people');
  await hands.fill(page, /^Statement/, 'A passer-by uses the open screen of {e}.');
  await hands.fill(page, /^When/, 'e.kind == "process" && e.nope');
  await hands.fill(page, /^Unless/, 'e.yes("house.locked")');
  await page.locator('.rule-problem').first().waitFor();
  await look(page, 'threats-rule-problem');
  await hands.fill(page, /^When/, 'e.kind == "process" && e.safety');
  await hands.fill(page, /^New question house.locked/, 'Is the screen locked when nobody uses it?');
  await page.getByText(/\d+ raised, \d+ open/).waitFor({ timeout: 30_000 });
  await look(page, 'threats-rule');
  await hands.press(page, 'button', 'Save rule');
  await page
    .getByText(/The rule HR-1 was saved/)
    .first()
    .waitFor({ timeout: 30_000 });

  await go(page, '/rules');
  const pack = page.getByRole('region', { name: 'Rules of the house' });
  await pack.getByRole('switch').focus();
  await page.keyboard.press('Space');
  await page.getByRole('dialog', { name: 'Change the rules in use' }).getByText(/new\./).waitFor();
  await look(page, 'threats-rule-preview');
  await hands.press(page, 'button', 'Use these rules');
  await page
    .getByText(/The rules in use were changed/)
    .first()
    .waitFor();
  expect(lea.faults).toEqual([]);
}, 200_000);

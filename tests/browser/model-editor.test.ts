// The editor of the system model: drawn with the mouse, and again with the keyboard alone; then two people at one model.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from './chromium.ts';
import { keyboard } from './hands.ts';
import { look } from './look.ts';
import { api, LEA, moveIn, SAM, type Visitor, visit } from './people.ts';
import { type RunningWard, startProgram } from './running-ward.ts';

let ward: RunningWard;
let browser: Browser;
let lea: Visitor;
let sam: Visitor;
let product: string;

interface Body {
  readonly zones: { id: string; title: string }[];
  readonly elements: { id: string; title: string; kind: string; zone: string; answers: Answers }[];
  readonly flows: { title: string; from: string; to: string; answers: Answers }[];
}
type Answers = Record<string, { value: string; evidence: string; by: string }>;

const bodyOf = async (page: Page, key: string) =>
  api<{ body: Body; revision: number }>(page, 'get', `/records/${key}`);

beforeAll(async () => {
  ward = await startProgram(['--no-example']);
  browser = await launchBrowser();
  [lea, sam] = await moveIn(browser, await visit(browser, ward.link), LEA, SAM);
  product = (
    await api<{ id: string }>(lea.page, 'post', '/records', {
      kind: 'product',
      productId: null,
      body: { name: 'Pump' },
    })
  ).id;
}, 240_000);

afterAll(async () => {
  await browser?.close();
  await ward?.stop();
});

const canvas = (page: Page) => page.locator('.react-flow');
const node = (page: Page, title: string) => page.locator('.react-flow__node', { hasText: title }).last();

async function newModel(page: Page, title: string): Promise<string> {
  const { key } = await api<{ key: string }>(page, 'post', '/records', {
    kind: 'system-model',
    productId: product,
    body: { title },
  });
  await openModel(page, key);
  return key;
}

async function openModel(page: Page, key: string): Promise<void> {
  await page.goto(`${ward.url}/system-models/${key}`);
  await canvas(page).waitFor();
}

/** Tab until the drawing has the focus: fails when the keyboard cannot reach it. */
async function tabToCanvas(page: Page): Promise<void> {
  for (let tabs = 0; tabs < 80; tabs += 1) {
    if (await canvas(page).evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error('the keyboard does not reach the drawing');
}

async function saved(page: Page, revision: number): Promise<void> {
  await page.getByText(`saved as revision ${revision}`).first().waitFor();
}

async function expectDrawn(page: Page, key: string): Promise<void> {
  const { body } = await bodyOf(page, key);
  const zone = body.zones.find((one) => one.title === 'Device');
  const app = body.elements.find((one) => one.title === 'Application');
  const user = body.elements.find((one) => one.title === 'Clinician');
  expect([app?.kind, app?.zone, user?.kind]).toEqual(['process', zone?.id, 'actor']);
  expect(body.flows.map((flow) => [flow.title, flow.from, flow.to])).toEqual([
    ['Operation', user?.id, app?.id],
  ]);
  expect(body.flows[0]?.answers['flow.auth-source']).toMatchObject({ value: 'yes', by: 'Lea Lead' });
  await page.reload();
  await canvas(page).waitFor();
  await node(page, 'Application').waitFor();
  await page.getByText(`Revision 2`).first().waitFor();
}

/** The text of `flow.auth-source`. */
const SENDER = 'Does the receiver authenticate the sender?';

describe('a model is drawn, answered, saved and found again', () => {
  it('with the mouse', async () => {
    const { page } = lea;
    const key = await newModel(page, 'Drawn by mouse');
    const panel = page.locator('.panel');
    const tool = (name: string) => page.getByRole('toolbar').getByRole('button', { name, exact: true });

    await page.getByText('Nothing is drawn yet.').waitFor();
    await look(page, 'model-empty');
    await tool('Zone').click();
    await panel.getByLabel('Title').fill('Device');
    await tool('Process').click();
    await panel.getByLabel('Title').fill('Application');
    await canvas(page).click({ position: { x: 30, y: 30 } });
    await tool('Actor').click();
    await panel.getByLabel('Title').fill('Clinician');
    await page.getByRole('button', { name: 'Show all of it' }).click();
    await page.waitForTimeout(400);

    // a flow is drawn from end to end
    await node(page, 'Clinician').hover();
    await node(page, 'Clinician').locator('.react-flow__handle-bottom').hover();
    await page.mouse.down();
    const target = await node(page, 'Application').boundingBox();
    await page.mouse.move((target?.x ?? 0) + 60, (target?.y ?? 0) + 20, { steps: 8 });
    await page.mouse.move((target?.x ?? 0) + (target?.width ?? 0) / 2, (target?.y ?? 0) + 4, { steps: 4 });
    await page.mouse.up();
    await panel.getByLabel('Title').fill('Operation');
    await panel.getByLabel('Protocol').fill('usb');
    await panel.getByLabel('Protocol').press('Enter');

    // The rules ask it of a flow that enters the device.
    const question = panel.getByRole('radiogroup', { name: SENDER });
    await question.getByRole('radio', { name: 'Yes' }).check();
    await panel.getByLabel('Evidence for flow.auth-source').fill('Test report 4');
    await tool('Undo').click();
    await tool('Undo').click();
    expect(await question.getByRole('radio', { name: 'Not answered' }).isChecked()).toBe(true);
    await tool('Redo').click();
    await tool('Redo').click();
    expect(await question.getByRole('radio', { name: 'Yes' }).isChecked()).toBe(true);
    await look(page, 'model-drawn');

    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await saved(page, 2);
    await expectDrawn(page, key);

    // dragged out of its zone, it has another one; where it stands is kept without a revision
    const box = await node(page, 'Clinician').boundingBox();
    const app = await node(page, 'Application').boundingBox();
    await page.mouse.move((box?.x ?? 0) + 40, (box?.y ?? 0) + 30);
    await page.mouse.down();
    await page.mouse.move((app?.x ?? 0) + 20, (app?.y ?? 0) - 10, { steps: 10 });
    await page.mouse.up();
    await page.getByText('Not saved').waitFor();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await saved(page, 3);
    const { body } = await bodyOf(page, key);
    expect(body.elements.find((one) => one.title === 'Clinician')?.zone).toBe(body.zones[0]?.id);
    await expect
      .poll(async () =>
        Object.keys((await api<{ places: object }>(page, 'get', `/system-models/${key}/layout`)).places),
      )
      .toEqual(expect.arrayContaining([body.elements[0]?.id, body.elements[1]?.id]));
    expect(lea.faults).toEqual([]);
  }, 120_000);

  it('with the keyboard alone', async () => {
    const { page } = lea;
    const key = await newModel(page, 'Drawn by keys');
    const type = async (title: string) => {
      // a new thing comes with its title chosen
      await page.keyboard.type(title);
      await page.keyboard.press('Enter');
      expect(await canvas(page).evaluate((element) => element === document.activeElement)).toBe(true);
    };

    await tabToCanvas(page);
    await page.keyboard.press('6');
    await type('Device');
    await page.keyboard.press('1');
    await type('Application');
    await page.keyboard.press('Escape');
    await page.keyboard.press('4');
    await type('Clinician');
    await page.keyboard.press('c');
    for (const arrow of ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown']) {
      if ((await page.locator('.de--selected').textContent())?.includes('Application')) break;
      await page.keyboard.press(arrow);
    }
    await page.keyboard.press('c');
    await type('Operation');
    await page.keyboard.press('Enter');
    await keyboard.pick(page, SENDER, /^Yes/);
    const yes = page.getByRole('radiogroup', { name: SENDER }).getByRole('radio', { name: 'Yes' });
    await page.keyboard.press('ControlOrMeta+z');
    expect(await yes.isChecked()).toBe(false);
    await page.keyboard.press('ControlOrMeta+Shift+z');
    expect(await yes.isChecked()).toBe(true);
    await page.keyboard.press('ControlOrMeta+s');
    await saved(page, 2);
    await expectDrawn(page, key);

    // found by name, moved, copied, deleted, taken back
    await tabToCanvas(page);
    await page.keyboard.press('/');
    await page.keyboard.type('applic');
    await page.keyboard.press('Enter');
    await page.locator('.de--selected', { hasText: 'Application' }).waitFor();
    await page.keyboard.press('Alt+ArrowDown');
    await page.keyboard.press('ControlOrMeta+d');
    await expect.poll(() => page.locator('.react-flow__node-element').count()).toBe(3);
    await page.keyboard.press('Delete');
    await expect.poll(() => page.locator('.react-flow__node-element').count()).toBe(2);
    await page.keyboard.press('ControlOrMeta+z');
    await expect.poll(() => page.locator('.react-flow__node-element').count()).toBe(3);
    await page.keyboard.press('?');
    await page.getByRole('dialog').getByText('Flow: from here, then to there').waitFor();
    await look(page, 'model-keys');
    await page.keyboard.press('Escape');
    expect(lea.faults).toEqual([]);
  }, 120_000);

  it('in the table: typed, pasted from a spreadsheet, and seen on the drawing', async () => {
    const { page } = lea;
    const key = await newModel(page, 'Typed');
    await page.goto(`${ward.url}/system-models/${key}?tab=table`);
    await page.getByLabel('Title of a new element').fill('Gateway');
    await page.keyboard.press('Enter');
    await page.getByLabel('Kind of Gateway').selectOption('hardware');
    await page.getByLabel('Title of a new element').evaluate((element) => {
      const data = new DataTransfer();
      data.setData('text/plain', 'Title\tKind\tSafety\nSensor\thardware\tyes\nArchive\tstore\tmaybe\n');
      element.dispatchEvent(
        new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }),
      );
    });
    await page.getByLabel('Title of Archive').waitFor();
    await page.getByText('Safety is yes or no, not “maybe”').waitFor();
    await look(page, 'model-table');
    await page.keyboard.press('ControlOrMeta+s');
    await saved(page, 2);
    expect((await bodyOf(page, key)).body.elements.map((one) => [one.title, one.kind])).toEqual([
      ['Gateway', 'hardware'],
      ['Sensor', 'hardware'],
      ['Archive', 'store'],
    ]);
    expect(lea.faults).toEqual([]);
  }, 60_000);
});

describe('two people at one model', () => {
  const QUESTION = 'authn.each-user';
  const OTHER = 'app.input-validated';

  async function begin(): Promise<string> {
    const { key } = await api<{ key: string }>(lea.page, 'post', '/records', {
      kind: 'system-model',
      productId: product,
      body: { title: 'Shared', elements: [{ id: 'e-app', title: 'Application', kind: 'process' }] },
    });
    for (const { page } of [lea, sam]) {
      await page.goto(`${ward.url}/system-models/${key}?at=e-app`);
      await page.locator('.panel').waitFor();
    }
    return key;
  }
  async function answer(page: Page, question: string, value: 'Yes' | 'No', evidence: string): Promise<void> {
    const panel = page.locator('.panel');
    await panel.getByLabel('Questions: key of another question').fill(question);
    await panel.getByRole('button', { name: 'Ask' }).first().click();
    await panel
      .getByRole('radiogroup', { name: question })
      .getByRole('radio', { name: value, exact: true })
      .check();
    await panel.getByLabel(`Evidence for ${question}`).fill(evidence);
  }
  const press = (page: Page) => page.getByRole('button', { name: 'Save', exact: true }).click();

  it('answer different questions of one element: both stay, and nobody is asked', async () => {
    const key = await begin();
    await answer(lea.page, QUESTION, 'Yes', 'Design 3');
    await answer(sam.page, OTHER, 'No', 'Review 7');
    await press(lea.page);
    await saved(lea.page, 2);
    await press(sam.page);
    await saved(sam.page, 3);
    const { answers } = (await bodyOf(sam.page, key)).body.elements[0] as { answers: Answers };
    expect([answers[QUESTION]?.value, answers[OTHER]?.value]).toEqual(['yes', 'no']);
    // the first sees what the second added, without a word from her
    await lea.page.getByRole('radiogroup', { name: OTHER }).waitFor();
  }, 60_000);

  it('answer the same question differently: the second sees both and chooses', async () => {
    const key = await begin();
    await answer(lea.page, QUESTION, 'Yes', 'Design 3');
    await answer(sam.page, QUESTION, 'No', 'Seen on the device');
    await press(lea.page);
    await saved(lea.page, 2);
    await press(sam.page);
    const dialog = sam.page.getByRole('dialog', { name: 'Both of you changed the same' });
    await dialog.waitFor();
    await dialog.getByText('Design 3').waitFor();
    await look(sam.page, 'model-merge');
    expect((await bodyOf(sam.page, key)).revision).toBe(2);
    await dialog.getByRole('radio', { name: /^Yours/ }).check();
    await dialog.getByRole('button', { name: 'Save revision 3' }).click();
    await saved(sam.page, 3);
    const { answers } = (await bodyOf(sam.page, key)).body.elements[0] as { answers: Answers };
    expect(answers[QUESTION]).toMatchObject({
      value: 'no',
      evidence: 'Seen on the device',
      by: 'Sam Second',
    });
    expect([...lea.faults, ...sam.faults]).toEqual([]);
  }, 60_000);
});

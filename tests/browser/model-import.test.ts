// A model of another tool is dragged in: what is kept, changed and lost is seen before anything is stored; a file that is none is refused with
// its place; its threats come along, and a newer state of the file changes the model and doubles nothing.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { appProcess, storeBehind, threatDragon } from '../setup/threat-dragon.ts';
import { launchBrowser } from './chromium.ts';
import { mouse } from './hands.ts';
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
  await api(lea.page, 'post', '/records', { kind: 'product', productId: null, body: { name: 'Pump' } });
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await ward?.stop();
});

const dragon = (threats: readonly object[], store: string) =>
  threatDragon('Console of the pump', [
    appProcess(threats),
    ...storeBehind(store),
    { shape: 'flow', id: 'f-2', source: { cell: 'p-1' }, target: { x: 9, y: 9 }, data: { name: 'Loose' } },
  ]);
const FORGED = {
  title: 'Forged order',
  type: 'Tampering',
  status: 'Open',
  mitigation: 'Sign it',
  severity: 'High',
};
const SOLVED = { title: 'Flood', type: 'Denial of service', status: 'Mitigated', mitigation: 'Limit it' };

/** Dragged from a folder and dropped on the dialog. */
async function drop(page: Page, name: string, text: string): Promise<void> {
  const data = await page.evaluateHandle(
    ([file, content]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([content as string], file as string, { type: 'application/json' }));
      return transfer;
    },
    [name, text],
  );
  const area = page.getByRole('dialog').getByRole('region', { name: 'Choose a file' });
  await area.dispatchEvent('dragover', { dataTransfer: data });
  await area.dispatchEvent('drop', { dataTransfer: data });
}

it('shows what is kept, changed and lost, refuses what is no model, and stores nothing before somebody says so', async () => {
  const { page } = lea;
  await go(page, '/system-models');
  await mouse.press(page, 'button', 'Import a model');
  const dialog = page.getByRole('dialog', { name: 'Import a system model' });
  const take = dialog.getByRole('button', { name: 'Import model' });

  await drop(page, 'broken.json', '{"version": "2.3.0", "detail": ');
  await dialog
    .getByRole('alert')
    .getByText(/broken\.json/)
    .first()
    .waitFor();
  expect(await take.isDisabled()).toBe(true);
  await look(page, 'model-import-refused');
  await drop(page, 'letter.txt', 'Dear all, this is no model.');
  await dialog
    .getByRole('alert')
    .getByText(/letter\.txt/)
    .first()
    .waitFor();

  await drop(page, 'console.json', dragon([FORGED, SOLVED], 'Store'));
  await dialog.getByText('Console of the pump').waitFor();
  await dialog.getByText(/2 threats of the file, which come to the threats of the model/).waitFor();
  await dialog.getByText(/^Kept as it is/).waitFor();
  await dialog.getByText(/^Changed: taken/).click();
  await dialog
    .getByText(/Unconnected/)
    .first()
    .waitFor();
  expect(await dialog.getByRole('checkbox', { name: /^Inside: / }).isChecked()).toBe(true);
  expect(await dialog.getByRole('alert').count()).toBe(0);
  await look(page, 'model-import-preview');
  await page.setViewportSize({ width: 390, height: 844 });
  await look(page, 'model-import-preview-phone');
  await page.setViewportSize({ width: 1440, height: 900 });

  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await dialog.waitFor({ state: 'hidden' });
  const models = () => api<{ items: unknown[] }>(page, 'get', '/records?kind=system-model');
  expect((await models()).items).toEqual([]);
}, 90_000);

it('takes the model with its threats, and a newer file once', async () => {
  const { page } = lea;
  await go(page, '/system-models');
  await mouse.press(page, 'button', 'Import a model');
  await drop(page, 'console.json', dragon([FORGED, SOLVED], 'Store'));
  await mouse.press(page, 'button', 'Import model');
  await page.waitForURL(/\/system-models\/SYS-1/);
  await page.locator('.react-flow__node', { hasText: 'App' }).last().waitFor();

  await expect
    .poll(async () => (await api<{ items: unknown[] }>(page, 'get', '/records?kind=threat')).items.length, {
      timeout: 20_000,
    })
    .toBe(2);
  await go(page, '/threats?model=SYS-1&show=imported');
  await page.getByRole('button', { name: 'Imported 2' }).waitFor();
  await page.getByRole('row', { name: /Forged order/ }).waitFor();
  await look(page, 'model-import-threats');
  await page.getByRole('row', { name: /Flood/ }).click();
  await page.waitForURL(/\/r\/THR-\d+/);
  const said = page.getByRole('region', { name: 'What the imported file says' });
  await said.getByText('Mitigated', { exact: true }).first().waitFor();
  await said
    .getByText(/Limit it/)
    .first()
    .waitFor();
  // What the other tool decided decides nothing here.
  await page.getByText('Open', { exact: true }).first().waitFor();
  await look(page, 'model-import-threat');

  await page.goto(`${ward.url}/system-models/SYS-1?tab=text`);
  await mouse.press(page, 'button', /^Import/);
  const dialog = page.getByRole('dialog');
  await drop(page, 'console.json', dragon([FORGED, SOLVED, { ...FORGED, title: 'Replay' }], 'Archive'));
  await dialog.getByText(/changes? against the present model/).waitFor();
  await dialog
    .getByText(/Archive/)
    .first()
    .waitFor();
  await look(page, 'model-import-newer');
  await mouse.press(page, 'button', 'Take as revision 2');
  await dialog.waitFor({ state: 'hidden' });
  await page
    .getByText(/was taken as SYS-1, revision 2/)
    .first()
    .waitFor();
  // The new one says that the threats were taken in; the others are there once.
  const titles = async () =>
    (await api<{ items: { title: string }[] }>(page, 'get', '/records?kind=threat')).items
      .map(({ title }) => title)
      .sort();
  await expect.poll(titles, { timeout: 20_000 }).toEqual(['Flood', 'Forged order', 'Replay']);
  expect(lea.faults).toEqual([]);
}, 90_000);

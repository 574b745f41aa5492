// A supplier's statement from the file to an assessment: dropped on the release, seen on the finding as a contradiction, taken as
// the beginning of a decision of one's own.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser } from './chromium.ts';
import { look } from './look.ts';
import { accept, assignRole, becomeAdministrator, invite, visit } from './people.ts';
import { type RunningWard, startProgram } from './running-ward.ts';

let ward: RunningWard;
let browser: Browser;
let link: string;

beforeAll(async () => {
  ward = await startProgram();
  browser = await launchBrowser();
  const admin = await visit(browser, ward.link);
  await becomeAdministrator(admin.page, 'Ada Admin', 'ada@example.org');
  link = await invite(admin.page, 'Lea Lead', 'lea@example.org');
  await assignRole(admin.page, 'Lea Lead', 'Security lead');
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await ward?.stop();
});

const STATEMENT = JSON.stringify({
  '@context': 'https://openvex.dev/ns/v0.2.0',
  '@id': 'https://harbour.example/vex/1',
  author: 'Harbour Software',
  timestamp: '2026-10-01T08:00:00Z',
  version: 1,
  statements: [
    {
      vulnerability: { name: 'CVE-2023-36665' },
      products: [{ '@id': 'pkg:npm/protobufjs' }],
      status: 'not_affected',
      justification: 'vulnerable_code_not_in_execute_path',
      impact_statement: 'The parser of text files is never called.',
    },
  ],
});

it('goes from a file to an assessment', async () => {
  const { page, faults } = await visit(browser, link);
  await accept(page);
  await page.goto(`${ward.url}/releases/REL-1?tab=statements`);
  await page.getByRole('heading', { level: 1 }).waitFor();

  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'harbour.json', mimeType: 'application/json', buffer: Buffer.from(STATEMENT) });
  await page.getByText('1 statement of Harbour Software').first().waitFor();
  await look(page, 'statements-imported');

  await page.goto(`${ward.url}/findings/REL-1?vulnerability=CVE-2023-36665&place=npm%3Aprotobufjs`);
  await page.getByText('A statement contradicts this').waitFor();
  await look(page, 'finding-contradicted');
  await page.getByRole('button', { name: 'Start an assessment from this' }).click();

  await page.getByText('Your draft from').waitFor();
  expect(await page.getByRole('radio', { name: /^Not affected/ }).isChecked()).toBe(true);
  expect(
    await page.getByText('Harbour Software (https://harbour.example/vex/1) says:').count(),
  ).toBeGreaterThan(0);
  await look(page, 'finding-from-statement');
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`${ward.url}/findings/REL-1?vulnerability=CVE-2023-36665&place=npm%3Aprotobufjs`);
  await page.getByText('A statement contradicts this').waitFor();
  await look(page, 'finding-contradicted-phone');
  const over = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(over).toBeLessThanOrEqual(0);
  expect(faults).toEqual([]);
}, 120_000);

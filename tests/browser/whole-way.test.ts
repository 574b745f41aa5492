// The first whole way in a real browser: sign in → product → SBOM in → finding → assessment by one person → refused
// self-approval → approval by another → VEX out → new advisory → re-opened. With the mouse, then by keyboard alone.
import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from './chromium.ts';
import { type Hands, keyboard, mouse } from './hands.ts';
import { look } from './look.ts';
import {
  accept,
  assignRole,
  becomeAdministrator,
  go,
  invite,
  type Joiner,
  LEA,
  PASSWORD,
  SAM,
  type Visitor,
  visit,
} from './people.ts';
import { type RunningWard, startProgram } from './running-ward.ts';

let ward: RunningWard;
let browser: Browser;
let admin: Visitor;
let lea: Visitor;
let sam: Visitor;

const sbom = (name: string) =>
  Buffer.from(
    JSON.stringify({
      bomFormat: 'CycloneDX',
      specVersion: '1.6',
      version: 1,
      metadata: { component: { type: 'device', 'bom-ref': 'd', name: 'Console' } },
      components: [
        { type: 'library', 'bom-ref': 'a', name, version: '1.2.0', purl: `pkg:npm/${name}@1.2.0` },
        { type: 'firmware', 'bom-ref': 'b', name: 'board-support' },
      ],
    }),
  );
const advisory = (name: string, id: string, fixed: string) =>
  Buffer.from(
    JSON.stringify({
      id,
      aliases: [`CVE-2099-${name.length}${id.length}1`],
      modified: '2026-11-20T00:00:00Z',
      published: '2026-11-20T00:00:00Z',
      summary: `A flaw in ${name}`,
      details: 'Written for a test.',
      severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }],
      affected: [
        {
          package: { ecosystem: 'npm', name },
          ranges: [{ type: 'SEMVER', events: [{ introduced: '1.0.0' }, { fixed }] }],
        },
      ],
    }),
  );

/** The way of everybody into Ward, on its pages. */
async function letIn({ name, email, role }: Joiner): Promise<Visitor> {
  const link = await invite(admin.page, name, email);
  await assignRole(admin.page, name, role);
  const visitor = await visit(browser, link);
  await accept(visitor.page);
  return visitor;
}

beforeAll(async () => {
  ward = await startProgram();
  browser = await launchBrowser();
  admin = await visit(browser, ward.link);
  await look(admin.page, 'welcome');
  await becomeAdministrator(admin.page, 'Ada Admin', 'ada@example.org');
  [lea, sam] = [await letIn(LEA), await letIn(SAM)];
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await ward?.stop();
});

async function takeFile(
  page: Page,
  hands: Hands,
  button: string | RegExp,
  name: string,
  buffer: Buffer,
): Promise<void> {
  const chooser = page.waitForEvent('filechooser');
  await hands.press(page, 'button', button);
  await (await chooser).setFiles({ name, mimeType: 'application/json', buffer });
}

async function wholeWay(hands: Hands): Promise<void> {
  const name = `whole-way-${hands.name}`;
  const { page } = lea;

  // product and release
  await go(page, '/new/product');
  await hands.fill(page, /^Name/, `Product by ${hands.name}`);
  await hands.press(page, 'button', 'Create product');
  await page.waitForURL(/\/r\/PRD-\d+/);
  const product = /PRD-\d+/.exec(page.url())?.[0];
  await go(page, '/new/release');
  await hands.choose(page, /^Product/, `Product by ${hands.name}`);
  await hands.fill(page, /^Name/, 'Release 1');
  await hands.fill(page, /^Version/, '1.0');
  await hands.press(page, 'button', 'Create release');
  await page.waitForURL(/\/r\/REL-\d+/);
  const release = /REL-\d+/.exec(page.url())?.[0] as string;

  // SBOM in: a bad one is refused with its place, a good one is taken
  await go(page, `/releases/${release}`);
  await hands.press(page, 'link', 'SBOMs');
  await takeFile(
    page,
    hands,
    'Choose an SBOM',
    'bad.json',
    Buffer.from('{"bomFormat": "CycloneDX", "specVersion": "1.6", '),
  );
  await page
    .getByText(/bad\.json:1:/)
    .first()
    .waitFor();
  await takeFile(page, hands, 'Choose an SBOM', 'bom.json', sbom(name));
  await page
    .getByText(/2 components/)
    .first()
    .waitFor();
  await hands.press(page, 'link', 'Components');
  await page.getByText('board-support').first().waitFor();
  await page
    .getByText(/Not watched: no identity/)
    .first()
    .waitFor();
  await look(page, `release-${hands.name}`);

  // knowledge in: a finding appears
  await go(page, '/knowledge');
  await takeFile(page, hands, /^Choose/, 'first.json', advisory(name, `GHSA-${name}-1`, '1.3.0'));
  await page
    .getByText(/1 read: 1 new/)
    .first()
    .waitFor();
  await go(page, `/findings?release=${release}`);
  await page.getByText(name).first().waitFor();
  await look(page, `findings-${hands.name}`);

  // assessment by one person
  if (hands.name === 'keyboard') {
    await page.getByRole('row').nth(1).waitFor();
    for (let i = 0; i < 60 && !/vulnerability=/.test(page.url()); i += 1) {
      await page.keyboard.press('Tab');
      const onRow = await page.evaluate(
        () =>
          document.activeElement?.getAttribute('role') === 'row' || document.activeElement?.tagName === 'TR',
      );
      if (onRow) await page.keyboard.press('Enter');
    }
  } else {
    await page.getByRole('row').nth(1).click();
  }
  await page.waitForURL(/vulnerability=/);
  await page.getByText('1.2.0 lies in').first().waitFor();
  const finding = page.url();
  await hands.pick(page, /^Status/, /^Not affected/);
  const words = await page
    .getByLabel(/^Justification/)
    .locator('option[value="vulnerable_code_not_in_execute_path"]')
    .textContent();
  await hands.choose(page, /^Justification/, words ?? '');
  await hands.fill(page, /^Rationale/, 'The console never calls it.');
  await hands.choose(page, /^Effect on safety/, 'None');
  await hands.fill(page, /^Why \(safety\)/, 'No path to emission.');
  await hands.choose(page, /^Effect on privacy/, 'None');
  await hands.fill(page, /^Why \(privacy\)/, 'No personal data there.');
  await hands.press(page, 'button', 'Save assessment');
  await page
    .getByText(/ASM-\d+/)
    .first()
    .waitFor();
  await look(page, `assessed-${hands.name}`);

  // nobody approves their own work, and the page says who can
  await page
    .getByText(/somebody else has to approve/)
    .first()
    .waitFor();
  await page.getByText('Sam Second').first().waitFor();
  expect(await page.getByRole('button', { name: 'Approve assessment' }).count()).toBe(0);

  // approval by another, with the password; a wrong one is refused
  await sam.page.goto(finding);
  await hands.press(sam.page, 'button', 'Approve assessment');
  await hands.fill(sam.page, /^Your password/, 'this is not the password');
  await hands.press(sam.page, 'button', /^(Sign|Approve)/);
  await sam.page.getByRole('dialog').getByRole('alert').first().waitFor();
  await hands.fill(sam.page, /^Your password/, PASSWORD);
  await look(sam.page, `signing-${hands.name}`);
  await hands.press(sam.page, 'button', /^(Sign|Approve)/);
  await sam.page
    .getByText(/You signed ASM-\d+/)
    .first()
    .waitFor();

  // VEX out
  await go(page, `/releases/${release}`);
  const download = page.waitForEvent('download');
  await hands.menu(page, /Export VEX/, /^OpenVEX/);
  const vex = JSON.parse(await readFile(await (await download).path(), 'utf8'));
  expect(vex.statements).toMatchObject([
    {
      status: 'not_affected',
      justification: 'vulnerable_code_not_in_execute_path',
      impact_statement: 'The console never calls it.',
    },
  ]);

  // a new advisory re-opens the decision, and Today says so
  await go(page, '/knowledge');
  await takeFile(page, hands, /^Choose/, 'second.json', advisory(name, `GHSA-${name}-2`, '1.4.0'));
  await page
    .getByText(/1 read: 1 new/)
    .first()
    .waitFor();
  await go(page, '/');
  await page
    .getByText(new RegExp(`in ${name}`))
    .first()
    .waitFor();
  await page
    .getByText(/[Rr]e-opened/)
    .first()
    .waitFor();
  await page.goto(finding);
  await page.getByText('The facts have moved').waitFor();
  expect(product).toMatch(/PRD-\d+/);
}

/** What stood on the screens when it failed, for whoever reads the log. */
async function withPicture(hands: Hands): Promise<void> {
  try {
    await wholeWay(hands);
  } catch (error) {
    for (const [name, { page }] of Object.entries({ lea, sam })) {
      if (process.env.WARD_SHOTS)
        await page.screenshot({ path: `${process.env.WARD_SHOTS}/failed-${hands.name}-${name}.png` });
      console.error(
        `${name} was at ${page.url()}\n${((await page.getByRole('main').textContent()) ?? '').slice(0, 1_500)}`,
      );
    }
    throw error;
  }
}

describe('the whole way', () => {
  it('works with the mouse', () => withPicture(mouse));
  it('works by keyboard alone', () => withPicture(keyboard));
  it('leaves no fault in the page and no noise in the log', () => {
    expect([admin, lea, sam].flatMap((visitor) => visitor.faults)).toEqual([]);
    expect(ward.output()).not.toMatch(/"level":(40|50)/);
  });
});

// Single sign-on and a reset password as people meet them: the built program, a browser, and a real provider.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLIENT, startProvider, type TestProvider } from '../setup/provider.ts';
import { launchBrowser } from './chromium.ts';
import { look } from './look.ts';
import { accept, becomeAdministrator, invite, PASSWORD, visit } from './people.ts';
import { type RunningWard, startProgram } from './running-ward.ts';

let ward: RunningWard;
let provider: TestProvider;
let browser: Browser;
let admin: Awaited<ReturnType<typeof visit>>;

beforeAll(async () => {
  ward = await startProgram([], async (url) => {
    provider = await startProvider(`${url}/sign-in/provider`, `${url}/sign-in`);
    return {
      WARD_BASE_URL: url,
      WARD_OIDC_ISSUER: provider.issuer,
      WARD_OIDC_CLIENT_ID: CLIENT.id,
      WARD_OIDC_CLIENT_SECRET: CLIENT.secret,
      WARD_OIDC_NAME: 'Lumen Health',
      WARD_GROUP_ROLES: JSON.stringify({
        leads: [{ role: 'security-lead', product: 'all' }],
        auditors: [{ role: 'auditor', product: 'all' }],
      }),
    };
  });
  browser = await launchBrowser();
  admin = await visit(browser, ward.link);
  await becomeAdministrator(admin.page, 'Ada Admin', 'ada@example.org');
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await ward?.stop();
  await provider?.close();
});

describe('the provider', () => {
  it('lets an invited person in, back to the page wanted, with the roles of the groups; and out again', async () => {
    await invite(admin.page, 'Lea Lead', 'lea@example.org');
    provider.identities.set('lea', {
      email: 'lea@example.org',
      email_verified: true,
      name: 'Lea Lead',
      groups: ['auditors', 'leads'],
    });
    const { page, context, faults } = await visit(browser, `${ward.url}/findings`, { dark: true });
    await page.setViewportSize({ width: 390, height: 844 });
    await page.getByRole('button', { name: 'Sign in with Lumen Health' }).waitFor();
    await look(page, 'sign-in-provider-phone-dark');

    await page.getByRole('button', { name: 'Sign in with Lumen Health' }).press('Enter');
    await page.locator('input[name=login]').fill('lea');
    await page.locator('input[name=password]').fill('any');
    await page.locator('button[type=submit]').click();
    await page.locator('button[type=submit]').click();
    await page.getByRole('heading', { level: 1, name: 'Findings' }).waitFor();
    expect(new URL(page.url()).search).not.toContain('code=');

    // What the two groups may not join is shown to the administrator.
    await admin.page.goto(`${ward.url}/people`);
    await admin.page.getByText('Lea Lead').first().click();
    await admin.page.getByText('Groups give what a rule refuses').waitFor();
    await look(admin.page, 'person-refused-roles');

    await page.goto(`${ward.url}/account`);
    await page.getByRole('heading', { level: 1, name: 'My account' }).waitFor();
    await look(page, 'account-provider-phone-dark');
    await page.getByRole('button', { name: /Account of/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.waitForURL(`${provider.issuer}/**`);
    expect(faults).toEqual([]);
    await context.close();
  });

  it('says plainly when it knows somebody whom Ward does not', async () => {
    provider.identities.set('stranger', { email: 'stranger@example.org', email_verified: true });
    const { page, context } = await visit(browser, `${ward.url}/sign-in`);
    await page.getByRole('button', { name: 'Sign in with Lumen Health' }).click();
    await page.locator('input[name=login]').fill('stranger');
    await page.locator('input[name=password]').fill('any');
    await page.locator('button[type=submit]').click();
    await page.locator('button[type=submit]').click();

    await page.getByText('Nobody here has this account').waitFor();
    await look(page, 'sign-in-provider-unknown');
    await page.getByRole('link', { name: 'Back to the sign-in page' }).click();
    await page.getByRole('button', { name: 'Sign in with Lumen Health' }).waitFor();
    await context.close();
  });
});

describe('a forgotten password', () => {
  it('is set by a link, and the person is told who made it', async () => {
    const guest = await visit(browser, await invite(admin.page, 'Gus Guest', 'gus@example.org'));
    await accept(guest.page);
    await guest.context.close();

    await admin.page.goto(`${ward.url}/people`);
    await admin.page.getByText('Gus Guest').first().click();
    await admin.page.getByRole('button', { name: 'Reset password' }).click();
    const dialog = admin.page.getByRole('dialog', { name: /Reset the password/ });
    await dialog
      .getByLabel(/^Your password/)
      .first()
      .fill(PASSWORD);
    await look(admin.page, 'reset-password');
    await dialog.getByRole('button', { name: 'Make link' }).click();
    const link = await admin.page.getByRole('dialog').getByLabel('Link').last().inputValue();

    const { page, context, faults } = await visit(browser, link, { dark: true });
    await page.setViewportSize({ width: 390, height: 844 });
    await page
      .getByLabel(/^Password/)
      .first()
      .fill('quiet lantern over the mole');
    await look(page, 'new-password-phone-dark');
    await page.getByRole('button', { name: 'Set password' }).click();
    await page.getByRole('link', { name: 'Sign in' }).click();
    await page.getByLabel(/^E-mail address/).fill('gus@example.org');
    await page
      .getByLabel(/^Password/)
      .first()
      .fill('quiet lantern over the mole');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByText('Your password was reset').waitFor();
    await look(page, 'reset-told-phone-dark');
    await page.getByRole('button', { name: 'I know about it' }).click();
    await page.getByText('Your password was reset').waitFor({ state: 'detached' });
    expect(faults).toEqual([]);
    await context.close();
  });
});

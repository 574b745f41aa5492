// What people do at the door: become the administrator, invite, accept, sign in.
import type { Browser, BrowserContext, Page } from 'playwright-core';

export const PASSWORD = 'seven-Lasers over the harbour';

export interface Visitor {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Faults that the page reported: uncaught errors and refused resources. */
  readonly faults: string[];
}

export async function visit(
  browser: Browser,
  url: string,
  options: { dark?: boolean } = {},
): Promise<Visitor> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    colorScheme: options.dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    // A refused request is part of some tests; a blocked script or style never is.
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text()))
      faults.push(message.text());
  });
  await page.goto(url);
  return { context, page, faults };
}

export async function becomeAdministrator(page: Page, name: string, email: string): Promise<void> {
  await page.getByLabel('Your full name').fill(name);
  await page.getByLabel('E-mail address').fill(email);
  await page
    .getByLabel(/^Password/)
    .first()
    .fill(PASSWORD);
  await page.getByRole('button', { name: 'Create administrator' }).click();
  await page.getByRole('heading', { level: 1, name: 'Today' }).waitFor();
}

/** Gives the link that the inviter is shown once. */
export async function invite(page: Page, name: string, email: string): Promise<string> {
  await page.goto(new URL('/people', page.url()).href);
  await page.getByRole('button', { name: /Invite person/ }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Full name').fill(name);
  await dialog.getByLabel('E-mail address').fill(email);
  await dialog.getByRole('button', { name: 'Make invitation' }).click();
  const link = await page.getByRole('dialog').getByLabel('Link').inputValue();
  await page.getByRole('dialog').getByRole('button', { name: 'Done' }).click();
  return link;
}

export async function accept(page: Page): Promise<void> {
  await page
    .getByLabel(/^Password/)
    .first()
    .fill(PASSWORD);
  await page.getByRole('button', { name: 'Accept invitation' }).click();
  await page.getByRole('heading', { level: 1, name: 'Today' }).waitFor();
}

export async function assignRole(page: Page, person: string, role: string): Promise<void> {
  await page.goto(new URL('/new/role-assignment', page.url()).href);
  const main = page.getByRole('main');
  const select = main.getByLabel(/^Person/);
  await select.getByRole('option', { name: new RegExp(`^${person}`) }).waitFor({ state: 'attached' });
  const label = await select
    .getByRole('option', { name: new RegExp(`^${person}`) })
    .first()
    .textContent();
  await select.selectOption({ label: label ?? '' });
  await main.getByLabel(/^Product/).selectOption('house');
  await main.getByLabel(/^Role/).selectOption({ label: role });
  await main.getByLabel(/^Reason/).fill('First people of the house.');
  await page.getByRole('button', { name: 'Create role assignment' }).click();
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.waitForURL(/\/r\/ROL-/);
}

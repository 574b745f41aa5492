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
    baseURL: new URL(url).origin,
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

/** Goes to a page of Ward and waits until it is there. */
export async function go(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await page.getByRole('heading', { level: 1 }).waitFor();
}

/** What is not the point of the journey goes by the API, as the person on the page. */
export async function api<T>(
  page: Page,
  method: 'get' | 'post' | 'put',
  path: string,
  data?: object,
): Promise<T> {
  const answer = await page.request[method](`/api${path}`, {
    headers: { origin: new URL(page.url()).origin },
    ...(data ? { data } : {}),
  });
  if (answer.status() !== 200) throw new Error(`${method} ${path}: ${await answer.text()}`);
  return (await answer.json()) as T;
}

export interface Joiner {
  readonly name: string;
  readonly email: string;
  readonly role: string;
}
export const LEA: Joiner = { name: 'Lea Lead', email: 'lea@example.org', role: 'Security lead' };
export const SAM: Joiner = { name: 'Sam Second', email: 'sam@example.org', role: 'Security lead' };

/**
 * Ada becomes the administrator, invites people and gives them their roles; each comes in with a browser of their own. By the API: the pages for it are
 * walked through where they are the point (`invite`, `assignRole`, `accept`).
 */
export async function moveIn<const Joiners extends readonly Joiner[]>(
  browser: Browser,
  admin: Visitor,
  ...joiners: Joiners
): Promise<{ [Each in keyof Joiners]: Visitor }> {
  await becomeAdministrator(admin.page, 'Ada Admin', 'ada@example.org');
  const visitors: Visitor[] = [];
  for (const { name, email, role } of joiners) {
    const invited = await api<{ personId: string; url: string }>(admin.page, 'post', '/invitations', {
      name,
      email,
    });
    await api(admin.page, 'post', '/records', {
      kind: 'role-assignment',
      productId: null,
      body: { person: invited.personId, role: role.toLowerCase().replaceAll(' ', '-') },
      links: [],
      reason: 'First people of the house.',
    });
    const visitor = await visit(browser, new URL(invited.url).origin);
    const token = new URL(invited.url).hash.slice(1);
    await api(visitor.page, 'post', '/invitations/accept', { token, password: PASSWORD });
    await go(visitor.page, '/');
    visitors.push(visitor);
  }
  return visitors as { [Each in keyof Joiners]: Visitor };
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

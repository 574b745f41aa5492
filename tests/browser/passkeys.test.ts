// Passkeys as people use them: the built program, a real browser, and its virtual authenticator (WebDriver BiDi has none
// yet; the Chrome DevTools Protocol does).
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from './chromium.ts';
import { look } from './look.ts';
import { accept, assignRole, becomeAdministrator, invite, PASSWORD, visit } from './people.ts';
import { type RunningWard, startProgram } from './running-ward.ts';

let ward: RunningWard;
let browser: Browser;
let invitation: string;

/** Passkeys belong to a name: the same Ward, under the name of the loopback address. */
const named = (url: string) => url.replace('//127.0.0.1', '//localhost');

beforeAll(async () => {
  ward = await startProgram();
  browser = await launchBrowser();
  const admin = await visit(browser, ward.link);
  await becomeAdministrator(admin.page, 'Ada Admin', 'ada@example.org');
  invitation = named(await invite(admin.page, 'Lea Lead', 'lea@example.org'));
  await assignRole(admin.page, 'Lea Lead', 'Security lead');
  await admin.page.goto(`${ward.url}/account`);
  await admin.page.getByText(/Passkeys do not work at this address/).waitFor();
  await admin.context.close();
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await ward?.stop();
});

async function withAuthenticator(page: Page) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return {
    verified: (isUserVerified: boolean) =>
      cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified }),
    /** Puts a copy of the passkey with an older counter in the place of the real one. */
    async copyBack(signCount: number) {
      const { credentials } = await cdp.send('WebAuthn.getCredentials', { authenticatorId });
      const [credential] = credentials;
      if (!credential) throw new Error('no passkey in the authenticator');
      await cdp.send('WebAuthn.removeCredential', {
        authenticatorId,
        credentialId: credential.credentialId,
      });
      await cdp.send('WebAuthn.addCredential', { authenticatorId, credential: { ...credential, signCount } });
    },
  };
}

describe('a passkey', () => {
  it('is registered, opens the door, signs a record, is refused as a copy, and is removed', async () => {
    const { page, context, faults } = await visit(browser, invitation);
    const authenticator = await withAuthenticator(page);
    await accept(page);
    await page.goto(`${named(ward.url)}/account`);

    await page.getByRole('button', { name: 'Register passkey' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Work laptop');
    await dialog
      .getByLabel(/^Your password/)
      .first()
      .fill(PASSWORD);
    await look(page, 'passkey-new');
    await dialog.getByRole('button', { name: 'Go on' }).click();
    await page.getByRole('button', { name: 'Remove passkey Work laptop' }).waitFor();
    await look(page, 'passkeys');

    // At the door: no name, no password.
    await page.context().clearCookies();
    await page.goto(`${named(ward.url)}/people`);
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await page.getByRole('heading', { level: 1, name: 'People & access' }).waitFor();
    await page.getByText('Password, passkey').first().waitFor();

    // A signature (21 CFR 11.200) by passkey.
    const record = await signable(page);
    await sign(page, record);
    const { signatures } = await page.evaluate(
      async (key) => (await fetch(`/api/records/${key}`)).json(),
      record.key,
    );
    expect(signatures.at(-1)).toMatchObject({ authentication: 'passkey', current: true });

    // Without user verification the browser refuses before the server would.
    await page.context().clearCookies();
    await authenticator.verified(false);
    await page.goto(`${named(ward.url)}/sign-in`);
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await page.getByRole('alert').waitFor();
    await authenticator.verified(true);
    await authenticator.copyBack(0);
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await page.getByText('The passkey may have been copied').waitFor();
    await look(page, 'passkey-copied');

    await page.getByLabel(/^E-mail address/).fill('lea@example.org');
    await page
      .getByLabel(/^Password/)
      .first()
      .fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'Today' }).waitFor();
    await page.goto(`${named(ward.url)}/account`);
    await page.getByRole('button', { name: 'Remove passkey Work laptop' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove passkey' }).click();
    await page.getByText(/None yet/).waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });
});

interface Signable {
  readonly key: string;
  readonly title: string;
}

/** A threat of the example that Lea may sign, and the step that is the signature. */
async function signable(page: Page): Promise<Signable> {
  const found = await page.evaluate(async () => {
    const read = async (path: string) => (await fetch(`/api${path}`)).json();
    for (const { key } of (await read('/records?kind=threat&limit=100')).items) {
      const { actions } = await read(`/records/${key}`);
      const action = actions.find(
        (one: { signature: string | null; allowed: boolean }) => one.signature !== null && one.allowed,
      );
      if (action) return { key, title: action.title };
    }
    return null;
  });
  if (!found) throw new Error('the example has no threat that waits for a signature');
  return found;
}

async function sign(page: Page, { key, title }: Signable): Promise<void> {
  await page.goto(`${named(ward.url)}/r/${key}`);
  await page.getByRole('button', { name: title }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(/^Reason/).fill('Read and found right.');
  await dialog.getByText('Passkey', { exact: true }).click();
  await look(page, 'passkey-sign');
  await dialog.getByRole('button', { name: /^Sign:/ }).click();
  await page
    .getByText(/You signed/)
    .first()
    .waitFor();
}

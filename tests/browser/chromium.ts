// The browser of the tests: the machine's own, else the one from npm; one process for a whole file.
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];
// Without these the browser talks to the network on its own, and waits where there is none.
const QUIET = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Throws with a sentence that says what to install; browser tests are never skipped silently. */
export async function launchBrowser(): Promise<Browser> {
  const own = findOnMachine();
  if (own)
    return chromium.launch({
      executablePath: own,
      args: [...QUIET, ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
    });
  const packaged = await import('@sparticuz/chromium').then((found) => found.default).catch(() => null);
  if (!packaged) {
    throw new Error(
      'No Chromium was found. Install it (Debian: apt-get install chromium), or set WARD_CHROMIUM to its path.',
    );
  }
  return chromium.launch({
    executablePath: await packaged.executablePath(),
    args: [...packaged.args, ...QUIET],
  });
}

function findOnMachine(): string | undefined {
  if (process.env.WARD_CHROMIUM) return process.env.WARD_CHROMIUM;
  const folders = (process.env.PATH ?? '').split(delimiter);
  return [...folders.flatMap((folder) => NAMES.map((name) => join(folder, name))), ...PLACES].find((path) =>
    existsSync(path),
  );
}

// `ward harms import` against a Ward that listens.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { command } from './bad-input/files.ts';
import type { House } from './setup/actors.ts';
import { type ListeningHouse, openListeningHouse } from './setup/listening-house.ts';
import { temporaryFolder, writeTemporary } from './setup/temporary.ts';

let house: House;
let listening: ListeningHouse;
let url: string;
let token: string;

beforeAll(async () => {
  listening = await openListeningHouse('safety-risk-manager');
  ({ house, url, token } = listening);
});
afterAll(() => listening.close());

async function ward(file: string, args: string[] = [], withToken: string | null = token) {
  const before = process.env.WARD_TOKEN;
  if (withToken === null) delete process.env.WARD_TOKEN;
  else process.env.WARD_TOKEN = withToken;
  try {
    const where = args.includes('--url') || args.includes('--data') ? [] : ['--url', url];
    const { exit, out, err } = await command([
      'harms',
      'import',
      file,
      '--product',
      house.product.key,
      ...where,
      ...args,
      '--json',
    ]);
    const read = (text: string): unknown => (text.trim() === '' ? null : JSON.parse(text));
    return {
      exit,
      out: read(out) as Record<string, unknown[]> | null,
      code: (read(err) as { error?: { code: string } } | null)?.error?.code,
    };
  } finally {
    if (before === undefined) delete process.env.WARD_TOKEN;
    else process.env.WARD_TOKEN = before;
  }
}

it('shows the difference, stores it, and maps what is said on the command line', async () => {
  const file = await writeTemporary('harms.csv', 'Nr,What,How bad\nH-1,Burn,high\nH-2,Delay,2\n');
  const map = ['--map', 'sourceId=Nr,title=What,severity=How bad,high=4'];

  expect(await ward(file, [...map, '--dry-run'])).toMatchObject({ exit: 0, out: { stored: false } });
  const done = await ward(file, map);
  expect(done).toMatchObject({ exit: 0, out: { stored: true, unchanged: 0 } });
  expect(done.out?.added).toHaveLength(2);
  // The columns are remembered, so the next file needs no words.
  expect(await ward(file)).toMatchObject({
    exit: 0,
    out: { added: [], changed: [], gone: [], unchanged: 2 },
  });
});

it('says what is wrong with the file, the token and the address', async () => {
  const broken = await writeTemporary('broken.csv', 'ID,Harm,Severity\n1,Burn,purple\n');
  const folder = await temporaryFolder();

  expect(await ward(broken)).toMatchObject({ exit: 3, code: 'harms.severity-unmapped' });
  expect(await ward(`${folder}/none.csv`)).toMatchObject({ exit: 3, code: 'command.no-file' });
  expect(await ward(broken, [], null)).toMatchObject({ exit: 2, code: 'command.no-token' });
  expect(await ward(broken, ['--data', folder])).toMatchObject({ exit: 2, code: 'command.no-server' });
  expect(await ward(broken, ['--url', 'http://127.0.0.1:1'])).toMatchObject({
    exit: 2,
    code: 'command.no-server',
  });
});

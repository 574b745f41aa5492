// `ward harms import` against a Ward that listens.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeApiToken } from '../workbench/kernel/people/api-tokens.ts';
import type { Principal } from '../workbench/kernel/people/roles.ts';
import { command } from './bad-input/files.ts';
import { type House, openHouse } from './setup/actors.ts';
import { temporaryFolder, writeTemporary } from './setup/temporary.ts';

let house: House;
let server: Server;
let url: string;
let token: string;

beforeAll(async () => {
  house = await openHouse();
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { authorization = '', 'content-type': type = '' } = request.headers;
    const answer = await house.app.request(request.url ?? '/', {
      method: request.method ?? 'GET',
      headers: { authorization, ...(type === '' ? {} : { 'content-type': type }) },
      ...(chunks.length > 0 ? { body: Buffer.concat(chunks) } : {}),
    });
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const owner = house.actor('safety-risk-manager').principal as Principal & { personId: string };
  const made = { name: 'harms', scopes: ['read', 'records:write'] as const, productId: null, days: 30 };
  token = (await makeApiToken(house.ward.people.context, owner, made)).token;
});
afterAll(async () => {
  server.close();
  await house.close();
});

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
  expect(await ward(`${folder}/none.csv`)).toMatchObject({ exit: 3, code: 'harms.no-file' });
  expect(await ward(broken, [], null)).toMatchObject({ exit: 2, code: 'harms.no-token' });
  expect(await ward(broken, ['--data', folder])).toMatchObject({ exit: 2, code: 'harms.no-server' });
  expect(await ward(broken, ['--url', 'http://127.0.0.1:1'])).toMatchObject({
    exit: 2,
    code: 'harms.no-server',
  });
});

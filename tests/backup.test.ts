// The whole way of a backup: made while people work, the folder lost, restored elsewhere, and all is as it was.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cycloneDx } from '../bench/generate.ts';
import { inWard } from '../bench/scratch.ts';
import { Visitor } from '../bench/visitor.ts';
import { ensureBuilt, freePort, runWard, startWard, type WardProcess } from '../bench/ward-process.ts';
import { verifyExport } from '../workbench/kernel/ledger/verify-export.ts';
import { SYSTEM } from '../workbench/kernel/people/roles.ts';
import { codeAt, timeStep } from '../workbench/kernel/people/totp.ts';
import { createRecord } from '../workbench/kernel/records/operations.ts';

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

const LEAD = { email: 'lea@example.org', password: 'quiet Lanterns over seven harbours' };

let base: string;
let first: WardProcess | undefined;
let second: WardProcess | undefined;
let factor: Buffer;
let key: string;
let before: Awaited<ReturnType<typeof whatIsThere>>;

beforeAll(async () => {
  ensureBuilt();
  base = await mkdtemp(join(tmpdir(), 'ward-backup-'));
  const data = join(base, 'old');
  await inWard(data, async (ward) => {
    const person = await ward.people.ensurePerson({ name: 'Lea Lead', email: LEAD.email });
    const body = { person, role: 'security-lead' };
    await createRecord(ward.records, SYSTEM, {
      kind: 'role-assignment',
      productId: null,
      body,
      reason: 'test',
    });
    await ward.people.setPassword(person, LEAD.password);
  });
  first = await begin(data);
  const lead = new Visitor(first.url as string);
  await lead.post('/api/session', LEAD);
  const enrolment = await lead.post('/api/me/totp', { password: LEAD.password });
  factor = bytesOf(enrolment.body.secret);
  await lead.post('/api/me/totp/confirm', { code: codeAt(factor, timeStep(new Date())) });
  const { body: product } = await lead.post('/api/records', {
    kind: 'product',
    productId: null,
    body: { name: 'Kept product' },
  });
  await lead.ask('PUT', `/api/records/${product.key}`, {
    seenRevision: 1,
    body: { ...product.body, description: 'Second revision' },
  });
  await inReleaseOf(lead, product.id);
  before = await whatIsThere(lead);
  key = await keyOf(lead);
}, 180_000);
afterAll(async () => {
  await second?.interrupt();
  await first?.interrupt();
  await rm(base, { recursive: true, force: true });
}, 60_000);

async function begin(data: string): Promise<WardProcess> {
  return startWard({ data, args: ['--no-example', '--port', String(await freePort())] });
}

async function inReleaseOf(lead: Visitor, productId: string): Promise<void> {
  const { body: release } = await lead.post('/api/records', {
    kind: 'release',
    productId,
    body: { name: 'Kept 1', version: '1' },
  });
  const upload = await fetch(`${lead.url}/api/sboms/upload?release=${release.key}&name=kept.cdx.json`, {
    method: 'POST',
    headers: { cookie: lead.cookie, 'content-type': 'application/octet-stream' },
    body: cycloneDx(300, 9),
  });
  expect(upload.status).toBe(200);
}

async function whatIsThere(visitor: Visitor) {
  const product = (await visitor.get('/api/records/PRD-1')).body;
  const history = (await visitor.get('/api/records/PRD-1/history')).body.items;
  const sboms = (await visitor.get('/api/releases/REL-1/sboms')).body.items;
  const original = await fetch(`${visitor.url}/api/sboms/${sboms[0]?.id}/original`, {
    headers: { cookie: visitor.cookie },
  });
  const digest = createHash('sha256')
    .update(Buffer.from(await original.arrayBuffer()))
    .digest('hex');
  return { product, history, sboms, digest };
}

async function exportTo(visitor: Visitor, file: string): Promise<void> {
  const answer = await fetch(`${visitor.url}/api/ledger/export`, { headers: { cookie: visitor.cookie } });
  await writeFile(file, Buffer.from(await answer.arrayBuffer()));
}

async function keyOf(visitor: Visitor): Promise<string> {
  const file = join(base, 'first.export');
  await exportTo(visitor, file);
  return JSON.parse((await readFile(file, 'utf8')).split('\n', 1)[0] as string).key;
}

function bytesOf(text: string): Buffer {
  let bits = '';
  for (const letter of text) bits += BASE32.indexOf(letter).toString(2).padStart(5, '0');
  return Buffer.from(bits.match(/.{8}/g)?.map((byte) => Number.parseInt(byte, 2)) ?? []);
}

describe('a backup made while Ward runs, restored after its folder was lost', () => {
  const file = () => join(base, 'ward.backup');

  test('is one file that only its owner can read, and says that the keys are in it', async () => {
    const made = await runWard(['backup', file(), '--data', join(base, 'old')]);

    expect(made).toMatchObject({ code: 0, stdout: expect.stringContaining('keys') });
    expect(made.stdout).toContain('0600');
    expect((await stat(file())).mode & 0o777).toBe(0o600);
  });

  test('brings everything back into a new folder', async () => {
    await first?.interrupt();
    first = undefined;
    await rm(join(base, 'old'), { recursive: true });

    const restored = await runWard(['restore', file(), '--data', join(base, 'new')]);
    expect(restored).toMatchObject({ code: 0 });
    expect((await stat(join(base, 'new', 'secrets.json'))).mode & 0o777).toBe(0o600);
    second = await begin(join(base, 'new'));
    const lead = new Visitor(second.url as string);
    const step = await lead.post('/api/session', LEAD);
    // The code that switched it on counts as used, so the next one is taken.
    const code = codeAt(factor, timeStep(new Date()) + 1);
    const signedIn = await lead.post('/api/session/totp', { code });

    expect(step.body).toEqual({ step: 'totp' });
    expect(signedIn).toMatchObject({ status: 200, body: { step: 'done' } });
    expect(await whatIsThere(lead)).toEqual(before);
    expect(before).toMatchObject({ product: { revision: 2 }, sboms: [{ components: 300 }] });
  });

  test('goes on with the same ledger under the same key', async () => {
    const lead = new Visitor(second?.url as string);
    await lead.post('/api/session', LEAD);
    const { status } = await lead.post('/api/session/totp', {
      code: codeAt(factor, timeStep(new Date()) + 1),
    });
    expect(status).toBe(401); // a code is taken once, also after a restore
    const exported = join(base, 'second.export');
    await inWardStopped(async (ward) => {
      const lines: string[] = [];
      for await (const line of ward.ledger.export({ products: 'all' }, new Date())) lines.push(line);
      await writeFile(exported, `${lines.join('\n')}\n`);
    });

    const input = createInterface({ input: createReadStream(exported), terminal: false });
    const verdict = await verifyExport(input, key);

    expect(verdict).toMatchObject({ ok: true, keyFrom: 'reader', key });
    expect(verdict.entries).toBeGreaterThan(5);
  });

  test('is refused where something is already', async () => {
    const again = await runWard(['restore', file(), '--data', join(base, 'new')]);

    expect(again.code).toBeGreaterThan(0);
    expect(again.stderr).toMatch(/already|other keys/);
  });
});

/** Over the restored folder, with nothing else running on it. */
async function inWardStopped(work: Parameters<typeof inWard<void>>[1]): Promise<void> {
  await second?.interrupt();
  second = undefined;
  await inWard(join(base, 'new'), work);
}

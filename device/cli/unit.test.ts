import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { holdAlone } from '../agent/alone.ts';
import { auditKeys } from '../agent/audit-keys.ts';
import { makeUnitSeal } from '../agent/unit-seal.ts';
import { writeSettings } from '../agent/unit-settings.ts';
import { decodeEntry } from '../audit/entry.ts';
import { verifyAudit } from '../audit/verify.ts';
import { RealDisk } from '../disk/real-disk.ts';
import { answerEnrolment, beginEnrolment } from '../identity/enrolment.ts';
import { makeEnrolmentCode } from '../identity/enrolment-code.ts';
import { makeTestCa } from '../identity/test-ca.ts';
import { unitCommand } from './unit.ts';

let folder: string;
let server: Server | null = null;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ward-device-'));
  const disk = new RealDisk(folder);
  await makeUnitSeal(disk);
  await writeSettings(disk, {
    ...{ version: 1, unit: 'L4-0007', hardwareId: 'lumen-400', listen: { host: '127.0.0.1', port: 0 } },
    ...{ gateway: null, repository: null },
  });
});
afterEach(() => {
  server?.close();
  server = null;
  rmSync(folder, { recursive: true, force: true });
});

async function run(...args: string[]) {
  const [out, err] = [[] as string[], [] as string[]];
  const exit = await unitCommand(args, { out: (line) => out.push(line), err: (line) => err.push(line) });
  return { exit, out: out.join('\n'), err: err.join('\n') };
}

/** What stands in the unit's audit log about its enrolment. */
async function written(): Promise<(readonly [string, string | null])[]> {
  const lines = readFileSync(join(folder, 'audit/log'), 'utf8').trimEnd().split('\n');
  return lines
    .map((line) => decodeEntry(line.slice(9)))
    .flatMap((entry) => (entry?.what.startsWith('identity.') ? [[entry.what, entry.code] as const] : []));
}

/** A workbench that knows this code. */
async function workbenchWith(code: string) {
  const ca = await makeTestCa();
  const pending = beginEnrolment({ unit: 'L4-0007', code, now: Date.now() });
  server = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const judged = await answerEnrolment({
      ...{ request: JSON.parse(Buffer.concat(pieces).toString()), pending, issuing: ca.issuing },
      ...{ anchors: ca.anchors, now: Date.now(), days: 90 },
    });
    const answered = judged.kind === 'answered';
    response.writeHead(answered ? 200 : 403).end(JSON.stringify(answered ? judged.answer : {}));
  });
  await new Promise<void>((done) => server!.listen(0, '127.0.0.1', done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('ward-device', () => {
  it('enrols a unit by its code, once, and shows what it is', async () => {
    const code = makeEnrolmentCode();
    const url = await workbenchWith(code);
    const before = await run('status', folder);

    expect(await run('enrol', folder, '--code', code, '--workbench', url)).toMatchObject({ exit: 0 });

    expect(before.out).toContain('Not enrolled');
    const status = JSON.parse((await run('status', folder, '--json')).out);
    expect(status).toMatchObject({
      unit: 'L4-0007',
      enrolled: true,
      issuers: ['clinic:st-mary', 'maker:lumen'],
    });
    const again = await run('enrol', folder, '--code', code, '--workbench', url);
    expect(again).toMatchObject({ exit: 1, err: expect.stringContaining('identity.already-enrolled') });
    expect(await written()).toEqual([
      ['identity.enrolled', null],
      ['identity.enrolment-refused', 'identity.already-enrolled'],
    ]);
  });

  it('says what the workbench refused, and keeps nothing of it', async () => {
    const url = await workbenchWith(makeEnrolmentCode());
    const refused = await run('enrol', folder, '--code', makeEnrolmentCode(), '--workbench', url);
    expect(refused).toMatchObject({ exit: 1, err: expect.stringContaining('agent.enrolment-refused') });
    expect((await run('status', folder)).out).toContain('Not enrolled');
    expect(await written()).toEqual([['identity.enrolment-refused', 'agent.enrolment-refused']]);
    // What was refused before the enrolment hangs together with what comes after it, and is signed with it.
    const code = makeEnrolmentCode();
    const known = await workbenchWith(code);
    await run('enrol', folder, '--code', code, '--workbench', known);
    await run('enrol', folder, '--code', code, '--workbench', known);
    expect((await written()).map(([what]) => what)).toEqual([
      'identity.enrolment-refused',
      'identity.enrolled',
      'identity.enrolment-refused',
    ]);
    const disk = new RealDisk(folder);
    const verdict = await verifyAudit(readFileSync(join(folder, 'audit/log')), await auditKeys(disk), {
      unit: 'L4-0007',
    });
    expect(verdict).toMatchObject({ whole: true, findings: [] });
    expect(verdict.signedTo).toBe((verdict.head?.sequence ?? 0) - 1);
  });

  it('leaves a unit alone that is running', async () => {
    const free = await holdAlone(folder);
    const args = ['enrol', folder, '--code', makeEnrolmentCode(), '--workbench', 'http://127.0.0.1:1'];
    const refused = await run(...args);
    free();
    expect(refused).toMatchObject({ exit: 1, err: expect.stringContaining('agent.folder-held') });
    expect((await run(...args)).err).toContain('agent.workbench-unreachable');
  });

  it('says that nobody is there', async () => {
    const refused = await run(
      'enrol',
      folder,
      '--code',
      makeEnrolmentCode(),
      '--workbench',
      'http://127.0.0.1:1',
    );
    expect(refused).toMatchObject({ exit: 1, err: expect.stringContaining('agent.workbench-unreachable') });
  });

  it('asks for what is missing', async () => {
    expect((await run('enrol', folder)).exit).toBe(2);
    expect((await run('')).exit).toBe(2);
    expect((await run('status', join(folder, 'nothing'))).exit).toBe(3);
  });
});

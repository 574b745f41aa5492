import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryAudit } from '@ward/device/audit/event.ts';
import { handle } from '@ward/device/channel/channel.ts';
import { type Listener, listen } from '@ward/device/channel/listen.ts';
import { until } from '@ward/device/channel/test-ends.ts';
import { systemClock } from '@ward/device/clock.ts';
import { issueCertificate } from '@ward/device/identity/certificate-authority.ts';
import { signRevocationList } from '@ward/device/identity/revocation-store.ts';
import { NO_REVOCATIONS } from '@ward/device/identity/revocations.ts';
import { makeTestCa, type TestCa, type TestHolder } from '@ward/device/identity/test-ca.ts';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { makePerson } from './console/people.ts';
import { SignedIn } from './console/signed-in.ts';
import { certifiedHolder, endpointOf } from './endpoint.ts';
import { checkInformed, KnownRevocations } from './revocations.ts';
import { runService } from './service-app/run.ts';
import { UnitLink } from './unit-link.ts';

let ca: TestCa;
let unit: TestHolder;
let console: TestHolder;
let maker: TestHolder;
let laser: Listener;
let workbench: Server;
let url: string;
let list = '';
let stops = 0;
const folders: string[] = [];

const now = () => Math.floor(Date.now() / 1000);
const listOf = (certificates: string[], number: number, issuer = maker) =>
  signRevocationList(issuer, {
    ...{ number, issuedAt: now(), nextBy: now() + 3600 },
    ...{ certificates, tokens: [], persons: [], issuers: [] },
  });
const folder = () => {
  const made = mkdtempSync(join(tmpdir(), 'lumen-console-'));
  folders.push(made);
  return made;
};
const place = () => ({ unit: 'L4-0007', host: '127.0.0.1', port: laser.port });
const consoleEnd = () =>
  endpointOf('console', { key: console.key, chain: console.chain, root: ca.root.certificate });

beforeAll(async () => {
  ca = await makeTestCa();
  [unit, console, maker] = await Promise.all([
    ca.issue('unit', 'L4-0007'),
    ca.issue('console', 'theatre-1'),
    ca.issue('issuer', 'maker:ward'),
  ]);
  laser = await listen({
    ...{ host: '127.0.0.1', port: 0, clock: systemClock, now: Date.now, audit: new MemoryAudit() },
    endpoint: endpointOf('unit', { key: unit.key, chain: unit.chain, root: ca.root.certificate }),
    revocations: () => NO_REVOCATIONS,
    handlers: {
      stop: handle(z.strictObject({}), async () => {
        stops += 1;
        return {};
      }),
      status: handle(z.object({}), async () => ({ unit: 'L4-0007', state: 'standby', version: '4.1.0' })),
    },
  });
  workbench = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ list }));
  });
  await new Promise<void>((resolve) => workbench.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(workbench.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await laser.close();
  workbench.close();
  for (const made of folders) rmSync(made, { recursive: true });
});

describe('a console', () => {
  it('turns to no laser that the maker took back, and leaves one that it speaks to', async () => {
    list = await listOf([], 1);
    const known = await KnownRevocations.open(folder(), ca.root.certificate, url);
    const caller = known.callerOf(consoleEnd());
    const link = await UnitLink.call(caller, place());
    expect((await link.status()).state).toBe('standby');
    expect(link.open).toBe(true);

    list = await listOf([unit.serial], 2);
    await known.learn(url);
    expect(link.open).toBe(false);
    await expect(link.status()).rejects.toMatchObject({ code: 'channel.closed' });
    await until(() => laser.channels.size === 0);
    await expect(UnitLink.call(caller, place())).rejects.toMatchObject({ code: 'channel.revoked' });
  });

  it('believes no list of somebody else, and keeps the good one over a restart without a workbench', async () => {
    const kept = folder();
    list = await listOf([unit.serial], 2);
    await KnownRevocations.open(kept, ca.root.certificate, url);
    const other = await makeTestCa();
    list = await listOf([], 3, await other.issue('issuer', 'maker:ward'));

    const again = await KnownRevocations.open(kept, ca.root.certificate, url);
    expect([...again.current.certificates]).toEqual([unit.serial]);
    const alone = await KnownRevocations.open(kept, ca.root.certificate, null);
    expect([...alone.current.certificates]).toEqual([unit.serial]);
  });

  it('sends nothing of a patient while it does not know who is admitted', async () => {
    const known = await KnownRevocations.open(folder(), ca.root.certificate, null);
    const person = await makePerson({ id: 'amira', name: 'Dr Amira', role: 'clinician' }, '246810');
    const clinic = await ca.issue('issuer', 'clinic:demo');
    const who = await SignedIn.begin(
      { ...person },
      known.callerOf(consoleEnd()),
      clinic,
      systemClock.monotonic,
    );

    await expect(who.ask(place(), { verb: 'record.read', body: {} })).rejects.toMatchObject({
      code: 'link.revocations-stale',
    });
  });
});

describe('the clock of a console', () => {
  afterEach(() => vi.restoreAllMocks());

  it('makes nothing fresh again by being behind', async () => {
    list = await listOf([], 1);
    const known = await KnownRevocations.open(folder(), ca.root.certificate, url);
    const caller = known.callerOf(consoleEnd());
    checkInformed(caller, 'service-engineer');
    vi.spyOn(systemClock, 'wall').mockReturnValue(Date.now() - 400 * 86_400_000);
    const counted = systemClock.monotonic();
    checkInformed(caller, 'service-engineer');
    vi.spyOn(systemClock, 'monotonic').mockReturnValue(counted + 2 * 3_600_000);
    expect(() => checkInformed(caller, 'service-engineer')).toThrow(/not known whether/);
  });
});

describe('a service laptop', () => {
  /** The folder of a laptop that the maker certified, and what its program says. */
  async function laptop() {
    const at = folder();
    await certifiedHolder(at, 'service', 'laptop-1', async (csr) => {
      const about = { csr, role: 'service', id: 'laptop-1', now: Date.now(), days: 30 } as const;
      const { certificate } = await issueCertificate(ca.issuing, about);
      return { chain: [certificate, ca.issuing.certificate], root: ca.root.certificate };
    });
    writeFileSync(join(at, 'token'), 'a.b.c');
    const ask = async (verb: string, ...more: string[]) => {
      const err: string[] = [];
      const port = String(laser.port);
      const exit = await runService(
        [
          ...['ask', verb, '--folder', at, '--unit', 'L4-0007', '--port', port],
          ...(verb === 'stop' ? [] : ['--token', join(at, verb === 'unit.status' ? 'no-token' : 'token')]),
          ...more,
        ],
        { out: (text) => err.push(text), err: (text) => err.push(text) },
      );
      return { exit, says: err.join('\n') };
    };
    return ask;
  }

  it('turns to no laser that the maker took back', async () => {
    const ask = await laptop();
    list = await listOf([], 1);
    // It got through to the unit, which has no sessions here.
    expect((await ask('service.self-test', '--workbench', url)).says).toContain('channel.kind-unknown');

    list = await listOf([unit.serial], 2);
    const refused = await ask('service.self-test', '--workbench', url);
    expect(refused).toMatchObject({ exit: 1, says: expect.stringContaining('channel.revoked') });
    // Known from now on, also when the workbench cannot be asked.
    expect((await ask('service.self-test')).says).toContain('channel.revoked');
  });

  it('asks nothing but a stop while it does not know who is admitted', async () => {
    const ask = await laptop();
    const refused = await ask('service.read-logs');
    expect(refused).toMatchObject({ exit: 1, says: expect.stringContaining('link.revocations-stale') });
    stops = 0;
    expect(await ask('stop')).toMatchObject({ exit: 0, says: '{"stopped":"L4-0007"}' });
    expect(stops).toBe(1);
    expect((await ask('service.read-logs', '--workbench', 'nowhere')).exit).toBe(2);
    list = await listOf([], 1);
    expect(await ask('unit.status', '--workbench', url)).toMatchObject({
      exit: 2,
      says: expect.stringMatching(/no such file.*no-token/),
    });
  });
});

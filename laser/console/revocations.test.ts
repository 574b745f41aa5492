import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryAudit } from '@ward/device/audit/event.ts';
import { handle } from '@ward/device/channel/channel.ts';
import { type Listener, listen } from '@ward/device/channel/listen.ts';
import { systemClock } from '@ward/device/clock.ts';
import { signRevocationList } from '@ward/device/identity/revocation-store.ts';
import { NO_REVOCATIONS } from '@ward/device/identity/revocations.ts';
import { makeTestCa, type TestCa, type TestHolder } from '@ward/device/identity/test-ca.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { endpointOf } from '../endpoint.ts';
import { UnitLink } from '../unit-link.ts';
import { makePerson } from './people.ts';
import { openRevocations } from './revocations.ts';
import { SignedIn } from './signed-in.ts';

let ca: TestCa;
let unit: TestHolder;
let console: TestHolder;
let maker: TestHolder;
let laser: Listener;
let workbench: Server;
let url: string;
let list = '';
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
const callerWith = (revocations: () => typeof NO_REVOCATIONS) => ({
  ...endpointOf('console', { key: console.key, chain: console.chain, root: ca.root.certificate }),
  revocations,
});

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
    const before = await openRevocations(folder(), ca.root.certificate, url);
    let known = before.current;
    const caller = callerWith(() => known);
    const link = await UnitLink.call(caller, place());
    expect((await link.status()).state).toBe('standby');
    expect(link.open).toBe(true);

    list = await listOf([unit.serial], 2);
    known = (await openRevocations(folder(), ca.root.certificate, url)).current;
    expect(link.open).toBe(false);
    await expect(UnitLink.call(caller, place())).rejects.toMatchObject({ code: 'channel.revoked' });
    link.close();
  });

  it('believes no list of somebody else, and keeps the good one over a restart without a workbench', async () => {
    const kept = folder();
    list = await listOf([unit.serial], 2);
    await openRevocations(kept, ca.root.certificate, url);
    const other = await makeTestCa();
    list = await listOf([], 3, await other.issue('issuer', 'maker:ward'));

    const again = await openRevocations(kept, ca.root.certificate, url);
    expect([...again.current.certificates]).toEqual([unit.serial]);
    const alone = await openRevocations(kept, ca.root.certificate, null);
    expect([...alone.current.certificates]).toEqual([unit.serial]);
  });

  it('sends nothing of a patient while it does not know who is admitted', async () => {
    const { revocations, ...endpoint } = callerWith(() => NO_REVOCATIONS);
    const person = await makePerson({ id: 'amira', name: 'Dr Amira', role: 'clinician' }, '246810');
    const clinic = await ca.issue('issuer', 'clinic:demo');
    const who = await SignedIn.begin(
      { ...person },
      { ...endpoint, revocations },
      clinic,
      systemClock.monotonic,
    );

    await expect(who.ask(place(), { verb: 'record.read', body: {} })).rejects.toMatchObject({
      code: 'link.revocations-stale',
    });
  });
});

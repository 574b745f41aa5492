import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { decodeEntry } from '../audit/entry.ts';
import { auditEvent, MemoryAudit } from '../audit/event.ts';
import { AuditLog } from '../audit/log.ts';
import { handle } from '../channel/channel.ts';
import { type Listener, listen } from '../channel/listen.ts';
import { systemClock } from '../clock.ts';
import { type Disk, replaceFile } from '../disk/disk.ts';
import { SimulatedDisk } from '../disk/simulated-disk.ts';
import { issueCertificate } from '../identity/certificate-authority.ts';
import { FileKeyKeeper, type Identity, IdentityStore } from '../identity/identity-store.ts';
import { readPeer } from '../identity/peer.ts';
import { RevocationStore, signRevocationList } from '../identity/revocation-store.ts';
import { NO_REVOCATIONS } from '../identity/revocations.ts';
import { makeTestCa, type TestCa } from '../identity/test-ca.ts';
import { TrustedTime } from '../identity/trusted-time.ts';
import { checkpointSigner } from './audit-keys.ts';
import { CheckIns } from './check-in.ts';
import { CheckIn, type CheckInAnswer } from './messages.ts';

const UNIT = 'L4-0007';
const DAY = 86_400_000;
let ca: TestCa;
beforeAll(async () => {
  ca = await makeTestCa();
});
const open: Listener[] = [];
afterEach(async () => {
  for (const listener of open.splice(0)) await listener.close();
});

/** A gateway whose answers are what the test says. */
async function gatewayThat(
  answer: (checkIn: CheckIn) => Promise<unknown>,
  renew: (csr: Uint8Array) => Promise<unknown> = async () => ({}),
) {
  const holder = await ca.issue('gateway', 'ward');
  const listener = await listen({
    endpoint: { role: 'gateway', key: holder.key, chain: holder.chain, anchors: ca.anchors },
    ...{ host: '127.0.0.1', port: 0, audit: new MemoryAudit(), clock: systemClock, now: Date.now },
    revocations: () => NO_REVOCATIONS,
    handlers: {
      'check-in': handle(CheckIn, answer),
      renew: handle(z.object({ csr: z.string() }), ({ csr }) => renew(Buffer.from(csr, 'base64'))),
    },
  });
  open.push(listener);
  return listener;
}

async function wholeAnswer(more: Partial<CheckInAnswer> = {}): Promise<CheckInAnswer> {
  const maker = await ca.issue('issuer', 'maker:lumen');
  const issuedAt = Math.floor(Date.now() / 1000);
  return {
    revocations: await signRevocationList(maker, {
      ...{
        number: 3,
        issuedAt,
        nextBy: issuedAt + 60,
        certificates: [],
        tokens: [],
        persons: ['person:eve'],
      },
      issuers: [],
    }),
    ...{ director: null, maker: maker.chain.map((der) => Buffer.from(der).toString('base64')) },
    ...{
      services: [],
      endServices: [],
      auditKnown: { sequence: 0, hash: '0'.repeat(64) },
      auditProblem: null,
    },
    ...more,
  };
}

/** A unit whose certificate was issued `ageDays` ago for 90 days. */
async function unitCalling(port: number, ageDays = 0) {
  const simulated = new SimulatedDisk();
  const disk: Disk = simulated;
  const { key, pkcs8, chain, serial } = await ca.issue('unit', UNIT, {
    now: Date.now() - ageDays * DAY,
    days: 90,
  });
  const keeper = new FileKeyKeeper(disk);
  await disk.makeFolder('identity');
  await disk.makeFolder('identity/keys');
  await replaceFile(disk, `identity/keys/${key.thumbprint}.p8`, pkcs8);
  const identities = await IdentityStore.open(disk, { keys: keeper });
  const peer = readPeer(chain, { anchors: ca.anchors, now: Date.now(), revocations: NO_REVOCATIONS });
  await identities.enrol({ chain, anchors: ca.anchors, peer, time: Date.now() });
  const time = await TrustedTime.load(systemClock, disk);
  const log = await AuditLog.open({
    ...{ disk, clock: systemClock, unit: UNIT, boot: 'boot-1', sign: checkpointSigner(key), keys: [key.jwk] },
  });
  const revocations = await RevocationStore.open({ disk, anchors: ca.anchors, time, audit: log });
  const renewed: Identity[] = [];
  const taken: CheckInAnswer[] = [];
  const calls = new CheckIns({
    gateway: { host: '127.0.0.1', port },
    ...{ clock: systemClock, identities, time, revocations, log },
    report: async () => ({
      ...{
        version: '4.1.0',
        sha256: '0'.repeat(64),
        slot: 'a',
        hardwareId: 'lumen-400',
        deviceState: 'standby',
      },
      ...{
        uptimeMs: 1,
        update: null,
        service: null,
        serviceChallenge: null,
        endedServices: [],
        auditWritable: true,
      },
    }),
    directorVersion: async () => 0,
    take: async (answer) => void taken.push(answer),
    renewed: (identity) => renewed.push(identity),
  });
  const events = async () =>
    (await log.read(1, 1000)).lines.flatMap((line) => {
      const entry = decodeEntry(line);
      return entry ? [[entry.what, entry.code] as const] : [];
    });
  return { calls, identities, revocations, renewed, events, serial, key, disk: simulated, log, taken };
}

describe('a check-in', () => {
  it('takes the revocation list and hands over the audit trail', async () => {
    const seen: CheckIn[] = [];
    const { port } = await gatewayThat(async (checkIn) => {
      seen.push(checkIn);
      const lines = seen.flatMap(({ audit }) => audit?.lines ?? []);
      const known = decodeEntry(lines.at(-1) ?? '')?.sequence ?? 0;
      return wholeAnswer({ auditKnown: { sequence: known, hash: '0'.repeat(64) } });
    });
    const { calls, revocations } = await unitCalling(port);

    expect(await calls.round()).toBe(true);

    expect(revocations.current.persons).toEqual(new Set(['person:eve']));
    expect(seen[0]?.audit).toBeNull();
    expect(decodeEntry(seen[1]?.audit?.lines[0] ?? '')).toMatchObject({ sequence: 1, what: 'unit.started' });
    expect(seen[1]?.audit?.checkpoint).not.toBeNull();
  });

  it('hands over lines of any letters: a frame is measured in bytes', async () => {
    const seen: CheckIn[] = [];
    const { port } = await gatewayThat(async (checkIn) => {
      seen.push(checkIn);
      const lines = seen.flatMap(({ audit }) => audit?.lines ?? []);
      const known = decodeEntry(lines.at(-1) ?? '')?.sequence ?? 0;
      return wholeAnswer({ auditKnown: { sequence: known, hash: '0'.repeat(64) } });
    });
    const { calls, log } = await unitCalling(port);
    for (let entry = 0; entry < 60; entry++)
      await log.append(auditEvent({ what: 'x', outcome: 'done', detail: { said: '言'.repeat(1_000) } }));
    expect(await calls.round()).toBe(true);
    expect(seen.flatMap(({ audit }) => audit?.lines ?? []).length).toBeGreaterThan(60);
  });

  it('on a full disk takes what was taken back, and the rest of the answer', async () => {
    const { port } = await gatewayThat(() => wholeAnswer());
    const { calls, revocations, disk, taken } = await unitCalling(port);
    disk.limit(0);
    await calls.round().catch(() => undefined);
    expect(revocations.current.persons).toEqual(new Set(['person:eve']));
    expect(taken).toHaveLength(1);
  });

  it('that nobody answers is normal: it fails, is written once, and works when somebody is there again', async () => {
    const { calls, events } = await unitCalling(1);
    for (let times = 0; times < 3; times++) expect(await calls.round()).toBe(false);
    expect(calls.last?.code).toBe('channel.tls-failed');
    expect((await events()).filter(([what]) => what === 'channel.refused')).toHaveLength(1);
  });

  it('with an answer that is none changes nothing and says so', async () => {
    const { port } = await gatewayThat(async () => ({ revocations: 'x' }));
    const { calls, events, revocations } = await unitCalling(port);
    expect(await calls.round()).toBe(false);
    expect(revocations.current.number).toBe(0);
    expect(await events()).toContainEqual(['agent.answer-refused', 'agent.answer-malformed']);
  });

  it('renews the certificate at two thirds of its life, under the same key, proven by the next channel', async () => {
    const { port } = await gatewayThat(
      () => wholeAnswer(),
      async (csr) => {
        const about = { csr, role: 'unit', id: UNIT, now: Date.now(), days: 90 } as const;
        const { certificate } = await issueCertificate(ca.issuing, about);
        return { certificate: Buffer.from(certificate).toString('base64') };
      },
    );
    const { calls, identities, renewed, key } = await unitCalling(port, 61);
    const before = (await identities.current()).chain[0];

    await calls.round();
    expect(renewed).toEqual([]);
    await calls.round();

    expect(renewed.map((identity) => identity.key.thumbprint)).toEqual([key.thumbprint]);
    expect((await identities.current()).chain[0]).not.toEqual(before);
    expect(await identities.next()).toBeNull();
  });

  it('keeps no renewed certificate that is of somebody else', async () => {
    const { port } = await gatewayThat(
      () => wholeAnswer(),
      async () => ({
        certificate: Buffer.from((await ca.issue('unit', 'L4-0008')).chain[0]!).toString('base64'),
      }),
    );
    const { calls, identities, events } = await unitCalling(port, 61);
    await calls.round();
    expect(await identities.next()).toBeNull();
    expect(await events()).toContainEqual(['identity.renewal-refused', 'agent.answer-malformed']);
  });

  it('renews nothing before its time', async () => {
    let asked = 0;
    const { port } = await gatewayThat(
      () => wholeAnswer(),
      async () => {
        asked += 1;
        return {};
      },
    );
    const { calls } = await unitCalling(port, 59);
    await calls.round();
    expect(asked).toBe(0);
  });
});

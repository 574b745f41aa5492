// A gateway whose answers are what somebody says, and a unit that calls it, with real sockets and certificates: for tests and attacks.
import { decodeEntry, eventOf } from '../audit/entry.ts';
import { type AuditEvent, MemoryAudit } from '../audit/event.ts';
import { handle } from '../channel/channel.ts';
import { type Listener, listen } from '../channel/listen.ts';
import { systemClock } from '../clock.ts';
import { type Disk, replaceFile } from '../disk/disk.ts';
import { SimulatedDisk } from '../disk/simulated-disk.ts';
import { FileKeyKeeper, type Identity, IdentityStore } from '../identity/identity-store.ts';
import { readPeer } from '../identity/peer.ts';
import { RenewalRequest } from '../identity/renewal.ts';
import { RevocationStore, signRevocationList } from '../identity/revocation-store.ts';
import { NO_REVOCATIONS } from '../identity/revocations.ts';
import { makeTestCa, type TestCa } from '../identity/test-ca.ts';
import { TrustedTime } from '../identity/trusted-time.ts';
import { CheckIns } from './check-in.ts';
import { CheckIn, type CheckInAnswer } from './messages.ts';
import { openUnitLog } from './unit-log.ts';

export const UNIT = 'L4-0007';
const DAY = 86_400_000;

export class AgentScene {
  readonly ca: TestCa;
  readonly #open: Listener[] = [];

  private constructor(ca: TestCa) {
    this.ca = ca;
  }

  static async make(): Promise<AgentScene> {
    return new AgentScene(await makeTestCa());
  }

  async close(): Promise<void> {
    for (const listener of this.#open.splice(0)) await listener.close();
  }

  /** A gateway whose answers are what the test says. */
  async gateway(
    answer: (checkIn: CheckIn) => Promise<unknown>,
    renew: (csr: Uint8Array) => Promise<unknown> = async () => ({}),
  ) {
    const holder = await this.ca.issue('gateway', 'ward');
    const listener = await listen({
      endpoint: { role: 'gateway', key: holder.key, chain: holder.chain, anchors: this.ca.anchors },
      ...{ host: '127.0.0.1', port: 0, audit: new MemoryAudit(), clock: systemClock, now: Date.now },
      revocations: () => NO_REVOCATIONS,
      handlers: {
        'check-in': handle(CheckIn, answer),
        renew: handle(RenewalRequest, ({ csr }) => renew(Buffer.from(csr, 'base64'))),
      },
    });
    this.#open.push(listener);
    return listener;
  }

  async answer(more: Partial<CheckInAnswer> = {}): Promise<CheckInAnswer> {
    const maker = await this.ca.issue('issuer', 'maker:lumen');
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
        auditClosing: null,
      },
      ...more,
    };
  }

  /** A unit whose certificate was issued `ageDays` ago for 90 days. */
  async unit(port: number, ageDays = 0) {
    const simulated = new SimulatedDisk();
    const disk: Disk = simulated;
    const { key, pkcs8, chain, serial } = await this.ca.issue('unit', UNIT, {
      now: Date.now() - ageDays * DAY,
      days: 90,
    });
    const keeper = new FileKeyKeeper(disk);
    await disk.makeFolder('identity');
    await disk.makeFolder('identity/keys');
    await replaceFile(disk, `identity/keys/${key.thumbprint}.p8`, pkcs8);
    const identities = await IdentityStore.open(disk, { keys: keeper });
    const peer = readPeer(chain, { anchors: this.ca.anchors, now: Date.now(), revocations: NO_REVOCATIONS });
    await identities.enrol({ chain, anchors: this.ca.anchors, peer, time: Date.now() });
    const time = await TrustedTime.load(systemClock, disk);
    const log = await openUnitLog({
      ...{ disk, clock: systemClock, unit: UNIT, identity: await identities.current() },
    });
    const revocations = await RevocationStore.open({ disk, anchors: this.ca.anchors, time, audit: log });
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
          vault: null,
        },
      }),
      directorVersion: async () => 0,
      take: async (answer) => void taken.push(answer),
      renewed: (identity) => renewed.push(identity),
    });
    const audit = async (): Promise<readonly AuditEvent[]> =>
      (await log.read(1, 1000)).lines.flatMap((line) => {
        const entry = decodeEntry(line);
        return entry ? [eventOf(entry)] : [];
      });
    const events = async () => (await audit()).map(({ what, code }) => [what, code] as const);
    return {
      calls,
      audit,
      identities,
      revocations,
      renewed,
      events,
      serial,
      key,
      disk: simulated,
      log,
      taken,
    };
  }
}

// Row L1 from the workbench's end: who was taken back is refused with every certificate that was ever issued to it, and the list of it neither
// grows without end nor goes back.

import { X509Certificate } from 'node:crypto';
import { MemoryAudit } from '@ward/device/audit/event.ts';
import { connect } from '@ward/device/channel/connect.ts';
import { systemClock } from '@ward/device/clock.ts';
import { signRevocationList } from '@ward/device/identity/revocation-store.ts';
import { MOST_REVOKED } from '@ward/device/identity/revocations.ts';
import { isRefusal } from '@ward/device/refusal.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Principal, SYSTEM } from '../workbench/kernel/people/roles.ts';
import { requireAuthority } from '../workbench/rooms/fleet/authority.ts';
import { makeCode, revokeUnit } from '../workbench/rooms/fleet/enrolment/enrol-unit.ts';
import { pruneRevocations, readFill, readRevocations, revoke } from '../workbench/rooms/fleet/revocations.ts';
import { readUnit } from '../workbench/rooms/fleet/units.ts';
import { FieldUnit } from './fleet/field-unit.ts';
import { type FleetHouse, openFleetHouse } from './fleet/fleet-house.ts';

let fleet: FleetHouse;
let manager: Principal;

beforeAll(async () => {
  fleet = await openFleetHouse();
  manager = fleet.house.actor('release-manager').principal as Principal;
});
afterAll(() => fleet.close());

const unitOf = (serial: string) => readUnit(fleet.house.ward, SYSTEM, serial);
const takeBack = async (serial: string) =>
  revokeUnit(fleet.house.ward, manager, await unitOf(serial), 'Stolen.');

/** The code with which the gateway refuses whoever shows this key and chain, or `spoke`. */
async function knock({ key, enrolled }: Pick<FieldUnit, 'key' | 'enrolled'>): Promise<string> {
  try {
    const channel = await connect({
      ...{ host: '127.0.0.1', port: fleet.gateway.port() as number, peer: { role: 'gateway' } },
      endpoint: { role: 'unit', key, chain: enrolled.chain, anchors: enrolled.anchors },
      ...{ handlers: {}, audit: new MemoryAudit(), clock: systemClock, now: () => Date.now() },
      revocations: () => ({ certificates: new Set<string>() }),
    });
    channel.close();
    return 'spoke';
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return error.code === 'channel.refused' ? String(error.detail.code) : error.code;
  }
}

describe('a unit that is taken back', () => {
  it('is taken back with every certificate that it was issued, also those before a renewal and before it was enrolled anew', async () => {
    const { ward } = fleet.house;
    const unit = await fleet.unit('A-1');
    const first = unit.certificate;
    const old = await unit.renew();
    const second = unit.certificate;
    expect(await knock(old)).toBe('spoke');
    await takeBack('A-1');
    expect((await readRevocations(ward)).certificates).toEqual(expect.arrayContaining([first, second]));

    const { code } = await makeCode(ward, SYSTEM, await unitOf('A-1'));
    const again = await FieldUnit.enrol('A-1', code, fleet.post);
    await again.connect(fleet.gateway.port() as number);
    const third = again.certificate;
    await again.renew();
    await takeBack('A-1');
    expect(new Set((await readRevocations(ward)).certificates)).toEqual(
      new Set([first, second, third, again.certificate]),
    );
    await expect.poll(() => knock(old), { timeout: 10_000 }).toBe('channel.revoked');
    expect(await knock(unit)).toBe('channel.revoked');
    again.close();
  });
});

describe('the list of what was taken back', () => {
  const DAY = 86_400_000;
  const person = (name: string) => ({ kind: 'person', value: `person:${name}`, why: 'Left.' }) as const;
  const token = (jti: string) => ({ kind: 'token', value: jti, why: 'Lost.' }) as const;
  const rows = () => fleet.house.ward.db.selectFrom('fleet_revocation').selectAll();

  it('loses what has ended, under a higher number, and keeps who took it back; persons stay', async () => {
    const { ward } = fleet.house;
    await revoke(ward, manager, token('t-1'));
    await revoke(ward, manager, person('eve'));
    const before = await readRevocations(ward);
    expect(await pruneRevocations(ward)).toBe(0);
    expect(await readRevocations(ward)).toMatchObject({ number: before.number });

    ward.advance(400 * DAY);
    const left = await pruneRevocations(ward);

    const after = await readRevocations(ward);
    expect(left).toBe(before.certificates.length + 1);
    expect(after).toMatchObject({ certificates: [], tokens: [], persons: ['person:eve'] });
    expect(after.number).toBeGreaterThan(before.number);
    expect(await rows().where('value', '=', 't-1').executeTakeFirst()).toMatchObject({
      why: 'Lost.',
      by_id: manager.personId,
      left_at: expect.any(Date),
    });
    ward.advance(-400 * DAY);
    await revoke(ward, manager, token('t-2'));
    expect((await readRevocations(ward)).number).toBeGreaterThan(after.number);
  });

  it('gets a number of its own for each change, also when many are made at once', async () => {
    const { ward } = fleet.house;
    const numbers = new Set<number>();
    const taken = await Promise.all(
      ['a', 'b', 'c', 'd'].map(async (name) => {
        await revoke(ward, manager, person(name));
        numbers.add((await readRevocations(ward)).number);
      }),
    );
    expect(taken).toHaveLength(4);
    expect((await readRevocations(ward)).persons).toHaveLength(5);
    expect(await revoke(ward, manager, person('a'))).toBe(false);
  });

  it('is taken by units up to its last entry; one more is refused plainly, and people are told long before', async () => {
    const { ward } = fleet.house;
    const endsAt = new Date(ward.now().getTime() + DAY).toISOString();
    const fill = (kind: string, count: number, prefix: string, length = 32) =>
      sql`insert into fleet_revocation (kind, value, why, at, ends_at)
        select ${kind}, ${prefix} || lpad(n::text, ${length - 1}, '0'), 'Full.', now(), ${endsAt}::timestamptz
        from generate_series(1, ${count}::int) n`.execute(ward.db);
    const listed = (await readRevocations(ward)).certificates.length;
    expect((await readFill(ward)).nearlyFull).toBe(false);
    await fill('certificate', MOST_REVOKED - listed - 1, 'c');
    expect((await readFill(ward)).nearlyFull).toBe(true);

    const last = { kind: 'certificate', value: 'ab', why: 'The last one.' } as const;
    expect(await revoke(ward, manager, last)).toBe(true);
    const full = await readRevocations(ward);
    expect(full.certificates).toHaveLength(MOST_REVOKED);
    await expect(revoke(ward, manager, { ...last, value: 'abcd' })).rejects.toMatchObject({
      code: 'fleet.revocations-full',
    });
    await fleet.unit('A-2');
    await expect(takeBack('A-2')).rejects.toMatchObject({ code: 'fleet.revocations-full' });
    expect(await unitOf('A-2')).toMatchObject({ state: 'enrolled' });
    expect(await readRevocations(ward)).toMatchObject({ number: full.number });
    // By size too: each kind has room, all together would be more than a unit takes.
    await fill('token', 9_000, 't', 60);
    await expect(revoke(ward, manager, token('t'.repeat(64)))).rejects.toMatchObject({
      code: 'fleet.revocations-full',
    });
    await sql`delete from fleet_revocation where kind = 'token' and why = 'Full.' and right(value, 5)::int > 6000`.execute(
      ward.db,
    );
    const { maker } = await requireAuthority(ward);
    const jws = await signRevocationList(maker, await readRevocations(ward));
    expect(jws.length).toBeLessThan(1_000_000);

    ward.advance(3 * DAY);
    expect(await revoke(ward, manager, { ...last, value: 'abcd' })).toBe(true);
    expect((await readFill(ward)).nearlyFull).toBe(false);
    ward.advance(-3 * DAY);
  });
});

describe("Ward's own certificates", () => {
  const DAYS = 397 * 86_400_000;
  const endOf = (der: string | Uint8Array) =>
    Date.parse(new X509Certificate(typeof der === 'string' ? Buffer.from(der, 'base64') : der).validTo);
  const signerOf = (jws: string) =>
    JSON.parse(Buffer.from(jws.split('.')[0] as string, 'base64url').toString()).x5c[0] as string;

  it('are made anew while the process runs, and open channels stay open', async () => {
    const old = await openFleetHouse({ ago: DAYS });
    try {
      const { ward, app } = old.house;
      const listOfApi = async () =>
        ((await (await app.request('/api/fleet/revocations')).json()) as { list: string }).list;
      const soon = Date.now() + 2 * 86_400_000;
      const unit = await old.unit('A-3');
      const channel = await unit.connect(old.gateway.port() as number);
      const first = await unit.checkIn();
      expect(channel.peer.notAfter).toBeLessThan(soon);
      expect(endOf(first.maker[0] as string)).toBeLessThan(soon);
      expect(endOf(signerOf(await listOfApi()))).toBeLessThan(soon);

      ward.advance(DAYS - 3_600_000);
      const peer = async () => {
        const other = await unit.connect(old.gateway.port() as number);
        if (other.peer.notAfter < soon) other.close();
        return other.peer.notAfter;
      };
      await expect.poll(peer, { timeout: 10_000 }).toBeGreaterThan(soon);

      const later = await unit.checkIn();
      expect(endOf(later.maker[0] as string)).toBeGreaterThan(soon);
      expect(endOf(signerOf(later.revocations))).toBeGreaterThan(soon);
      expect(endOf(signerOf(await listOfApi()))).toBeGreaterThan(soon);
      await expect(channel.request('check-in', {})).rejects.toMatchObject({
        detail: { code: 'channel.body-malformed' },
      });
    } finally {
      await old.close();
    }
  });
});

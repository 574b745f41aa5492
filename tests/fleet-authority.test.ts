// Row L1 from the workbench's end: who was taken back is refused with every certificate that was ever issued to it, and the list of it neither
// grows without end nor goes back.

import { X509Certificate } from 'node:crypto';
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DIRECTOR_URL, DirectorShelf } from '@ward/device/agent/director-shelf.ts';
import type { CheckInAnswer } from '@ward/device/agent/messages.ts';
import { MemoryAudit } from '@ward/device/audit/event.ts';
import { connect } from '@ward/device/channel/connect.ts';
import { systemClock } from '@ward/device/clock.ts';
import { generateSoftwareKey } from '@ward/device/identity/key.ts';
import { signRevocationList } from '@ward/device/identity/revocation-store.ts';
import { MOST_REVOKED } from '@ward/device/identity/revocations.ts';
import { TrustedTime } from '@ward/device/identity/trusted-time.ts';
import { isRefusal } from '@ward/device/refusal.ts';
import { makeDirectorRoot } from '@ward/device/updates/repository/director.ts';
import { absentKey, newRoleKey, type RoleKey } from '@ward/device/updates/repository/keys.ts';
import { readRoot } from '@ward/device/updates/repository/metadata.ts';
import { RepositoryClient } from '@ward/device/updates/repository-client.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Principal, SYSTEM } from '../workbench/kernel/people/roles.ts';
import { HeldAuthority, keepDirectorRoot, requireAuthority } from '../workbench/rooms/fleet/authority.ts';
import { tryAgain } from '../workbench/rooms/fleet/campaigns/try-again.ts';
import { renewDirectorRoot } from '../workbench/rooms/fleet/director-root.ts';
import { makeCode, revokeUnit } from '../workbench/rooms/fleet/enrolment/enrol-unit.ts';
import { namesRevocable } from '../workbench/rooms/fleet/revocable.ts';
import {
  listWaiting,
  pruneRevocations,
  raiseAfterRestore,
  readFill,
  readRevocations,
  revoke,
} from '../workbench/rooms/fleet/revocations.ts';
import { readUnit } from '../workbench/rooms/fleet/units.ts';
import { directed, FieldUnit } from './fleet/field-unit.ts';
import { type FleetHouse, openFleetHouse } from './fleet/fleet-house.ts';
import type { ActorName } from './setup/actors.ts';

let fleet: FleetHouse;
let manager: Principal;

beforeAll(async () => {
  fleet = await openFleetHouse();
  manager = fleet.house.actor('release-manager').principal as Principal;
});
afterAll(() => fleet.close());

const unitOf = (serial: string, { house } = fleet) => readUnit(house.ward, SYSTEM, serial);
const takeBack = async (serial: string, of = fleet) =>
  revokeUnit(of.house.ward, manager, await unitOf(serial, of), 'Stolen.');

/** The code with which the gateway refuses whoever shows this key and chain, or `spoke`. */
async function knock({ key, enrolled }: Pick<FieldUnit, 'key' | 'enrolled'>, of = fleet): Promise<string> {
  try {
    const channel = await connect({
      ...{ host: '127.0.0.1', port: of.gateway.port() as number, peer: { role: 'gateway' } },
      endpoint: { role: 'unit', key, chain: enrolled.chain, anchors: enrolled.anchors },
      ...{ handlers: {}, audit: new MemoryAudit(), clock: systemClock, now: () => Date.now() },
      revocations: () => ({ certificates: new Set<string>() }),
    });
    channel.close();
    return 'spoke';
  } catch (error) {
    return refusalOf(error);
  }
}

const refusalOf = (error: unknown): string => {
  if (!isRefusal(error)) throw error;
  return error.code === 'channel.refused' ? String(error.detail.code) : error.code;
};
const DAY = 86_400_000;

describe('a certificate of a unit', () => {
  /** Units of it were enrolled 300 days ago. */
  let old: FleetHouse;
  const renew = (unit: FieldUnit, key = unit.key) => unit.renew(key).then(() => unit.certificate, refusalOf);
  const certificatesOf = async (serial: string) =>
    old.house.ward.db.selectFrom('fleet_certificate').selectAll().where('holder', '=', serial).execute();
  let unit: FieldUnit;
  let first: string;
  let before: Pick<FieldUnit, 'key' | 'enrolled'>;

  beforeAll(async () => {
    old = await openFleetHouse({ ago: 300 * DAY });
    unit = await old.unit('A-1');
    first = unit.certificate;
    before = { key: unit.key, enrolled: unit.enrolled };
  });
  afterAll(() => old.close());

  it('is renewed from two thirds of its time on and not before', async () => {
    expect(await renew(unit)).toBe('gateway.renewal-not-due');
    old.house.ward.advance(264 * DAY - 60_000);
    expect(await renew(unit)).toBe('gateway.renewal-not-due');
    old.house.ward.advance(36 * DAY + 60_000);
    expect(await renew(unit)).not.toBe(first);
    expect(await certificatesOf('A-1')).toHaveLength(2);
  });

  it('is given again to a unit that did not hear the answer, and made once', async () => {
    const second = unit.certificate;
    for (let ask = 0; ask < 5; ask++) expect(await renew(unit)).toBe(second);
    expect(await certificatesOf('A-1')).toHaveLength(2);
    expect(await knock(before, old)).toBe('spoke');
    // With the new one nothing is due.
    await unit.connect(old.gateway.port() as number);
    expect(await renew(unit)).toBe('gateway.renewal-not-due');
  });

  it('is for the key of the channel and for no other', async () => {
    const { ward } = old.house;
    const other = await old.unit('A-6');
    const { key: stranger } = await generateSoftwareKey();
    ward.advance(300 * DAY);
    expect(await renew(other, stranger)).toBe('gateway.renewal-refused');
    expect(await certificatesOf('A-6')).toHaveLength(1);
    await renew(other);
    expect(await renew(other, stranger)).toBe('gateway.renewal-refused');
    expect(await certificatesOf('A-6')).toHaveLength(2);
    ward.advance(-300 * DAY);
  });

  it('is one of three at most that are believed', async () => {
    const { ward } = old.house;
    const other = await old.unit('A-5');
    const { id } = await unitOf('A-5', old);
    const row = { role: 'unit', holder: 'A-5', unit_id: id, issued_at: ward.now() } as const;
    const ends_at = new Date(ward.now().getTime() + 500 * DAY);
    await ward.db
      .insertInto('fleet_certificate')
      .values(['e1', 'e2'].map((serial) => ({ ...row, serial, ends_at })))
      .execute();
    ward.advance(300 * DAY);
    expect(await renew(other)).toBe('gateway.renewal-refused');
    await ward.db.deleteFrom('fleet_certificate').where('serial', '=', 'e1').execute();
    expect(await renew(other)).toMatch(/^[0-9a-f]{32}$/);
    ward.advance(-300 * DAY);
  });

  it('is taken back with every other that the unit was issued, before a renewal and before it was enrolled anew', async () => {
    const { ward } = old.house;
    const second = unit.certificate;
    await takeBack('A-1', old);
    expect((await readRevocations(ward)).certificates).toEqual([first, second]);

    const { code } = await makeCode(ward, SYSTEM, await unitOf('A-1', old));
    const again = await FieldUnit.enrol('A-1', code, old.post);
    expect(await takeBack('A-1', old)).toBe(true);
    expect((await readRevocations(ward)).certificates).toEqual([first, second, again.certificate]);
    await expect.poll(() => knock(before, old), { timeout: 10_000 }).toBe('channel.revoked');
    expect(await knock(unit, old)).toBe('channel.revoked');
  });
});

it('Ward has certificates that are good now, though its clock was ahead when they were made', async () => {
  const { ward } = fleet.house;
  const held = new HeldAuthority(ward);
  ward.advance(400 * DAY);
  await held.look();
  ward.advance(-400 * DAY);
  const { validFrom } = new X509Certificate((await held.require()).gateway.certificate);
  expect(new Date(validFrom).getTime()).toBeLessThanOrEqual(ward.now().getTime());
});

describe('the list of what was taken back', () => {
  /** By the clock that was ahead the gateway may have made its certificates; it looks every two seconds. */
  const goBack = async () => {
    fleet.house.ward.advance(-400 * DAY);
    await new Promise((resolve) => setTimeout(resolve, 3_000));
  };
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
    await goBack();
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

  const setNumber = (number: number) =>
    fleet.house.ward.db.updateTable('fleet_revocation_list').set({ number }).execute();

  it('goes on above what units know, after Ward was put back from a copy, and not further than a unit could honestly know', async () => {
    const { ward } = fleet.house;
    const now = ward.now().getTime();
    const unit = await fleet.unit('A-7');
    const tell = (revocations: number) => unit.checkIn((checkIn) => ({ ...checkIn, revocations }));
    const number = async () => (await readRevocations(ward)).number;
    await setNumber(1_000);
    await raiseAfterRestore(ward.pool);
    expect(await number()).toBeGreaterThan(now - 60_000);

    // The gateway looks every two seconds for the number that it compares with.
    await expect
      .poll(() => tell(now + 5 * DAY).then(number), { timeout: 15_000, interval: 500 })
      .toBe(now + 5 * DAY + 1);
    await tell(Number.MAX_SAFE_INTEGER);
    await tell(now + 4_000 * DAY);
    expect(await number()).toBe(now + 5 * DAY + 1);
  });

  it('names what a unit showed, though Ward knew nothing of its certificate', async () => {
    const { ward } = fleet.house;
    const unit = await fleet.unit('A-8');
    await ward.db.deleteFrom('fleet_certificate').where('serial', '=', unit.certificate).execute();
    await unit.checkIn();
    await takeBack('A-8');
    expect((await readRevocations(ward)).certificates).toContain(unit.certificate);
  });

  it('has again what left it by a clock that was ahead', async () => {
    const { ward } = fleet.house;
    await revoke(ward, manager, token('t-ahead-1'));
    ward.advance(400 * DAY);
    await pruneRevocations(ward);
    await goBack();
    const wrong = await readRevocations(ward);
    expect(wrong.tokens).toContain('t-ahead-1');
    await pruneRevocations(ward);
    const right = await readRevocations(ward);
    expect(right.tokens).toContain('t-ahead-1');
    expect(right.number).toBeGreaterThan(wrong.number);
  });

  it.each([
    ['token', 'a"b\\cdefgh', false],
    ['token', 'short', false],
    ['token', '0193-abc.DEF_9', true],
    ['person', 'person:"jo"', false],
    ['person', 'person:jo.smith-2', true],
  ] as const)('takes for a %s what a token can say: %s', (kind, value, fits) => {
    expect(namesRevocable(kind, value)).toBe(fits);
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
    // A unit is refused by its state all the same, and comes into the list as soon as there is room.
    const unit = await fleet.unit('A-2');
    expect(await takeBack('A-2')).toBe(false);
    expect(await unitOf('A-2')).toMatchObject({ state: 'revoked' });
    await expect(unit.checkIn()).rejects.toMatchObject({ detail: { code: 'gateway.unknown-unit' } });
    expect(await readRevocations(ward)).toMatchObject({ number: full.number });
    expect(await listWaiting(ward)).toBe(0);
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
    expect(await listWaiting(ward)).toBe(1);
    expect((await readRevocations(ward)).certificates).toContain(unit.certificate);
    ward.advance(-3 * DAY);
    // By the clock of now they have not ended, and would come back.
    await sql`delete from fleet_revocation where why = 'Full.'`.execute(ward.db);
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

const stepOf = async (campaign: string) => {
  const { rows } = await sql<{
    step: string;
    detail: string | null;
  }>`select c.step, c.detail from campaign_unit c
    join record r on r.id = c.campaign_id where r.key = ${campaign}`.execute(fleet.house.ward.db);
  return rows[0];
};

describe('what failed on a unit', () => {
  const failed = { step: 'failed', code: 'update.health-failed' } as const;

  it('is tried again when a person says so, and the end of the attempt before is not taken for its end', async () => {
    const { ward, app, headersOf, actor } = fleet.house;
    const unit = await fleet.unit('T-1');
    await unit.checkIn();
    const { record: update, sha256 } = await fleet.update('7.0.0', 'fails at first');
    const campaign = await fleet.campaign(update, {
      waves: [{ name: 'All', units: 'T-1' }],
      haltAfterFailures: 5,
    });
    await fleet.move(manager, campaign.key, 'start');
    await ward.jobs.drain();
    expect(directed(await unit.checkIn())).toMatchObject({ sha256, attempt: 1 });
    unit.report = { ...unit.report, update: { version: '7.0.0', sha256, attempt: 1, ...failed } };
    await unit.checkIn();
    await ward.jobs.drain();
    expect((await fleet.now(campaign.key)).state).toBe('done');
    expect(await stepOf(campaign.key)).toMatchObject({ step: 'failed', detail: 'update.health-failed' });

    const ask = async (body: object) =>
      app.request(`/api/fleet/campaigns/${campaign.key}/units/T-1/try-again`, {
        method: 'POST',
        headers: { ...(await headersOf(actor('release-manager'))), 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    expect((await ask({ why: ' ' })).status).toBe(422);
    expect(await (await ask({ why: 'The power had failed.' })).json()).toEqual({ attempt: 2 });
    expect(await (await ask({ why: 'Once more.' })).json()).toMatchObject({ code: 'fleet.wrong-state' });

    // Its report of now was made before it heard.
    expect(directed(await unit.checkIn())).toMatchObject({ sha256, attempt: 2 });
    expect(await stepOf(campaign.key)).toMatchObject({ step: 'offered' });
    unit.report = { ...unit.report, update: { version: '7.0.0', sha256, attempt: 2, ...failed } };
    await unit.checkIn();
    expect(await stepOf(campaign.key)).toMatchObject({ step: 'failed' });
    // A campaign of the same update is a word to try again too; one that was halted has none to say.
    const next = await fleet.campaign(update, { waves: [{ name: 'All', units: 'T-1' }] });
    await fleet.move(manager, next.key, 'start');
    await ward.jobs.drain();
    expect(directed(await unit.checkIn())).toMatchObject({ sha256, attempt: 3 });
    await fleet.move(manager, next.key, 'halt');
    await expect(tryAgain(ward, manager, next, { serial: 'T-1', why: 'Once more.' })).rejects.toMatchObject({
      code: 'fleet.wrong-state',
    });
    const { rows } = await sql<{ content: object }>`select content from ledger
      where action = 'fleet.tried-again' and record = ${campaign.id}`.execute(ward.db);
    expect(rows).toMatchObject([{ content: { serial: 'T-1', attempt: 2, why: 'The power had failed.' } }]);
  });
});

describe("the director's root", () => {
  const roots = (answer: CheckInAnswer) =>
    Object.keys(answer.director ?? {}).filter((name) => name.endsWith('.root.json'));

  it('is followed one by one; the key that it no longer names signs nothing more', async () => {
    const { ward } = fleet.house;
    const unit = await fleet.unit('N-1');
    const shelf = new DirectorShelf(unit.disk);
    const follow = async (answer: CheckInAnswer) => {
      if (answer.director) shelf.put(answer.director);
      const repository = new RepositoryClient({
        ...{ url: DIRECTOR_URL, root: (await shelf.root()) as Uint8Array, disk: unit.disk },
        ...{ folder: 'updates/director', fetch: shelf.fetch(neverAsked), clock: systemClock },
        ...{ unit: 'N-1', time: TrustedTime.inMemory(systemClock), damaged: async () => undefined },
      });
      await repository.refresh();
    };
    const first = await unit.checkIn();
    await follow(first);
    expect(roots(first)).toEqual(['1.root.json']);
    const before = await keyOf(first);

    const [keys, otherKeys] = [join(fleet.folder, 'director-keys'), join(fleet.folder, 'director-keys-2')];
    await renewDirectorRoot(ward, manager, { keys: [keys], newOnlineKey: false, newKeys: otherKeys });
    const made = await renewDirectorRoot(ward, manager, {
      ...{ keys: [otherKeys], newOnlineKey: true, newKeys: null },
    });
    expect(made).toMatchObject({ version: 3, signedBy: 3 });
    // This gateway has not looked yet; it says nothing with the key of before.
    const second = await vi.waitFor(() => unit.checkIn().then(hasWord), { timeout: 10_000, interval: 300 });
    await follow(second);

    expect(roots(second)).toEqual(['1.root.json', '2.root.json', '3.root.json']);
    expect(await keyOf(second)).not.toBe(before);
    expect(await shelf.version()).toBe(2);
    // A unit from the factory of today begins with the newest.
    const { director } = await requireAuthority(ward);
    expect(JSON.parse(director.roots.at(-1) as string).signed.version).toBe(3);
  });

  it('is not made with fewer keys than must sign, nor with keys of another root', async () => {
    const { ward } = fleet.house;
    const [keys, otherKeys] = [join(fleet.folder, 'director-keys'), join(fleet.folder, 'director-keys-2')];
    const one = join(fleet.folder, 'one-key');
    mkdirSync(one);
    copyFileSync(join(otherKeys, 'director-root-2.pem'), join(one, 'director-root-2.pem'));
    const order = { newOnlineKey: true, newKeys: null };
    for (const folders of [[one], [keys], [one, keys]])
      await expect(renewDirectorRoot(ward, manager, { ...order, keys: folders })).rejects.toMatchObject({
        code: 'fleet.keys',
      });
    copyFileSync(join(otherKeys, 'director-root-3.pem'), join(keys, 'director-root-3b.pem'));

    const made = await renewDirectorRoot(ward, manager, { ...order, keys: [one, keys] });

    expect(made).toMatchObject({ version: 4, signedBy: 2 });
  });

  it('goes on from no root that none of the signers has signed, whatever Ward shows', async () => {
    const { ward } = fleet.house;
    const { director } = await requireAuthority(ward);
    const { signed } = readRoot(director.roots.at(-1) as string);
    const stranger = newRoleKey();
    const own = signed.roles.root?.keyIDs.map((id) => absentKey(signed.keys[id] as RoleKey['key'])) ?? [];
    const document = await makeDirectorRoot({
      ...{ version: 5, issued: Date.now(), expires: Date.now() + 86_400_000, online: stranger.key },
      root: { keys: [stranger, ...own], threshold: 1 },
    });
    await ward.records.write(SYSTEM, (work) => keepDirectorRoot(work, document));

    const order = { keys: [join(fleet.folder, 'director-keys-2')], newOnlineKey: true, newKeys: null };
    await expect(renewDirectorRoot(ward, manager, order)).rejects.toMatchObject({ code: 'fleet.keys' });
    expect((await requireAuthority(ward)).director.roots).toHaveLength(5);
  });
});

const neverAsked = () => {
  throw new Error('the director is asked over no network');
};
const keyOf = async (answer: CheckInAnswer) =>
  JSON.parse(answer.director?.['timestamp.json'] as string).signatures[0].keyid as string;
const hasWord = (answer: CheckInAnswer) => {
  if (answer.director === null) throw new Error('nothing new yet');
  return answer;
};

describe('what was taken back, over HTTP', () => {
  const ask = async (who: ActorName, path: string, body?: object) => {
    const { app, headersOf, actor } = fleet.house;
    const answer = await app.request(`/api${path}`, {
      method: body ? 'POST' : 'GET',
      headers: { ...(await headersOf(actor(who))), 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return (await answer.json()) as Record<string, unknown> & { items: Record<string, unknown>[] };
  };

  it('says who, why, when, by whom and until when; a token goes from the good ones to these', async () => {
    const { ward } = fleet.house;
    await fleet.unit('H-1');
    const { id } = await unitOf('H-1');
    const now = ward.now();
    const ends_at = new Date(now.getTime() + 3_600_000);
    await ward.db
      .insertInto('fleet_token')
      .values({
        jti: 'jti-0001',
        person: 'jo',
        role: 'service-engineer',
        unit_id: id,
        issued_at: now,
        ends_at,
      })
      .execute();
    const token = { kind: 'token', value: 'jti-0001', role: 'service-engineer', holder: 'jo', unit: 'H-1' };
    const mine = (items: Record<string, unknown>[]) => items.filter(({ value }) => value === 'jti-0001');

    expect(mine((await ask('release-manager', '/fleet/issued')).items)).toEqual([
      { ...token, issuedAt: now.toISOString(), endsAt: ends_at.toISOString(), mayTakeBack: true },
    ]);
    expect(mine((await ask('auditor', '/fleet/issued')).items)).toMatchObject([{ mayTakeBack: false }]);
    expect(mine((await ask('other product', '/fleet/issued')).items)).toEqual([]);
    const order = { kind: 'token', value: 'jti-0001', why: 'The laptop was lost.' };
    expect(await ask('other product', '/fleet/taken-back', order)).toMatchObject({ status: 403 });
    expect(await ask('release-manager', '/fleet/taken-back', order)).toEqual({ new: true });
    expect(await ask('release-manager', '/fleet/taken-back', order)).toEqual({ new: false });

    expect(mine((await ask('release-manager', '/fleet/issued')).items)).toEqual([]);
    const { items, mayTakeBack } = await ask('auditor', '/fleet/taken-back');
    expect(items[0]).toMatchObject({
      ...token,
      why: 'The laptop was lost.',
      by: expect.stringMatching(/\w/),
      endsAt: ends_at.toISOString(),
      leftAt: null,
    });
    expect(mayTakeBack).toBe(false);
    expect(mine((await ask('other product', '/fleet/taken-back')).items)).toEqual([]);
    expect((await readRevocations(ward)).tokens).toContain('jti-0001');
  });

  it.each([
    ['a value that names none of its kind', { kind: 'person', value: 'jo', why: 'Left.' }, 422],
    ['no reason', { kind: 'person', value: 'person:jo', why: ' ' }, 422],
  ])('refuses %s', async (_what, order, status) => {
    expect(await ask('release-manager', '/fleet/taken-back', order)).toMatchObject({ status });
  });

  it('does not take back one certificate of a unit, which is revoked whole', async () => {
    const unit = await fleet.unit('H-2');
    const order = { kind: 'certificate', value: unit.certificate, why: 'Lost.' };
    expect(await ask('release-manager', '/fleet/taken-back', order)).toMatchObject({
      code: 'fleet.wrong-state',
      at: 'H-2',
    });
  });

  it('is said on the page of units when the list is nearly full', async () => {
    const { ward, product } = fleet.house;
    const units = () => ask('auditor', `/fleet/units?product=${product.key}`);
    expect(await units()).toMatchObject({ takenBackNearlyFull: false });
    await sql`insert into fleet_revocation (kind, value, why, at)
      select 'person', 'person:p-' || n, 'Full.', now() from generate_series(1, 8000) n`.execute(ward.db);
    expect(await units()).toMatchObject({ takenBackNearlyFull: true });
    const { items, next } = await ask('auditor', '/fleet/taken-back');
    expect(items).toHaveLength(100);
    expect((await ask('auditor', `/fleet/taken-back?before=${next}`)).items[0]).not.toEqual(items[0]);
  });
});

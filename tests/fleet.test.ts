// Rows M10, L1, L5 and L11 from the workbench's end: units enrol once, report over their channel, hand over their audit trail, and are updated by
// a campaign that halts by its rule. Every unit here has a real key, a real log and a real TLS connection.
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CheckIn } from '@ward/device/agent/messages.ts';
import { type FrameKind, kindsBetween } from '@ward/device/channel/may-speak.ts';
import { systemClock } from '@ward/device/clock.ts';
import { isRefusal } from '@ward/device/refusal.ts';
import { comparisonCode } from '@ward/device/service/request.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Principal, SYSTEM } from '../workbench/kernel/people/roles.ts';
import { reviewEmergency } from '../workbench/rooms/fleet/emergencies/review-emergency.ts';
import { makeCode, revokeUnit } from '../workbench/rooms/fleet/enrolment/enrol-unit.ts';
import { publishTarget } from '../workbench/rooms/fleet/repository/publish.ts';
import { readRevocations, revoke } from '../workbench/rooms/fleet/revocations.ts';
import { askService, endService } from '../workbench/rooms/fleet/service/ask-service.ts';
import { readUnit, registerUnits } from '../workbench/rooms/fleet/units.ts';
import { directed, FieldUnit } from './fleet/field-unit.ts';
import { type FleetHouse, openFleetHouse } from './fleet/fleet-house.ts';
import { type ActorName, PASSWORD } from './setup/actors.ts';

let fleet: FleetHouse;
let manager: Principal;
let headers: Record<string, string>;

beforeAll(async () => {
  fleet = await openFleetHouse();
  manager = fleet.house.actor('release-manager').principal as Principal;
  headers = await fleet.house.headersOf(fleet.house.actor('auditor'));
});
afterAll(() => fleet.close());

async function get<T>(path: string): Promise<T> {
  const answer = await fleet.house.app.request(`/api${path}`, { headers });
  expect(answer.status, path).toBe(200);
  return (await answer.json()) as T;
}
async function act(
  by: ActorName,
  path: string,
  body: object,
): Promise<{ status: number; code: string | null }> {
  const { house } = fleet;
  const answer = await house.app.request(`/api${path}`, {
    method: 'POST',
    headers: { ...(await house.headersOf(house.actor(by))), 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const { code = null } = (await answer.json()) as { code?: string };
  return { status: answer.status, code };
}
const expectUnit = (serial: string) => get<Record<string, unknown>>(`/fleet/units/${serial}`);

describe('enrolment', () => {
  it('is once, with the code that was made for the unit', async () => {
    const { ward, product } = fleet.house;
    await registerUnits(ward, SYSTEM, product, [
      { serial: 'E-1', hardwareId: 'lumen-400', site: '', clinic: 'st-mary' },
    ]);
    const { code } = await makeCode(ward, SYSTEM, await readUnit(ward, SYSTEM, 'E-1'));

    await expect(
      FieldUnit.enrol(
        'E-1',
        code.replace(/.$/, (last) => (last === '0' ? '1' : '0')),
        fleet.post,
      ),
    ).rejects.toThrow('identity.code-wrong');
    const unit = await FieldUnit.enrol('E-1', code, fleet.post);
    await expect(FieldUnit.enrol('E-1', code, fleet.post)).rejects.toThrow('identity.code-used');

    expect(unit.enrolled.anchors.issuers).toEqual(['maker:ward', 'clinic:st-mary']);
    expect(await expectUnit('E-1')).toMatchObject({
      state: 'enrolled',
      keyThumbprint: unit.key.thumbprint,
      code: null,
      runs: null,
    });
  });

  it('locks a code after five wrong attempts, and says the same of a unit that nobody registered', async () => {
    const { ward, product } = fleet.house;
    await registerUnits(ward, SYSTEM, product, [
      { serial: 'E-2', hardwareId: 'lumen-400', site: '', clinic: '' },
    ]);
    const { code } = await makeCode(ward, SYSTEM, await readUnit(ward, SYSTEM, 'E-2'));
    const wrong = '00000-00000-00000-00000';
    for (let attempt = 0; attempt < 5; attempt += 1)
      await expect(FieldUnit.enrol('E-2', wrong, fleet.post)).rejects.toThrow('identity.code-wrong');

    await expect(FieldUnit.enrol('E-2', code, fleet.post)).rejects.toThrow('identity.code-locked');
    await expect(FieldUnit.enrol('E-99', wrong, fleet.post)).rejects.toThrow('identity.code-wrong');
  });
});

describe('a break of an audit trail', () => {
  const REASON =
    'Service put the disk back from a copy of Monday; the exchange stands in the service report.';
  const close = (
    serial: string,
    number: number,
    by: ActorName = 'security-lead',
    body: object = { reason: REASON, password: PASSWORD },
  ) => act(by, `/fleet/units/${serial}/audit/breaks/${number}/close`, body);
  /** Verified to its end, then put back from a copy, and reported twice: the second time with what it has signed since. */
  async function truncated(serial: string): Promise<{ unit: FieldUnit; verified: number }> {
    const unit = await fleet.unit(serial);
    await unit.note('one');
    const copy = await unit.copy();
    for (const what of ['two', 'three', 'four', 'five', 'six', 'seven']) await unit.note(what);
    const { auditKnown } = await unit.checkIn();
    await unit.putBack(copy);
    const answer = await unit.checkIn();
    expect(answer.auditProblem).toBe('audit.truncated');
    return { unit, verified: auditKnown.sequence };
  }

  it('by a log that was put back is closed once, by signature; the unit writes it down and is believed again', async () => {
    const { unit, verified } = await truncated('T-1');
    const before = await expectUnit('T-1');
    expect(before).toMatchObject({
      audit: { verdict: 'broken', breaks: 1 },
      breaks: [{ number: 1, code: 'audit.truncated', verifiedTo: verified, closing: null }],
      claim: { sequence: expect.any(Number) },
    });
    const { sequence: start } = before.claim as { sequence: number };

    expect(await close('T-1', 1)).toMatchObject({ status: 200 });
    const told = await unit.checkIn();
    expect(told).toMatchObject({
      auditProblem: null,
      auditClosing: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
    });
    expect(told.auditKnown.sequence).toBe(start);
    await unit.note('eight');
    const later = await unit.checkIn();
    expect(later).toMatchObject({ auditProblem: null });
    expect(later.auditKnown.sequence).toBe(unit.log.head.sequence);

    expect((await unit.checkIn()).auditClosing).toBeNull();
    const after = await expectUnit('T-1');
    expect(after).toMatchObject({
      audit: { verdict: 'verified', breaks: 1, problem: null },
      breaks: [
        {
          ...{ number: 1, code: 'audit.truncated', verifiedTo: verified },
          closing: { reason: REASON, by: expect.any(String), authentication: 'password', start, heard: true },
        },
      ],
    });
    const [{ closing }] = after.breaks as [{ closing: { lost: string } }];
    expect(closing.lost).toContain(`after line ${verified}`);
    const { items } = await get<{ items: { part: number; what: string }[] }>('/fleet/units/T-1/audit');
    // What was verified before the break is still there, beside what came after.
    expect(items.filter(({ part }) => part === 0).map(({ what }) => what)).toContain('seven');
    expect(items.filter(({ part }) => part === 1).map(({ what }) => what)).toEqual(
      expect.arrayContaining(['audit.closed', 'eight']),
    );
    const { rows } = await sql<{ action: string; content: object }>`
      select action, content from ledger where content->>'serial' = 'T-1' and action like 'fleet.trail-%' order by seq`.execute(
      fleet.house.ward.db,
    );
    expect(rows).toMatchObject([
      { action: 'fleet.trail-broken', content: { break: 1, code: 'audit.truncated' } },
      { action: 'fleet.trail-closed', content: { break: 1, reason: REASON, authentication: 'password' } },
    ]);
  });

  it('by a fork is closed too, and the next fork is a break of its own that the first closing does not close', async () => {
    const unit = await fleet.unit('T-2');
    await unit.note('one');
    await unit.checkIn();
    const copy = await unit.copy();
    await unit.note('two');
    await unit.checkIn();
    await unit.putBack(copy);
    // More than one report holds: the first one after the closing ends before the line from which the trail goes on.
    await Promise.all(Array.from({ length: 400 }, () => unit.note('other')));
    expect((await unit.checkIn()).auditProblem).not.toBeNull();
    expect(await close('T-2', 1)).toMatchObject({ status: 200 });
    const { auditClosing, maker } = await unit.checkIn();
    await unit.checkIn();

    await unit.putBack(copy);
    for (const what of ['third', 'third']) await unit.note(what);
    expect((await unit.checkIn()).auditProblem).not.toBeNull();
    expect(await close('T-2', 1)).toMatchObject({ status: 409, code: 'fleet.break-closed' });
    expect((await unit.checkIn()).auditProblem).not.toBeNull();
    expect(await expectUnit('T-2')).toMatchObject({ audit: { verdict: 'broken', breaks: 2 } });
    // The unit was put back to before it took the first closing: that one names a line which its log does not have.
    await expect(unit.take(auditClosing as string, { maker })).rejects.toThrow('audit.closing-elsewhere');
    expect(await close('T-2', 2)).toMatchObject({ status: 200 });
    expect((await unit.checkIn()).auditProblem).toBeNull();
    expect(await expectUnit('T-2')).toMatchObject({ audit: { verdict: 'verified', breaks: 2 } });
  });

  it('is closed by nobody without the right, a reason, a password that fits, or a break that is open', async () => {
    const { unit } = await truncated('T-3');
    expect(await close('T-3', 1, 'developer')).toMatchObject({ status: 403 });
    expect(await close('T-3', 1, 'release-manager')).toMatchObject({ status: 403 });
    expect(await close('T-3', 1, 'security-lead', { reason: '', password: PASSWORD })).toMatchObject({
      status: 422,
    });
    expect(await close('T-3', 1, 'security-lead', { reason: REASON })).toMatchObject({
      code: 'signature.needed',
    });
    expect(await close('T-3', 1, 'security-lead', { reason: REASON, password: 'wrong' })).toMatchObject({
      code: 'people.wrong-credential',
    });
    expect(await close('T-3', 2)).toMatchObject({ status: 404, code: 'fleet.no-break' });
    expect((await unit.checkIn()).auditProblem).toBe('audit.truncated');
    const { ward } = fleet.house;
    await expect(
      ward.db
        .updateTable('unit_trail_break')
        .set({ code: 'none' } as never)
        .execute(),
    ).rejects.toThrow();
  });

  it('is not closed before the unit has signed where it is', async () => {
    const unit = await fleet.unit('T-4');
    await unit.note('one');
    await unit.checkIn();
    const unsigned = (checkIn: CheckIn): CheckIn => ({
      ...checkIn,
      audit: { lines: [], last: { sequence: 1, hash: '1'.repeat(64) }, checkpoint: null },
    });
    expect((await unit.checkIn(unsigned)).auditProblem).toBe('audit.truncated');
    expect(await close('T-4', 1)).toMatchObject({ status: 409, code: 'fleet.no-start' });
    const forged = (checkIn: CheckIn): CheckIn => ({
      ...checkIn,
      audit: { ...(checkIn.audit as NonNullable<CheckIn['audit']>), checkpoint: 'a.b.c' },
    });
    await unit.checkIn(forged);
    expect(await close('T-4', 1)).toMatchObject({ status: 409, code: 'fleet.no-start' });
  });
});

describe('an emergency access to patient data', () => {
  const open = (unit: FieldUnit) =>
    unit.log.append({
      ...{
        what: 'vault.opened-in-emergency',
        outcome: 'done',
        code: null,
        who: 'person:amira',
        role: 'clinician',
      },
      on: 'patient:p-7k2m9q4x',
      detail: { purpose: 'break-glass', channel: 'remote', review: 'r-17' },
    });
  const review = (
    serial: string,
    line: string,
    body: object,
    by: 'quality' | 'developer' | 'auditor' = 'quality',
  ) => act(by, `/fleet/units/${serial}/emergencies/${line}/review`, body);
  const JUSTIFIED = { verdict: 'justified', reason: 'The clinic told why; it was an emergency.' };

  it('is listed to be reviewed, without patient data, until somebody has reviewed it once, and stays', async () => {
    const unit = await fleet.unit('B-1');
    await open(unit);
    await unit.checkIn();
    const product = fleet.house.product.key;
    const list = () => get<{ items: Record<string, unknown>[] }>(`/fleet/emergencies?product=${product}`);
    const before = await list();
    expect(before.items[0]).toMatchObject({
      serial: 'B-1',
      who: 'person:amira',
      reasonKept: 'r-17',
      review: null,
    });
    expect(JSON.stringify(before)).not.toContain('p-7k2m9q4x');
    expect(await expectUnit('B-1')).toMatchObject({ toReview: 1 });
    const units = await get<{ counts: { toReview: number } }>(
      `/fleet/units?product=${product}&attention=yes`,
    );
    expect(units.counts.toReview).toBe(1);
    const line = before.items[0]?.line as string;

    expect((await review('B-1', line, JUSTIFIED)).status).toBe(200);
    expect((await review('B-1', line, { ...JUSTIFIED, verdict: 'not-justified' })).code).toBe(
      'fleet.reviewed-already',
    );
    const after = await expectUnit('B-1');
    expect(after).toMatchObject({
      toReview: 0,
      emergencies: [{ review: { verdict: 'justified', reason: JUSTIFIED.reason } }],
    });
    const { rows } = await sql<{ content: object }>`
      select content from ledger where action = 'fleet.emergency-reviewed' order by seq desc limit 1`.execute(
      fleet.house.ward.db,
    );
    expect(rows[0]?.content).toMatchObject({ serial: 'B-1', who: 'person:amira', verdict: 'justified' });
  });

  it('of a unit with very many is counted to a bound, and hides no other unit', async () => {
    const { ward, product } = fleet.house;
    const [many, other] = [await fleet.unit('B-3'), await fleet.unit('B-4')];
    await open(other);
    await other.checkIn();
    await open(many);
    await many.checkIn();
    const { id } = await readUnit(ward, SYSTEM, 'B-3');
    await sql`insert into unit_audit (unit_id, part, sequence, at, what, outcome, code, line)
      select unit_id, 1, n, at + interval '1 day', what, outcome, code, line from unit_audit, generate_series(1, 1500) n
      where unit_id = ${id} and part = 0 and what = 'vault.opened-in-emergency'`.execute(ward.db);

    expect(await expectUnit('B-3')).toMatchObject({ toReview: 1_001 });
    const { items } = await get<{ items: { serial: string }[] }>(`/fleet/emergencies?product=${product.key}`);
    expect(items.filter(({ serial }) => serial === 'B-3')).toHaveLength(20);
    expect(items.some(({ serial }) => serial === 'B-4')).toBe(true);
  });

  it('is reviewed by who may, with a reason, and by nobody who opened it', async () => {
    const unit = await fleet.unit('B-2');
    await open(unit);
    await unit.note('vault.read');
    await unit.checkIn();
    const { emergencies } = (await expectUnit('B-2')) as { emergencies: { line: string }[] };
    const line = emergencies[0]?.line as string;
    const next = `0-${Number(line.split('-')[1]) + 1}`;

    expect((await review('B-2', line, JUSTIFIED, 'developer')).status).toBe(403);
    expect((await review('B-2', line, JUSTIFIED, 'auditor')).status).toBe(403);
    expect((await review('B-2', line, { ...JUSTIFIED, reason: '' })).status).toBe(422);
    expect((await review('B-2', next, JUSTIFIED)).code).toBe('fleet.no-emergency');
    const { ward, product } = fleet.house;
    const amira = await ward.person('Amira', ['quality']);
    await expect(
      reviewEmergency(ward, amira, await readUnit(ward, SYSTEM, 'B-2'), line, {
        ...{ verdict: 'justified', reason: 'I needed to look.' },
      }),
    ).rejects.toMatchObject({ code: 'fleet.own-emergency' });
    expect(await expectUnit('B-2')).toMatchObject({ toReview: 1, product: { key: product.key } });
  });
});

describe('a report', () => {
  it('says what the unit runs, and its audit trail is verified line by line', async () => {
    const unit = await fleet.unit('R-1');
    await unit.note('treatment.begun');
    await unit.note('command.refused', 'command.replayed');
    const answer = await unit.checkIn();

    expect(answer.auditProblem).toBeNull();
    expect(answer.revocations).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
    const detail = await expectUnit('R-1');
    expect(detail).toMatchObject({ runs: { version: '4.1.0' }, deviceState: 'standby', silent: false });
    expect(detail.audit).toMatchObject({ verdict: 'verified', problem: null });
    const { items } = await get<{ items: { what: string; code: string | null }[] }>(
      '/fleet/units/R-1/audit?outcome=refused',
    );
    expect(items.map(({ what, code }) => [what, code])).toEqual([['command.refused', 'command.replayed']]);
    const bundle = await get<{ resourceType: string; entry: unknown[] }>('/fleet/units/R-1/audit/fhir');
    expect(bundle.resourceType).toBe('Bundle');
    expect(bundle.entry.length).toBe((detail.audit as { lines: number }).lines);
  });

  it('says since when it runs and from which slot, and a hardware that was not registered is a finding', async () => {
    const unit = await fleet.unit('HW-1');
    unit.report = { ...unit.report, slot: 'b', uptimeMs: 3_600_000 };
    await unit.checkIn();
    const before = (await expectUnit('HW-1')) as { lastSeenAt: string; startedAt: string };
    const attention = async () =>
      (await get<{ items: { serial: string }[] }>(
        `/fleet/units?product=${fleet.house.product.key}&attention=yes&text=HW-1`,
      ).then(({ items }) => items.length)) > 0;

    expect(before).toMatchObject({ slot: 'b', reportedHardwareId: 'lumen-400', hardwareId: 'lumen-400' });
    expect(Date.parse(before.lastSeenAt) - Date.parse(before.startedAt)).toBe(3_600_000);
    expect(await attention()).toBe(false);

    unit.report = { ...unit.report, hardwareId: 'lumen-300' };
    await unit.checkIn();
    expect(await expectUnit('HW-1')).toMatchObject({
      reportedHardwareId: 'lumen-300',
      hardwareId: 'lumen-400',
    });
    expect(await attention()).toBe(true);
  });

  it('and a renewal are all that a unit may ask, and both are heard', async () => {
    const unit = await fleet.unit('HW-2');
    const channel = await unit.connect(fleet.gateway.port() as number);
    for (const kind of kindsBetween('unit', 'gateway'))
      await expect(channel.request(kind as FrameKind, null), kind).rejects.toMatchObject({
        detail: { code: 'channel.body-malformed' },
      });
  });

  it('with a line changed on its way is not believed, and neither is anything after it', async () => {
    const unit = await fleet.unit('R-2');
    await unit.checkIn();
    await unit.note('command.refused', 'command.replayed');
    const answer = await unit.checkIn((checkIn) => ({
      ...checkIn,
      audit: {
        ...(checkIn.audit as NonNullable<typeof checkIn.audit>),
        lines: checkIn.audit?.lines.map((line) => line.replace('command.replayed', 'command.expired')) ?? [],
      },
    }));
    const later = await unit.checkIn();

    expect(answer.auditProblem).toMatch(/^audit\./);
    expect(later.auditProblem).toBe(answer.auditProblem);
    expect((await expectUnit('R-2')).audit).toMatchObject({
      verdict: 'broken',
      problem: answer.auditProblem,
    });
  });

  it('whose answer was lost is sent again, and the lines that were taken are no fault', async () => {
    const unit = await fleet.unit('R-71');
    await unit.note('one');
    const [first, again] = await Promise.all([unit.checkIn(), unit.checkIn()]);
    await unit.note('two');

    expect([first.auditProblem, again.auditProblem]).toEqual([null, null]);
    expect((await unit.checkIn()).auditProblem).toBeNull();
    expect((await expectUnit('R-71')).audit).toMatchObject({ verdict: 'verified' });
  });

  it('that is sent again with another line than before shows the fork', async () => {
    const unit = await fleet.unit('R-81');
    await unit.note('one');
    const sent: CheckIn[] = [];
    await unit.checkIn((checkIn) => {
      sent.push(checkIn);
      return checkIn;
    });
    const lines = sent[0]?.audit?.lines.map((line) => line.replace('"one"', '"two"')) ?? [];
    const answer = await unit.checkIn((checkIn) => ({
      ...checkIn,
      audit: { ...(checkIn.audit as NonNullable<typeof checkIn.audit>), lines },
    }));

    expect(answer.auditProblem).toMatch(/^audit\./);
  });

  it('of a log that was put back from a copy shows the lines that are gone', async () => {
    const unit = await fleet.unit('R-3');
    await unit.note('one');
    await unit.checkIn();
    await unit.note('two');
    await unit.checkIn();
    const answer = await unit.checkIn((checkIn) => ({
      ...checkIn,
      audit: { lines: [], last: { sequence: 1, hash: '1'.repeat(64) }, checkpoint: null },
    }));

    expect(answer.auditProblem).toBe('audit.truncated');
  });

  it('of a unit whose vault is damaged says so, and the unit is one to look at', async () => {
    const unit = await fleet.unit('R-17');
    unit.report = { ...unit.report, vault: { state: 'damaged', damagedRecords: 2, code: 'vault.changed' } };
    await unit.checkIn();
    expect(await expectUnit('R-17')).toMatchObject({ vault: { state: 'damaged', damagedRecords: 2 } });
    const product = fleet.house.product.key;
    const { items } = await get<{ items: { serial: string }[] }>(
      `/fleet/units?product=${product}&attention=yes&text=R-17`,
    );
    expect(items.map(({ serial }) => serial)).toEqual(['R-17']);
    // A unit of an earlier version says nothing of it.
    const { vault: _none, ...older } = unit.report;
    unit.report = older as typeof unit.report;
    await unit.checkIn();
    expect(await expectUnit('R-17')).toMatchObject({ vault: null });
  });

  it('whose letters and times no database keeps is taken like any other, line for line', async () => {
    const unit = await fleet.unit('R-5');
    await unit.note('odd\0\ud800name', 'odd.\0code');
    const wall = vi.spyOn(systemClock, 'wall').mockReturnValue(8.7e15);
    await unit.note('late');
    wall.mockRestore();
    const answer = await unit.checkIn();
    expect(answer.auditProblem).toBeNull();
    expect(answer.auditKnown.sequence).toBe(unit.log.head.sequence);
  });

  it('of a unit that heard a later word of the director than Ward remembers is answered with one after it', async () => {
    const unit = await fleet.unit('R-6');
    await unit.checkIn();
    const answer = await unit.checkIn((checkIn) => ({ ...checkIn, director: 41 }));
    const { signed } = JSON.parse(answer.director?.['timestamp.json'] as string);
    expect(signed.version).toBe(42);
    const greedy = await unit.checkIn((checkIn) => ({ ...checkIn, director: Number.MAX_SAFE_INTEGER }));
    expect(JSON.parse(greedy.director?.['timestamp.json'] as string).signed.version).toBe(42);
  });

  it('is one of many ways to learn who was taken back: a console asks for the same list without an account', async () => {
    const ask = async () => {
      const answer = await fleet.house.app.request('/api/fleet/revocations');
      const { list } = (await answer.json()) as { list: string };
      return JSON.parse(Buffer.from(list.split('.')[1] as string, 'base64url').toString()) as {
        number: number;
        certificates: string[];
      };
    };
    const before = await ask();
    await fleet.unit('R-91');
    const { ward } = fleet.house;
    await revokeUnit(ward, manager, await readUnit(ward, SYSTEM, 'R-91'), 'Stolen.');
    const after = await ask();

    expect(after.number).toBeGreaterThan(before.number);
    expect(after.certificates).toHaveLength(before.certificates.length + 1);
  });

  it('carries a list of what was taken back whose number is later than any before Ward was put back from a copy', async () => {
    const { ward } = fleet.house;
    const unit = await fleet.unit('R-7');
    await revokeUnit(ward, manager, await readUnit(ward, SYSTEM, 'R-7'), 'Stolen.');
    const before = await readRevocations(ward);
    await ward.db.deleteFrom('fleet_revocation').execute();
    await ward.db.updateTable('fleet_revocation_list').set({ number: 1 }).execute();
    ward.advance(1);
    await revoke(ward, manager, { kind: 'person', value: 'person:eve', why: 'Left.' });
    expect((await readRevocations(ward)).number).toBeGreaterThan(before.number);
    unit.close();
  });

  it('of a revoked unit is refused, over an open channel too', async () => {
    const unit = await fleet.unit('R-4');
    await unit.checkIn();
    const { ward } = fleet.house;
    await revokeUnit(ward, manager, await readUnit(ward, SYSTEM, 'R-4'), 'Stolen.');

    const refusal = await unit.checkIn().then(
      () => null,
      (error: unknown) => error,
    );
    expect(isRefusal(refusal)).toBe(true);
    expect(await expectUnit('R-4')).toMatchObject({ state: 'revoked' });
  });
});

describe('a campaign', () => {
  it('reaches its waves one after the other, and halts when a unit of the first fails', async () => {
    const units = await Promise.all(['C-1', 'C-2', 'C-3'].map((serial) => fleet.unit(serial)));
    const [first, second, third] = units as [FieldUnit, FieldUnit, FieldUnit];
    for (const unit of units) await unit.checkIn();
    const { record: update, sha256 } = await fleet.update('4.2.0', 'broken');
    const campaign = await fleet.campaign(update, {
      waves: [
        { name: 'Pilot', units: 'C-1 C-2' },
        { name: 'All', units: 'C-3' },
      ],
      haltAfterFailures: 1,
    });
    await fleet.move(manager, campaign.key, 'start');
    await fleet.house.ward.jobs.drain();

    expect(directed(await first.checkIn())).toEqual({ sha256, version: '4.2.0', attempt: 1 });
    expect(directed(await second.checkIn())).toEqual({ sha256, version: '4.2.0', attempt: 1 });
    expect(directed(await third.checkIn())).toBeUndefined();
    first.report = {
      ...first.report,
      update: { version: '4.2.0', sha256, step: 'failed', code: 'update.health-failed' },
    };
    await first.checkIn();
    await fleet.house.ward.jobs.drain();

    expect((await fleet.now(campaign.key)).state).toBe('halted');
    // Offered before and not taken yet: the word is taken back.
    expect(directed(await second.checkIn())).toBeNull();
    const progress = await get<{ says: string; waves: { steps: object }[]; units: object[] }>(
      `/fleet/campaigns/${campaign.key}`,
    );
    expect(progress.says).toBe('Wave 1: 1 unit failed, and the campaign halts after 1.');
    expect(progress.waves.map(({ steps }) => steps)).toMatchObject([
      { failed: 1, offered: 1 },
      { waiting: 1 },
    ]);
    expect(progress.units[0]).toMatchObject({
      serial: 'C-1',
      step: 'failed',
      detail: 'update.health-failed',
    });
  });

  it('that is halted still says what a unit had begun', async () => {
    const unit = await fleet.unit('H-1');
    const { record: update, sha256 } = await fleet.update('4.2.9', 'begun');
    const campaign = await fleet.campaign(update, { waves: [{ name: 'All', units: 'H-1' }] });
    await fleet.move(manager, campaign.key, 'start');
    await fleet.house.ward.jobs.drain();
    await unit.checkIn();
    unit.report = { ...unit.report, update: { version: '4.2.9', sha256, step: 'staged', code: null } };
    await unit.checkIn();
    await fleet.move(manager, campaign.key, 'halt');
    // It was in its trial when the campaign halted; nothing new is offered to it.
    unit.report = { ...unit.report, version: '4.2.9', sha256, update: null };
    expect(directed(await unit.checkIn())).toBeNull();

    const { units } = await get<{ units: object[] }>(`/fleet/campaigns/${campaign.key}`);
    expect(units).toMatchObject([{ serial: 'H-1', step: 'confirmed' }]);
    expect((await fleet.now(campaign.key)).state).toBe('halted');
  });

  it('ends by itself when every unit runs what it brought', async () => {
    const unit = await fleet.unit('D-1');
    const { record: update, sha256 } = await fleet.update('4.3.0', 'good');
    const campaign = await fleet.campaign(update, { waves: [{ name: 'All', units: 'D-1' }] });
    await fleet.move(manager, campaign.key, 'start');
    await fleet.house.ward.jobs.drain();
    await unit.checkIn();
    unit.report = { ...unit.report, version: '4.3.0', sha256 };
    await unit.checkIn();
    await fleet.house.ward.jobs.drain();

    expect((await fleet.now(campaign.key)).state).toBe('done');
    expect(await expectUnit('D-1')).toMatchObject({
      runs: { version: '4.3.0', release: { title: 'Lumen 4.3.0' } },
    });
  });

  it.each([
    ['a unit that is not there', { waves: [{ name: 'All', units: 'NO-1' }] }, 'fleet.waves'],
    ['no wave', { waves: [] }, 'fleet.waves'],
  ])('does not start with %s', async (_name, body, code) => {
    const { record: update } = await fleet.update(`5.0.${Math.floor(Math.random() * 1e5)}`, randomUUID());
    const campaign = await fleet.campaign(update, body);

    await expect(fleet.move(manager, campaign.key, 'start')).rejects.toMatchObject({ code });
    expect((await fleet.now(campaign.key)).state).toBe('planned');
  });
});

describe('what does not fit', () => {
  it('a unit in one campaign is not taken by another', async () => {
    await fleet.unit('O-1');
    const { record: update } = await fleet.update('6.0.0', 'one');
    const { record: second } = await fleet.update('6.1.0', 'two');
    const waves = [{ name: 'All', units: 'O-1' }];
    await fleet.move(manager, (await fleet.campaign(update, { waves })).key, 'start');

    await expect(
      fleet.move(manager, (await fleet.campaign(second, { waves })).key, 'start'),
    ).rejects.toMatchObject({ code: 'fleet.other-campaign' });
  });

  it('an update whose file nobody published, or which names another file', async () => {
    const campaign = await fleet.campaign(await fleet.house.record('update', { title: 'Nothing' }), {
      waves: [{ name: 'All', units: 'rest' }],
    });
    await expect(fleet.move(manager, campaign.key, 'start')).rejects.toMatchObject({
      code: 'fleet.no-target',
    });
    const { record } = await fleet.update('6.2.0', 'three');
    const publish = (content: string) => {
      const file = join(fleet.folder, 'other.mjs');
      writeFileSync(file, content);
      return publishTarget(fleet.house.ward, {
        file,
        update: record.key,
        version: '6.2.0',
        hardwareIds: ['lumen-400'],
        releaseCounter: 1,
        keysFolders: [join(fleet.folder, 'keys')],
      });
    };
    await expect(publish('four')).rejects.toMatchObject({ code: 'fleet.no-target' });
    await expect(publish('three')).rejects.toMatchObject({ code: 'fleet.target-known' });
  });

  it('a code for a unit that is enrolled, and a session while another waits', async () => {
    const { ward } = fleet.house;
    await fleet.unit('O-2');
    const unit = await readUnit(ward, SYSTEM, 'O-2');
    await expect(makeCode(ward, manager, unit)).rejects.toMatchObject({ code: 'fleet.wrong-state' });

    const wanted = { why: 'Last error', verbs: ['service.read-logs'], minutes: 10 };
    await askService(ward, manager, unit, wanted);
    await expect(askService(ward, manager, unit, wanted)).rejects.toMatchObject({
      code: 'fleet.service-open',
    });
  });

  it('a file that the repository does not have, and a message that is no enrolment', async () => {
    const answer = await fleet.house.app.request('/api/fleet/repository/metadata/99.root.json');
    expect(await answer.json()).toMatchObject({ status: 404, code: 'fleet.no-file' });
    const first = await fleet.house.app.request('/api/fleet/repository/metadata/1.root.json');
    expect(await first.json()).toHaveProperty('signed._type', 'root');
    expect(await fleet.post('/api/fleet/enrol', { payload: 'e30', mac: 'A'.repeat(43) })).toMatchObject({
      status: 403,
      body: { code: 'fleet.enrolment-refused' },
    });
  });
});

describe('a service session', () => {
  it("is asked over the unit's own challenge, opened there, and ended from here", async () => {
    const { ward } = fleet.house;
    const unit = await fleet.unit('S-1');
    await askService(ward, manager, await readUnit(ward, SYSTEM, 'S-1'), {
      why: 'Last error',
      verbs: ['service.read-logs'],
      minutes: 10,
    });
    expect((await unit.checkIn()).services).toEqual([]);
    unit.report = { ...unit.report, serviceChallenge: 'c'.repeat(43) };
    const [request] = (await unit.checkIn()).services;
    const claims = JSON.parse(Buffer.from(String(request).split('.')[1] as string, 'base64url').toString());
    const asked = (await expectUnit('S-1')) as { services: { id: string; code: string; state: string }[] };

    expect(claims).toMatchObject({ unit: 'S-1', challenge: 'c'.repeat(43), minutes: 10 });
    expect(asked.services[0]).toMatchObject({
      state: 'requested',
      code: await comparisonCode(String(request)),
    });
    const { id } = asked.services[0] as { id: string };
    unit.report = { ...unit.report, service: { id, state: 'open', because: null } };
    await unit.checkIn();
    expect(((await expectUnit('S-1')) as typeof asked).services[0]?.state).toBe('open');
    await endService(ward, manager, id);
    expect((await unit.checkIn()).endServices).toEqual([id]);
    await expect(endService(ward, manager, id)).rejects.toMatchObject({ code: 'fleet.wrong-state' });
  });
});

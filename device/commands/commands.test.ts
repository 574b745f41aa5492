import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { makeLaserScene, SAMPLE_PATIENT, SAMPLE_PREPARATION } from '../../laser/machine/scene.ts';
import { MemoryAudit } from '../audit/event.ts';
import { HandClock } from '../clock.ts';
import { Refusal, refusalDefinitions } from '../refusal.ts';
import { readJws, signJws } from '../signed/jws.ts';
import { CommandConsole } from './console.ts';
import { makeChannel, makeKey, makeScene } from './scene.ts';
import { makeSealKey, openSeal, seal } from './seal.ts';
import { SESSION_LIMITS } from './session.ts';
import { DEVICE_VERBS, defineVocabulary } from './vocabulary.ts';

const PREPARE = { verb: 'treatment.prepare', body: SAMPLE_PREPARATION, patientData: SAMPLE_PATIENT };
/** As the audit log refuses; made here, so that no code is registered twice. */
const unwritable = () => new Refusal('audit.unwritable', { plain: 'Full.', row: 'L11' });
const revokedNow = () => new Refusal('rights.revoked', { plain: 'Taken back.', row: 'L2' });

/** An audit log whose disk can be full. */
class FullableAudit extends MemoryAudit {
  full = false;
  override async append(event: Parameters<MemoryAudit['append']>[0]) {
    if (this.full) throw unwritable();
    return super.append(event);
  }
}

async function stage() {
  const clock = new HandClock();
  const audit = new FullableAudit();
  const scene = await makeLaserScene({ clock, audit });
  return { ...scene, clock, audit, clinician: await scene.connect() };
}

describe('a command from console to laser and back', () => {
  it('is signed, checked, done, recorded and answered by a receipt', async () => {
    const scene = await stage();

    const { receipt } = await scene.prepare(scene.clinician);

    expect(receipt).toMatchObject({
      outcome: 'done',
      code: null,
      state: 'prepared',
      unit: 'L4-0007',
      audit: 2,
    });
    expect(scene.laser.now.safety.setting?.parameters).toEqual(SAMPLE_PREPARATION.parameters);
    expect(scene.laser.patientOnDisplay).toEqual(SAMPLE_PATIENT);
    expect(scene.audit.events.map(({ what }) => what)).toEqual(['session.opened', 'command.accepted']);
    expect(JSON.stringify(scene.audit.events)).not.toContain('Ferrara');
  });

  it('carries no patient data that the ends in between could read', async () => {
    const scene = await stage();
    const command = await scene.clinician.desk.command(PREPARE);
    const receipt = await scene.commands.answer(scene.clinician.channel, command);
    const onTheWay = [command, receipt]
      .flatMap((message) => message.split('.'))
      .map((part) => Buffer.from(part, 'base64url').toString('latin1'))
      .join();

    expect(onTheWay).toContain('p-7k2m9q4x');
    for (const secret of Object.values(SAMPLE_PATIENT)) expect(onTheWay).not.toContain(secret);
  });

  it('gives patient data back to the holder alone', async () => {
    const record = { name: 'Jo Ferrara', treatments: 3 };
    const scene = await makeLaserScene({ handlers: { 'record.read': () => ({ sealed: record }) } });
    const clinician = await scene.connect();
    const { receipt, patientData } = await clinician.ask({
      verb: 'record.read',
      body: { patient: 'p-7k2m9q4x', purpose: 'treatment', view: 'summary' },
    });

    expect(patientData).toEqual(record);
    expect(receipt.answer).toBeNull();
    expect(JSON.stringify(receipt)).not.toContain('Ferrara');
  });

  it('goes on through treatment, with the hands at the device alone making light', async () => {
    const scene = await stage();
    await scene.bringTo('emitting', scene.clinician);
    expect(scene.laser.now.safety.phase).toBe('emitting');

    const { receipt } = await scene.clinician.ask({ verb: 'stop', body: {} });
    expect(receipt).toMatchObject({ outcome: 'done', state: 'paused' });
    expect(scene.laser.now.safety.phase).toBe('confirmed');
    await scene.clinician.ask({ verb: 'treatment.end', body: {} });
    expect(scene.laser.state).toBe('ended');
    scene.press('acknowledge-pressed');
    expect(scene.laser.patientOnDisplay).toBeNull();
  });
});

describe('freshness', () => {
  it('uses up number and challenge also by a refused command', async () => {
    const scene = await stage();
    const { receipt } = await scene.clinician.ask({ verb: 'treatment.adjust', body: {} });
    expect(receipt).toMatchObject({ code: 'command.malformed', next: { sequence: 2 } });
    expect((await scene.prepare(scene.clinician)).receipt.outcome).toBe('done');
  });

  it('does not use it up by a message that is not the holder’s', async () => {
    const scene = await stage();
    await scene.commands.answer(scene.clinician.channel, 'a.b.c');
    expect((await scene.prepare(scene.clinician)).receipt.outcome).toBe('done');
  });

  it.each([
    ['idle', SESSION_LIMITS.idleMilliSecond, 'idle'],
    ['its token’s end', 5 * 3_600_000, 'time'],
  ])('ends with %s, to the millisecond, by the monotonic clock', async (_name, after, why) => {
    const scene = await stage();
    const step = SESSION_LIMITS.idleMilliSecond - 1;
    for (let passed = 0; after > SESSION_LIMITS.idleMilliSecond && passed + step < after; passed += step) {
      scene.clock.advance(step);
      if (passed + 2 * step < after)
        expect((await scene.clinician.ask({ verb: 'unit.status', body: {} })).receipt.outcome).toBe('done');
    }
    scene.clock.advance(after > SESSION_LIMITS.idleMilliSecond ? step : after - 1);
    if (after <= SESSION_LIMITS.idleMilliSecond) scene.clock.advance(1);
    const { receipt } = await scene.clinician.ask({ verb: 'unit.status', body: {} });
    expect(receipt).toMatchObject({ code: 'command.too-late', next: null });
    expect(scene.audit.events.at(-1)?.detail.ended).toBe(why);
  });

  it('answers commands that come at once one after the other', async () => {
    const scene = await stage();
    const command = await scene.clinician.desk.command(PREPARE);
    const answers = await Promise.all(
      [1, 2, 3].map(() => scene.commands.answer(scene.clinician.channel, command)),
    );
    const codes = answers.map(
      (answer) => JSON.parse(Buffer.from(answer.split('.')[1] as string, 'base64url').toString()).code,
    );
    expect(codes).toEqual([null, 'command.replayed', 'command.replayed']);
  });
});

describe('a full audit disk', () => {
  it('ends remote functions, not the treatment, and not a stop', async () => {
    const scene = await stage();
    await scene.bringTo('armed', scene.clinician);
    scene.audit.full = true;

    const status = await scene.clinician.ask({ verb: 'treatment.status', body: {} });
    expect(status.receipt).toMatchObject({ code: 'command.audit-unwritable', audit: null, state: 'armed' });
    scene.press('foot-a-down', 'foot-b-down');
    expect(scene.laser.state).toBe('emitting');
    const stop = await scene.clinician.ask({ verb: 'stop', body: {} });
    expect(stop.receipt).toMatchObject({ outcome: 'done', audit: null, state: 'paused' });
  });

  it('opens no session', async () => {
    const scene = await stage();
    Object.defineProperty(scene.audit, 'writable', { value: false });
    await expect(scene.connect()).rejects.toMatchObject({ code: 'command.audit-unwritable' });
  });
});

it('a command that the device cannot finish is answered, recorded and told apart from a refusal', async () => {
  const scene = await makeLaserScene({
    handlers: {
      'unit.status': () => {
        throw new Error('a wire is loose');
      },
    },
  });
  const { receipt } = await (await scene.connect()).ask({ verb: 'unit.status', body: {} });
  expect(receipt).toMatchObject({ outcome: 'failed', code: 'command.failed' });
  expect((scene.audit as MemoryAudit).events.at(-1)).toMatchObject({
    what: 'command.failed',
    outcome: 'failed',
  });
  expect(JSON.stringify(receipt)).not.toContain('wire');
});

describe('sessions', () => {
  it('are for this unit and in time', async () => {
    const scene = await stage();
    const channel = makeChannel();
    const holder = await makeKey();
    for (const [given, code] of [
      [{ unit: 'L4-0008' }, 'command.wrong-unit'],
      [{ expiresAtMonotonic: 0 }, 'command.too-late'],
      [{ channelThumbprint: 'other' }, 'command.wrong-channel'],
    ] as const)
      await expect(
        scene.commands.openSession(await scene.grantTo(holder, channel, given), channel),
      ).rejects.toMatchObject({ code });
    expect(scene.audit.events.filter(({ what }) => what === 'session.refused')).toHaveLength(3);
  });
});

it('a grant is asked for anew before each command', async () => {
  const scene = await stage();
  const channel = makeChannel();
  const holder = await makeKey();
  let revoked = false;
  const grant = await scene.grantTo(holder, channel);
  const opened = await scene.commands.openSession(grant, channel, () => {
    if (revoked) throw revokedNow();
  });
  const desk = await CommandConsole.open(
    {
      ...scene,
      unitKey: scene.key.publicKey,
      sign: holder.sign,
      tokenHash: grant.tokenHash,
      exporter: channel.exporter,
    },
    opened,
  );
  const ask = async () =>
    (
      await desk.read(
        await scene.commands.answer(channel, await desk.command({ verb: 'unit.status', body: {} })),
      )
    ).receipt.code;
  expect(await ask()).toBeNull();
  revoked = true;
  expect(await ask()).toBe('rights.revoked');
});

describe('the console', () => {
  it('believes no opening of another channel, and no message that is none', async () => {
    const scene = await stage();
    const { desk } = scene.clinician;
    await expect(desk.read('x')).rejects.toMatchObject({ code: 'receipt.malformed' });
    const receipt = await scene.commands.answer(scene.clinician.channel, await desk.command(PREPARE));
    await desk.command(PREPARE);
    await expect(desk.read(receipt)).rejects.toMatchObject({ code: 'receipt.of-another-command' });
  });

  it('refuses an answer whose sealed part is not for it', async () => {
    const scene = await makeLaserScene({ handlers: { 'record.read': () => ({ sealed: 'secret' }) } });
    const clinician = await scene.connect();
    const other = (await makeSealKey()).publicJwk;
    const command = await clinician.desk.command({
      verb: 'record.read',
      body: { patient: 'p-7k2m9q4x', purpose: 'treatment', view: 'summary' },
    });
    const answer = await scene.commands.answer(clinician.channel, command);
    const claims = JSON.parse(Buffer.from(answer.split('.')[1] as string, 'base64url').toString());
    const sealed = await seal('other', other, {
      unit: 'L4-0007',
      session: '',
      sequence: 1,
      way: 'to-holder',
    });
    const changed = await signJws({ typ: 'ward-receipt+jwt' }, { ...claims, sealed }, scene.key.sign);
    await expect(clinician.desk.read(changed)).rejects.toMatchObject({ code: 'receipt.wrong-seal' });
  });
});

describe('the vocabulary', () => {
  const body = z.strictObject({});
  it('knows no effect beyond reading, preparing, lowering and serving', () => {
    const effects = new Set(Object.values(DEVICE_VERBS).map(({ effect }) => effect));
    expect([...effects].sort()).toEqual(['lowers', 'prepares', 'reads', 'serves']);
  });
  it('lets only what lowers be done unrecorded', () => {
    const loud = { 'unit.dance': { does: '', effect: 'prepares', body, evenUnrecorded: true } } as const;
    expect(() => defineVocabulary(loud)).toThrow('does not lower');
    expect(
      [...defineVocabulary(DEVICE_VERBS)].filter(([, { evenUnrecorded }]) => evenUnrecorded),
    ).toHaveLength(1);
  });
  it('takes no name twice and no name that is none', () => {
    expect(() => defineVocabulary(DEVICE_VERBS, { stop: DEVICE_VERBS.stop })).toThrow('twice');
    expect(() => defineVocabulary({ __Proto: DEVICE_VERBS.stop })).toThrow('no name');
  });
});

describe('any message', () => {
  it('ends in a signed receipt with a code of the table, whatever it is', async () => {
    const scene = await stage();
    const { channel, desk } = scene.clinician;
    const good = await desk.command(PREPARE);
    const cut = fc
      .tuple(fc.nat(good.length - 1), fc.integer({ min: 33, max: 126 }))
      .map(([at, letter]) => good.slice(0, at) + String.fromCharCode(letter) + good.slice(at + 1));
    const message = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.anything(),
      cut,
      fc
        .tuple(fc.json(), fc.json())
        .map(([header, payload]) =>
          [header, payload, 'x'.repeat(86)].map((part) => Buffer.from(part).toString('base64url')).join('.'),
        ),
      fc.nat(good.length).map((length) => good.slice(0, length)),
    );
    await fc.assert(
      fc.asyncProperty(message, async (sent) => {
        fc.pre(sent !== good);
        scene.clock.advance(100);
        const answer = await scene.commands.answer(channel, sent);
        const reading = readJws(answer, {
          typ: 'ward-receipt+jwt',
          key: scene.key.publicKey,
          mostCharacters: 100_000,
        });
        expect(reading.kind).toBe('read');
        const { code } = (reading as unknown as { claims: { code: string } }).claims;
        expect(refusalDefinitions().has(code)).toBe(true);
        expect(scene.laser.state).toBe('standby');
      }),
      { numRuns: 500 },
    );
  });

  it('has one spelling: no spare bit, no space, no padding', async () => {
    const scene = await stage();
    const { channel, desk } = scene.clinician;
    const good = await desk.command(PREPARE);
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const last = alphabet.indexOf(good.at(-1) as string);
    for (const other of [`${good.slice(0, -1)}${alphabet[last + 1]}`, `${good} `, `${good}==`]) {
      await scene.commands.answer(channel, other);
      expect(scene.audit.events.at(-1)?.code).toBe('command.malformed');
    }
    expect(scene.laser.state).toBe('standby');
  });

  it('with any claims signed by the holder changes nothing but by a whole command', async () => {
    const scene = await stage();
    const { channel, desk, holder } = scene.clinician;
    const claims = JSON.parse(
      Buffer.from((await desk.command(PREPARE)).split('.')[1] as string, 'base64url').toString(),
    );
    const names = Object.keys(claims);
    const change = fc.tuple(fc.constantFrom(...names, 'more'), fc.jsonValue({ maxDepth: 3 }));
    await fc.assert(
      fc.asyncProperty(change, async ([name, value]) => {
        fc.pre(
          name !== 'id' && name !== 'answerTo' && JSON.stringify(value) !== JSON.stringify(claims[name]),
        );
        scene.clock.advance(100);
        await scene.commands.answer(
          channel,
          await signJws({ typ: 'ward-command+jwt' }, { ...claims, [name]: value }, holder.sign),
        );
        expect(scene.laser.state).toBe('standby');
      }),
      { numRuns: 300 },
    );
  });

  it('that is a seal opens for its own place only, and never throws', async () => {
    const key = await makeSealKey();
    const what = { unit: 'u', session: 's', sequence: 3, way: 'to-unit' } as const;
    const sealed = await seal({ name: 'x' }, key.publicJwk, what);
    expect(await openSeal(sealed, key.privateKey, what)).toEqual({ name: 'x' });
    for (const other of [{ unit: 'v' }, { session: 't' }, { sequence: 4 }, { way: 'to-holder' as const }])
      expect(await openSeal(sealed, key.privateKey, { ...what, ...other })).toBeUndefined();
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), fc.nat(sealed.length - 2), async (noise, at) => {
        expect(await openSeal(noise, key.privateKey, what)).toBeUndefined();
        const changed = sealed.slice(0, at) + noise + sealed.slice(at + 1);
        if (changed !== sealed) expect(await openSeal(changed, key.privateKey, what)).toBeUndefined();
      }),
    );
  });
});

it('a device of another kind registers its own verbs', async () => {
  const body = z.strictObject({ millilitre: z.int() });
  const pump = { state: 'idle', decide: () => undefined, perform: () => ({ open: { given: 1 } }) };
  const scene = await makeScene({
    vocabulary: defineVocabulary({ 'rate.propose': { does: 'proposes a rate', effect: 'prepares', body } }),
    device: pump,
  });
  const { receipt } = await (await scene.connect()).ask({ verb: 'rate.propose', body: { millilitre: 4 } });
  expect(receipt).toMatchObject({ outcome: 'done', answer: { given: 1 } });
  expect(receipt).not.toBeInstanceOf(Refusal);
});

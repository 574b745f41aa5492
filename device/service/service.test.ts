import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DIAGNOSTICS_ALLOWED } from '../../laser/machine/laser-service.ts';
import { SAMPLE_PATIENT } from '../../laser/machine/scene.ts';
import { ENGINEER, makeServiceScene } from '../../laser/machine/service-scene.ts';
import { redact, redactLogLine } from './redact.ts';
import { comparisonCode } from './request.ts';

const AT = (who: string) => ({ who, laptop: 'laptop-1' });
const code = (of: string) => ({ code: of });
const refusalsOf = (scene: Awaited<ReturnType<typeof makeServiceScene>>) =>
  scene.audit.events.filter(({ outcome }) => outcome === 'refused').map((event) => event.code);

describe('a service session', () => {
  it('is requested, shown, consented to with the code of both ends, used, and ended', async () => {
    const scene = await makeServiceScene();
    const engineer = await scene.connect(ENGINEER);
    const request = await scene.request();

    await engineer.ask({ verb: 'service.open', body: { request } });
    const shown = scene.desk.visible;
    expect(shown).toMatchObject({ kind: 'requested', who: ENGINEER.person, minutes: 30 });
    expect(shown.kind === 'requested' && shown.code).toMatch(/^\d{8}$/);
    expect(shown.kind === 'requested' && shown.code).toBe(comparisonCode(request));
    expect(scene.laser.state).toBe('standby');

    await scene.atDevice.consent(comparisonCode(request));
    expect(scene.laser.state).toBe('service');
    const { receipt } = await engineer.ask({ verb: 'service.read-logs', body: { after: 0, most: 10 } });
    expect(receipt.outcome).toBe('done');
    expect(scene.desk.visible).toMatchObject({ kind: 'open', secondsLeft: 1800, requestsSoFar: 1 });

    await engineer.ask({ verb: 'service.end', body: {} });
    expect(scene.desk.visible).toEqual({ kind: 'none' });
    expect(scene.laser.state).toBe('standby');
    expect(
      scene.audit.events.filter(({ what }) => what.startsWith('service.')).map(({ what }) => what),
    ).toEqual(['service.requested', 'service.opened', 'service.performed', 'service.ended']);
    const performed = scene.audit.events.find(({ what }) => what === 'service.performed');
    expect(performed?.detail).toMatchObject({ verb: 'service.read-logs', number: 1 });
    expect(String(performed?.detail.answer)).toHaveLength(43);
  });

  it('ends by its time, by a treatment, by the emergency stop, by the channel, by the person at the device', async () => {
    const ends: Record<string, (scene: Awaited<ReturnType<typeof makeServiceScene>>) => Promise<unknown>> = {
      time: async (scene) => {
        scene.clock.advance(30 * 60_000);
        await scene.atDevice.tick();
      },
      treatment: async (scene) => scene.prepare(await scene.connect()),
      'emergency-stop': async (scene) => scene.press('emergency-pressed'),
      'channel-lost': (scene) => scene.atDevice.channelLost(),
      'person-at-device': (scene) => scene.atDevice.end(),
      power: async (scene) => scene.press('power-lost'),
    };
    for (const [why, end] of Object.entries(ends)) {
      const scene = await makeServiceScene();
      await scene.open();
      await end(scene);
      await Promise.resolve();

      expect(scene.desk.visible).toEqual({ kind: 'none' });
      expect(scene.laser.state).not.toBe('service');
      expect(scene.audit.events.find(({ what }) => what === 'service.ended')?.detail.why).toBe(why);
    }
  });

  it('lets a calibration wait for a person at the device', async () => {
    const scene = await makeServiceScene();
    const engineer = await scene.open();
    const applied: unknown[] = [];
    await engineer.ask({ verb: 'calibration.propose', body: { item: 'power-scale', partsPerThousand: 12 } });

    expect(applied).toEqual([]);
    expect(scene.desk.visible).toMatchObject({ proposal: { partsPerThousand: 12 } });
    await scene.atDevice.confirmCalibration((proposal) => applied.push(proposal));
    expect(applied).toEqual([{ item: 'power-scale', partsPerThousand: 12 }]);
    await expect(scene.atDevice.confirmCalibration(() => undefined)).rejects.toMatchObject(
      code('service.no-proposal'),
    );
  });

  it('refuses each thing with its code, and records it', async () => {
    const scene = await makeServiceScene();
    const { desk, request } = scene;
    const used = await request();
    await expect(desk.request('x')).rejects.toMatchObject(code('service.malformed'));
    await expect(desk.request(await request({ unit: 'L4-0008' }))).rejects.toMatchObject(
      code('service.wrong-unit'),
    );
    await expect(desk.request(await request({ minutes: 61 }))).rejects.toMatchObject(
      code('service.too-long'),
    );
    await expect(desk.request(await request({ challenge: 'A'.repeat(43) }))).rejects.toMatchObject(
      code('service.stale-request'),
    );
    await expect(desk.consent('00000000')).rejects.toMatchObject(code('service.nothing-requested'));
    await desk.request(used);
    await expect(desk.request(await request())).rejects.toMatchObject(code('service.already-open'));
    await expect(desk.request(used)).rejects.toMatchObject(code('service.replayed'));
    for (const refusal of ['service.wrong-code', 'service.wrong-code', 'service.too-many-tries'])
      await expect(desk.consent('x')).rejects.toMatchObject(code(refusal));
    await expect(desk.perform(AT('a'), 'service.self-test', {}, () => 1)).rejects.toMatchObject(
      code('service.not-open'),
    );
    await expect(desk.confirmCalibration('local', () => undefined)).rejects.toMatchObject(
      code('service.not-open'),
    );
    await expect(desk.confirmCalibration('remote', () => undefined)).rejects.toMatchObject(
      code('service.not-local'),
    );
    const stranger = await makeServiceScene();
    await expect(desk.request(await stranger.request())).rejects.toMatchObject(
      code('service.wrong-signature'),
    );
    await scene.open();
    await expect(desk.perform(AT('person:other'), 'service.read-logs', {}, () => 1)).rejects.toMatchObject(
      code('service.another-person'),
    );
    await expect(desk.perform(AT(ENGINEER.person), 'service.self-test', {}, () => 1)).rejects.toMatchObject(
      code('service.verb-not-agreed'),
    );
    await desk.end('engineer');
    scene.press('service-ended');
    await scene.prepare(await scene.connect());
    await expect(desk.request(await request())).rejects.toMatchObject(code('service.wrong-state'));
    expect(new Set(refusalsOf(scene)).size).toBe(15);
  });

  it('is not opened when it cannot be recorded', async () => {
    const scene = await makeServiceScene();
    const request = await scene.request();
    Object.defineProperty(scene.audit, 'writable', { value: false });
    await expect(scene.desk.request(request)).rejects.toMatchObject(code('service.audit-unwritable'));
  });
});

describe('what leaves the unit for service', () => {
  it('holds nothing of the patient, though the raw diagnostics do', async () => {
    const scene = await makeServiceScene();
    await scene.prepare(await scene.connect());
    scene.press('end-pressed', 'acknowledge-pressed');
    const engineer = await scene.open();
    const diagnostics = await engineer.ask({ verb: 'service.diagnostics', body: {} });
    const lines = await engineer.ask({ verb: 'service.read-logs', body: { after: 0, most: 100 } });

    expect(diagnostics.receipt.answer).toMatchObject({ sensors: { diodeCelsius: 31 }, version: '4.2.0' });
    const out = JSON.stringify([diagnostics, lines]);
    for (const secret of [...Object.values(SAMPLE_PATIENT), 'p-7k2m9q4x', 'amira'])
      expect(out).not.toContain(secret);
  });

  it('holds no text that was seeded anywhere into diagnostics', () => {
    const seed = 'Jo Ferrara';
    const seeded = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.constant(seed),
        fc.constant(`4.2.0 ${seed}`),
        fc.integer(),
        fc.boolean(),
        fc.constant('standby'),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(
          fc.constantFrom(
            'state',
            'version',
            'safety',
            'sensors',
            'selfTest',
            'phase',
            'test',
            'passed',
            seed,
          ),
          tie('value'),
          { maxKeys: 6 },
        ),
      ),
    })).value;
    fc.assert(
      fc.property(seeded, (raw) => {
        expect(JSON.stringify(redact(raw, DIAGNOSTICS_ALLOWED)) ?? '').not.toContain(seed);
      }),
      { numRuns: 2_000 },
    );
  });

  it('holds no text that was seeded anywhere into a log line', () => {
    const text = fc.string({ minLength: 1 }).map((part) => `seed-${part}`);
    fc.assert(
      fc.property(fc.tuple(text, text, text, text, text), ([what, code, who, on, detail]) => {
        const line = redactLogLine(
          {
            sequence: 7,
            event: { what, outcome: 'refused', code, who, role: who, on, detail: { [detail]: detail } },
          },
          new Set(['command.refused']),
        );
        expect(JSON.stringify(line)).not.toContain('seed-');
      }),
    );
  });
});

// Attacks on service sessions, against a laser with its service desk.

import { SAMPLE_PATIENT } from '../../laser/machine/scene.ts';
import { ENGINEER, makeServiceScene } from '../../laser/machine/service-scene.ts';
import type { Connected } from '../commands/scene.ts';
import { isRefusal } from '../refusal.ts';
import { comparisonCode } from '../service/request.ts';
import type { Attack, AttackFamily } from './attack.ts';

type Stage = Awaited<ReturnType<typeof makeServiceScene>>;

function attempt(
  attack: Omit<Attack, 'run'>,
  set: (at: Stage) => Promise<() => Promise<string>> | (() => Promise<string>),
): Attack {
  return {
    ...attack,
    run: async () => {
      const at = await makeServiceScene();
      const act = await set(at);
      const { state } = at.laser;
      const events = at.audit.events.length;
      const refusal = await act();
      if (at.laser.state === 'service' && state !== 'service')
        throw new Error('a service session was opened');
      return { refusal, audit: at.audit.events.slice(events) };
    },
  };
}

async function ask(by: Connected, verb: string, body: Record<string, unknown> = {}): Promise<string> {
  const { receipt } = await by.ask({ verb, body });
  if (receipt.code === null) throw new Error(`${verb} was done`);
  return receipt.code;
}

async function refusalOf(act: Promise<unknown>): Promise<string> {
  try {
    await act;
  } catch (error) {
    if (isRefusal(error)) return error.code;
    throw error;
  }
  throw new Error('it was accepted');
}

export const family: AttackFamily = {
  title: 'Service',
  attacks: [
    attempt(
      {
        id: 'work-without-consent',
        has: 'a signed request that nobody at the device has consented to',
        wants: 'to read logs already',
        row: 'L8',
        refusal: 'command.wrong-state',
      },
      async (at) => {
        const engineer = await at.connect(ENGINEER);
        await engineer.ask({ verb: 'service.open', body: { request: await at.request() } });
        return () => ask(engineer, 'service.read-logs', { after: 0, most: 10 });
      },
    ),
    attempt(
      {
        id: 'consent-with-a-wrong-code',
        has: 'a voice on the telephone, and a request that is not the one shown',
        wants: 'the person at the device to open a session for somebody else',
        row: 'L8',
        refusal: 'service.wrong-code',
      },
      async (at) => {
        await at.desk.request(await at.request());
        return async () => refusalOf(at.atDevice.consent(comparisonCode(await at.request())));
      },
    ),
    attempt(
      {
        id: 'guess-the-comparison-code',
        has: 'a hand at the device for a moment',
        wants: 'to find the code by trying',
        row: 'L8',
        refusal: 'service.too-many-tries',
      },
      async (at) => {
        await at.desk.request(await at.request());
        return async () => {
          let code = '';
          for (let guess = 0; guess < 3; guess += 1)
            code = await refusalOf(at.atDevice.consent(`none-${guess}`));
          if (at.desk.visible.kind !== 'none') throw new Error('the request still waits');
          return code;
        };
      },
    ),
    attempt(
      {
        id: 'work-in-a-session-from-another-laptop',
        has: 'a laptop of one’s own and a token of the engineer for it',
        wants: 'to work in the session that was consented to for the engineer’s laptop',
        row: 'L8',
        refusal: 'service.another-laptop',
      },
      async (at) => {
        const engineer = await at.open();
        await engineer.ask({ verb: 'service.read-logs', body: { after: 0, most: 10 } });
        const thief = await at.connect(ENGINEER);
        return () => ask(thief, 'service.read-logs', { after: 0, most: 10 });
      },
    ),
    attempt(
      {
        id: 'work-beyond-the-time-agreed',
        has: 'a session of 30 minutes',
        wants: 'to go on afterwards, though nobody looked at the clock',
        row: 'L8',
        refusal: 'service.not-open',
      },
      async (at) => {
        await at.open();
        at.clock.advance(30 * 60_000);
        const engineer = await at.connect(ENGINEER);
        return () => ask(engineer, 'service.read-logs', { after: 0, most: 10 });
      },
    ),
    attempt(
      {
        id: 'set-the-wall-clock-back-to-prolong-a-session',
        has: 'a session, and the clock of the unit',
        wants: 'more time than was agreed',
        row: 'L8',
        refusal: 'service.not-open',
      },
      async (at) => {
        await at.open();
        at.clock.advance(31 * 60_000);
        at.clock.setWall(at.clock.wall() - 24 * 3_600_000);
        const engineer = await at.connect(ENGINEER);
        return () => ask(engineer, 'service.diagnostics');
      },
    ),
    attempt(
      {
        id: 'use-a-verb-that-was-not-agreed',
        has: 'a session for reading logs, and a token that gives more',
        wants: 'to propose a calibration',
        row: 'L8',
        refusal: 'service.verb-not-agreed',
      },
      async (at) => {
        const engineer = await at.open({ verbs: ['service.read-logs'] });
        return () => ask(engineer, 'calibration.propose', { item: 'power-scale', partsPerThousand: 50 });
      },
    ),
    attempt(
      {
        id: 'ask-for-a-session-of-a-day',
        has: 'a workbench that signs what it is asked',
        wants: 'a session that is forgotten open',
        row: 'L8',
        refusal: 'service.too-long',
      },
      (at) => async () => refusalOf(at.desk.request(await at.request({ minutes: 1_440 }))),
    ),
    attempt(
      {
        id: 'open-service-during-a-treatment',
        has: 'a signed request',
        wants: 'a session while a patient is in the chair',
        row: 'L8',
        refusal: 'command.wrong-state',
      },
      async (at) => {
        await at.bringTo('armed', await at.connect());
        const engineer = await at.connect(ENGINEER);
        return async () => ask(engineer, 'service.open', { request: await at.request() });
      },
    ),
    attempt(
      {
        id: 'keep-a-session-open-into-a-treatment',
        has: 'an open session, when a treatment is prepared',
        wants: 'to go on during the treatment',
        row: 'L8',
        refusal: 'command.wrong-state',
      },
      async (at) => {
        const engineer = await at.open();
        await at.prepare(await at.connect());
        if (at.desk.visible.kind !== 'none') throw new Error('the session is still open');
        return () => ask(engineer, 'service.diagnostics');
      },
    ),
    attempt(
      {
        id: 'consent-after-a-treatment-began',
        has: 'a request that was shown before a treatment was prepared at the device',
        wants: 'the session opened during the treatment',
        row: 'L8',
        refusal: 'service.nothing-requested',
      },
      async (at) => {
        const engineer = await at.connect(ENGINEER);
        const request = await at.request();
        await engineer.ask({ verb: 'service.open', body: { request } });
        await at.prepare(await at.connect());
        return async () => refusalOf(at.atDevice.consent(comparisonCode(request)));
      },
    ),
    attempt(
      {
        id: 'read-patient-data-in-diagnostics-after-the-session',
        has: 'a session that gave diagnostics, and patient data in the raw ones',
        wants: 'a name, a number of a record or a note among the answers',
        row: 'L8',
        refusal: 'service.not-open',
      },
      async (at) => {
        await at.prepare(await at.connect());
        at.press('end-pressed', 'acknowledge-pressed');
        const engineer = await at.open();
        const answers = JSON.stringify([
          await engineer.ask({ verb: 'service.diagnostics', body: {} }),
          await engineer.ask({ verb: 'service.read-logs', body: { after: 0, most: 500 } }),
        ]);
        for (const secret of [...Object.values(SAMPLE_PATIENT), 'p-7k2m9q4x', 'person:amira'])
          if (answers.includes(secret)) throw new Error(`${secret} left the unit`);
        await at.desk.end('person-at-device');
        return () => ask(engineer, 'service.diagnostics');
      },
    ),
    attempt(
      {
        id: 'apply-a-calibration-from-remote',
        has: 'an open session with a proposal that waits',
        wants: 'it applied without the person at the device',
        row: 'L8',
        refusal: 'service.not-local',
      },
      async (at) => {
        const engineer = await at.open();
        await engineer.ask({
          verb: 'calibration.propose',
          body: { item: 'power-scale', partsPerThousand: 50 },
        });
        return () =>
          refusalOf(
            at.desk.confirmCalibration('remote', () => {
              throw new Error('the calibration was applied');
            }),
          );
      },
    ),
    attempt(
      {
        id: 'confirm-a-calibration-by-a-command',
        has: 'an open session with a proposal that waits, and the name of the button',
        wants: 'the button pressed from remote',
        row: 'L8',
        refusal: 'command.unknown-verb',
      },
      async (at) => {
        const engineer = await at.open();
        await engineer.ask({
          verb: 'calibration.propose',
          body: { item: 'power-scale', partsPerThousand: 50 },
        });
        return () => ask(engineer, 'calibration-confirmed');
      },
    ),
    attempt(
      {
        id: 'use-the-session-of-another-engineer',
        has: 'a token as a service engineer, while a colleague has a session',
        wants: 'to work in it',
        row: 'L8',
        refusal: 'service.another-person',
      },
      async (at) => {
        await at.open();
        const other = await at.connect({ ...ENGINEER, person: 'person:mallory' });
        return () => ask(other, 'service.read-logs', { after: 0, most: 10 });
      },
    ),
    attempt(
      {
        id: 'bring-a-request-for-another-unit',
        has: 'a signed request for the unit in the next room',
        wants: 'a session here',
        row: 'L8',
        refusal: 'service.wrong-unit',
      },
      async (at) => {
        const engineer = await at.connect(ENGINEER);
        return async () => ask(engineer, 'service.open', { request: await at.request({ unit: 'L4-0008' }) });
      },
    ),
    attempt(
      {
        id: 'sign-a-service-request-oneself',
        has: 'a token as a service engineer, and a key that is not the workbench’s',
        wants: 'a session that the workbench knows nothing of',
        row: 'L8',
        refusal: 'service.wrong-signature',
      },
      async (at) => {
        const elsewhere = await makeServiceScene();
        return async () =>
          refusalOf(at.desk.request(await elsewhere.request({ challenge: at.desk.challenge() })));
      },
    ),
    attempt(
      {
        id: 'replay-a-service-request',
        has: 'the request of a session that has ended',
        wants: 'another session by it',
        row: 'L8',
        refusal: 'service.replayed',
      },
      async (at) => {
        const request = await at.request();
        await at.desk.request(request);
        await at.atDevice.consent(comparisonCode(request));
        await at.atDevice.end();
        return () => refusalOf(at.desk.request(request));
      },
    ),
    attempt(
      {
        id: 'keep-a-service-request-for-later',
        has: 'a request that was signed and held back for an hour',
        wants: 'it shown at the device when another person is there',
        row: 'L8',
        refusal: 'service.stale-request',
      },
      async (at) => {
        const request = await at.request();
        at.clock.advance(3_600_000);
        return () => refusalOf(at.desk.request(request));
      },
    ),
    attempt(
      {
        id: 'ask-for-service-without-a-signature',
        has: 'the form of a request',
        wants: 'it shown at the device with `alg: none`',
        row: 'L8',
        refusal: 'service.malformed',
      },
      (at) => async () => {
        const [, payload] = (await at.request()).split('.');
        const header = Buffer.from('{"alg":"none","typ":"ward-service-request+jwt"}').toString('base64url');
        return refusalOf(at.desk.request(`${header}.${payload}.`));
      },
    ),
    attempt(
      {
        id: 'put-another-request-over-the-one-shown',
        has: 'a second signed request, while the first waits for consent',
        wants: 'the person at the device to consent to more than they read',
        row: 'L8',
        refusal: 'service.already-open',
      },
      async (at) => {
        await at.desk.request(await at.request({ verbs: ['service.read-logs'] }));
        return async () => {
          const code = await refusalOf(at.desk.request(await at.request({ minutes: 60 })));
          const shown = at.desk.visible;
          if (shown.kind !== 'requested' || shown.minutes !== 30) throw new Error('another request is shown');
          return code;
        };
      },
    ),
    attempt(
      {
        id: 'bring-a-request-by-the-back-door-during-a-treatment',
        has: 'a signed request that comes with a check-in and not as a command',
        wants: 'it shown while a patient is in the chair',
        row: 'L8',
        refusal: 'service.wrong-state',
      },
      async (at) => {
        await at.bringTo('armed', await at.connect());
        return async () => refusalOf(at.desk.request(await at.request()));
      },
    ),
    attempt(
      {
        id: 'serve-while-nothing-can-be-recorded',
        has: 'a full audit disk',
        wants: 'a session without a transcript',
        row: 'L11',
        refusal: 'service.audit-unwritable',
      },
      (at) => async () => {
        Object.defineProperty(at.audit, 'writable', { value: false, configurable: true });
        return refusalOf(at.desk.request(await at.request()));
      },
    ),
    attempt(
      {
        id: 'hide-words-in-the-reason-that-is-shown',
        has: 'a workbench that signs what it is asked',
        wants: 'control characters to change what the display shows',
        row: 'L8',
        refusal: 'service.malformed',
      },
      (at) => async () =>
        refusalOf(at.desk.request(await at.request({ why: 'Routine \u202e check\nConsent: yes' }))),
    ),
  ],
};

// Attacks by a holder, who wants more than a holder may.
import { SAMPLE_PREPARATION } from '../../../laser/machine/scene.ts';
import type { Attack } from '../attack.ts';
import { attempt, PREPARE, type Stage, send } from './scene.ts';

export const attacks: readonly Attack[] = [
  attempt(
    {
      id: 'combine-values-above-the-energy-limit',
      has: 'a valid session',
      wants: 'a pulse of too much energy from values that are each within their bounds',
      row: 'L4',
      refusal: 'command.out-of-bounds',
    },
    (at) => async () => {
      const parameters = {
        ...SAMPLE_PREPARATION.parameters,
        powerMilliWatt: 1_000,
        pulseMilliSecond: 201,
        spotMicroMetre: 500,
      };
      return send(
        at,
        await at.clinician.desk.command({ ...PREPARE, body: { ...SAMPLE_PREPARATION, parameters } }),
      );
    },
  ),
  attempt(
    {
      id: 'use-values-of-another-mode',
      has: 'a valid session',
      wants: "one mode with another's bounds",
      row: 'L4',
      refusal: 'command.out-of-bounds',
    },
    (at) => async () =>
      send(
        at,
        await at.clinician.desk.command({ ...PREPARE, body: { ...SAMPLE_PREPARATION, mode: 'single' } }),
      ),
  ),
  attempt(
    {
      id: 'raise-the-power-while-armed',
      has: 'a valid session, and a laser that is armed',
      wants: 'more power than the person at the device confirmed',
      row: 'L4',
      refusal: 'command.wrong-state',
    },
    async (at) => {
      await at.bringTo('armed', at.clinician);
      return () => adjust(at, 400);
    },
  ),
  attempt(
    {
      id: 'raise-the-power-during-emission',
      has: 'a valid session, and a laser that emits',
      wants: 'more power in the pulses under way',
      row: 'L4',
      refusal: 'command.wrong-state',
    },
    async (at) => {
      await at.bringTo('emitting', at.clinician);
      return () => adjust(at, 400);
    },
  ),
  attempt(
    {
      id: 'command-the-laser-to-arm',
      has: 'a valid session with every right',
      wants: 'the laser armed from remote',
      row: 'L4',
      refusal: 'command.unknown-verb',
    },
    async (at) => {
      await at.bringTo('confirmed', at.clinician);
      return async () => send(at, await at.clinician.desk.command({ verb: 'treatment.arm', body: {} }));
    },
  ),
  attempt(
    {
      id: 'press-the-foot-switch-from-remote',
      has: 'a valid session, an armed laser, and the names of its local inputs',
      wants: 'emission',
      row: 'L4',
      refusal: 'command.unknown-verb',
    },
    async (at) => {
      await at.bringTo('armed', at.clinician);
      return async () => send(at, await at.clinician.desk.command({ verb: 'foot-a-down', body: {} }));
    },
  ),
  attempt(
    {
      id: 'prepare-during-a-treatment',
      has: 'a valid session',
      wants: "another patient's setting under a treatment that was confirmed",
      row: 'L4',
      refusal: 'command.wrong-state',
    },
    async (at) => {
      await at.bringTo('confirmed', at.clinician);
      return async () =>
        send(
          at,
          await at.clinician.desk.command({
            ...PREPARE,
            body: { ...SAMPLE_PREPARATION, patient: 'p-otherone1' },
          }),
        );
    },
  ),
  attempt(
    {
      id: 'use-a-verb-that-the-token-does-not-give',
      has: 'a session to look at the state',
      wants: 'to prepare a treatment',
      row: 'L2',
      refusal: 'command.not-permitted',
    },
    async (at) => {
      const observer = await at.connect({
        person: 'person:ola',
        role: 'fleet-operator',
        verbs: ['unit.status'],
      });
      return async () => send(at, await observer.desk.command(PREPARE), observer);
    },
  ),
  attempt(
    {
      id: 'command-while-nothing-can-be-recorded',
      has: 'a valid session, and a full audit disk',
      wants: 'to act without a trace',
      row: 'L11',
      refusal: 'command.audit-unwritable',
    },
    (at) => async () => {
      Object.defineProperty(at.audit, 'writable', { value: false, configurable: true });
      return send(at, await at.clinician.desk.command(PREPARE));
    },
  ),
];

const adjust = async (at: Stage, powerMilliWatt: number) => {
  const { patient, mode, parameters } = SAMPLE_PREPARATION;
  return send(
    at,
    await at.clinician.desk.command({
      verb: 'treatment.adjust',
      body: { patient, mode, parameters: { ...parameters, powerMilliWatt } },
    }),
  );
};

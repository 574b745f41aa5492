// Attacks with parameters that the table of a mode does not have.
import { SAMPLE_PREPARATION } from '../../../laser/machine/scene.ts';
import type { Attack } from '../attack.ts';
import { attempt, PREPARE, send } from './scene.ts';

export const attacks: readonly Attack[] = (
  [
    ['power', { powerMilliWatt: 1_001 }],
    ['power-below', { powerMilliWatt: 49 }],
    ['pulse', { pulseMilliSecond: 501 }],
    ['spot', { spotMicroMetre: 49 }],
    ['repetition', { repeatHertz: 11 }],
    ['pulses', { pulses: 3_001 }],
    ['duration', { treatmentSecond: 3_601 }],
    ['fraction', { powerMilliWatt: 200.5 }],
  ] as const
).map(([name, change]) =>
  attempt(
    {
      id: `prepare-with-${name}-out-of-bounds`,
      has: 'a console with a valid session',
      wants: `a treatment whose ${name} the table of its mode does not have`,
      row: 'L4',
      refusal: name === 'fraction' ? 'command.malformed' : 'command.out-of-bounds',
    },
    (at) => async () =>
      send(
        at,
        await at.clinician.desk.command({
          ...PREPARE,
          body: { ...SAMPLE_PREPARATION, parameters: { ...SAMPLE_PREPARATION.parameters, ...change } },
        }),
      ),
  ),
);

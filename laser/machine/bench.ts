// The heaviest command that the laser answers, measured: a preparation with sealed patient data, against the whole parameter table.
import { HandClock } from '../../device/clock.ts';
import { type CommandBench, commandBench } from '../../device/commands/bench.ts';
import { makeLaserScene, SAMPLE_PATIENT, SAMPLE_PREPARATION } from './scene.ts';

export async function laserCommandBench(commands = 2_000): Promise<CommandBench> {
  const clock = new HandClock();
  const scene = await makeLaserScene({ clock });
  const by = await scene.connect();
  return commandBench({
    scene,
    by,
    commands,
    asked: () => ({ verb: 'treatment.prepare', body: SAMPLE_PREPARATION, patientData: SAMPLE_PATIENT }),
    between: () => {
      scene.press('end-pressed', 'acknowledge-pressed');
      // Fills the bucket, keeps the session within its hours.
      clock.advance(100);
    },
  });
}

// How long a unit takes from a command to its receipt: read, verified, decided, recorded in memory, done, signed. Without network and disk.
import type { Asked } from './console.ts';
import type { Connected, Scene } from './scene.ts';

export interface CommandBench {
  readonly commands: number;
  readonly p50Milliseconds: number;
  readonly p99Milliseconds: number;
  readonly perSecond: number;
  /** Processor time of all threads for one, on average: what is left of it on a machine that is busy with other things. */
  readonly processorMilliseconds: number;
}

export interface CommandBenchOptions {
  readonly scene: Pick<Scene, 'commands'>;
  readonly by: Connected;
  /** Each command in turn; what it does to the device is the caller's. */
  readonly asked: () => Asked;
  /** Made ready again between two, not measured. */
  readonly between: () => void;
  readonly commands: number;
}

/** One after the other, as a session does; signing at the console and reading the receipt are not measured. */
export async function commandBench(options: CommandBenchOptions): Promise<CommandBench> {
  const { scene, by, asked, between, commands } = options;
  const taken: number[] = [];
  let processor = 0;
  for (let number = -Math.ceil(commands / 10); number < commands; number += 1) {
    const command = await by.desk.command(asked());
    const before = process.cpuUsage();
    const start = performance.now();
    const receipt = await scene.commands.answer(by.channel, command);
    const end = performance.now();
    const { user, system } = process.cpuUsage(before);
    if (number >= 0) {
      taken.push(end - start);
      processor += (user + system) / 1000;
    }
    const { code } = (await by.desk.read(receipt)).receipt;
    if (code !== null) throw new Error(`a command of the bench was refused: ${code}`);
    between();
  }
  taken.sort((one, other) => one - other);
  const at = (share: number) => taken[Math.min(taken.length - 1, Math.floor(taken.length * share))] as number;
  return {
    commands: taken.length,
    p50Milliseconds: at(0.5),
    p99Milliseconds: at(0.99),
    processorMilliseconds: processor / taken.length,
    perSecond: (1000 * taken.length) / taken.reduce((sum, one) => sum + one, 0),
  };
}

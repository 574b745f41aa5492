// All sub-commands with their help. Commands of a room live in its cli.ts; what they do is loaded when they run.
import { Command, CommanderError } from 'commander';
import { knowledgeCommands } from '../knowledge/cli.ts';
import { componentCommands } from '../rooms/components/cli.ts';
import { fleetCommands } from '../rooms/fleet/cli.ts';
import { requirementCommands } from '../rooms/requirements/cli.ts';
import { riskCommands } from '../rooms/risks/cli.ts';
import { modelCommands } from '../rooms/system/cli.ts';
import { threatCommands } from '../rooms/threats/cli.ts';
import { vexCommands, vulnerabilityCommands } from '../rooms/vulnerabilities/cli.ts';
import { VERSION } from '../version.ts';
import { kernelCommands } from './kernel-commands.ts';
import { EXIT, explain } from './output.ts';

/** A command's work gives its exit code. */
export type Run = (work: () => Promise<number>) => Promise<void>;

export async function run(args: readonly string[]): Promise<number> {
  let code: number = EXIT.ok;
  const json = args.includes('--json');
  const runner: Run = async (work) => {
    code = await work();
  };
  const program = new Command('ward')
    .description('The security life cycle of health software: do it, prove it, keep doing it.')
    .version(VERSION, '-V, --version')
    .showHelpAfterError('Use --help to see what there is.')
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text) });
  for (const add of [
    kernelCommands,
    vulnerabilityCommands,
    vexCommands,
    knowledgeCommands,
    componentCommands,
    riskCommands,
    modelCommands,
    threatCommands,
    requirementCommands,
    fleetCommands,
  ])
    add(program, runner);
  program.commands.forEach(prepare);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    return explain(error, json);
  }
}

function prepare(command: Command): void {
  command.exitOverride();
  command.commands.forEach(prepare);
}

// `ward scan`.
import type { Command } from 'commander';
import type { Run } from '../../cli/program.ts';

export function vulnerabilityCommands(program: Command, run: Run): void {
  program
    .command('scan <file>')
    .description('match an SBOM against known vulnerabilities, without a server')
    .option(
      '--knowledge <file>',
      'knowledge file made by `ward knowledge build` (default: WARD_KNOWLEDGE, else knowledge.ward in the data folder, else the facts that ship with Ward)',
    )
    .option('--format <format>', 'table, json, sarif or cyclonedx', 'table')
    .option('--json', 'the same as --format json')
    .option(
      '--fail-on <level>',
      'exit with 1 from this level on: low, medium, high, critical; any; none',
      'any',
    )
    .option('--data <dir>', 'data folder (default .ward)')
    .action((file, options) =>
      run(async () => (await import('./scan/command.ts')).scanCommand(file, options)),
    );
}

// `ward model evaluate`.
import type { Command } from 'commander';
import type { Run } from '../../cli/program.ts';

/** Stands beside the other `ward model …` of the room system, so it comes after them. */
export function threatCommands(program: Command, run: Run): void {
  const model =
    program.commands.find((command) => command.name() === 'model') ??
    program.command('model').description('system models: zones, elements, flows, answers');
  model
    .command('evaluate <file>')
    .description('find threats and open questions in a model (format ward-system-model/1), without a server')
    .option('--rules <file...>', 'packs of rules of your own, beside those of Ward')
    .option(
      '--fail-on <state>',
      'exit with 1 where a threat is raised (raised), where a question is open too (open), or never',
      'raised',
    )
    .option('--all', 'show every open question, not the twenty that decide most')
    .option('--json', 'for machines, with the facts behind each result')
    .action((file, options) =>
      run(async () => (await import('./commands.ts')).evaluateCommand(file, options)),
    );
}

// `ward requirements …`.
import type { Command } from 'commander';
import type { Run } from '../../cli/program.ts';

export function requirementCommands(program: Command, run: Run): void {
  const requirements = program
    .command('requirements')
    .description('security requirements: check, import, export');
  const server = (command: Command) =>
    command
      .option('--url <url>', 'address of Ward (default WARD_URL, else the Ward that runs on the data folder)')
      .option('--data <dir>', 'data folder (default .ward)')
      .option('--json', 'for machines');
  server(
    requirements
      .command('check [file]')
      .description(
        'say what stands in the way of testing each requirement of a file, or of a product of a running Ward',
      )
      .option('--product <key>', 'key of the product, e.g. PRD-1; needs WARD_TOKEN'),
  ).action((file, options) => run(async () => (await import('./commands.ts')).checkCommand(file, options)));
  server(
    requirements
      .command('import <file>')
      .description('show what a CSV, ReqIF or Markdown file would change in a product; needs WARD_TOKEN')
      .requiredOption('--product <key>', 'key of the product, e.g. PRD-1')
      .option('--yes', 'do it'),
  ).action((file, options) => run(async () => (await import('./commands.ts')).importCommand(file, options)));
  server(
    requirements
      .command('export')
      .description('write the requirements of a product of a running Ward; needs WARD_TOKEN')
      .requiredOption('--product <key>', 'key of the product, e.g. PRD-1')
      .requiredOption('--format <format>', 'csv, xlsx, reqif or markdown')
      .option('--out <file>', 'file to write (default: standard output)'),
  ).action((options) => run(async () => (await import('./commands.ts')).exportCommand(options)));
}

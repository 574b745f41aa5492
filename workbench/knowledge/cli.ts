// `ward knowledge …`: facts from outside, in and out.
import type { Command } from 'commander';
import type { Run } from '../cli/program.ts';

export function knowledgeCommands(program: Command, run: Run): void {
  const knowledge = program.command('knowledge').description('advisories and other facts from outside');
  knowledge
    .command('import <paths...>')
    .description(
      'import OSV, NVD, CSAF and CVE records, KEV, EPSS and endoflife.date: files or folders, plain, .gz or .zip',
    )
    .option('--data <dir>', 'data folder (default .ward)')
    .option('--json', 'for machines')
    .action((paths, options) =>
      run(async () => (await import('./commands.ts')).importCommand(paths, options)),
    );
  knowledge
    .command('commits <repository> <file>')
    .description(
      "take in a repository's history, as `git log --all --format='%H %P'` prints it, for components pinned to a commit",
    )
    .option('--data <dir>', 'data folder (default .ward)')
    .option('--json', 'for machines')
    .action((repository, file, options) =>
      run(async () => (await import('./commands.ts')).commitsCommand(repository, file, options)),
    );
  knowledge
    .command('build <file>')
    .description('write the compact knowledge file that `ward scan` reads')
    .option('--from <paths...>', 'read these files instead of the database')
    .option('--data <dir>', 'data folder (default .ward)')
    .option('--json', 'for machines')
    .action((file, options) => run(async () => (await import('./commands.ts')).buildCommand(file, options)));
  knowledge
    .command('update')
    .description('fetch the feeds that are turned on, or the named ones, now')
    .option('--feed <ids...>', 'these feeds, whether turned on or not')
    .option('--data <dir>', 'data folder (default .ward)')
    .option('--json', 'for machines')
    .action((options) => run(async () => (await import('./commands.ts')).updateCommand(options)));
  knowledge
    .command('status')
    .description('what is known, how much and how old')
    .option('--data <dir>', 'data folder (default .ward)')
    .option('--json', 'for machines')
    .action((options) => run(async () => (await import('./commands.ts')).statusCommand(options)));
}

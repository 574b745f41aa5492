// Commands of the house itself: start, verify, backup, restore, link.
import type { Command } from 'commander';
import type { Run } from './program.ts';

export function kernelCommands(program: Command, run: Run): void {
  program
    .command('start')
    .description('start Ward: database, pages and jobs; loads the example the first time')
    .option('--port <n>', 'port of the pages (default 8100)')
    .option('--data <dir>', 'data folder (default .ward)')
    .option('--no-example', 'start empty')
    .option('--web', 'pages and API only; jobs run elsewhere')
    .option('--worker', 'jobs only')
    .action((options) => run(async () => (await import('./start.ts')).startCommand(options)));

  program
    .command('verify <export>')
    .description('check a ledger export offline: every entry, every content, the order, the signatures')
    .option(
      '--key <key>',
      'verifier key that you hold (name+id+base64), or a file with it; else the one in the file is used',
    )
    .option('--json', 'for machines')
    .action((file, options) => run(async () => (await import('./verify.ts')).verifyCommand(file, options)));

  program
    .command('backup <file>')
    .description('write everything into one file, while Ward goes on working')
    .option('--data <dir>', 'data folder (default .ward)')
    .option('--json', 'for machines')
    .action((file, options) => run(async () => (await import('./backup.ts')).backupCommand(file, options)));

  program
    .command('restore <file>')
    .description('bring a backup into an empty data folder or database')
    .option('--data <dir>', 'data folder (default .ward)')
    .option('--json', 'for machines')
    .action((file, options) => run(async () => (await import('./backup.ts')).restoreCommand(file, options)));

  program
    .command('link')
    .description('print a one-time sign-in link for the administrator')
    .option('--data <dir>', 'data folder (default .ward)')
    .action((options) => run(async () => (await import('./start.ts')).linkCommand(options)));
}

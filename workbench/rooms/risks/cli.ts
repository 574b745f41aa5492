// `ward harms …`.
import type { Command } from 'commander';
import type { Run } from '../../cli/program.ts';

export function riskCommands(program: Command, run: Run): void {
  const harms = program.command('harms').description('harms of the safety file (ISO 14971)');
  harms
    .command('import <file>')
    .description(
      'import harms from CSV, XLSX, JSON or ReqIF into a product of a running Ward; needs WARD_URL and WARD_TOKEN',
    )
    .requiredOption('--product <key>', 'key of the product, e.g. PRD-1')
    .option(
      '--map <mapping>',
      'columns and severities: title=Harm,severity=S,sourceId=ID,sheet=Harms,row=3,high=4; or @file with the mapping as JSON (default: as at the last import, else guessed)',
    )
    .option('--dry-run', 'show what would change and store nothing')
    .option('--url <url>', 'address of Ward (default WARD_URL, else the Ward that runs on the data folder)')
    .option('--data <dir>', 'data folder (default .ward)')
    .option('--json', 'for machines')
    .action((file, options) =>
      run(async () => (await import('./commands.ts')).importHarmsCommand(file, options)),
    );
}

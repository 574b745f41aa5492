// `ward model …`.
import type { Command } from 'commander';
import type { Run } from '../../cli/program.ts';

const FORMATS = 'yaml, json, threat-dragon, otm, cyclonedx (pre-release), mermaid or svg';
const URL_OPTION = 'address of Ward (default WARD_URL, else the Ward that runs on the data folder)';

export function modelCommands(program: Command, run: Run): void {
  const load = () => import('./commands.ts');
  const model = program.command('model').description('system models: zones, elements, flows, answers');
  model
    .command('import <file...>')
    .description(
      'take in a model of Ward, Threat Dragon, Threagile, TM7, pytm, OTM, CycloneDX, TM Library, Threat Composer or TicTaaC; the first file is the model, the others are what it includes; needs WARD_URL and WARD_TOKEN',
    )
    .requiredOption('--product <key>', 'key of the product, e.g. PRD-1')
    .option('--as <name>', 'title of the model (default: that of the file)')
    .option('--model <key>', 'model of which the file is a newer state, e.g. SYS-1 (default: a new one)')
    .option('--accept-zones', 'make zones of the boundaries that have no inside, as the drawing suggests')
    .option('--reason <text>', 'why an approved model changes')
    .option('--dry-run', 'say what would be taken, and store nothing')
    .option('--url <url>', URL_OPTION)
    .option('--data <dir>', 'data folder (default .ward)')
    .option('--json', 'for machines')
    .action((files, options) => run(async () => (await load()).importCommand(files, options)));
  model
    .command('export <model>')
    .description('write a model of a running Ward; needs WARD_URL and WARD_TOKEN')
    .option('--format <format>', FORMATS, 'yaml')
    .option('--out <file>', 'file to write (default: standard output)')
    .option('--url <url>', URL_OPTION)
    .option('--data <dir>', 'data folder (default .ward)')
    .option('--json', 'errors for machines')
    .action((key, options) => run(async () => (await load()).exportCommand(key, options)));
  model
    .command('convert <file...>')
    .description('read a model in any format and write it in another, without a server')
    .requiredOption('--to <format>', FORMATS)
    .option('--accept-zones', 'make zones of the boundaries that have no inside, as the drawing suggests')
    .option('--out <file>', 'file to write (default: standard output)')
    .option('--json', 'report and errors for machines, on standard error')
    .action((files, options) => run(async () => (await load()).convertCommand(files, options)));
  model
    .command('diff <before> <after>')
    .description('what changed between two models in files of any format; layout never shows')
    .option('--json', 'for machines')
    .action((before, after, options) => run(async () => (await load()).diffCommand(before, after, options)));
}

// `ward scan`, `ward vex …`, `ward csaf …`.
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

const URL_OPTION = 'address of Ward (default WARD_URL, else the Ward that runs on the data folder)';

/** `ward vex …` and `ward csaf …`. */
export function vexCommands(program: Command, run: Run): void {
  const load = () => import('./vex/commands.ts');
  const vex = program
    .command('vex')
    .description('statements about vulnerabilities, of others and of your own');
  vex
    .command('import <file>')
    .description('take in what a supplier says (OpenVEX, CSAF, CycloneDX); needs WARD_URL and WARD_TOKEN')
    .option('--release <key>', 'release that it speaks of, e.g. REL-2 (default: every release)')
    .option('--supplier <key>', 'supplier whom it came from, e.g. SUP-1')
    .option('--url <url>', URL_OPTION)
    .option('--data <dir>', 'data folder (default .ward)')
    .option('--json', 'for machines')
    .action((file, options) => run(async () => (await load()).importCommand(file, options)));
  const exporting = (command: Command) =>
    command
      .requiredOption('--release <key>', 'key of the release, e.g. REL-2')
      .option('--tlp <label>', 'for CSAF: white, green, amber or red (default amber)')
      .option('--output <file>', 'file to write (default: standard output)')
      .option('--url <url>', URL_OPTION)
      .option('--data <dir>', 'data folder (default .ward)')
      .option('--json', 'errors for machines; the document is JSON in any case');
  exporting(
    vex
      .command('export')
      .description('write what was decided about the findings of a release')
      .option('--format <format>', 'openvex, cyclonedx or csaf', 'openvex'),
  ).action((options) => run(async () => (await load()).exportCommand(options)));
  const csaf = program.command('csaf').description('CSAF 2.0 documents');
  csaf
    .command('check <file>')
    .description('schema, mandatory and optional tests of CSAF 2.0, without a server')
    .option('--json', 'for machines')
    .action((file, options) => run(async () => (await load()).checkCommand(file, options)));
  exporting(csaf.command('export').description('the same as ward vex export --format csaf')).action(
    (options) => run(async () => (await load()).exportCommand({ ...options, format: 'csaf' })),
  );
}

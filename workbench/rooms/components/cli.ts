// `ward sbom …`.
import type { Command } from 'commander';
import type { Run } from '../../cli/program.ts';

export function componentCommands(program: Command, run: Run): void {
  const sbom = program.command('sbom').description('software bills of materials');
  sbom
    .command('import <file>')
    .description('import an SBOM into a release of a running Ward; needs WARD_URL and WARD_TOKEN')
    .requiredOption('--release <key>', 'key of the release, e.g. REL-2')
    .option('--part <name>', 'part of the release that the file describes; empty for the whole release')
    .option('--url <url>', 'address of Ward (default WARD_URL, else the Ward that runs on the data folder)')
    .option('--data <dir>', 'data folder (default .ward)')
    .option('--json', 'for machines')
    .action((file, options) => run(async () => (await import('./commands.ts')).importCommand(file, options)));
  sbom
    .command('check <file>')
    .description('read an SBOM and say what is in it, without a server')
    .option(
      '--strict',
      "refuse the first breach of the format's own schema, also where nothing is lost by it",
    )
    .option('--missing', 'name every component with what it lacks')
    .option('--json', 'for machines')
    .action((file, options) => run(async () => (await import('./commands.ts')).checkCommand(file, options)));
  sbom
    .command('export')
    .description('write one SBOM of a release of a running Ward; needs WARD_URL and WARD_TOKEN')
    .requiredOption('--release <key>', 'key of the release, e.g. REL-2')
    .requiredOption('--format <format>', 'cyclonedx-1.6, cyclonedx-1.7, spdx-2.3 or spdx-3.0')
    .option('--out <file>', 'file to write (default: standard output)')
    .option('--url <url>', 'address of Ward (default WARD_URL, else the Ward that runs on the data folder)')
    .option('--data <dir>', 'data folder (default .ward)')
    .option('--json', 'for machines')
    .action((options) => run(async () => (await import('./commands/out.ts')).exportCommand(options)));
  sbom
    .command('diff <before> <after>')
    .description(
      'what changed between two SBOM files, or between two releases of a running Ward (REL-1 REL-2)',
    )
    .option('--url <url>', 'address of Ward (default WARD_URL, else the Ward that runs on the data folder)')
    .option('--data <dir>', 'data folder (default .ward)')
    .option('--json', 'for machines')
    .action((before, after, options) =>
      run(async () => (await import('./commands/out.ts')).diffCommand(before, after, options)),
    );
}

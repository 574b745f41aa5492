// `npm run soak -- --what units`: what of a laser survives when its power fails again and again. The run is in laser/soak.ts; here it becomes a table.
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { endureUnit, type UnitEndurance } from '../../laser/soak.ts';
import { median, table } from '../table.ts';

const WORDS = [
  '# What of a unit survives a crash',
  '',
  'A Lumen 400 (fictitious) in its real processes treats, reports five times a second, and is given a new version every six rounds, of',
  'which a third is broken on purpose. After 0 to 1500 ms its application, its boot loader or both are killed with `kill -9`. Then it must come',
  'back by itself, in standby, with a version that was good; every treatment record that its display had called kept must be there; and the',
  'audit trail must verify at the workbench, which took it line by line meanwhile, and as a whole file at the end.',
];

/** Gives the exit code. */
export async function soakUnits(options: { rounds: number; seed: number; report: boolean }): Promise<number> {
  const { rounds, seed } = options;
  const began = Date.now();
  const run = await endureUnit({
    ...{ root: process.cwd(), rounds, seed },
    onRound: (line) => process.stderr.write(`${line}\n`),
  });
  const text = tableOf(run);
  process.stdout.write(`${text}\n`);
  const wrong = [...run.lost, ...run.notBootable, ...run.trail];
  for (const line of wrong.slice(0, 50)) process.stdout.write(`  ${line}\n`);
  if (options.report) {
    const minutes = Math.round((Date.now() - began) / 60_000);
    const words = [
      ...[...WORDS, '', text.trimEnd(), ''],
      `Run of ${new Date(began).toISOString().slice(0, 10)}: ${minutes} minutes, seed ${seed}, Node.js ${process.versions.node}, ${cpus().length} cores, ${process.platform}.`,
      `Again: \`npm run soak -- --what units --rounds ${rounds} --seed ${seed}\`. A short version runs in \`npm test\`.`,
      '',
      'A kill of processes leaves the operating system’s cache alone; loss of power at each single write is simulated in the tests of the audit',
      'log, the vault and the updater.',
      '',
    ];
    await mkdir('docs/reports', { recursive: true });
    await writeFile('docs/reports/crash-units.md', words.join('\n'));
  }
  return wrong.length === 0 ? 0 : 1;
}

function tableOf(run: UnitEndurance): string {
  const ms = (value: number) => `${Math.round(value)} ms`;
  return table([
    ['what', 'count'],
    ['rounds', run.rounds],
    ['kill -9 of the application', run.kills.application],
    ['kill -9 of the boot loader', run.kills.boot],
    ['kill -9 of both', run.kills.both],
    ['starts without a version that was good', run.notBootable.length],
    ['treatment records acknowledged', run.acknowledged],
    ['of these lost', run.lost.length],
    ['findings in the audit trail', run.trail.length],
    ['entries of the audit log, verified', run.auditEntries],
    ['torn tails that were cut off and reported', run.recoveries],
    ['versions published / broken on purpose', `${run.updates.published} / ${run.updates.broken}`],
    ['versions confirmed / returned from', `${run.updates.confirmed} / ${run.updates.returned}`],
    [
      'back again after (least, median, most)',
      `${ms(Math.min(...run.recoveryMs))}, ${ms(median(run.recoveryMs))}, ${ms(Math.max(...run.recoveryMs))}`,
    ],
  ]);
}

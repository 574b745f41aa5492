// `node scripts/run.mjs bench/power-loss.ts [--report]`: cuts the power at every step that audit log, vault and updater take on a simulated disk, and
// prints what the restart found: steps × outcomes. `--report` writes docs/reports/power-loss.md.
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { auditPowerLoss } from '../device/audit/power-loss.ts';
import { AFTERMATHS } from '../device/disk/simulated-disk.ts';
import { summarisePowerLoss, updatePowerLoss } from '../device/updates/power-loss.ts';
import { vaultPowerLoss } from '../device/vault/power-loss.ts';
import { table } from './table.ts';

interface Cut {
  readonly step: number;
  readonly what: string;
  readonly aftermath: string;
  readonly again: number | null;
  readonly lost: number;
  readonly wrong: readonly string[];
}

const { values } = parseArgs({ options: { report: { type: 'boolean', default: false } } });

/** One line for each kind of step: how often it was cut, and what was lost. */
function stepsOf(cuts: readonly Cut[]): string {
  const kinds = [...new Set(cuts.map(({ what }) => kindOf(what)))];
  const rows = kinds.map((kind) => {
    const ours = cuts.filter(({ what }) => kindOf(what) === kind);
    const first = ours.filter(({ again }) => again === null);
    return [
      kind,
      new Set(first.map(({ step }) => step)).size,
      ...AFTERMATHS.map((aftermath) => first.filter((cut) => cut.aftermath === aftermath).length),
      ours.length - first.length,
      ours.reduce((sum, { lost }) => sum + lost, 0),
      ours.filter(({ wrong }) => wrong.length > 0).length,
    ];
  });
  const sum = (column: number) => rows.reduce((total, row) => total + Number(row[column]), 0);
  const head = ['step', 'steps', ...AFTERMATHS, 'and again in the restart', 'acknowledged and lost', 'wrong'];
  const foot = head.map((_, column) => (column === 0 ? 'together' : sum(column)));
  return table([head, ...rows, foot]);
}

/** `write audit/log 120` → `write audit/log`: sizes tell nothing. */
const kindOf = (what: string) =>
  what
    .replace(/ \d+$/, '')
    .replace(/\.new .*$/, '.new')
    .replace(/kek-\d+/, 'kek')
    .replace(/log-\d+/, 'log-FIRST');

const audit = await auditPowerLoss();
const segments = await auditPowerLoss('segments');
const vault = await vaultPowerLoss();
const updates = summarisePowerLoss(await updatePowerLoss());
const text = `# The power fails at every step

A simulated disk (\`device/disk/simulated-disk.ts\`) cuts the power once at each thing that is done with it. What was not synced is then *lost*,
*kept*, or *torn* (half of it is there). The unit starts again and is looked at; while it starts, the power is cut once more at each
of its steps. \`npm test\` does all of this; this page is written by \`node scripts/run.mjs bench/power-loss.ts --report\`.

## Audit log
Two runs with groups of entries, checkpoints by number, on demand and at the end. After each cut: every acknowledged entry is there, a cut tail is told
in the log with its bytes, the restart is an entry, the log verifies off the unit against its anchor.

${stepsOf(audit)}

The same with a file that is closed after a few lines and removed as soon as it was verified elsewhere: besides, what is gone is what the log says
is gone, and the rest verifies from there on.

${stepsOf(segments)}

## Vault, with its keys and its audit log
First start, writes of old and new patients, a rotation, an erasure, more writes. After each cut: every acknowledged record reads, the erased stays
erased, one generation of keys is left, a cut tail is told, and the store goes on.

${stepsOf(vault)}

## Updater
Each act of the updater; the power is back, the unit boots and goes on as units do. There is always one version that starts.

${table([
  ['act', 'steps', 'cuts', 'what started (in how many cuts)', 'what runs in the end'],
  ...updates.map(({ phase, steps, cuts, started, ended }) => [
    phase,
    steps,
    cuts,
    Object.entries(started)
      .map(([name, count]) => `${name}: ${count}`)
      .join(', '),
    ended,
  ]),
])}
`;
process.stdout.write(text);
if (values.report) await writeFile('docs/reports/power-loss.md', text);
const isBad = [...audit, ...vault].some(({ lost, wrong }) => lost > 0 || wrong.length > 0);
process.exitCode = isBad ? 1 : 0;

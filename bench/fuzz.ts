// `npm run fuzz [-- --seconds N] [--seed S] [--at-once N] [--report] [NAME…]`: throws damaged files at every reader of foreign bytes.
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type FuzzResult, fuzz, isFuzzThread } from './fuzz/drive.ts';
import { FUZZ_TARGETS } from './fuzz/targets.ts';
import { table } from './table.ts';

const KEPT = join('node_modules', '.cache', 'ward-fuzz');

if (!isFuzzThread) await main();

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seconds: { type: 'string', default: '10' },
      seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
      'at-once': { type: 'string', default: '1' },
      report: { type: 'boolean', default: false },
    },
  });
  const [seconds, seed, atOnce] = [values.seconds, values.seed, values['at-once']].map(Number) as [
    number,
    number,
    number,
  ];
  const chosen = FUZZ_TARGETS.filter(
    ({ name }) => positionals.length === 0 || positionals.some((part) => name.includes(part)),
  );
  if (!(seconds > 0) || !Number.isInteger(seed) || !(atOnce >= 1) || chosen.length === 0) {
    process.stderr.write(
      `Give seconds, a whole number as seed, and names of: ${FUZZ_TARGETS.map(({ name }) => name).join(', ')}.\n`,
    );
    process.exitCode = 2;
    return;
  }
  const waiting = chosen.map(({ name }) => name);
  const results = new Map<string, FuzzResult>();
  const lane = async () => {
    for (let target = waiting.shift(); target !== undefined; target = waiting.shift()) {
      const result = await fuzz({ target, seconds, seed });
      results.set(target, result);
      process.stderr.write(`${target}: ${result.inputs} inputs${result.fault ? ', A FAULT' : ''}\n`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  const inOrder = chosen.flatMap(({ name }) => results.get(name) ?? []);
  const text = tableOf(inOrder);
  process.stdout.write(`${text}\n\n${refusals(inOrder)}\n`);
  const broken = inOrder.filter(({ fault }) => fault !== null);
  for (const result of broken) await tell(result);
  if (values.report) await report(inOrder, seconds, seed);
  process.exitCode = broken.length === 0 ? 0 : 1;
}

function isCode(outcome: string): boolean {
  return outcome.includes('.');
}

function tableOf(results: readonly FuzzResult[]): string {
  return table([
    ['target', 'seconds', 'inputs', 'inputs/s', 'refused', 'slowest ms', 'heap grown', 'faults'],
    ...results.map((result) => {
      const refused = Object.entries(result.outcomes).reduce(
        (sum, [name, n]) => sum + (isCode(name) ? n : 0),
        0,
      );
      return [
        result.target,
        Math.round(result.seconds),
        result.inputs,
        Math.round(result.inputs / result.seconds),
        `${result.inputs === 0 ? 0 : Math.round((100 * refused) / result.inputs)} %`,
        Math.round(result.slowestMs),
        `${(result.grownBytes / 1024 ** 2).toFixed(1)} MiB`,
        result.fault ? 1 : 0,
      ];
    }),
  ]);
}

function refusals(results: readonly FuzzResult[]): string {
  const sums = new Map<string, number>();
  for (const { outcomes } of results)
    for (const [name, n] of Object.entries(outcomes)) sums.set(name, (sums.get(name) ?? 0) + n);
  const rows = [...sums].sort(([, a], [, b]) => b - a);
  return table([['outcome', 'inputs'], ...rows]);
}

async function tell({ target, fault }: FuzzResult): Promise<void> {
  process.stdout.write(`\n${target}: ${fault?.what}\n`);
  if (!fault?.input) return;
  await mkdir(KEPT, { recursive: true });
  const digest = createHash('sha256').update(fault.input).digest('hex').slice(0, 12);
  const path = join(KEPT, `${target.replace(/\W+/g, '-')}-${digest}.bin`);
  await writeFile(path, fault.input);
  process.stdout.write(`The input is kept: ${path}\n`);
}

async function report(results: readonly FuzzResult[], seconds: number, seed: number): Promise<void> {
  const inputs = results.reduce((sum, result) => sum + result.inputs, 0);
  const words = [
    '# What damaged files do to the readers',
    '',
    'Each reader of foreign bytes is given sound files that were damaged: bits flipped, bytes changed, stretches cut, moved,',
    'spliced and repeated, brackets nested up to 50,000 deep, huge numbers, invalid UTF-8, words that mean something to',
    'one of the notations. The outcome must be a result or a refusal with a code; anything else thrown, an input that takes',
    'longer than 20 s, or a heap that grows by more than 48 MiB is a fault.',
    '',
    tableOf(results),
    '',
    `${inputs.toLocaleString('en')} inputs, ${results.filter(({ fault }) => fault !== null).length} faults.`,
    '',
    refusals(results),
    '',
    `Run of ${new Date().toISOString().slice(0, 10)}: seed ${seed}, Node.js ${process.versions.node}, ${cpus().length} cores, ${process.platform}.`,
    `Again: \`npm run fuzz -- --seconds ${seconds} --seed ${seed}\`. Short property tests of the same targets run in \`npm test\`.`,
    '',
  ];
  await mkdir('docs/reports', { recursive: true });
  await writeFile('docs/reports/fuzz.md', words.join('\n'));
}

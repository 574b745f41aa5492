// The hot path: 1,000 new advisories against everything that is in the field, and from a name to where it is used.
import type { Ward } from '../../workbench/compose.ts';
import { SYSTEM } from '../../workbench/kernel/people/roles.ts';
import { readAdvisory } from '../../workbench/knowledge/importers/read-advisory.ts';
import { importAdvisories } from '../../workbench/knowledge/store/import-advisories.ts';
import { whereUsed } from '../../workbench/rooms/components/where-used.ts';
import type { Figure } from '../figure.ts';
import { timed } from '../figure.ts';
import { advisoryDelta, COMPONENTS, loadReleases, loadVersions } from '../portfolio.ts';
import { withScratchWard } from '../scratch.ts';
import { median } from '../table.ts';

const TURNS = 7;

/** Releases; WARD_BENCH_RELEASES makes it smaller for a quick look. */
const RELEASES = Number(process.env.WARD_BENCH_RELEASES ?? 10_000);

export const measurePortfolio = (): Promise<Figure[]> => withScratchWard(measure);

interface Turn {
  readonly total: number;
  readonly phases: ReadonlyMap<string, number>;
}

async function measure(ward: Ward): Promise<Figure[]> {
  await loadVersions(ward.pool);
  const loading = await timed(() => loadReleases(ward.pool, 0, RELEASES));
  process.stderr.write(`  ${RELEASES * COMPONENTS} occurrences in ${Math.round(loading.ms / 1_000)} s\n`);
  const once = await deltas(ward, 10);
  const used = await uses(ward);
  await loadReleases(ward.pool, RELEASES, 2 * RELEASES);
  const twice = await deltas(ward, 50);
  const usedTwice = await uses(ward);

  const size = `${RELEASES.toLocaleString('en')} releases × ${COMPONENTS}`;
  const total = (turns: readonly Turn[]) => median(turns.map((turn) => turn.total));
  const phase = (turns: readonly Turn[], name: string) =>
    median(turns.map((turn) => turn.phases.get(name) ?? 0));
  return [
    {
      what: '1,000 new advisories stored, matched, committed',
      size,
      value: total(once),
      twice: total(twice),
      unit: 'ms',
      goal: { atMost: 200 },
    },
    ...['store', 'aliases', 'candidates', 'compare', 'write', 'commit'].map((name) => ({
      what: `  of this: ${name}`,
      size,
      value: phase(once, name),
      twice: phase(twice, name),
      unit: 'ms' as const,
    })),
    {
      what: 'releases with log4j-core 2.14',
      size: `${used.found} found`,
      value: used.ms,
      twice: usedTwice.ms,
      unit: 'ms',
      goal: { atMost: 300 },
    },
  ];
}

async function deltas(ward: Ward, seed: number): Promise<Turn[]> {
  const turns: Turn[] = [];
  for (let turn = 0; turn <= TURNS; turn += 1) {
    const advisories = advisoryDelta(1_000, seed + turn).map(readAdvisory);
    const phases = new Map<string, number>();
    let last = 0;
    const { ms } = await timed(async () => {
      last = performance.now();
      await ward.records.write(SYSTEM, (unit) =>
        importAdvisories(unit.db, advisories, unit.now, (name) => {
          phases.set(name, performance.now() - last);
          last = performance.now();
        }),
      );
      phases.set('commit', performance.now() - last);
    });
    // The first one warms up connection, plans and caches.
    if (turn > 0) turns.push({ total: ms, phases });
  }
  return turns;
}

async function uses(ward: Ward): Promise<{ ms: number; found: number }> {
  const times: number[] = [];
  let found = 0;
  for (let turn = 0; turn < TURNS; turn += 1) {
    const { ms, result } = await timed(() => whereUsed(ward.db, SYSTEM, 'log4j-core', '2.14'));
    times.push(ms);
    found = result.length;
  }
  return { ms: median(times), found };
}

// A unit of the worked example at rest: memory, and how soon it is there.
import { measureUnit } from '../../laser/measure.ts';
import type { Figure } from '../figure.ts';

export async function measureUnitAtRest(): Promise<Figure[]> {
  const { startMs, applicationMegaByte, bootMegaByte } = await measureUnit(process.cwd());
  const sorted = [...startMs].sort((a, b) => a - b);
  return [
    {
      what: 'unit: agent and laser at rest, resident memory',
      size: 'checks in each 5 s',
      value: applicationMegaByte,
      unit: 'MB',
      goal: { atMost: 80 },
    },
    { what: 'unit: its boot loader, resident memory', size: 'waits', value: bootMegaByte, unit: 'MB' },
    {
      what: 'unit: from the start of the process until it listens, median',
      size: `${startMs.length} starts`,
      value: sorted[Math.floor(sorted.length / 2)] as number,
      twice: sorted.at(-1) as number,
      unit: 'ms',
      goal: { atMost: 500 },
    },
  ];
}

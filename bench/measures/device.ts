// The device side: commands, updates, the unit at rest and its patient data, beside the goals that a maker of devices needs.
import { benchStage } from '../../device/updates/stage-bench.ts';
import { laserCommandBench } from '../../laser/machine/bench.ts';
import type { Figure } from '../figure.ts';
import { measureUnitAtRest } from './unit.ts';
import { measureVault } from './vault.ts';

export async function measureDevice(): Promise<Figure[]> {
  // Memory is measured first, before this process has used more.
  return [
    ...(await measureStaging()),
    ...(await measureCommands()),
    ...(await measureUnitAtRest()),
    ...(await measureVault()),
  ];
}

async function measureCommands(): Promise<Figure[]> {
  const found = await laserCommandBench();
  const size = `${found.commands.toLocaleString('en')} preparations with patient data`;
  const figure = (what: string, value: number): Figure => ({ what, size, value, unit: 'ms' });
  return [
    {
      ...figure('command: verified, decided and its receipt signed, p99', found.p99Milliseconds),
      goal: { atMost: 5 },
    },
    figure('command: the same, median', found.p50Milliseconds),
    figure('command: the same, processor time of all threads', found.processorMilliseconds),
  ];
}

async function measureStaging(): Promise<Figure[]> {
  const found = await benchStage();
  const size = `${found.megabytes} MB, best of 5`;
  return [
    {
      what: 'update: verified and staged, share of the speed of a plain SHA-256',
      size,
      value: found.ratio * 100,
      unit: '%',
      goal: { atLeast: 70 },
    },
    { what: 'update: plain SHA-256 of the file', size, value: found.plainSha256, unit: 'MB/s' },
    { what: 'update: verified and staged, synced', size, value: found.staged, unit: 'MB/s' },
    { what: 'update: the same into a slot never used', size, value: found.stagedFirst, unit: 'MB/s' },
    { what: 'update: the slot verified at a start', size, value: found.verifiedAtBoot, unit: 'MB/s' },
    {
      what: 'update: resident memory that staging adds',
      size,
      value: found.residentGrowth,
      unit: 'MB',
      goal: { atMost: 32 },
    },
  ];
}

// What a unit costs at rest: memory of its processes and the time of a start, in its real processes, alone on the machine.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from './testing/panel.ts';
import { SmallWorkbench } from './testing/small-workbench.ts';
import { buildUnitPrograms, UnitProcess } from './testing/unit-process.ts';

export interface UnitMeasure {
  /** From the start of the application's process until it listens; each start. */
  readonly startMs: readonly number[];
  /** Of the application after a rest, with check-ins going on. */
  readonly applicationMegaByte: number;
  readonly bootMegaByte: number;
}

export async function measureUnit(root: string, { starts = 5, restMs = 15_000 } = {}): Promise<UnitMeasure> {
  const programs = await buildUnitPrograms(root);
  const workbench = await SmallWorkbench.open();
  const unit = await UnitProcess.make(programs, workbench, 'L4-0001', { checkInSeconds: 5 });
  try {
    const startMs: number[] = [];
    for (let start = 0; start < starts; start++) {
      await unit.stop();
      unit.output = '';
      unit.start();
      await until(unit.folder, ({ state, online }) => state === 'standby' && online);
      startMs.push(Number(/after (\d+) ms/.exec(unit.output)?.[1]));
    }
    await sleep(restMs);
    return {
      startMs,
      applicationMegaByte: residentMegaByte(unit.applicationPid as number),
      bootMegaByte: residentMegaByte(unit.bootPid),
    };
  } finally {
    await unit.stop();
    await workbench.close();
    programs.remove();
  }
}

function residentMegaByte(pid: number): number {
  const kilobytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) / 1024;
}

// Processor time of a Ward in this process and of its database's processes: what a busy machine leaves comparable.
import { readFileSync } from 'node:fs';
import { databaseProcesses } from '../ward-process.ts';

export interface Spent {
  readonly programMs: number;
  readonly databaseMs: number;
}

/** Linux counts in hundredths of a second (`proc(5)`, fields 14 to 17). */
const TICK_MS = 10;

export function spentSoFar(data: string): Spent {
  const { user, system } = process.cpuUsage();
  const databaseMs = databaseProcesses(data).reduce((sum, pid) => sum + ticksOf(pid) * TICK_MS, 0);
  return { programMs: (user + system) / 1000, databaseMs };
}

function ticksOf(pid: number): number {
  try {
    return ticksIn(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return 0; // gone meanwhile
  }
}

/** User and system time, with those of children that have ended (backends, for the postmaster); the name in brackets may hold blanks. */
export function ticksIn(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
}

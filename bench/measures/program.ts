// The program as a whole: how fast it says something, how much it takes at rest, what a browser loads first.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { Figure } from '../figure.ts';
import { timed } from '../figure.ts';
import { withFolder } from '../scratch.ts';
import { median } from '../table.ts';
import { databaseProcesses, freePort, program, startWard, untilHealthy } from '../ward-process.ts';

export async function measureProgram(): Promise<Figure[]> {
  const version: number[] = [];
  for (let n = 0; n < 10; n += 1) {
    const began = performance.now();
    spawnSync(process.execPath, [program, '--version']);
    version.push(performance.now() - began);
  }
  return [
    {
      what: 'ward --version',
      size: 'median of 10',
      value: median(version),
      unit: 'ms',
      goal: { atMost: 150 },
    },
    ...(await withFolder(measureStart)),
    firstLoad(),
  ];
}

async function measureStart(folder: string): Promise<Figure[]> {
  const data = join(folder, 'data');
  const port = await freePort();
  const args = ['--port', String(port)];
  const fresh = await timed(() => startWard({ data, args }));
  // The first page is there; the example's jobs end, and caches are given back.
  await delay(15_000);
  const memory = restingMegabytes([fresh.result.pid, ...databaseProcesses(data)]);
  const stopped = await fresh.result.interrupt();
  const starts: number[] = [];
  for (let n = 0; n < 5; n += 1) {
    const began = performance.now();
    const starting = startWard({ data, args });
    await untilHealthy(`http://127.0.0.1:${port}`);
    await (await fetch(`http://127.0.0.1:${port}/`)).text();
    starts.push((performance.now() - began) / 1_000);
    await (await starting).interrupt();
  }
  return [
    { what: 'first start with the example', size: 'new folder', value: fresh.ms / 1_000, unit: 's' },
    {
      what: 'start to first page',
      size: 'example, median of 5',
      value: median(starts),
      unit: 's',
      goal: { atMost: 3 },
    },
    { what: 'orderly stop', size: 'example', value: stopped.ms, unit: 'ms' },
    {
      what: 'memory at rest (PSS)',
      size: 'Node.js and PostgreSQL, example',
      value: memory,
      unit: 'MB',
      goal: { atMost: 400 },
    },
  ];
}

/** Proportional set size: pages shared by several processes are counted once. */
function restingMegabytes(pids: readonly number[]): number {
  let kilobytes = 0;
  for (const pid of pids) {
    try {
      const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
      kilobytes += Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? 0);
    } catch {
      // gone meanwhile
    }
  }
  return kilobytes / 1_024;
}

/** Every script that the page names before anybody clicks. */
function firstLoad(): Figure {
  const web = join(dirname(program), '../web');
  const html = readFileSync(join(web, 'index.html'), 'utf8');
  const scripts = [...html.matchAll(/(?:src|href)="(\/[^"]+\.js)"/g)].map((match) => match[1] as string);
  const bytes = scripts.reduce((sum, path) => sum + gzipSync(readFileSync(join(web, path))).length, 0);
  return {
    what: 'scripts of the first page, gzipped',
    size: `${scripts.length} files`,
    value: bytes / 1_024,
    unit: 'kB',
    goal: { atMost: 200 },
  };
}

// A process that runs jobs and nothing else; one of its tasks ends it as kill -9 does. For the test of jobs that are cut off.
import { setTimeout as delay } from 'node:timers/promises';
import pino from 'pino';
import { openPool } from '../../workbench/kernel/database/connect.ts';
import { Jobs } from '../../workbench/kernel/jobs/jobs.ts';
import type { CutRules } from '../../workbench/kernel/jobs/worker-lease.ts';

const { url, rules, waitMs } = JSON.parse(process.env.WARD_TEST_WORK ?? '{}') as {
  url: string;
  rules: CutRules;
  waitMs: number;
};

const pool = openPool({ database: url, applicationName: 'ward work', max: 6 });
const jobs = new Jobs(pool, pino({ level: 'silent' }), rules);
jobs.task('poison', async () => {
  process.kill(process.pid, 'SIGKILL');
});
jobs.task('slow', async () => {
  process.stdout.write('slow\n');
  await delay(waitMs);
});
jobs.task('failing', async () => {
  throw new Error('as always');
});
await jobs.start(2);
process.stdout.write('started\n');

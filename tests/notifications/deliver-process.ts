// A process that makes deliveries and ends itself, as kill -9 does, at the step that it is told; for the crash test.
import pino from 'pino';
import { v7 } from 'uuid';
import { openPool } from '../../workbench/kernel/database/connect.ts';
import { createDatabase } from '../../workbench/kernel/database/index.ts';
import type { Tables } from '../../workbench/kernel/database/schema.ts';
import { type DeliveryStep, deliver } from '../../workbench/kernel/notifications/deliver.ts';
import type { NotificationSettings } from '../../workbench/kernel/notifications/settings.ts';
import { makeVault } from '../../workbench/kernel/people/secrets.ts';

const task = JSON.parse(process.env.WARD_TEST_DELIVER ?? '{}') as {
  url: string;
  secret: string;
  settings: NotificationSettings;
  ids: string[];
  dieAt: DeliveryStep | null;
};

const pool = openPool({ database: task.url, applicationName: 'ward deliver', max: 4 });
const context = {
  db: createDatabase<Tables>(pool),
  vault: makeVault(task.secret),
  baseUrl: 'http://127.0.0.1:8100',
  settings: task.settings,
  now: () => new Date(),
  newId: () => v7(),
  log: pino({ level: 'silent' }),
  reached(step: DeliveryStep) {
    if (step === task.dieAt) process.kill(process.pid, 'SIGKILL');
  },
};
process.stdout.write('started\n');
for (const id of task.ids) await deliver(context, id, true);
await pool.end();

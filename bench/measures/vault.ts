// Patient data on a device: durable writes, reads among many records, and what a start has to verify.

import { measureVault as measure } from '../../device/vault/measure.ts';
import type { Figure } from '../figure.ts';
import { withFolder } from '../scratch.ts';

export async function measureVault(): Promise<Figure[]> {
  const found = await withFolder((folder) => measure(folder));
  const size = `${found.records.toLocaleString('en')} records of ${found.patients} patients`;
  return [
    {
      what: 'vault: encrypted record written, durable and in the audit log',
      size,
      value: found.writesPerSecond,
      unit: '/s',
      goal: { atLeast: 1000 },
    },
    {
      what: 'vault: one record read, p99, its audit entry durable before',
      size,
      value: found.readMsP99,
      unit: 'ms',
      goal: { atMost: 2 },
    },
    { what: 'vault: the same, median', size, value: found.readMsP50, unit: 'ms' },
    { what: 'vault: the same without the audit log, p99', size, value: found.bareReadMsP99, unit: 'ms' },
    {
      what: 'vault: the disk alone, a line appended and synced, p99',
      size,
      value: found.syncMsP99,
      unit: 'ms',
    },
    { what: 'vault: the same, median', size, value: found.syncMsP50, unit: 'ms' },
    { what: 'vault: all frames verified at the start', size, value: found.openVaultMs, unit: 'ms' },
    { what: 'audit log: all entries verified at the start', size, value: found.openAuditMs, unit: 'ms' },
  ];
}

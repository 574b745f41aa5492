// A release by its key, for rooms whose facts hang on releases.
import type { Kernel } from '../../kernel/kernel.ts';
import type { Principal } from '../../kernel/people/roles.ts';
import { refuseRecord } from '../../kernel/records/decide.ts';
import { readRecord } from '../../kernel/records/read.ts';
import type { WardRecord } from '../../kernel/records/record.ts';

/** Refuses `record.not-found` for what is no release and for what the principal may not see. */
export async function readRelease(db: Kernel['db'], principal: Principal, key: string): Promise<WardRecord> {
  const record = await readRecord(db, principal, key);
  if (record.kind === 'release') return record;
  throw refuseRecord('record.not-found', `${record.key} is not a release.`, { at: record.key });
}

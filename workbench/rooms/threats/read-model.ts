// A system model by its key, for what hangs on it.
import type { Kernel } from '../../kernel/kernel.ts';
import type { Principal } from '../../kernel/people/roles.ts';
import { refuseRecord } from '../../kernel/records/decide.ts';
import { readRecord } from '../../kernel/records/read.ts';
import type { WardRecord } from '../../kernel/records/record.ts';
import { parsedModel, type SystemModel, systemModel } from '../system/index.ts';

export interface ModelRecord {
  readonly record: WardRecord;
  readonly model: SystemModel;
}

/** Refuses `record.not-found` for what is no system model and for what the principal may not see. */
export async function readModel(db: Kernel['db'], principal: Principal, key: string): Promise<ModelRecord> {
  return modelOf(await readRecord(db, principal, key));
}

export function modelOf(record: WardRecord): ModelRecord {
  if (record.kind !== systemModel.kind)
    throw refuseRecord('record.not-found', `${record.key} is not a system model.`, { at: record.key });
  return { record, model: parsedModel(record) };
}

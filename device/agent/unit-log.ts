// The audit log of a unit, signed with the key of its identity. Before its enrolment there is no such key: the lines hang together all the same,
// and the first checkpoint after it signs them too.
import { randomUUID } from 'node:crypto';
import type { AuditEvent } from '../audit/event.ts';
import { AuditLog } from '../audit/log.ts';
import type { Clock } from '../clock.ts';
import type { Disk } from '../disk/disk.ts';
import type { Identity } from '../identity/identity-store.ts';
import { auditKeys, checkpointSigner, keepAuditKey } from './audit-keys.ts';

/** Refuses what `AuditLog.open` refuses. Whoever opens it is alone on the folder (`alone.ts`). */
export async function openUnitLog(parts: {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly unit: string;
  /** Null: not enrolled. */
  readonly identity: Identity | null;
  readonly remember?: (event: AuditEvent) => void;
  readonly carry?: () => readonly AuditEvent[];
}): Promise<AuditLog> {
  const { disk, identity, ...more } = parts;
  return AuditLog.open({
    ...more,
    disk,
    boot: randomUUID(),
    sign: identity && checkpointSigner(identity.key),
    keys: identity ? await keepAuditKey(disk, identity.key.jwk) : await auditKeys(disk),
  });
}

// How the laser answers requests for patient data: by role and purpose, from the vault, as small as the purpose allows. What goes out is sealed by
// the command to its holder.
import { createHash } from 'node:crypto';
import type { Command, CommandAnswer } from '@ward/device/commands/unit.ts';
import type { Access } from '@ward/device/vault/purposes.ts';
import type { Vault } from '@ward/device/vault/vault.ts';
import type { VerbHandler } from '../machine/laser.ts';

/** A sealed answer stays small: sealed and signed it grows to less than twice that, and a frame holds 64 KiB. */
const MOST_RECORDS = 40;
const MOST_BYTES = 30_000;

const PURPOSES = {
  treatment: 'treatment',
  'follow-up': 'treatment',
  quality: 'calibration-quality',
} as const;

interface ReadBody {
  readonly patient: string;
  readonly purpose: keyof typeof PURPOSES;
  readonly view: 'treatment' | 'summary' | 'whole';
  readonly after?: number;
}

interface ExportBody {
  readonly patient: string;
  readonly purpose: 'access-request' | 'portability' | 'care-transfer';
  readonly request: string;
  readonly after: number;
}

const sizeOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

/** What an emergency needs is what was done lately. */
const MOST_IN_EMERGENCY = 5;

type RecordVerb = 'record.read' | 'record.export' | 'record.break-glass' | 'record.break-glass-reasons';

export function recordHandlers(vault: Vault): Readonly<Record<RecordVerb, VerbHandler>> {
  return {
    'record.read': async (command): Promise<CommandAnswer> => {
      const { patient, purpose, view, after = 0 } = command.body as ReadBody;
      const access = accessOf(command, PURPOSES[purpose]);
      const listed = await vault.list(access, patient);
      const treatments = listed.filter((one) => one.class === 'treatment').sort((a, b) => b.at - a.at);
      const wanted = [
        ...(view === 'treatment' ? [] : listed.filter((one) => one.class === 'patient')),
        ...(view === 'summary' ? treatments.slice(0, 1) : treatments),
      ];
      const records = [];
      let bytes = 0;
      for (const { record, at } of wanted.slice(after, after + MOST_RECORDS)) {
        const read = { ...(await vault.read(access, patient, record)), at };
        bytes += sizeOf(read);
        if (bytes > MOST_BYTES && records.length > 0) break;
        records.push(read);
      }
      return {
        open: { records: treatments.length, of: wanted.length, after: after + records.length },
        sealed: { mark: markOf(wanted), patient, records },
      };
    },
    'record.export': async (command): Promise<CommandAnswer> => {
      const { patient, purpose, request, after } = command.body as ExportBody;
      const { entry, ...bundle } = await vault.exportPatient(accessOf(command, purpose), patient, request);
      const part = partOf(entry, after);
      return {
        open: { resources: entry.length, after: after + part.length },
        sealed: { mark: markOf(entry), bundle, entry: part },
      };
    },
    'record.break-glass': async (command): Promise<CommandAnswer> => {
      const { patient, after = 0 } = command.body as { readonly patient: string; readonly after?: number };
      const { reason } = command.patientData as { readonly reason: string };
      const access = { ...accessOf(command, 'break-glass'), reason };
      const opened = await vault.openInEmergency(access, patient, MOST_IN_EMERGENCY, after > 0);
      const { records: all, treatments } = opened;
      const records = partOf(all, after);
      return {
        open: { records: treatments, of: all.length, after: after + records.length },
        sealed: { mark: markOf(all.map(({ record, version }) => ({ record, version }))), patient, records },
      };
    },
    'record.break-glass-reasons': async (command): Promise<CommandAnswer> => {
      const { after } = command.body as { readonly after: number };
      const access = accessOf(command, 'access-review');
      const { all, accesses } = await vault.emergencyAccesses(access, after, MOST_RECORDS);
      const part = partOf(accesses, 0);
      return { open: { accesses: all, after: after + part.length }, sealed: { accesses: part } };
    },
  };
}

/** Whoever puts the parts together sees by the mark that nothing was written in between. */
const markOf = (all: unknown): string => createHash('sha256').update(JSON.stringify(all)).digest('hex');

/** As many as an answer holds; the first one always. */
function partOf<Item>(items: readonly Item[], after: number): Item[] {
  const part: Item[] = [];
  let bytes = 0;
  for (const one of items.slice(after)) {
    bytes += sizeOf(one);
    if (bytes > MOST_BYTES && part.length > 0) break;
    part.push(one);
  }
  return part;
}

const accessOf = ({ grant }: Command, purpose: string): Access => ({
  who: grant.person,
  role: grant.role,
  purpose,
  channel: 'remote',
});

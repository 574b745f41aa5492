// How the laser answers requests for patient data: by role and purpose, from the vault, as small as the purpose allows. What goes out is sealed by
// the command to its holder.
import type { Command, CommandAnswer } from '@ward/device/commands/unit.ts';
import type { Access } from '@ward/device/vault/purposes.ts';
import type { Vault } from '@ward/device/vault/vault.ts';
import type { VerbHandler } from '../machine/laser.ts';

/** A sealed answer stays small. */
const MOST_RECORDS = 40;

const PURPOSES = {
  treatment: 'treatment',
  'follow-up': 'treatment',
  quality: 'calibration-quality',
} as const;

interface ReadBody {
  readonly patient: string;
  readonly purpose: keyof typeof PURPOSES;
  readonly view: 'treatment' | 'summary' | 'whole';
}

export function recordHandlers(vault: Vault): { 'record.read': VerbHandler; 'record.export': VerbHandler } {
  return {
    'record.read': async (command): Promise<CommandAnswer> => {
      const { patient, purpose, view } = command.body as ReadBody;
      const access = accessOf(command, PURPOSES[purpose]);
      const listed = await vault.list(access, patient);
      const treatments = listed.filter((one) => one.class === 'treatment').sort((a, b) => b.at - a.at);
      const wanted = [
        ...(view === 'treatment' ? [] : listed.filter((one) => one.class === 'patient')),
        ...treatments.slice(0, view === 'summary' ? 1 : MOST_RECORDS),
      ];
      const records = [];
      for (const { record, at } of wanted)
        records.push({ ...(await vault.read(access, patient, record)), at });
      return { open: { records: treatments.length }, sealed: { patient, records } };
    },
    'record.export': async (command): Promise<CommandAnswer> => {
      const { patient } = command.body as { readonly patient: string };
      return { sealed: await vault.exportPatient(accessOf(command, 'access-request'), patient) };
    },
  };
}

const accessOf = ({ grant }: Command, purpose: string): Access => ({
  who: grant.person,
  role: grant.role,
  purpose,
  channel: 'remote',
});

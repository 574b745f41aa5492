// `enrol` and `status` of a unit's folder. Status only reads, so it may be asked while the unit runs.
import { X509Certificate } from 'node:crypto';
import { parseArgs } from 'node:util';
import { holdAlone } from '../agent/alone.ts';
import { enrol } from '../agent/enrol.ts';
import { unitSeal } from '../agent/unit-seal.ts';
import { readSettings } from '../agent/unit-settings.ts';
import { systemClock } from '../clock.ts';
import type { Disk } from '../disk/disk.ts';
import { RealDisk } from '../disk/real-disk.ts';
import { FileKeyKeeper, IdentityStore, type KeyKeeper } from '../identity/identity-store.ts';
import { isRefusal } from '../refusal.ts';
import { BootRecord } from '../updates/boot-record.ts';
import { unsealed } from '../updates/seal.ts';
import type { CommandIo, ExitCode } from './audit.ts';
import { AUDIT_USAGE } from './audit.ts';

export const UNIT_USAGE = `Usage:
  enrol FOLDER --code CODE --workbench URL
  status FOLDER [--json]
enrol makes the unit's key and has it certified by the one-time code of the workbench. status shows what the unit is and runs.
Exit codes: 0 done, 1 refused (sentence and code on the error output), 2 the command is wrong, 3 the folder is no unit.
${AUDIT_USAGE.replace('Usage:\n', '')}`;

export async function unitCommand(
  args: readonly string[],
  io: Omit<CommandIo, 'readFile'>,
): Promise<ExitCode> {
  const given = read(args);
  if (!given) {
    io.err(UNIT_USAGE);
    return 2;
  }
  const disk = new RealDisk(given.folder);
  const settings = await readSettings(disk).catch(() => null);
  if (!settings) {
    io.err(`${given.folder} is no unit.`);
    return 3;
  }
  try {
    if (given.verb === 'enrol') {
      const { code, workbench: workbenchUrl } = given;
      const free = await holdAlone(given.folder, 0);
      try {
        const identity = await enrol({ disk, clock: systemClock, unit: settings.unit, code, workbenchUrl });
        io.out(`${identity.unit} is enrolled.`);
      } finally {
        free();
      }
    } else {
      const status = await unitStatus(disk, settings.unit);
      io.out(given.json ? JSON.stringify(status) : inWords(status));
    }
    return 0;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    io.err(`${error.plain} (${error.code})`);
    return 1;
  }
}

export interface UnitStatus {
  readonly unit: string;
  readonly enrolled: boolean;
  /** ISO instant; null when not enrolled. */
  readonly certificateUntil: string | null;
  readonly issuers: readonly string[];
  /** Null when the boot record cannot be believed; the boot loader makes it anew. */
  readonly slots: Readonly<
    Record<'A' | 'B', { readonly version: string; readonly state: string } | null>
  > | null;
  readonly active: 'A' | 'B' | null;
}

async function unitStatus(disk: Disk, unit: string): Promise<UnitStatus> {
  // Opening for good would remove keys that a running unit is about to use.
  const store = await IdentityStore.open(disk, { keys: new LookingKeys(disk) });
  const identity = store.enrolled ? await store.current() : null;
  const bytes = await disk.read('updates/boot', 65_536);
  const record = BootRecord.safeParse(
    bytes && (await unsealed(await unitSeal(disk), 'updates/boot', bytes)),
  ).data;
  const slot = (name: 'A' | 'B') => {
    const content = record?.slots[name];
    return content ? { version: content.version, state: content.state } : null;
  };
  return {
    unit,
    enrolled: identity !== null,
    certificateUntil: identity && new Date(new X509Certificate(identity.chain[0]!).validTo).toISOString(),
    issuers: identity?.anchors.issuers ?? [],
    slots: record ? { A: slot('A'), B: slot('B') } : null,
    active: record?.active ?? null,
  };
}

class LookingKeys extends FileKeyKeeper implements KeyKeeper {
  override async keepOnly(): Promise<void> {}
}

function inWords({ unit, enrolled, certificateUntil, issuers, slots, active }: UnitStatus): string {
  const slot = (name: 'A' | 'B') => {
    const content = slots?.[name];
    return `Slot ${name}: ${content ? `${content.version}, ${content.state}${active === name ? ', in use' : ''}` : 'empty'}`;
  };
  return [
    `Unit ${unit}`,
    enrolled ? `Enrolled; certificate until ${certificateUntil}` : 'Not enrolled',
    ...(enrolled ? [`Believes ${issuers.join(', ')}`] : []),
    ...(slots ? [slot('A'), slot('B')] : ['The boot record cannot be read; the boot loader makes it anew.']),
  ].join('\n');
}

function read(args: readonly string[]) {
  try {
    const text = { type: 'string' } as const;
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { code: text, workbench: text, json: { type: 'boolean' } },
    });
    const [verb, folder, ...more] = positionals;
    if (!folder || more.length > 0) return null;
    if (verb === 'status')
      return { verb, folder, json: values.json ?? false, code: '', workbench: '' } as const;
    if (verb !== 'enrol' || !values.code || !values.workbench || !URL.canParse(values.workbench)) return null;
    return { verb, folder, json: false, code: values.code, workbench: values.workbench } as const;
  } catch {
    return null;
  }
}

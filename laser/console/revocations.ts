// Which units are no longer admitted, as the maker says: fetched each minute, kept in the console's folder, and never older than the unit itself would
// allow for the person who asks. Patient data goes to no unit of which this is not known.
import { MemoryAudit } from '@ward/device/audit/event.ts';
import { systemClock } from '@ward/device/clock.ts';
import { RealDisk } from '@ward/device/disk/real-disk.ts';
import { RevocationStore } from '@ward/device/identity/revocation-store.ts';
import { MOST_REVOCATIONS_BYTES } from '@ward/device/identity/revocations.ts';
import { TrustedTime } from '@ward/device/identity/trusted-time.ts';
import { isRefusal } from '@ward/device/refusal.ts';
import { z } from 'zod';

const MAKER = 'maker:ward';
const EVERY_MS = 60_000;
const LONGEST_MS = 5_000;

const Answer = z.object({ list: z.string().max(MOST_REVOCATIONS_BYTES) });

/** `workbench` is the address of Ward, null when the console knows none: then what was kept is all that is known. Waits for the first answer. */
export async function openRevocations(
  folder: string,
  root: Uint8Array,
  workbench: string | null,
): Promise<RevocationStore> {
  const disk = new RealDisk(folder);
  await disk.makeFolder('identity');
  const store = await RevocationStore.open({
    disk,
    anchors: { roots: [root], issuers: [MAKER] },
    time: TrustedTime.inMemory(systemClock),
    // What is refused here changes nothing: the last good list stays, and gets old.
    audit: new MemoryAudit(),
  });
  if (workbench !== null) {
    await learn(store, workbench);
    setInterval(() => void learn(store, workbench), EVERY_MS).unref();
  }
  return store;
}

async function learn(store: RevocationStore, workbench: string): Promise<void> {
  try {
    const answer = await fetch(new URL('/api/fleet/revocations', workbench), {
      signal: AbortSignal.timeout(LONGEST_MS),
    });
    if (answer.ok) await store.accept(Answer.parse(await answer.json()).list);
  } catch (error) {
    if (isRefusal(error)) console.error(`The list of revoked units was refused (${error.code}).`);
    else
      console.error('The list of revoked units cannot be fetched; the last one is used until it is too old.');
  }
}

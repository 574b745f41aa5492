// Which units are no longer admitted, as the maker says: fetched each minute, kept in the folder of the console or laptop, and never older than the unit
// itself would allow for the person who asks. Nobody turns to a unit of which this is not known, and links to one that is taken back end at once.
import { readText } from '@ward/device/agent/read-text.ts';
import { NO_LOG } from '@ward/device/audit/event.ts';
import type { Channel } from '@ward/device/channel/channel.ts';
import type { Endpoint } from '@ward/device/channel/tls.ts';
import { systemClock } from '@ward/device/clock.ts';
import { RealDisk } from '@ward/device/disk/real-disk.ts';
import { RevocationStore } from '@ward/device/identity/revocation-store.ts';
import { MOST_REVOCATIONS_BYTES, type Revocations } from '@ward/device/identity/revocations.ts';
import { TrustedTime } from '@ward/device/identity/trusted-time.ts';
import { isRefusal } from '@ward/device/refusal.ts';
import { isFresh, type PersonRole } from '@ward/device/rights/roles.ts';
import { z } from 'zod';
import { type Caller, refuseLink } from './unit-link.ts';

const MAKER = 'maker:ward';
const EVERY_MS = 60_000;
const LONGEST_MS = 5_000;

const Answer = z.object({ list: z.string().max(MOST_REVOCATIONS_BYTES) });

/** Who knows which units were taken back, and since when it knows. */
export interface InformedCaller extends Caller {
  readonly revocations: () => Pick<Revocations, 'certificates' | 'issuedAt'>;
  /** The clock of this machine, and never before what the maker has signed. Milliseconds since 1970. */
  readonly now: () => number;
}

export class KnownRevocations {
  readonly #store: RevocationStore;
  readonly #time: TrustedTime;
  readonly #channels = new Set<Channel>();

  private constructor(store: RevocationStore, time: TrustedTime) {
    this.#store = store;
    this.#time = time;
    store.watch(() => {
      for (const channel of this.#channels) channel.reconsider();
    });
  }

  /** `workbench` is the address of Ward, null when none is known: then what was kept is all that is known. Waits for the first answer. */
  static async open(folder: string, root: Uint8Array, workbench: string | null): Promise<KnownRevocations> {
    const disk = new RealDisk(folder);
    await disk.makeFolder('identity');
    const time = TrustedTime.inMemory(systemClock);
    const store = await RevocationStore.open({
      disk,
      anchors: { roots: [root], issuers: [MAKER] },
      time,
      // What is refused here changes nothing: the last good list stays, and gets old.
      audit: NO_LOG,
    });
    const known = new KnownRevocations(store, time);
    if (workbench !== null) {
      await known.learn(workbench);
      setInterval(() => void known.learn(workbench), EVERY_MS).unref();
    }
    return known;
  }

  get current(): Revocations {
    return this.#store.current;
  }

  /** An end whose links are judged by what is known when they are opened, and again when that changes. */
  callerOf(endpoint: Endpoint): InformedCaller {
    return {
      ...endpoint,
      revocations: () => this.#store.current,
      now: () => this.#time.now(),
      follow: (channel) => {
        this.#channels.add(channel);
        void channel.closed.then(() => this.#channels.delete(channel));
      },
    };
  }

  /** Asks the workbench now. What cannot be fetched or is refused is told, and changes nothing. */
  async learn(workbench: string): Promise<void> {
    try {
      const answer = await fetch(new URL('/api/fleet/revocations', workbench), {
        signal: AbortSignal.timeout(LONGEST_MS),
        redirect: 'error',
      });
      const text = answer.ok ? await readText(answer, MOST_REVOCATIONS_BYTES + 1_000) : null;
      if (text === null) throw new Error(`answered ${answer.status}`);
      await this.#store.accept(Answer.parse(JSON.parse(text)).list);
    } catch (error) {
      if (isRefusal(error)) console.error(`The list of revoked units was refused (${error.code}).`);
      else
        console.error(
          'The list of revoked units cannot be fetched; the last one is used until it is too old.',
        );
    }
  }
}

/** The unit refuses who it knows too little of, and so does who calls it. Refuses `link.revocations-stale`. */
export function checkInformed({ revocations, now }: InformedCaller, role: PersonRole): void {
  const { issuedAt } = revocations();
  if (!isFresh(role, issuedAt, now())) throw refuseLink('link.revocations-stale', { issuedAt });
}

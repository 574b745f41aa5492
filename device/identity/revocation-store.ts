// The latest revocation list on the unit: taken in only from a maker's issuer and only forwards, kept durably, judged again when it is read back.
import { type AuditSink, auditEvent } from '../audit/event.ts';
import { type Disk, replaceFile } from '../disk/disk.ts';
import { Lane } from '../disk/lane.ts';
import { isRefusal } from '../refusal.ts';
import { type IssuedReading, type Issuer, readIssued, signIssued } from './issued.ts';
import { issuerKind } from './names.ts';
import type { Anchors } from './peer.ts';
import { refuseIdentity } from './refusals.ts';
import {
  MOST_REVOCATIONS_BYTES,
  NO_REVOCATIONS,
  REVOCATIONS_TYP,
  RevocationList,
  type Revocations,
  revocationsOf,
} from './revocations.ts';
import type { TrustedTime } from './trusted-time.ts';

const PATH = 'identity/revocations.jws';
/** A list comes with each check-in; a disk of flash is not written for each. */
const KEEP_EVERY_MS = 10 * 60_000;

/** Signs a list as a maker's issuer. The publisher keeps the number rising. Throws a ZodError for a list that is none. */
export function signRevocationList(issuer: Issuer, list: RevocationList): Promise<string> {
  return signIssued(issuer, REVOCATIONS_TYP, RevocationList.parse(list));
}

/**
 * Reads a list and proves it. Refuses `identity.revocations-malformed`, `identity.revocations-forged` (signature, issuer, or an issuer that is
 * not a maker's).
 */
export async function readRevocationList(
  jws: unknown,
  question: { readonly anchors: Anchors; readonly now: number; readonly revocations: Revocations },
): Promise<RevocationList> {
  const reading: IssuedReading<RevocationList> = await readIssued(jws, {
    ...question,
    typ: REVOCATIONS_TYP,
    schema: RevocationList,
    mostCharacters: MOST_REVOCATIONS_BYTES,
  });
  if (reading.kind === 'read') {
    if (issuerKind(reading.issuer.id) === 'maker') return reading.claims;
    throw refuseIdentity('identity.revocations-forged', { why: reading.issuer.name });
  }
  const code =
    reading.kind === 'malformed' ? 'identity.revocations-malformed' : 'identity.revocations-forged';
  throw refuseIdentity(code, { why: reading.why }, reading.cause);
}

export interface RevocationStoreParts {
  readonly disk: Disk;
  readonly anchors: Anchors;
  readonly time: TrustedTime;
  readonly audit: AuditSink;
}

export class RevocationStore {
  readonly #parts: RevocationStoreParts;
  readonly #watchers = new Set<() => void>();
  #current: Revocations = NO_REVOCATIONS;
  #keptIssuedAt = 0;
  readonly #taking = new Lane();

  private constructor(parts: RevocationStoreParts) {
    this.#parts = parts;
  }

  /**
   * A kept list that is unreadable or not signed counts as none: then nothing is fresh and remote roles are refused until a list comes. It is
   * recorded as `identity.revocations-forged` or `-malformed`.
   */
  static async open(parts: RevocationStoreParts): Promise<RevocationStore> {
    const store = new RevocationStore(parts);
    const bytes = await parts.disk
      .read(PATH, MOST_REVOCATIONS_BYTES)
      .catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'EFBIG') return new Uint8Array();
        throw error;
      });
    if (!bytes) return store;
    const text = new TextDecoder().decode(bytes);
    try {
      const list = await store.#read(text, issuedAtOf(text));
      store.#current = revocationsOf(list);
      store.#keptIssuedAt = list.issuedAt * 1000;
      // The power may have failed between the list and the time.
      await parts.time.learn(list.issuedAt * 1000);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      await store.#recordRefusal(error.code, error.detail);
    }
    return store;
  }

  get current(): Revocations {
    return this.#current;
  }

  /** Called after each new list: to judge open channels and grants again. */
  watch(watcher: () => void): void {
    this.#watchers.add(watcher);
  }

  /**
   * Takes a list in: in force at once, durable when it resolves, to false when nothing new was learned. A list of the same number and content that was signed later
   * says that nothing was taken back since: knowledge is fresh again. The unit learns the time from each.
   * Refuses `identity.revocations-malformed`, `-forged`, `-older`, `-forked`, each recorded; rejects with the disk's error when it is in force but not
   * durable.
   */
  accept(jws: unknown): Promise<boolean> {
    return this.#taking.run(() => this.#accept(jws));
  }

  async #accept(jws: unknown): Promise<boolean> {
    try {
      const list = await this.#read(jws);
      const issuedAt = list.issuedAt * 1000;
      const known = this.#current;
      const detail = { number: list.number, known: known.number };
      if (known.issuedAt === null || list.number > known.number) {
        if (known.issuedAt !== null && issuedAt < known.issuedAt)
          throw refuseIdentity('identity.revocations-older', { ...detail, issuedAt: list.issuedAt });
        await this.#keep(jws as string, list);
        return true;
      }
      if (list.number < known.number) throw refuseIdentity('identity.revocations-older', detail);
      if (!sameContent(list, known)) throw refuseIdentity('identity.revocations-forked', detail);
      if (issuedAt <= known.issuedAt) return false;
      await this.#refresh(jws as string, issuedAt);
      return true;
    } catch (error) {
      if (isRefusal(error)) await this.#recordRefusal(error.code, error.detail);
      throw error;
    }
  }

  async #keep(text: string, list: RevocationList): Promise<void> {
    const { time, audit } = this.#parts;
    // The time first: what has ended leaves the list, and must not be revived by a clock that is behind.
    time.believe(list.issuedAt * 1000);
    // In force before it is written: a full disk must not keep believed what was taken back. The next list is written again until one is kept.
    this.#current = revocationsOf(list);
    this.#keptIssuedAt = 0;
    for (const watcher of this.#watchers) watcher();
    await this.#write(text, list.issuedAt * 1000);
    await time.learn(list.issuedAt * 1000);
    const { number, certificates, tokens, persons, issuers } = list;
    await audit.append(
      auditEvent({
        what: 'identity.revocations-taken',
        outcome: 'done',
        detail: {
          number,
          certificates: certificates.length,
          tokens: tokens.length,
          persons: persons.length,
          issuers: issuers.length,
        },
      }),
    );
  }

  /** The sets stay the same objects, so that nobody is judged anew. Written now and then only: a restart then knows a little less, never more. */
  async #refresh(text: string, issuedAt: number): Promise<void> {
    this.#current = { ...this.#current, issuedAt };
    if (issuedAt - this.#keptIssuedAt >= KEEP_EVERY_MS) await this.#write(text, issuedAt);
    await this.#parts.time.learn(issuedAt);
  }

  async #write(text: string, issuedAt: number): Promise<void> {
    const { disk } = this.#parts;
    await disk.makeFolder('identity');
    await replaceFile(disk, PATH, new TextEncoder().encode(text));
    this.#keptIssuedAt = issuedAt;
  }

  #read(jws: unknown, now = this.#parts.time.now()): Promise<RevocationList> {
    return readRevocationList(jws, { anchors: this.#parts.anchors, now, revocations: this.#current });
  }

  async #recordRefusal(
    code: string,
    detail: Readonly<Record<string, string | number | boolean | null>>,
  ): Promise<void> {
    await this.#parts.audit.append(
      auditEvent({ what: 'identity.revocations-refused', outcome: 'refused', code, detail }),
    );
  }
}

/**
 * When a kept list says that it was made, before anything of it is proven: it is judged as of then, for its issuer's certificate may have ended since.
 * A list that lies about it says how old it is, which is what freshness asks.
 */
function issuedAtOf(text: string): number {
  try {
    const claims: unknown = JSON.parse(Buffer.from(text.split('.')[1] ?? '', 'base64url').toString());
    return RevocationList.parse(claims).issuedAt * 1000;
  } catch {
    return 0;
  }
}

function sameContent(list: RevocationList, known: Revocations): boolean {
  const other = revocationsOf(list);
  return (['certificates', 'tokens', 'persons', 'issuers'] as const).every(
    (kind) =>
      other[kind].size === known[kind].size && [...other[kind]].every((entry) => known[kind].has(entry)),
  );
}

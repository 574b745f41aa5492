// The list of who is no longer believed as it is given out: signed, for units with each check-in and for consoles that ask.
import { signRevocationList } from '@ward/device/identity/revocation-store.ts';
import { revocationsOf } from '@ward/device/identity/revocations.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { Authority } from './authority.ts';
import { numberOfList, readRevocations } from './revocations.ts';

const SIGN_AGAIN_MS = 60_000;

/** The newest list, signed; signed anew each minute, since units take the time from it. */
export class KnownRevocations {
  readonly #kernel: Kernel;
  #number = -1;
  #signedAt = 0;
  #jws = '';
  #signer: Authority | null = null;
  #certificates: ReadonlySet<string> = new Set();

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  get certificates(): ReadonlySet<string> {
    return this.#certificates;
  }

  get number(): number {
    return this.#number;
  }

  get jws(): string {
    return this.#jws;
  }

  /** True when there are new ones. */
  async look(authority: Authority): Promise<boolean> {
    const now = this.#kernel.now().getTime();
    const due = now - this.#signedAt >= SIGN_AGAIN_MS || authority !== this.#signer;
    if (!due && (await numberOfList(this.#kernel)) === this.#number) return false;
    const list = await readRevocations(this.#kernel);
    const isNew = list.number !== this.#number;
    this.#jws = await signRevocationList(authority.maker, list);
    // The same set as long as the list is the same: then nobody is judged anew.
    if (isNew) this.#certificates = revocationsOf(list).certificates;
    this.#number = list.number;
    this.#signer = authority;
    this.#signedAt = now;
    return isNew;
  }
}

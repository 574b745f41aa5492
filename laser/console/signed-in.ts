// One person at the console: a key of their own for this sign-in, a short-lived token for each unit they turn to, and the links to these units.
import { createHmac, randomUUID } from 'node:crypto';
import type { ReadReceipt } from '@ward/device/commands/console.ts';
import type { Issuer } from '@ward/device/identity/issued.ts';
import { generateSoftwareKey, type SigningKey } from '@ward/device/identity/key.ts';
import { ROLE_VERBS } from '@ward/device/rights/roles.ts';
import { issueToken } from '@ward/device/rights/token.ts';
import { checkInformed, type InformedCaller } from '../revocations.ts';
import { UnitLink, type UnitPlace } from '../unit-link.ts';
import { type Person, refuseSignIn } from './people.ts';

/** Of a token; the next is made when somebody still works. */
const TOKEN_SECONDS = 60 * 60;
const RENEW_BEFORE_MS = 5 * 60_000;
const CLINIC = 'clinic:demo';
/** What a token says it is for. */
const PURPOSES: Readonly<Record<Person['role'], string>> = {
  clinician: 'treatment',
  physicist: 'quality',
  'data-protection': 'requests of patients',
};

interface Linked {
  readonly link: UnitLink;
  readonly until: number;
}

export class SignedIn {
  readonly person: Person;
  readonly #endpoint: InformedCaller;
  readonly #clinic: Issuer;
  readonly #holder: SigningKey;
  readonly #monotonic: () => number;
  readonly #links = new Map<string, Promise<Linked>>();

  private constructor(
    person: Person,
    endpoint: InformedCaller,
    clinic: Issuer,
    holder: SigningKey,
    monotonic: () => number,
  ) {
    this.person = person;
    this.#endpoint = endpoint;
    this.#clinic = clinic;
    this.#holder = holder;
    this.#monotonic = monotonic;
  }

  static async begin(
    person: Person,
    endpoint: InformedCaller,
    clinic: Issuer,
    monotonic: () => number,
  ): Promise<SignedIn> {
    return new SignedIn(person, endpoint, clinic, (await generateSoftwareKey()).key, monotonic);
  }

  /** Rejects with a refusal of the channel or of the unit. A link that broke is opened anew once. */
  async ask(place: UnitPlace, asked: Parameters<UnitLink['ask']>[0]): Promise<ReadReceipt> {
    const read = await (await this.#link(place)).ask(asked);
    // The session ended, by rest or because the token did: another one for the same person.
    if (read.receipt.code !== 'command.too-late' && read.receipt.code !== 'command.no-session') return read;
    this.leave(place.unit);
    return (await this.#link(place)).ask(asked);
  }

  /** Over a link that is open already. Rejects when there is none or it does not get through. */
  async stop(unit: string): Promise<void> {
    const linked = await this.#links.get(unit);
    if (!linked?.link.open) throw refuseSignIn('console.not-signed-in');
    await linked.link.stop();
  }

  leave(unit: string): void {
    const linked = this.#links.get(unit);
    this.#links.delete(unit);
    void linked?.then(({ link }) => link.close()).catch(() => undefined);
  }

  end(): void {
    for (const unit of [...this.#links.keys()]) this.leave(unit);
  }

  async #link(place: UnitPlace): Promise<UnitLink> {
    const before = await this.#links.get(place.unit)?.catch(() => null);
    if (before?.link.open && this.#monotonic() < before.until) return before.link;
    if (before) this.leave(place.unit);
    const opened = this.#open(place);
    this.#links.set(place.unit, opened);
    opened.catch(() => this.#links.delete(place.unit));
    return (await opened).link;
  }

  async #open(place: UnitPlace): Promise<Linked> {
    const { id, role } = this.person;
    // Before patient data goes anywhere.
    checkInformed(this.#endpoint, role);
    const now = Math.floor(Date.now() / 1000);
    const token = await issueToken(this.#clinic, {
      ...{ iss: CLINIC, jti: randomUUID(), sub: `person:${id}`, role, unit: place.unit },
      ...{ verbs: [...ROLE_VERBS[role]], cnf: { jkt: this.#holder.jkt } },
      ...{ channel: this.#endpoint.key.thumbprint, purpose: PURPOSES[role] },
      ...{ iat: now, nbf: now, exp: now + TOKEN_SECONDS },
    });
    const link = await UnitLink.open(this.#endpoint, place, { token, holder: this.#holder });
    return { link, until: this.#monotonic() + TOKEN_SECONDS * 1000 - RENEW_BEFORE_MS };
  }
}

/** The name of a patient on the wire and in logs: the same each time at this clinic, and nothing elsewhere. */
export function pseudonymOf(secret: Uint8Array, recordNumber: string): string {
  const mark = createHmac('sha256', secret).update(`lumen console pseudonym\n${recordNumber}`).digest('hex');
  return `p-${mark.slice(0, 20)}`;
}

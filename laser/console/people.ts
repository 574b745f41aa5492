// Who may sign in at the console: people of the clinic with a PIN, kept as scrypt hashes (RFC 7914). Wrong PINs cost time.
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { defineRefusals } from '@ward/device/refusal.ts';
import { z } from 'zod';

const KEY_BYTES = 32;
/** 2^15, 8, 1: about a tenth of a second and 32 MB each. */
const COST = { N: 32_768, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };
const MOST_TRIES = 5;
const LOCKED_MS = 60_000;
/** Each takes 32 MB. */
const MOST_AT_ONCE = 8;

export const Person = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/),
  name: z.string().min(1).max(100),
  role: z.enum(['clinician', 'physicist', 'data-protection']),
  salt: z.base64(),
  hash: z.base64(),
});
export type Person = z.infer<typeof Person>;

export const refuseSignIn = defineRefusals({
  'console.wrong-pin': { plain: 'Name or PIN is wrong.', row: 'L2' },
  'console.locked': { plain: 'Too many wrong PINs. Wait a minute.', row: 'L2' },
  'console.busy': { plain: 'Somebody signs in just now. Try again.', row: 'L2' },
  'console.not-signed-in': { plain: 'Sign in first.', row: 'L2' },
});

export async function makePerson(person: Pick<Person, 'id' | 'name' | 'role'>, pin: string): Promise<Person> {
  const salt = randomBytes(16);
  return { ...person, salt: salt.toString('base64'), hash: (await derive(pin, salt)).toString('base64') };
}

export class SignInDesk {
  readonly #people: readonly Person[];
  readonly #monotonic: () => number;
  readonly #tries = new Map<string, { wrong: number; lockedUntil: number }>();
  /** Names whose PIN is being looked at: many at once would all be looked at before the first is counted. */
  readonly #looking = new Set<string>();

  constructor(people: readonly Person[], monotonic: () => number) {
    this.#people = people;
    this.#monotonic = monotonic;
  }

  get names(): readonly Pick<Person, 'id' | 'name' | 'role'>[] {
    return this.#people.map(({ id, name, role }) => ({ id, name, role }));
  }

  /** Refuses `console.locked`, `console.busy`, `console.wrong-pin`. An unknown name takes as long as a wrong PIN. */
  async check(id: string, pin: string): Promise<Person> {
    const tries = this.#tries.get(id) ?? { wrong: 0, lockedUntil: Number.NEGATIVE_INFINITY };
    if (this.#monotonic() < tries.lockedUntil) throw refuseSignIn('console.locked');
    if (this.#looking.has(id) || this.#looking.size >= MOST_AT_ONCE) throw refuseSignIn('console.busy');
    this.#looking.add(id);
    try {
      return await this.#look(id, pin, tries);
    } finally {
      this.#looking.delete(id);
    }
  }

  async #look(id: string, pin: string, tries: { wrong: number; lockedUntil: number }): Promise<Person> {
    const person = this.#people.find((one) => one.id === id);
    const salt = Buffer.from(person?.salt ?? '', 'base64');
    const given = await derive(pin.slice(0, 64), salt);
    const kept = Buffer.from(person?.hash ?? '', 'base64');
    if (person && kept.length === given.length && timingSafeEqual(kept, given)) {
      this.#tries.delete(id);
      return person;
    }
    if (person) {
      tries.wrong += 1;
      if (tries.wrong >= MOST_TRIES) {
        tries.wrong = 0;
        tries.lockedUntil = this.#monotonic() + LOCKED_MS;
      }
      this.#tries.set(id, tries);
    }
    throw refuseSignIn('console.wrong-pin');
  }
}

const derive = (pin: string, salt: Uint8Array): Promise<Buffer> =>
  new Promise((resolve, reject) =>
    scrypt(pin, salt, KEY_BYTES, COST, (error, key) => (error ? reject(error) : resolve(key))),
  );

// The one-time code that a person carries from the workbench to the unit: 100 random bits in Crockford's base32, so that whoever records the
// whole enrolment still cannot find it by trying. Both ends derive their keys from it; the code itself never travels.
import { hkdfSync, randomBytes } from 'node:crypto';
import { refuseIdentity } from './refusals.ts';

/** https://www.crockford.com/base32.html: no I, L, O, U. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const CHARACTERS = 20;
const GROUP = 5;

/** `7K3QZ-9M2XA-…`: four groups of five, 100 bits. `random` is for tests. */
export function makeEnrolmentCode(random: (bytes: number) => Uint8Array = randomBytes): string {
  const characters = [...random(CHARACTERS)].map((byte) => ALPHABET[byte & 31]).join('');
  return characters.replace(/.{5}(?=.)/g, '$&-');
}

/** As a person may type it: any case, any grouping, O for 0, I and L for 1. Refuses `identity.code-malformed`. */
export function readEnrolmentCode(typed: string): string {
  const code = typed
    .slice(0, 100)
    .toUpperCase()
    .replace(/[\s-]/g, '')
    .replace(/O/g, '0')
    .replace(/[IL]/g, '1');
  if (code.length !== CHARACTERS || [...code].some((character) => !ALPHABET.includes(character)))
    throw refuseIdentity('identity.code-malformed');
  return code.match(new RegExp(`.{${GROUP}}`, 'g'))!.join('-');
}

/** One key for each direction, so that no message can be sent back as its answer. */
export interface EnrolmentKeys {
  /** base64url of 32 bytes. */
  readonly request: string;
  readonly answer: string;
}

/** HKDF-SHA-256 (RFC 5869) of the code; the unit's id is the salt, so that a code made for one unit is nothing to another. */
export function deriveEnrolmentKeys(code: string, unit: string): EnrolmentKeys {
  const derive = (info: string) =>
    Buffer.from(hkdfSync('sha256', readEnrolmentCode(code), unit, `ward enrolment 1 ${info}`, 32)).toString(
      'base64url',
    );
  return { request: derive('request'), answer: derive('answer') };
}

// What was taken back: certificates, tokens, persons, issuers. A list is a JWS of a maker's issuer with a number that only rises; a unit keeps
// the latest one durably, never goes back, and knows how old its knowledge may be for each role.
import { z } from 'zod';

/** Media type of the list (`typ`, RFC 8725 3.11): no other signed message passes for it. */
export const REVOCATIONS_TYP = 'ward-revocations+jwt';
export const MOST_REVOCATIONS_BYTES = 1024 * 1024;
/** Of each kind. */
export const MOST_REVOKED = 10_000;

const Seconds = z.number().int().min(0).max(99_999_999_999);
const entries = (entry: z.ZodType<string>) => z.array(entry).max(MOST_REVOKED).readonly();

/** Payload of a list. Times are seconds since 1970 (RFC 7519 NumericDate). */
export const RevocationList = z.strictObject({
  number: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER),
  issuedAt: Seconds,
  /** When the publisher promises the next one; for people, not for the decision. */
  nextBy: Seconds,
  /** Serial numbers, lower-case hexadecimal. */
  certificates: entries(z.string().regex(/^[0-9a-f]{2,40}$/)),
  /** `jti` of tokens. */
  tokens: entries(z.string().min(1).max(64)),
  /** `sub` of tokens, e.g. `person:amira`. */
  persons: entries(z.string().min(1).max(128)),
  /** Issuers whose every token is taken back, e.g. `clinic:st-mary`. */
  issuers: entries(z.string().min(1).max(80)),
});
export type RevocationList = z.infer<typeof RevocationList>;

/** What is known to be taken back, for quick questions. */
export interface Revocations {
  /** 0 when nothing was ever learned. */
  readonly number: number;
  /** Milliseconds since 1970; null when nothing was ever learned. */
  readonly issuedAt: number | null;
  readonly certificates: ReadonlySet<string>;
  readonly tokens: ReadonlySet<string>;
  readonly persons: ReadonlySet<string>;
  readonly issuers: ReadonlySet<string>;
}

const NOTHING: ReadonlySet<string> = new Set();
/** Nothing is known: nothing is taken back, and nothing is fresh. */
export const NO_REVOCATIONS: Revocations = {
  number: 0,
  issuedAt: null,
  certificates: NOTHING,
  tokens: NOTHING,
  persons: NOTHING,
  issuers: NOTHING,
};

export function revocationsOf(list: RevocationList): Revocations {
  return {
    number: list.number,
    issuedAt: list.issuedAt * 1000,
    certificates: new Set(list.certificates),
    tokens: new Set(list.tokens),
    persons: new Set(list.persons),
    issuers: new Set(list.issuers),
  };
}

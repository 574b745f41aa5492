// Which passwords are taken (NIST SP 800-63B 3.1.1.2: length and lists of known ones, no rules of composition).
import { refuse } from './errors.ts';
import type { makeEstimator } from './password-estimator.ts';

export const PASSWORD_MIN = 12;
export const PASSWORD_MAX = 128;

/** Parts of it longer than this are not looked at by the estimator, whose time grows faster than the length. */
const LOOKED_AT = 64;

/** So many characters must be left when the person's own words are taken out. */
const FOREIGN_MIN = 8;

let estimator: Promise<ReturnType<typeof makeEstimator>> | undefined;

/** The lists are large and needed seldom: read when the first password is set, not when Ward starts. */
function loadEstimator() {
  estimator ??= import('./password-estimator.ts').then((loaded) => loaded.makeEstimator(LOOKED_AT));
  return estimator;
}

/**
 * Refuses `people.password-length`, `people.password-known` and `people.password-weak`, each with a plain sentence why.
 * `about` is what a stranger knows of the person: name and e-mail address.
 */
export async function checkNewPassword(
  password: string,
  about: readonly string[],
  at = '$.password',
): Promise<void> {
  const length = [...password].length;
  if (length < PASSWORD_MIN || length > PASSWORD_MAX) {
    throw refuse(
      'people.password-length',
      `The password has ${length} characters; it needs ${PASSWORD_MIN} to ${PASSWORD_MAX}.`,
      { at },
    );
  }
  const { zxcvbn, known } = await loadEstimator();
  if (isKnown(password, known)) {
    throw refuse('people.password-known', 'This password is on the lists that attackers try first.', {
      at,
    });
  }
  const words = wordsOf(about);
  if (withoutWords(password, words).length < FOREIGN_MIN) {
    throw weak(at, 'it is little more than your name, your e-mail address or the name of this program');
  }
  const result = zxcvbn.check(password.slice(0, LOOKED_AT), words);
  if (result.score < 3) throw weak(at, reasonOf(result.sequence));
}

function weak(at: string, reason: string) {
  return refuse('people.password-weak', `The password is easy to guess: ${reason}.`, { at });
}

/** A listed password stays a known one with other capitals or with digits and signs put around it. */
function isKnown(password: string, known: ReadonlySet<string>): boolean {
  const lower = password.toLowerCase();
  const core = lower.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '');
  return known.has(lower) || (core.length * 2 > lower.length && known.has(core));
}

/** What a stranger would try first for this person, in small letters, the longest first. */
function wordsOf(about: readonly string[]): string[] {
  const words = about.flatMap((text) => [text, ...text.split(/[^\p{L}\p{N}]+/u)]);
  return [...new Set([...words, 'ward'].map((word) => word.toLowerCase()))]
    .filter((word) => word.length >= 3)
    .sort((a, b) => b.length - a.length)
    .slice(0, 50);
}

function withoutWords(password: string, words: readonly string[]): string {
  return words.reduce((rest, word) => rest.replaceAll(word, ''), password.toLowerCase());
}

interface Part {
  readonly pattern: string;
  readonly token: string;
  readonly dictionaryName?: string;
}

/** Names the longest part that made it weak. */
function reasonOf(sequence: readonly Part[]): string {
  const parts = sequence.filter((part) => part.pattern !== 'bruteforce');
  const worst = parts.sort((a, b) => b.token.length - a.token.length)[0];
  switch (worst?.pattern) {
    case 'dictionary':
      if (worst.dictionaryName === 'userInputs') return 'it holds your name or your e-mail address';
      return worst.dictionaryName === 'passwords-common'
        ? 'it is built around a common password'
        : 'it is built of too few common words';
    case 'spatial':
      return 'it follows keys that lie side by side';
    case 'repeat':
      return 'it repeats itself';
    case 'sequence':
      return 'it is a sequence such as abc or 123';
    case 'date':
    case 'regex':
      return 'it holds a date or a year';
    default:
      return 'too few guesses would find it';
  }
}

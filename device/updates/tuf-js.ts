// All that the unit takes of `tuf-js` and its models beyond their public faces, in one place. The public `Updater` reads metadata from a folder and
// judges expiry by the wall clock, which on a device proves nothing; the store behind it (checks of the TUF specification 5.3–5.6, no input or
// output) is not exported, its time is a private field, and the errors by which its steps are told apart are not exported either (4.1.0; the same in
// what came before). `tuf-js.test.ts` says what broke when the pin is moved.
import { LengthOrHashMismatchError, UnsignedMetadataError } from '@tufjs/models/dist/error.js';
import {
  BadVersionError,
  EqualVersionError,
  ExpiredMetadataError,
  RepositoryError,
} from 'tuf-js/dist/error.js';
import { TrustedMetadataStore } from 'tuf-js/dist/store.js';

export {
  BadVersionError,
  EqualVersionError,
  ExpiredMetadataError,
  LengthOrHashMismatchError,
  RepositoryError,
  TrustedMetadataStore,
  UnsignedMetadataError,
};

/**
 * TUF 5.1: from now on expiry is judged by this time, milliseconds since 1970. Throws when the store has no such field: a store that went on
 * by the wall clock would look as if it obeyed.
 */
export function judgeExpiryAt(store: TrustedMetadataStore, now: number): void {
  const fields = store as unknown as { referenceTime?: unknown };
  if (!(fields.referenceTime instanceof Date))
    throw new Error('this version of tuf-js keeps the time of its store elsewhere: see tuf-js.test.ts');
  fields.referenceTime = new Date(now);
}

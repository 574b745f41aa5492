// What the vault refuses, each its own code (rows L9, L10, L12).
import { defineRefusals } from '../refusal.ts';

export const refuseVault = defineRefusals({
  'vault.role-not-permitted': { plain: 'Your role may not see or change patient data.', row: 'L10' },
  'vault.purpose-not-permitted': {
    plain: 'Your role may not do this for the purpose you named.',
    row: 'L10',
  },
  'vault.reason-missing': {
    plain: 'Say in at least 20 characters why you need this in an emergency.',
    row: 'L10',
  },
  'vault.emergency-too-often': {
    plain:
      'You opened the data of this person ten times within an hour. What was opened is recorded; wait, or ask a colleague to open them.',
    row: 'L10',
  },
  'vault.restricted': { plain: 'Use of this person’s data is restricted.', row: 'L12' },
  'vault.no-such-patient': { plain: 'There is no such patient here.', row: 'L10' },
  'vault.no-such-record': { plain: 'There is no such record.', row: 'L10' },
  'vault.erased': { plain: 'The data of this person were erased.', row: 'L12' },
  'vault.malformed': { plain: 'This record is not what a record must be.', row: 'L9' },
  'vault.oversized': { plain: 'This record is larger than may be stored.', row: 'L9' },
  'vault.damaged': {
    plain:
      'Stored data of this patient are damaged and are not given out. Look at the laser itself, and call service.',
    row: 'L9',
  },
  'vault.full': {
    plain: 'The store of patient data is full; reading goes on, nothing new is kept.',
    row: 'L9',
  },
  'vault.unwritable': { plain: 'The store of patient data cannot be written.', row: 'L9' },
  'vault.unreadable': { plain: 'The store of patient data cannot be read.', row: 'L9' },
  'vault.changed': { plain: 'Stored patient data were changed by somebody else.', row: 'L9' },
  'vault.moved': { plain: 'A stored record is not at its place.', row: 'L9' },
  'vault.deleted': { plain: 'Stored records are missing.', row: 'L9' },
  'vault.rolled-back': { plain: 'The store of patient data is older than it was before.', row: 'L9' },
  'vault.keyring-missing': { plain: 'The keys of the patient data are missing.', row: 'L9' },
  'vault.keyring-changed': { plain: 'The file of keys was changed by somebody else.', row: 'L9' },
  'vault.keyring-swapped': { plain: 'The file of keys belongs to another unit or another key.', row: 'L9' },
  'vault.keyring-rolled-back': { plain: 'The file of keys is older than it was before.', row: 'L9' },
  'vault.key-destroyed': { plain: 'The key that this needs was destroyed.', row: 'L9' },
  'vault.key-used-up': { plain: 'This person’s key has encrypted as often as it may.', row: 'L9' },
  'vault.key-module': { plain: 'The module that holds the keys does not answer.', row: 'L9' },
});

// Why the device side (and the workbench with it) refuses an identity, an enrolment or a revocation list.
import { defineRefusals } from '../refusal.ts';

export const refuseIdentity = defineRefusals({
  'identity.request-malformed': { plain: 'The certificate request cannot be read.', row: 'L1' },
  'identity.request-weak-key': {
    plain: 'The key of the certificate request is not of the agreed kind.',
    row: 'L1',
  },
  'identity.request-not-proven': {
    plain: 'The certificate request does not prove that its key is held.',
    row: 'L1',
  },
  'identity.enrolment-malformed': { plain: 'The enrolment message cannot be read.', row: 'L1' },
  'identity.code-malformed': {
    plain: 'This is not an enrolment code. Please check what was typed.',
    row: 'L1',
  },
  'identity.code-wrong': { plain: 'The enrolment code is not right for this unit.', row: 'L1' },
  'identity.code-expired': { plain: 'The enrolment code is too old. Please ask for a new one.', row: 'L1' },
  'identity.code-used': { plain: 'The enrolment code was used before. Please ask for a new one.', row: 'L1' },
  'identity.code-locked': { plain: 'Too many wrong enrolment codes. Please ask for a new one.', row: 'L1' },
  'identity.answer-forged': {
    plain: 'The answer to the enrolment did not come from who made the code.',
    row: 'L1',
  },
  'identity.answer-not-ours': { plain: 'The answer to the enrolment is for another unit or key.', row: 'L1' },
  'identity.renewal-refused': {
    plain: 'The renewed certificate is not for this unit and its key.',
    row: 'L1',
  },
  'identity.not-enrolled': { plain: 'This unit is not enrolled.', row: 'L1' },
  'identity.already-enrolled': { plain: 'This unit is enrolled already.', row: 'L1' },
  'identity.store-damaged': {
    plain: 'The identity of this unit cannot be read. Please call service.',
    row: 'L1',
  },
  'identity.revocations-malformed': { plain: 'The revocation list cannot be read.', row: 'L1' },
  'identity.revocations-forged': { plain: 'The revocation list is not signed by the maker.', row: 'L1' },
  'identity.revocations-forked': {
    plain: 'There are two different revocation lists with one number.',
    row: 'L1',
  },
  'identity.revocations-older': {
    plain: 'The revocation list is older than the one that is known.',
    row: 'L1',
  },
});

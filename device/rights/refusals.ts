// Why a unit does not accept a person's token.
import { defineRefusals } from '../refusal.ts';

export const refuseRights = defineRefusals({
  'rights.malformed': { plain: 'The permission cannot be read.', row: 'L2' },
  'rights.wrong-algorithm': { plain: 'The permission is not signed in the agreed way.', row: 'L2' },
  'rights.wrong-kind': { plain: 'This is signed, but it is no permission.', row: 'L2' },
  'rights.unknown-issuer': {
    plain: 'The permission was not given by somebody whom this unit knows.',
    row: 'L2',
  },
  'rights.forged': { plain: 'The permission was changed or forged.', row: 'L2' },
  'rights.role-not-grantable': { plain: 'Who gave the permission may not give this role.', row: 'L2' },
  'rights.verb-not-of-role': { plain: 'The permission holds more than its role may have.', row: 'L2' },
  'rights.too-long': { plain: 'The permission was given for too long a time.', row: 'L2' },
  'rights.expired': { plain: 'The permission has ended. Please sign in again.', row: 'L2' },
  'rights.not-yet-valid': { plain: 'The permission does not begin yet.', row: 'L2' },
  'rights.wrong-unit': { plain: 'The permission is for another unit.', row: 'L2' },
  'rights.wrong-place': { plain: 'This role may not be used from there.', row: 'L2' },
  'rights.wrong-channel': { plain: 'The permission belongs to another connection.', row: 'L2' },
  'rights.wrong-holder': { plain: 'The permission belongs to somebody else.', row: 'L2' },
  'rights.revoked': { plain: 'The permission was taken back.', row: 'L2' },
  'rights.stale': {
    plain: 'This unit was without contact for too long to allow this from remote.',
    row: 'L2',
  },
  'rights.verb-not-granted': { plain: 'The permission does not allow this.', row: 'L2' },
});

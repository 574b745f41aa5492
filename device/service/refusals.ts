// Why a service request, a consent or a verb of a service session is refused.
import { defineRefusals } from '../refusal.ts';

export const refuseService = defineRefusals({
  'service.malformed': { plain: 'The service request could not be read.', row: 'L8' },
  'service.wrong-signature': { plain: 'The service request was not signed by your workbench.', row: 'L8' },
  'service.wrong-unit': { plain: 'The service request is for another unit.', row: 'L8' },
  'service.replayed': { plain: 'This service request was used before.', row: 'L8' },
  'service.stale-request': { plain: 'The service request is too old. Ask for a new one.', row: 'L8' },
  'service.too-long': { plain: 'A service session lasts an hour at most.', row: 'L8' },
  'service.already-open': { plain: 'A service session is open or waits for consent.', row: 'L8' },
  'service.wrong-state': { plain: 'Service is possible in standby only.', row: 'L8' },
  'service.nothing-requested': { plain: 'No service session waits for consent.', row: 'L8' },
  'service.wrong-code': { plain: 'The code is not the one of this request.', row: 'L8' },
  'service.too-many-tries': { plain: 'The code was wrong too often. The request is dropped.', row: 'L8' },
  'service.not-open': { plain: 'No service session is open.', row: 'L8' },
  'service.another-person': { plain: 'The service session belongs to another person.', row: 'L8' },
  'service.another-laptop': {
    plain: 'The service session is worked on from another laptop. Ask for a new one.',
    row: 'L8',
  },
  'service.verb-not-agreed': { plain: 'This was not part of what was agreed to.', row: 'L8' },
  'service.not-local': { plain: 'Only a person at the device can confirm this.', row: 'L8' },
  'service.no-proposal': { plain: 'No calibration waits to be confirmed.', row: 'L8' },
  'service.audit-unwritable': {
    plain: 'The unit cannot record what it does, so there is no service session.',
    row: 'L11',
  },
});

// Refusals of the room.
import { defineErrors } from '../../kernel/errors.ts';

export const refuseTrace = defineErrors({
  'traceability.no-release': {
    status: 404,
    exit: 3,
    title: 'The product has no such release',
    remedy: 'Choose one of the releases of the product.',
  },
  'traceability.not-traced': {
    status: 422,
    exit: 3,
    title: 'This kind is not part of the thread',
    remedy: 'Give a harm, threat, risk, requirement, control, verification or result of the product.',
  },
});

// Refusals of the room beside those of files.
import { defineErrors } from '../../kernel/errors.ts';

export const refuseRequirements = defineErrors({
  'requirements.not-a-product': {
    status: 404,
    exit: 3,
    title: 'No such product',
    remedy: 'Give the key of a product that you may see, e.g. PRD-1.',
  },
  'requirements.no-library-entry': {
    status: 422,
    exit: 3,
    title: 'The library has no such requirement',
    remedy: 'Choose from the library; its ids look like SR-CMD-1.',
  },
  'requirements.import-moved': {
    status: 409,
    exit: 3,
    title: 'The difference is another one by now',
    remedy: 'Look at the difference again, then confirm it.',
  },
});

// Refusals of the import of a safety file; each names the place in the file.
import { defineErrors } from '../../../kernel/errors.ts';

const file = { status: 422, exit: 3 } as const;

export const refuseFile = defineErrors({
  'harms.too-large': {
    status: 413,
    exit: 3,
    title: 'The safety file is too large',
    remedy: 'Give only the table of harms; what Ward takes stands in the message.',
  },
  'harms.unknown-format': {
    ...file,
    title: 'Not a safety file that Ward reads',
    remedy: 'Save it as CSV, XLSX, JSON or ReqIF and try again.',
  },
  'harms.broken-file': {
    ...file,
    title: 'The safety file is broken',
    remedy: 'Save it again with the program that it comes from.',
  },
  'harms.hostile-file': {
    ...file,
    title: 'The safety file would unfold beyond all bounds',
    remedy: 'Save the table of harms alone, without macros, pictures and unused cells.',
  },
  'harms.no-table': {
    ...file,
    title: 'There is no table of harms in it',
    remedy: 'Choose the sheet and the row of headings; below it one row for each harm.',
  },
  'harms.no-such-column': {
    ...file,
    title: 'A mapped column is not in the file',
    remedy: 'Choose the columns again from those that the file has.',
  },
  'harms.row-incomplete': {
    ...file,
    title: 'A row lacks what a harm needs',
    remedy: 'Fill in the cell that is named, or leave the row empty.',
  },
  'harms.severity-unmapped': {
    ...file,
    title: 'A severity is not on the scale',
    remedy: 'Say which level from 1 to 5 the word of the safety file stands for.',
  },
  'harms.twice': {
    ...file,
    title: 'Two harms have one id',
    remedy: 'Give each harm an id of its own in the safety file.',
  },
  'harms.moved': {
    status: 409,
    exit: 3,
    title: 'The harms changed since the difference was shown',
    remedy: 'Look at the difference again, then confirm it.',
  },
});

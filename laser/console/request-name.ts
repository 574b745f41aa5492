// The name of a request stands in audit logs, in the workbench and in file names: whether it holds something of a patient of this console. Pure.
import { defineRefusals } from '@ward/device/refusal.ts';

export const refuseRequest = defineRefusals({
  'console.request-names-person': {
    plain:
      'The name of the request contains a record number, a birth date or a part of a name of a patient. Take the number under which the request was received, such as REQ-2026-17.',
    row: 'L10',
  },
});

interface Named {
  readonly name: string;
  readonly bornOn: string;
  readonly recordNumber: string;
}

/** Shorter ones stand in every number by chance: they count as a word of their own only. */
const LEAST_WITHIN = 4;

const wordsOf = (text: string): string[] =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);

/** Dashes and capitals hide nothing. The leading `REQ-` is nobody's name. */
export function namesPatient(request: string, patients: readonly Named[]): boolean {
  const words = wordsOf(request.replace(/^REQ-/i, ''));
  const squeezed = words.join('');
  const holds = (text: string) =>
    words.includes(text) || (text.length >= LEAST_WITHIN && squeezed.includes(text));
  return patients.some(({ name, bornOn, recordNumber }) => {
    const [year = '', month = '', day = ''] = bornOn.split('-');
    const dates = [year + month + day, day + month + year, month + day + year];
    const digits = recordNumber.replace(/\D/g, '');
    return [...wordsOf(name), ...dates, wordsOf(recordNumber).join(''), digits].some(
      (text) => text !== '' && holds(text),
    );
  });
}

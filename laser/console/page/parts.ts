// What the parts of the console's page share: who is there, whom they choose, what is said and refused.
import { byId, el, setText } from '../../web/dom.ts';

export interface Refused {
  readonly code: string;
  readonly says: string;
}
export interface Me {
  readonly id: string;
  readonly name: string;
  readonly role: 'clinician' | 'physicist' | 'data-protection';
}
export interface PatientShown {
  readonly id: string;
  readonly pseudonym: string;
  readonly name?: string;
  readonly bornOn?: string;
  readonly recordNumber?: string;
}

export const ROLES: Readonly<Record<Me['role'], string>> = {
  clinician: 'clinician',
  physicist: 'physicist',
  'data-protection': 'data protection',
};

export function say(text: string): void {
  setText(byId('said'), text);
  setText(byId('refused'), '');
}

/** Whether anything was refused. */
export function refuse(refused: Refused | null): boolean {
  setText(byId('refused'), refused ? `${refused.says} (${refused.code})` : '');
  if (refused) setText(byId('said'), '');
  return refused !== null;
}

export function patientSelect(id: string, patients: readonly PatientShown[]): HTMLSelectElement {
  return el(
    'select',
    { id },
    ...patients.map((one) =>
      el(
        'option',
        { value: one.id },
        `${one.name ?? one.pseudonym}${one.bornOn ? `, born ${one.bornOn}` : ''}`,
      ),
    ),
  );
}

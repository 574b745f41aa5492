// A person's whole record as a file: for who answers requests of patients, and for a clinician who hands it to the clinic's own record.
import { ask, el } from '../../web/dom.ts';
import { type Me, type PatientShown, patientSelect, type Refused, refuse, say } from './parts.ts';

const PURPOSES = {
  'access-request': 'The person asks for their own data (access)',
  portability: 'The person wants them handed to another provider (portability)',
  'care-transfer': 'Handed to the clinic\u2019s own record of this patient',
} as const;
type Purpose = keyof typeof PURPOSES;
const OF_ROLE: Readonly<Record<Me['role'], readonly Purpose[]>> = {
  clinician: ['care-transfer'],
  physicist: [],
  'data-protection': ['access-request', 'portability'],
};

export function exportForm(unit: string, { role }: Me, patients: readonly PatientShown[]): HTMLElement {
  const patient = patientSelect('export-patient', patients);
  const purpose = el(
    'select',
    { id: 'export-purpose' },
    ...OF_ROLE[role].map((one) => el('option', { value: one }, PURPOSES[one])),
  );
  const request = el('input', {
    id: 'export-request',
    maxlength: 64,
    pattern: 'REQ-[0-9][0-9\\-]{0,59}',
    title: 'REQ- and digits, such as REQ-2026-17',
    autocomplete: 'off',
    required: true,
    'aria-describedby': 'export-request-says',
  });
  const button = el('button', {}, 'Export as a file');
  const send = async (event: Event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      const { status, body } = await ask('POST', `/api/units/${encodeURIComponent(unit)}/export`, {
        ...{ patient: patient.value, purpose: purpose.value, request: request.value.trim() },
      });
      if (refuse((status === 200 ? body.refused : body) as Refused | null)) return;
      save(`${unit}-${request.value.trim()}.fhir.json`, body.bundle);
      say('The record came sealed from the laser and was saved as a file. The export is in the audit log.');
    } finally {
      button.disabled = false;
    }
  };
  return el(
    'form',
    { onsubmit: send },
    el('h3', {}, 'Export a person\u2019s record'),
    el('div', { class: 'field' }, el('label', { for: patient.id }, 'Person'), patient),
    el('div', { class: 'field' }, el('label', { for: purpose.id }, 'What for'), purpose),
    el(
      'div',
      { class: 'field' },
      el('label', { for: request.id }, 'Name of the request'),
      request,
      el(
        'span',
        { id: 'export-request-says', class: 'faint' },
        'REQ- and the digits under which it was received, such as REQ-2026-17. It stands in the audit log and in the name of the file: no name, no birth date, no record number of a person.',
      ),
    ),
    button,
  );
}

/** Everything of one person stands in the file (FHIR R4, a Bundle): whoever saves it answers for it. */
function save(name: string, bundle: unknown): void {
  const file = new Blob([JSON.stringify(bundle, null, 2)], { type: 'application/fhir+json' });
  const url = URL.createObjectURL(file);
  const link = el('a', { href: url, download: name });
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

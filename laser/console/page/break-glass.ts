// Emergencies: opening a person's data with a typed reason, and, for who reviews that, reading the reasons. What was opened goes from the page by itself.
import { ask, el, setText } from '../../web/dom.ts';
import { type PatientShown, patientSelect, type Refused, refuse, say } from './parts.ts';
import { type RecordsRead, recordList } from './record-list.ts';

/** As the laser asks it; it decides. */
const LEAST_LETTERS = 20;
const MOST_LETTERS = 500;
const SHOWN_MS = 5 * 60_000;

export function breakGlassForm(unit: string, patients: readonly PatientShown[]): HTMLElement {
  const patient = patientSelect('emergency-patient', patients);
  const reason = el('textarea', {
    ...{ id: 'emergency-reason', rows: 3, maxlength: MOST_LETTERS, required: true },
    'aria-describedby': 'emergency-says',
  });
  const missing = el('p', { class: 'error', role: 'alert' });
  const shown = el('div', {
    class: 'wide',
    role: 'region',
    'aria-label': 'Opened in an emergency',
    tabindex: '0',
  });
  let timer: number | undefined;
  const close = () => {
    window.clearTimeout(timer);
    shown.replaceChildren();
  };
  const open = async (event: Event) => {
    event.preventDefault();
    close();
    const typed = reason.value.trim();
    setText(missing, typed.length < LEAST_LETTERS ? `Say in at least ${LEAST_LETTERS} letters why.` : '');
    if (missing.textContent) return reason.focus();
    const chosen = patient.value;
    const read = async (from: RecordsRead['next']) => {
      const { status, body } = await ask('POST', `/api/units/${encodeURIComponent(unit)}/break-glass`, {
        ...{ patient: chosen, reason: typed, from },
      });
      return refuse((status === 200 ? body.refused : body) as Refused | null)
        ? null
        : (body.read as RecordsRead);
    };
    const opened = await read(null);
    if (!opened) return;
    reason.value = '';
    say('Opened. Your name, the time and the reason are kept, and somebody will review them.');
    const person = opened.records.find(({ fields }) => fields.kind === 'patient')?.fields;
    shown.replaceChildren(
      el(
        'p',
        {},
        person ? `${person.given} ${person.family}, born ${person.birthDate}` : 'No name is kept here.',
      ),
      recordList(opened, read),
      el('button', { type: 'button', onclick: close }, 'Close what was opened'),
    );
    timer = window.setTimeout(close, SHOWN_MS);
    shown.focus();
  };
  return el(
    'details',
    {},
    el('summary', {}, 'Emergency: open data that are otherwise closed'),
    el(
      'form',
      { onsubmit: open, novalidate: true },
      el(
        'p',
        { class: 'warning', id: 'emergency-says' },
        'Only for an emergency, also when the use of a person\u2019s data was restricted. Your name and the time go into the audit log; the reason you type is kept with the person\u2019s data. Somebody else reviews each time.',
      ),
      el('div', { class: 'field' }, el('label', { for: patient.id }, 'Patient'), patient),
      el('div', { class: 'field' }, el('label', { for: reason.id }, 'Why is this needed now?'), reason),
      missing,
      el('button', { class: 'danger' }, 'Open in an emergency'),
    ),
    shown,
  );
}

interface Access {
  readonly patient: string;
  readonly id: string;
  readonly access: { readonly who: string; readonly reason: string; readonly at: number };
}

export function breakGlassReasons(unit: string, patients: readonly PatientShown[]): HTMLElement {
  const list = el('div', { role: 'region', 'aria-label': 'Emergency accesses', tabindex: '0' });
  const nameOf = (pseudonym: string) =>
    patients.find((one) => one.pseudonym === pseudonym)?.name ?? pseudonym;
  const read = async (before: readonly Access[]) => {
    const { status, body } = await ask('POST', `/api/units/${encodeURIComponent(unit)}/break-glass-reasons`, {
      behind: before.length,
    });
    if (refuse((status === 200 ? body.refused : body) as Refused | null)) return;
    const known = new Set(before.map(({ id }) => id));
    const more = (body.accesses as readonly Access[]).filter(({ id }) => !known.has(id));
    const [accesses, all] = [[...before, ...more], Number(body.all)];
    say(all === 0 ? 'Nothing was opened in an emergency.' : 'The reasons came sealed from the laser.');
    const rows = accesses.map(({ patient, id, access }) =>
      el(
        'li',
        {},
        el('strong', {}, `${new Date(access.at).toLocaleString()}, ${access.who}: ${nameOf(patient)}`),
        el('p', {}, access.reason),
        el('p', { class: 'faint' }, `In the workbench: ${id}`),
      ),
    );
    const older = el('button', { type: 'button', onclick: () => void read(accesses) }, 'Show older ones');
    list.replaceChildren(
      el('p', {}, all === 0 ? '' : `${accesses.length} of ${all}, newest first.`),
      el('ul', {}, ...rows),
      ...(accesses.length < all && more.length > 0 ? [older] : []),
    );
    if (before.length > 0) list.focus();
  };
  return el(
    'div',
    {},
    el('h3', {}, 'Opened in emergencies'),
    el(
      'p',
      { class: 'faint' },
      'The workbench lists who opened data when, without the reason: what was typed may name a patient, and stays here. The review is recorded there.',
    ),
    el('button', { type: 'button', onclick: () => void read([]) }, 'Show the reasons'),
    list,
  );
}

// The page of the operator console: sign in, choose a unit, prepare a treatment, follow it, end it, see the records, answer a person who asks for
// theirs. Each refusal is shown as the unit's sentence with its code; no patient data stay in the page after signing out.

import { checkParameters, type Violation } from '@ward/device/commands/parameter-table.ts';
import { MODES, type Mode, PARAMETER_TABLE } from '../../machine/parameter-table.ts';
import { ask, byId, el, setText } from '../../web/dom.ts';
import { breakGlassForm, breakGlassReasons } from './break-glass.ts';
import { exportForm } from './export-form.ts';
import { type Me, type PatientShown, patientSelect, type Refused, ROLES, refuse, say } from './parts.ts';
import { type RecordsRead, recordList } from './record-list.ts';

interface UnitShown {
  readonly unit: string;
  readonly state: string | null;
  readonly version: string | null;
  readonly refused: Refused | null;
}
const STATES: Readonly<Record<string, string>> = {
  off: 'Off',
  'self-test': 'Self test',
  standby: 'Ready',
  prepared: 'Prepared: waits for confirmation at the laser',
  confirmed: 'Confirmed at the laser',
  armed: 'Armed',
  emitting: 'Laser on',
  paused: 'Paused',
  ended: 'Treatment ended',
  service: 'In service',
  updating: 'Installing an update',
  fault: 'Fault',
  'emergency-stopped': 'Emergency stop',
};

const PARAMETERS = {
  powerMilliWatt: { name: 'Power', unit: 'mW', start: 200 },
  pulseMilliSecond: { name: 'Pulse', unit: 'ms', start: 20 },
  spotMicroMetre: { name: 'Spot', unit: 'µm', start: 100 },
  repeatHertz: { name: 'Repetition', unit: 'Hz', start: 5 },
  pulses: { name: 'Pulses', unit: '', start: 20 },
  treatmentSecond: { name: 'Longest duration', unit: 's', start: 600 },
} as const;
type ParameterName = keyof typeof PARAMETERS;
const NAMES = Object.keys(PARAMETERS) as ParameterName[];

const QUANTITIES: Readonly<Record<string, string>> = {
  pulseEnergyMilliJoule: 'Energy of a pulse (mJ)',
  fluenceJoulePerSquareCentimetre: 'Energy per area (J/cm²)',
  totalDoseMilliJoule: 'Energy of all pulses (mJ)',
  dutyCyclePercent: 'Share of time with light (%)',
};

const place = byId('place');
let timer: number | undefined;

async function start(): Promise<void> {
  window.clearInterval(timer);
  const { body } = await ask('GET', '/api/me');
  const person = body.person as Me | null | undefined;
  byId('sign-out').hidden = !person;
  setText(byId('who'), person ? `${person.name}, ${ROLES[person.role]}` : 'Nobody is signed in.');
  if (person === undefined) refuse({ code: String(body.code), says: String(body.says) });
  else if (person === null) showSignIn(body.people as Me[]);
  else await showUnits(person);
}

function showSignIn(people: readonly Me[]): void {
  const person = el(
    'select',
    { id: 'person' },
    ...people.map(({ id, name, role }) => el('option', { value: id }, `${name} (${ROLES[role]})`)),
  );
  const pin = el('input', {
    id: 'pin',
    type: 'password',
    inputmode: 'numeric',
    autocomplete: 'off',
    maxlength: 64,
    required: true,
  });
  const signIn = async (event: Event) => {
    event.preventDefault();
    const { status, body } = await ask('POST', '/api/sign-in', { person: person.value, pin: pin.value });
    pin.value = '';
    if (status !== 200) {
      refuse(body as never);
      pin.focus();
      return;
    }
    say('Signed in.');
    await start();
  };
  place.replaceChildren(
    el(
      'form',
      { class: 'card sign-in', onsubmit: signIn },
      el('h2', {}, 'Sign in'),
      el('div', { class: 'field' }, el('label', { for: 'person' }, 'Who'), person),
      el('div', { class: 'field' }, el('label', { for: 'pin' }, 'PIN'), pin),
      el('button', { class: 'primary' }, 'Sign in'),
    ),
  );
  person.focus();
}

async function showUnits(person: Me): Promise<void> {
  const list = el('div', { class: 'grid units' });
  const chosen = el('div', {});
  const buttons = new Map<string, HTMLButtonElement>();
  let desk: UnitDesk | null = null;
  const title = el('h2', { tabindex: '-1' }, 'Lasers');
  place.replaceChildren(title, list, chosen);
  title.focus();
  const { body } = await ask('GET', '/api/patients');
  const patients = (body.patients ?? []) as PatientShown[];
  const round = async () => {
    const { status, body } = await ask('GET', '/api/units');
    if (status === 401) return void start();
    if (status !== 200) return void refuse(body as never);
    for (const shown of body.units as UnitShown[]) {
      let button = buttons.get(shown.unit);
      if (!button) {
        button = el('button', { type: 'button', class: 'card', 'aria-pressed': 'false' });
        button.addEventListener('click', () => {
          for (const [unit, one] of buttons) one.setAttribute('aria-pressed', String(unit === shown.unit));
          desk = new UnitDesk(shown.unit, person, patients);
          chosen.replaceChildren(desk.element);
          desk.element.querySelector('h2')?.focus();
          void round();
        });
        buttons.set(shown.unit, button);
        list.append(button);
      }
      const state = shown.state
        ? (STATES[shown.state] ?? shown.state)
        : (shown.refused?.says ?? 'Not reached');
      setText(button, `${shown.unit}: ${state}${shown.version ? ` · version ${shown.version}` : ''}`);
      if (desk?.unit === shown.unit) await desk.show(shown);
    }
    if (buttons.size === 0) say('No laser is known to this console yet.');
  };
  await round();
  timer = window.setInterval(() => void round(), 1_000);
}

/** All that is done with one laser. */
class UnitDesk {
  readonly element: HTMLElement;
  readonly unit: string;
  readonly #state = el('p', { class: 'state', role: 'status', 'aria-live': 'polite' });
  readonly #progress = el('p', {});
  readonly #prepare: HTMLElement;
  readonly #running: HTMLElement;
  readonly #records = el('div', { class: 'wide', role: 'region', 'aria-label': 'Records', tabindex: '0' });
  #shown: string | null = null;
  #rounds = 0;
  readonly #asksForProgress: boolean;

  constructor(unit: string, person: Me, patients: readonly PatientShown[]) {
    this.unit = unit;
    const isClinician = person.role === 'clinician';
    this.#asksForProgress = person.role !== 'data-protection';
    this.#prepare = isClinician ? this.#prepareForm(patients) : el('div', {});
    this.#running = el(
      'div',
      { class: 'row' },
      el('button', { type: 'button', class: 'danger', onclick: () => void this.#stop() }, 'Stop the laser'),
      isClinician &&
        el(
          'button',
          { type: 'button', onclick: () => void this.#do('treatment.end', {}, 'The treatment is ended.') },
          'End treatment',
        ),
      // Who answers requests of patients has nothing to do with a treatment.
      person.role !== 'data-protection' &&
        el('button', { type: 'button', onclick: () => void this.#status() }, 'Ask for progress'),
    );
    this.element = el(
      'section',
      { class: 'card', 'aria-label': unit },
      el('h2', { tabindex: '-1' }, unit),
      ...[this.#state, this.#progress, this.#running, this.#prepare],
      ...(isClinician ? [this.#recordsForm(patients)] : []),
      ...(person.role === 'physicist' ? [] : [exportForm(unit, person, patients)]),
      ...(isClinician ? [breakGlassForm(unit, patients)] : []),
      ...(person.role === 'data-protection' ? [breakGlassReasons(unit, patients)] : []),
    );
  }

  async show({ state, refused }: UnitShown): Promise<void> {
    setText(this.#state, state ? (STATES[state] ?? state) : (refused?.says ?? 'Not reached'));
    this.#state.dataset.live = String(state === 'armed' || state === 'emitting');
    const hides = state !== 'standby' && state !== 'service';
    // A form that goes takes no focus with it: who works by keyboard goes on at this laser.
    if (hides && this.#prepare.contains(document.activeElement)) this.element.querySelector('h2')?.focus();
    this.#prepare.hidden = hides;
    this.#rounds += 1;
    // Progress is asked for when something changed, and now and then while there is light.
    if (state !== this.#shown || (state === 'emitting' && this.#rounds % 2 === 0)) {
      this.#shown = state;
      if (this.#asksForProgress && state && !['standby', 'off'].includes(state)) await this.#status();
      else setText(this.#progress, '');
    }
  }

  async #ask(verb: string, body: object, patient?: string) {
    const told = await ask('POST', `/api/units/${encodeURIComponent(this.unit)}/ask`, {
      ...{ verb, body },
      ...(patient ? { patient } : {}),
    });
    const refused = (told.status === 200 ? told.body.refused : told.body) as Refused | null;
    return {
      refused,
      answer: told.body.answer as Record<string, unknown> | null,
      patientData: told.body.patientData,
    };
  }

  async #do(verb: string, body: object, done: string, patient?: string): Promise<boolean> {
    const { refused } = await this.#ask(verb, body, patient);
    if (refuse(refused)) return false;
    say(done);
    return true;
  }

  async #stop(): Promise<void> {
    const { body } = await ask('POST', `/api/units/${encodeURIComponent(this.unit)}/stop`);
    if (!refuse((body.refused ?? null) as Refused | null)) say('The laser was told to stop.');
  }

  async #status(): Promise<void> {
    const { refused, answer } = await this.#ask('treatment.status', {});
    if (refused || !answer)
      return setText(this.#progress, refused ? `${refused.says} (${refused.code})` : '');
    const parts = [
      answer.eye ? `${answer.eye} eye, ${answer.mode}` : 'No treatment',
      answer.eye ? `${answer.pulsesLeft} pulses left` : '',
      answer.key ? 'key on' : 'key off',
      answer.doorClosed ? 'door closed' : 'door open',
    ];
    setText(this.#progress, parts.filter(Boolean).join(' · '));
  }

  #prepareForm(patients: readonly PatientShown[]): HTMLElement {
    const patient = patientSelect('patient', patients);
    const eye = el(
      'select',
      { id: 'eye' },
      el('option', { value: 'left' }, 'left'),
      el('option', { value: 'right' }, 'right'),
    );
    const mode = el('select', { id: 'mode' }, ...MODES.map((one) => el('option', { value: one }, one)));
    mode.value = 'repeat';
    const inputs = Object.fromEntries(
      NAMES.map((name) => [
        name,
        el('input', {
          id: name,
          type: 'number',
          step: '1',
          value: PARAMETERS[name].start,
          'aria-describedby': `${name}-bounds`,
          required: true,
        }),
      ]),
    ) as Record<ParameterName, HTMLInputElement>;
    const bounds = Object.fromEntries(
      NAMES.map((name) => [name, el('span', { id: `${name}-bounds`, class: 'faint' })]),
    ) as Record<ParameterName, HTMLElement>;
    const problem = el('p', { class: 'error', role: 'alert' });
    const chosenMode = () => mode.value as Mode;
    const parameters = () =>
      Object.fromEntries(NAMES.map((name) => [name, inputs[name].valueAsNumber])) as Record<
        ParameterName,
        number
      >;
    const showBounds = () => {
      for (const name of NAMES) {
        const { least, most } = PARAMETER_TABLE[chosenMode()].parameters[name];
        setText(
          bounds[name],
          least === most ? `${least} in this mode` : `${least} to ${most} ${PARAMETERS[name].unit}`,
        );
        Object.assign(inputs[name], { min: String(least), max: String(most) });
        if (least === most) inputs[name].value = String(least);
      }
      check();
    };
    const check = () => {
      const broken = NAMES.find((name) => !Number.isInteger(inputs[name].valueAsNumber));
      const violation = broken ? null : checkParameters(PARAMETER_TABLE, chosenMode(), parameters());
      for (const name of NAMES)
        inputs[name].setAttribute('aria-invalid', String(name === (broken ?? violation?.of)));
      if (broken) setText(problem, `${PARAMETERS[broken].name} must be a whole number.`);
      else setText(problem, violation ? inWords(violation) : '');
    };
    const send = async (event: Event) => {
      event.preventDefault();
      const chosen = patients.find(({ id }) => id === patient.value);
      if (!chosen) return;
      // The unit decides; what is out of bounds here is sent nowhere, to save a refusal.
      if (problem.textContent) return problem.scrollIntoView({ block: 'nearest' });
      const body = { patient: chosen.pseudonym, eye: eye.value, mode: mode.value, parameters: parameters() };
      await this.#do(
        'treatment.prepare',
        body,
        `Prepared for ${chosen.name}. Confirm at the laser.`,
        chosen.id,
      );
    };
    const form = el(
      'form',
      { onsubmit: send, novalidate: true },
      el('h3', {}, 'Prepare a treatment'),
      el('div', { class: 'field' }, el('label', { for: 'patient' }, 'Patient'), patient),
      el(
        'div',
        { class: 'parameters' },
        el('div', { class: 'field' }, el('label', { for: 'eye' }, 'Eye'), eye),
        el('div', { class: 'field' }, el('label', { for: 'mode' }, 'Mode'), mode),
        ...NAMES.map((name) =>
          el(
            'div',
            { class: 'field' },
            el(
              'label',
              { for: name },
              `${PARAMETERS[name].name}${PARAMETERS[name].unit ? ` (${PARAMETERS[name].unit})` : ''}`,
            ),
            inputs[name],
            bounds[name],
          ),
        ),
      ),
      problem,
      el('button', { class: 'primary' }, 'Prepare'),
    );
    mode.addEventListener('change', showBounds);
    form.addEventListener('input', check);
    showBounds();
    return form;
  }

  #recordsForm(patients: readonly PatientShown[]): HTMLElement {
    const patient = patientSelect('record-patient', patients);
    const read = async () => {
      const chosen = patient.value;
      const part = async (from: RecordsRead['next']) => {
        const { status, body } = await ask('POST', `/api/units/${encodeURIComponent(this.unit)}/records`, {
          ...{ patient: chosen, from },
        });
        return refuse((status === 200 ? body.refused : body) as Refused | null)
          ? null
          : (body.read as RecordsRead);
      };
      const first = await part(null);
      if (!first) return this.#records.replaceChildren();
      say('The records came sealed from the laser.');
      this.#records.replaceChildren(recordList(first, part));
    };
    return el(
      'div',
      {},
      el('h3', {}, 'Records on this laser'),
      el('div', { class: 'field' }, el('label', { for: patient.id }, 'Patient'), patient),
      el('button', { type: 'button', onclick: () => void read() }, 'Show records'),
      this.#records,
    );
  }
}

function inWords({ of, kind, bound }: Violation): string {
  const name = PARAMETERS[of as ParameterName]?.name ?? QUANTITIES[of] ?? of;
  if (kind === 'too-high') return `${name} is too high: at most ${bound}.`;
  return kind === 'too-low'
    ? `${name} is too low: at least ${bound}.`
    : `${name} is not a value of this mode.`;
}

byId('sign-out').addEventListener('click', async () => {
  await ask('POST', '/api/sign-out');
  place.replaceChildren();
  say('Signed out.');
  await start();
});
void start();

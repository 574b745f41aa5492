// The page of the simulated front panels: one card a unit, built once and changed in place, so that focus stays where it is.
import type { Display } from '../../unit/display.ts';
import type { PanelRequest } from '../../unit/local-socket.ts';
import { ask, byId, el, setText } from '../../web/dom.ts';

type Input = Extract<PanelRequest, { do: 'press' }>['inputs'][number];

const STATES: Readonly<Record<string, string>> = {
  'not-enrolled': 'Not enrolled',
  off: 'Off',
  'self-test': 'Self test',
  standby: 'Standby',
  prepared: 'Prepared',
  confirmed: 'Confirmed',
  armed: 'Armed',
  emitting: 'Laser on',
  paused: 'Paused',
  ended: 'Ended',
  service: 'Service',
  updating: 'Updating',
  fault: 'Fault',
  'emergency-stopped': 'Emergency stop',
};

class UnitCard {
  readonly element: HTMLElement;
  readonly #unit: string;
  readonly #state = el('span', { class: 'state' });
  readonly #version = el('span', { class: 'faint' });
  readonly #screen = el('div', { class: 'screen', role: 'status', 'aria-live': 'polite' });
  readonly #says = el('p', { class: 'error', role: 'alert' });
  readonly #key: HTMLButtonElement;
  readonly #door: HTMLButtonElement;
  readonly #emergency: HTMLButtonElement;
  readonly #foot: HTMLButtonElement;
  readonly #code: HTMLInputElement;
  readonly #service: HTMLElement;
  readonly #name: HTMLElement;
  readonly #open: HTMLElement;
  readonly #calibration: HTMLElement;
  readonly #update: HTMLElement;
  readonly #enrol: HTMLElement;
  readonly #machine: HTMLElement;
  #shown = '';
  #display: Display | null = null;

  constructor(unit: string) {
    this.#unit = unit;
    this.#key = this.#toggle('Key', () => (this.#display?.switches?.key ? 'key-off' : 'key-on'));
    this.#door = this.#toggle('Door open', () =>
      this.#display?.switches?.doorClosed ? 'door-opened' : 'door-closed',
    );
    this.#emergency = this.#toggle('Emergency stop', () =>
      this.#display?.switches?.emergency ? 'emergency-released' : 'emergency-pressed',
    );
    this.#emergency.classList.add('danger');
    this.#foot = el(
      'button',
      { type: 'button', class: 'foot', 'aria-pressed': 'false' },
      'Foot switch: hold',
    );
    this.#holdFoot();
    this.#machine = el(
      'div',
      {},
      el('div', { class: 'row' }, this.#key, this.#door, this.#emergency),
      el(
        'div',
        { class: 'row' },
        this.#button('Confirm patient, eye and parameters', 'confirm-pressed'),
        this.#button('Arm', 'arm-pressed'),
        this.#foot,
        this.#button('Pause', 'pause-pressed'),
        this.#button('End', 'end-pressed'),
        this.#button('Acknowledge', 'acknowledge-pressed'),
        this.#button('Reset', 'reset-pressed'),
      ),
    );
    const code = el('input', {
      id: `code-${unit}`,
      inputmode: 'numeric',
      maxlength: 20,
      autocomplete: 'off',
    });
    this.#code = code;
    this.#service = el(
      'div',
      { hidden: true },
      el('h3', {}, 'Service request'),
      el('label', { for: code.id }, "Code that the engineer's screen shows"),
      code,
      el(
        'div',
        { class: 'row' },
        el('button', { type: 'button', onclick: () => this.#consent() }, 'Consent'),
        this.#button('Decline', 'service-declined'),
      ),
    );
    this.#open = el(
      'div',
      { class: 'row', hidden: true },
      this.#button('End service session', 'service-ended'),
    );
    this.#calibration = el(
      'div',
      { class: 'row', hidden: true },
      this.#button('Confirm calibration', 'calibration-confirmed'),
      this.#button('Decline calibration', 'calibration-declined'),
    );
    this.#update = el(
      'div',
      { class: 'row', hidden: true },
      this.#button('Install update now', 'update-consented'),
      this.#action('Postpone for a day', () => ({ do: 'postpone' })),
    );
    const once = el('input', { id: `once-${unit}`, autocomplete: 'off' });
    const url = el('input', { id: `url-${unit}`, type: 'url', value: workbenchUrl });
    this.#enrol = el(
      'div',
      { hidden: true },
      el('div', { class: 'field' }, el('label', { for: once.id }, 'One-time code'), once),
      el('div', { class: 'field' }, el('label', { for: url.id }, 'Address of the workbench'), url),
      this.#action('Enrol', () => ({ do: 'enrol', code: once.value, workbenchUrl: url.value })),
    );
    this.#name = el('h2', { id: `name-${unit}`, tabindex: '-1' }, unit, ' ');
    this.element = el(
      'section',
      { class: 'card unit', 'aria-labelledby': `name-${unit}` },
      this.#name,
      el('p', {}, this.#state, ' ', this.#version),
      this.#screen,
      this.#says,
      ...[this.#machine, this.#service, this.#open, this.#calibration, this.#update, this.#enrol],
    );
  }

  show(display: Display | null): void {
    this.#display = display;
    const state = display?.state ?? 'off';
    this.element.dataset.off = String(display === null);
    setText(this.#state, STATES[state] ?? state);
    this.#state.dataset.live = String(state === 'armed' || state === 'emitting');
    setText(this.#version, display ? `Version ${display.version}` : '');
    this.#draw(display);
    const isMachine = display !== null && state !== 'not-enrolled';
    this.#hide(this.#machine, !isMachine);
    this.#hide(this.#enrol, state !== 'not-enrolled');
    this.#hide(this.#service, display?.service?.state !== 'waiting');
    this.#hide(this.#open, display?.service?.state !== 'open');
    this.#hide(this.#calibration, !display?.calibration);
    this.#hide(this.#update, !(display?.updateStaged && state === 'standby'));
    // The next request has another code.
    if (this.#service.hidden) this.#code.value = '';
    const switches = display?.switches;
    this.#key.setAttribute('aria-pressed', String(switches?.key ?? false));
    this.#door.setAttribute('aria-pressed', String(switches ? !switches.doorClosed : false));
    this.#emergency.setAttribute('aria-pressed', String(switches?.emergency ?? false));
    this.#foot.setAttribute('aria-pressed', String(switches?.foot ?? false));
  }

  /** What goes takes no focus with it: who works by keyboard goes on at this unit. */
  #hide(part: HTMLElement, hides: boolean): void {
    if (hides && part.contains(document.activeElement)) this.#name.focus();
    part.hidden = hides;
  }

  #draw(display: Display | null): void {
    const shown = JSON.stringify(display);
    if (shown === this.#shown) return;
    this.#shown = shown;
    if (!display) {
      this.#screen.replaceChildren(el('p', {}, 'Off.'));
      return;
    }
    const { sentences, warnings, setting, pulses, energyMilliJoule, eye, calibration } = display;
    // A unit that is not enrolled yet, or runs an older version, does not say it.
    const givenBySetting = display.givenBySetting ?? [];
    const rows: [string, string][] = [];
    if (setting) {
      const { powerMilliWatt, pulseMilliSecond, spotMicroMetre, repeatHertz } = setting.parameters;
      rows.push(['Eye', eye ?? ''], ['Mode', setting.mode]);
      rows.push(['Power', `${powerMilliWatt} mW`], ['Pulse', `${pulseMilliSecond} ms`]);
      rows.push(['Spot', `${spotMicroMetre} µm`], ['Repetition', `${repeatHertz} Hz`]);
    }
    if (pulses) rows.push(['Pulses', `${pulses.done} of ${pulses.of}`], ['Energy', `${energyMilliJoule} mJ`]);
    this.#screen.replaceChildren(
      ...sentences.map((sentence) => el('p', {}, sentence)),
      ...(calibration ? [el('p', {}, `Proposed calibration: ${calibration}.`)] : []),
      ...warnings.map((warning) => el('p', { class: 'warning' }, warning)),
      ...(rows.length > 0
        ? [
            el(
              'dl',
              {},
              ...rows.flatMap(([name, value]) => [el('dt', { class: 'faint' }, name), el('dd', {}, value)]),
            ),
          ]
        : []),
      ...(givenBySetting.length > 0
        ? [
            el('p', {}, 'Adjusted. Given under each setting:'),
            el('ol', {}, ...givenBySetting.map((line) => el('li', {}, line))),
          ]
        : []),
    );
  }

  async #send(request: PanelRequest): Promise<void> {
    const { body } = await ask('POST', `/api/units/${encodeURIComponent(this.#unit)}`, request);
    setText(this.#says, typeof body.says === 'string' ? body.says : '');
  }

  /** A slip of the finger is no wrong code: the unit drops the request after a few of those. */
  #consent(): void {
    const code = this.#code.value.trim();
    if (code !== '') return void this.#send({ do: 'consent', code });
    setText(this.#says, "Enter the code that the engineer's screen shows, then consent.");
    this.#code.focus();
  }

  #press(...inputs: Input[]): void {
    void this.#send({ do: 'press', inputs });
  }

  #button(text: string, input: Input): HTMLButtonElement {
    return el('button', { type: 'button', onclick: () => this.#press(input) }, text);
  }

  #action(text: string, request: () => PanelRequest): HTMLButtonElement {
    let busy = false;
    const button = el('button', { type: 'button' }, text);
    // Not `disabled`, which would take the focus away.
    button.onclick = async () => {
      if (busy) return;
      busy = true;
      button.setAttribute('aria-disabled', 'true');
      await this.#send(request()).finally(() => {
        busy = false;
        button.removeAttribute('aria-disabled');
      });
    };
    return button;
  }

  #toggle(text: string, input: () => Input): HTMLButtonElement {
    return el(
      'button',
      { type: 'button', 'aria-pressed': 'false', onclick: () => this.#press(input()) },
      text,
    );
  }

  /** Down as long as it is held, by pointer or by space and enter; up whatever happens. */
  #holdFoot(): void {
    let down = false;
    const set = (to: boolean) => {
      if (to === down) return;
      down = to;
      if (to) this.#press('foot-a-down', 'foot-b-down');
      else this.#press('foot-a-up', 'foot-b-up');
    };
    this.#foot.addEventListener('pointerdown', (event) => {
      this.#foot.setPointerCapture(event.pointerId);
      set(true);
    });
    for (const end of ['pointerup', 'pointercancel', 'lostpointercapture', 'blur'] as const)
      this.#foot.addEventListener(end, () => set(false));
    this.#foot.addEventListener('keydown', (event) => {
      if (event.key === ' ' || event.key === 'Enter') {
        event.preventDefault();
        set(true);
      }
    });
    this.#foot.addEventListener('keyup', () => set(false));
    window.addEventListener('pagehide', () => set(false));
  }
}

const cards = new Map<string, UnitCard>();
const { body } = await ask('GET', '/api/workbench');
const workbenchUrl = typeof body.url === 'string' ? body.url : '';
const list = byId('units');

new EventSource('/api/events').onmessage = ({ data }: MessageEvent<string>) => {
  const { unit, display } = JSON.parse(data) as { unit: string; display: Display | null };
  let card = cards.get(unit);
  if (!card) {
    card = new UnitCard(unit);
    cards.set(unit, card);
    list.append(card.element);
    byId('none').hidden = true;
  }
  card.show(display);
};

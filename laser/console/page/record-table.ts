// Treatments of one patient as a table; what was adjusted halfway with each of its settings.
import { el } from '../../web/dom.ts';

export interface Records {
  readonly records: readonly {
    readonly version: number;
    readonly fields: Readonly<Record<string, unknown>>;
  }[];
}

export function recordTable({ records }: Records): HTMLElement {
  const treatments = records.filter(({ fields }) => fields.kind === 'treatment').map(({ fields }) => fields);
  if (treatments.length === 0) return el('p', {}, 'No treatment was kept for this patient.');
  const columns: [string, (fields: Readonly<Record<string, unknown>>) => string][] = [
    ['When', ({ startedAt }) => new Date(String(startedAt)).toLocaleString()],
    ['Eye', ({ eye }) => String(eye)],
    ['Mode', ({ mode }) => String(mode)],
    [
      'Power',
      ({ powerMilliWatt, settings }) => `${powerMilliWatt} mW${isAdjusted(settings) ? ' at the end' : ''}`,
    ],
    ['Pulses', ({ pulses }) => String(pulses)],
    ['Energy', ({ totalEnergyMilliJoule }) => `${totalEnergyMilliJoule} mJ`],
    // Not shown in an emergency.
    ['By', ({ performedBy }) => String(performedBy ?? '–')],
    [
      'Outcome',
      ({ outcome, note }) => `${outcome}${note === 'begun' ? ', cut short by a loss of power' : ''}`,
    ],
  ];
  return el(
    'table',
    {},
    el('caption', { class: 'hidden' }, 'Treatments on this laser'),
    el('thead', {}, el('tr', {}, ...columns.map(([name]) => el('th', { scope: 'col' }, name)))),
    el(
      'tbody',
      {},
      ...treatments.flatMap((fields) => [
        el('tr', {}, ...columns.map(([, of]) => el('td', {}, of(fields)))),
        ...(isAdjusted(fields.settings) ? [settingsRow(fields.settings, columns.length)] : []),
      ]),
    ),
  );
}

interface SettingGiven {
  readonly mode: string;
  readonly powerMilliWatt: number;
  readonly pulseMilliSecond: number;
  readonly spotMicroMetre: number;
  readonly pulses: number;
  readonly energyMilliJoule: number;
}

/** Records from before settings were kept have none. */
const isAdjusted = (settings: unknown): settings is readonly SettingGiven[] =>
  Array.isArray(settings) && settings.length > 1;

function settingsRow(settings: readonly SettingGiven[], columns: number): HTMLElement {
  return el(
    'tr',
    {},
    el(
      'td',
      { colspan: columns },
      'Adjusted during the treatment. Given under each setting:',
      el(
        'ol',
        {},
        ...settings.map((one) =>
          el(
            'li',
            {},
            `${one.mode}, ${one.powerMilliWatt} mW, ${one.pulseMilliSecond} ms, ${one.spotMicroMetre} µm: ${one.pulses} pulses, ${one.energyMilliJoule} mJ`,
          ),
        ),
      ),
    ),
  );
}

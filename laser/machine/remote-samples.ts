// Representative remote messages: every verb, with bodies within the bounds, beyond each bound, of another mode, for another patient, malformed, and
// verbs that do not exist. Each is read by the real vocabulary and table; what these refuse never reaches the machine, in any state.
import type { VerbDefinition } from '../../device/commands/vocabulary.ts';
import type { RemoteEvent } from './laser-machine.ts';
import { MODES, type Mode, PARAMETER_TABLE } from './parameter-table.ts';
import type { Setting } from './safety-controller.ts';
import { LASER_VOCABULARY, type LaserParameters, type RemoteVerb } from './vocabulary.ts';

const parameters = (given: Partial<LaserParameters>): LaserParameters => ({
  powerMilliWatt: 200,
  pulseMilliSecond: 20,
  spotMicroMetre: 100,
  repeatHertz: 2,
  pulses: 2,
  treatmentSecond: 60,
  ...given,
});

/** The settings that the exploration treats with: few pulses, so that they also run out. */
export const SETTINGS = {
  low: { mode: 'repeat', parameters: parameters({}) },
  high: { mode: 'repeat', parameters: parameters({ powerMilliWatt: 400 }) },
  single: { mode: 'single', parameters: parameters({ repeatHertz: 0 }) },
} as const satisfies Record<string, Setting>;

export interface RemoteSample {
  readonly name: string;
  /** As the vocabulary read it; null when it was refused before it reached the machine. */
  readonly command: RemoteEvent | null;
}

interface RawSample {
  readonly name: string;
  readonly verb: string;
  readonly body: unknown;
}

const PATIENT = 'p-remote000';

function* preparations(verb: 'treatment.prepare' | 'treatment.adjust'): Generator<RawSample> {
  const body = (setting: Setting, more: object = {}) => ({
    patient: PATIENT,
    ...(verb === 'treatment.prepare' ? { eye: 'right' } : {}),
    ...setting,
    ...more,
  });
  for (const [name, setting] of Object.entries(SETTINGS))
    yield { name: `${verb} ${name}`, verb, body: body(setting) };
  yield { name: `${verb} another patient`, verb, body: body(SETTINGS.low, { patient: 'p-another00' }) };
  yield { name: `${verb} unknown mode`, verb, body: body(SETTINGS.low, { mode: 'continuous' }) };
  yield { name: `${verb} mode of another's values`, verb, body: body(SETTINGS.low, { mode: 'single' }) };
  yield { name: `${verb} one more member`, verb, body: body(SETTINGS.low, { arm: true }) };
  for (const mode of MODES)
    for (const sample of outside(mode))
      yield { ...sample, verb, name: `${verb} ${sample.name}`, body: body(sample.body as Setting) };
}

/** One step beyond each bound and each combined limit of a mode. */
function* outside(mode: Mode): Generator<{ readonly name: string; readonly body: Setting }> {
  const { parameters: bounds, limits } = PARAMETER_TABLE[mode];
  const least = Object.fromEntries(
    Object.entries(bounds).map(([name, bound]) => [name, bound.least]),
  ) as LaserParameters;
  const most = Object.fromEntries(
    Object.entries(bounds).map(([name, bound]) => [name, bound.most]),
  ) as LaserParameters;
  for (const [name, bound] of Object.entries(bounds)) {
    yield {
      name: `${mode} ${name} too low`,
      body: { mode, parameters: { ...least, [name]: bound.least - 1 } },
    };
    yield {
      name: `${mode} ${name} too high`,
      body: { mode, parameters: { ...least, [name]: bound.most + 1 } },
    };
  }
  for (const limit of limits) {
    const beyond = { ...least };
    for (const [name, exponent] of Object.entries(limit.exponents))
      if (exponent > 0) beyond[name as keyof LaserParameters] = most[name as keyof LaserParameters];
    yield { name: `${mode} ${limit.quantity} above`, body: { mode, parameters: beyond } };
  }
}

function* rawSamples(): Generator<RawSample> {
  yield* preparations('treatment.prepare');
  yield* preparations('treatment.adjust');
  const bodies: Partial<Record<RemoteVerb, readonly unknown[]>> = {
    'record.read': [{ patient: PATIENT, purpose: 'treatment', view: 'treatment' }, { patient: PATIENT }],
    'record.export': [
      { patient: PATIENT, purpose: 'access-request', request: 'request-1', after: 0 },
      { patient: PATIENT, purpose: 'access-request', request: '../..', after: 0 },
    ],
    'record.break-glass': [{ patient: PATIENT }, { patient: PATIENT, reason: 'in clear' }],
    'record.break-glass-reasons': [{ after: 0 }, { after: -1 }],
    'service.open': [{ request: 'a.b.c' }, { request: 'x'.repeat(5_000) }],
    'service.read-logs': [
      { after: 0, most: 100 },
      { after: -1, most: 1e9 },
    ],
    'calibration.propose': [
      { item: 'power-scale', partsPerThousand: 10 },
      { item: 'power-scale', partsPerThousand: 51 },
    ],
  };
  for (const verb of LASER_VOCABULARY.keys())
    if (verb !== 'treatment.prepare' && verb !== 'treatment.adjust')
      for (const body of bodies[verb as RemoteVerb] ?? [{}, { emit: true }])
        yield { name: `${verb} ${JSON.stringify(body).slice(0, 60)}`, verb, body };
  for (const verb of [
    'treatment.arm',
    'treatment.start',
    'emit',
    'laser.fire',
    'treatment.confirm',
    'key-on',
    'foot-a-down',
    'update.install',
    '__proto__',
    'constructor',
    '',
  ])
    yield { name: `no verb ${verb}`, verb, body: {} };
}

/** As `device/commands/checks.ts` reads it: verb, body, bounds. Settings within the bounds are kept as the known ones. */
function read({ name, verb, body }: RawSample): RemoteSample {
  const definition: VerbDefinition | undefined = LASER_VOCABULARY.get(verb);
  const parsed = definition?.body.safeParse(body);
  if (definition === undefined || !parsed?.success) return { name, command: null };
  if ((definition.bounds?.(parsed.data as never) ?? null) !== null) return { name, command: null };
  return { name, command: { verb: verb as RemoteVerb, body: parsed.data } };
}

export const REMOTE_SAMPLES: readonly RemoteSample[] = [...rawSamples()].map(read);

/** One setting beyond each bound and each combined limit of each mode. */
export function settingsBeyondBounds(): readonly Setting[] {
  return MODES.flatMap((mode) => [...outside(mode)].map(({ body }) => body));
}

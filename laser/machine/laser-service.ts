// Service at the laser: joins the service desk with the machine, so that neither is open without the other.
import type { Grant } from '../../device/commands/grant.ts';
import { refusalDefinitions } from '../../device/refusal.ts';
import type { CalibrationProposal, ServiceDesk, ServiceEnd, Worker } from '../../device/service/desk.ts';
import { type Allowed, type LogLine, redact, redactLogLine } from '../../device/service/redact.ts';
import { CONTROL_STATES, type ControlState } from './control-computer.ts';
import type { Laser, LaserNews, VerbHandler } from './laser.ts';
import type { RemoteVerb } from './vocabulary.ts';

/** All of the diagnostics that leaves the unit. Nothing in it can hold a name, a number of a record or free text. */
export const DIAGNOSTICS_ALLOWED: Allowed = {
  kind: 'fields',
  fields: {
    state: { kind: 'one-of', values: CONTROL_STATES },
    version: { kind: 'version' },
    safety: {
      kind: 'fields',
      fields: {
        phase: {
          kind: 'one-of',
          values: ['off', 'idle', 'loaded', 'confirmed', 'armed', 'emitting', 'tripped'],
        },
        key: { kind: 'flag' },
        doorClosed: { kind: 'flag' },
        emergency: { kind: 'flag' },
      },
    },
    sensors: {
      kind: 'fields',
      fields: {
        diodeCelsius: { kind: 'number', least: -20, most: 120 },
        crystalCelsius: { kind: 'number', least: -20, most: 200 },
        coolantMilliLitrePerMinute: { kind: 'number', least: 0, most: 5_000 },
        emissionHours: { kind: 'number', least: 0, most: 50_000 },
      },
    },
    selfTest: {
      kind: 'list',
      most: 20,
      of: {
        kind: 'fields',
        fields: {
          test: { kind: 'one-of', values: ['interlocks', 'foot-switch', 'power-meter', 'shutter', 'memory'] },
          passed: { kind: 'flag' },
        },
      },
    },
  },
};

/** Names of events that a log line may show beside the codes of refusals. */
const KNOWN_EVENTS = [
  'session.opened',
  'session.refused',
  'rights.granted',
  'rights.refused',
  'session.ended',
  'command.accepted',
  'command.refused',
  'command.failed',
  'service.requested',
  'service.request-refused',
  'service.opened',
  'service.consent-refused',
  'service.declined',
  'service.performed',
  'service.verb-refused',
  'service.calibrated',
  'service.calibration-refused',
  'service.ended',
];

export interface ServiceSources {
  /** Raw, with whatever is in it. */
  readonly diagnostics: () => unknown;
  readonly selfTest: () => unknown;
  readonly logLines: (after: number, most: number) => readonly LogLine[] | Promise<readonly LogLine[]>;
}

/** How the laser answers the verbs of service. */
export function serviceHandlers(
  desk: ServiceDesk,
  sources: ServiceSources,
): Partial<Record<RemoteVerb, VerbHandler>> {
  return {
    'service.open': async ({ body }) => {
      const { request } = body as { readonly request: string };
      await desk.request(request);
      // The code is shown at the device and made by the engineer's own end; it is not sent.
      return {};
    },
    'service.read-logs': async ({ body, grant }) => {
      const { after, most } = body as { readonly after: number; readonly most: number };
      const known = new Set([...KNOWN_EVENTS, ...refusalDefinitions().keys()]);
      const lines = await desk.perform(workerOf(grant), 'service.read-logs', body, async () =>
        (await sources.logLines(after, most)).slice(0, most).map((line) => redactLogLine(line, known)),
      );
      return { open: lines };
    },
    'service.self-test': async ({ body, grant }) => ({
      open: await desk.perform(workerOf(grant), 'service.self-test', body, () =>
        redact({ selfTest: sources.selfTest() }, DIAGNOSTICS_ALLOWED),
      ),
    }),
    'service.diagnostics': async ({ body, grant }) => ({
      open: await desk.perform(workerOf(grant), 'service.diagnostics', body, () =>
        redact(sources.diagnostics(), DIAGNOSTICS_ALLOWED),
      ),
    }),
    'calibration.propose': async ({ body, grant }) => ({
      open: await desk.propose(workerOf(grant), body as CalibrationProposal),
    }),
    'service.end': async () => {
      await desk.end('engineer');
      return {};
    },
  };
}

const workerOf = ({ person, channelThumbprint }: Grant): Worker => ({
  who: person,
  laptop: channelThumbprint,
});

/** To be told of the laser's news: what ends the machine's session or request ends the desk's, at once. */
export function endServiceWith(desk: ServiceDesk): (news: LaserNews) => void {
  return ({ effects, after }) => {
    const why = ENDED_BY[after.control.state];
    const ends = effects.includes('end-service') || effects.includes('drop-service-request');
    if (why !== undefined && ends) void desk.end(why);
  };
}

/** By the state that follows. Into standby leads only what says itself why it ended. */
const ENDED_BY: Partial<Readonly<Record<ControlState, ServiceEnd>>> = {
  prepared: 'treatment',
  updating: 'update',
  'emergency-stopped': 'emergency-stop',
  fault: 'fault',
  off: 'power',
};

/** What a person at the device can do about service. */
export function serviceAtDevice(laser: Laser, desk: ServiceDesk) {
  return {
    /** Enters the engineer's code. Throws a refusal. */
    consent: async (code: string) => {
      await desk.consent(code);
      if (!laser.local('service-consented')) await desk.end('person-at-device');
    },
    decline: async () => {
      await desk.decline();
      laser.local('service-declined');
    },
    end: async () => {
      await desk.end('person-at-device');
      laser.local('service-ended');
    },
    confirmCalibration: async (apply: (proposal: CalibrationProposal) => void) => {
      await desk.confirmCalibration('local', (proposal) => {
        if (laser.local('calibration-confirmed')) apply(proposal);
      });
    },
    channelLost: async () => {
      await desk.end('channel-lost');
      laser.local('channel-lost');
    },
    /** Every second or so. */
    tick: async () => {
      await desk.tick();
      if (laser.state === 'service' && desk.visible.kind !== 'open') laser.local('service-time-over');
    },
  };
}

// A laser with a service desk, a workbench that may ask and an engineer at work: for tests and attacks.
import { MemoryAudit } from '../../device/audit/event.ts';
import { HandClock } from '../../device/clock.ts';
import { makeKey } from '../../device/commands/scene.ts';
import { ServiceDesk } from '../../device/service/desk.ts';
import { comparisonCode, type ServiceRequest, signServiceRequest } from '../../device/service/request.ts';
import type { LaserNews } from './laser.ts';
import { endServiceWith, serviceAtDevice, serviceHandlers } from './laser-service.ts';
import { makeLaserScene, SAMPLE_PATIENT } from './scene.ts';

export const ENGINEER = { person: 'person:noor', role: 'service-engineer' } as const;

export async function makeServiceScene({ unit = 'L4-0007' } = {}) {
  const clock = new HandClock();
  const audit = new MemoryAudit();
  const workbench = await makeKey();
  const told: ((news: LaserNews) => void)[] = [];
  let state = () => 'standby';
  const desk = new ServiceDesk({
    unit,
    clock,
    audit,
    requesterKey: workbench.publicKey,
    inStandby: () => state() === 'standby',
  });
  const scene = await makeLaserScene({
    unit,
    clock,
    audit,
    tell: (news) => {
      for (const listener of told) listener(news);
    },
    handlers: serviceHandlers(desk, {
      // Raw diagnostics as careless software would give them: the patient is all over them.
      diagnostics: () => ({
        state: scene.laser.state,
        version: '4.2.0',
        safety: scene.laser.now.safety,
        sensors: { diodeCelsius: 31, crystalCelsius: 74, operator: SAMPLE_PATIENT.name },
        lastTreatment: { ...SAMPLE_PATIENT },
        [SAMPLE_PATIENT.recordNumber]: true,
      }),
      selfTest: () => [
        { test: 'interlocks', passed: true },
        { test: 'shutter', passed: true },
      ],
      logLines: () => audit.events.map((event, index) => ({ sequence: index + 1, event })),
    }),
  });
  state = () => scene.laser.state;
  told.push(endServiceWith(desk));

  const request = (given: Partial<ServiceRequest> = {}): Promise<string> =>
    signServiceRequest(
      {
        id: crypto.randomUUID(),
        unit,
        who: ENGINEER.person,
        why: 'Power meter drifts since Monday',
        verbs: ['service.read-logs', 'service.diagnostics', 'calibration.propose'],
        minutes: 30,
        challenge: desk.challenge(),
        ...given,
      },
      workbench.sign,
    );
  const atDevice = serviceAtDevice(scene.laser, desk);
  /** Requested by the engineer, consented to at the device. */
  const open = async (given: Partial<ServiceRequest> = {}) => {
    const engineer = await scene.connect(ENGINEER);
    const signed = await request(given);
    await engineer.ask({ verb: 'service.open', body: { request: signed } });
    await atDevice.consent(comparisonCode(signed));
    return engineer;
  };
  return { ...scene, clock, audit, desk, workbench, request, atDevice, open };
}

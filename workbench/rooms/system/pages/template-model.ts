// A beginning for a device on a network: zones, the parts that most have, and the interfaces that are asked for. All of it is to be
// corrected; nothing in it is answered. Pure.
import { SystemModel } from '../metamodel.ts';

export function networkedDevice(title: string): SystemModel {
  return SystemModel.parse({
    title,
    description:
      'Begun from the template of a networked device: correct what differs and take out what is not there.',
    zones: [
      { id: 'z-internet', title: 'Internet', kind: 'internet', trust: 0 },
      { id: 'z-hospital', title: 'Network of the clinic', kind: 'hospital', trust: 1 },
      { id: 'z-room', title: 'Treatment room', kind: 'room', trust: 3 },
      { id: 'z-device', title: 'Device', kind: 'device', trust: 4, parent: 'z-room' },
      { id: 'z-safety', title: 'Safety side', kind: 'safety', trust: 5, parent: 'z-device' },
      { id: 'z-maker', title: 'Systems of the maker', kind: 'maker', trust: 3 },
    ],
    elements: [
      { id: 'e-clinician', title: 'Clinician', kind: 'actor', zone: 'z-room' },
      { id: 'e-service', title: 'Service technician', kind: 'actor', zone: 'z-room' },
      {
        id: 'e-console',
        title: 'Operating console',
        kind: 'process',
        type: 'user interface',
        zone: 'z-device',
      },
      {
        id: 'e-control',
        title: 'Control application',
        kind: 'process',
        type: 'controller',
        zone: 'z-device',
      },
      { id: 'e-records', title: 'Treatment records', kind: 'store', type: 'database', zone: 'z-device' },
      { id: 'e-agent', title: 'Update agent', kind: 'process', type: 'agent', zone: 'z-device' },
      {
        id: 'e-safety',
        title: 'Safety controller',
        kind: 'hardware',
        type: 'controller',
        zone: 'z-safety',
        safety: true,
      },
      { id: 'e-clinical', title: 'Clinical information system', kind: 'external', zone: 'z-hospital' },
      { id: 'e-fleet', title: 'Fleet and update service', kind: 'process', type: 'service', zone: 'z-maker' },
    ],
    interfaces: [
      { id: 'i-eth', title: 'Network port', kind: 'ethernet', element: 'e-control' },
      { id: 'i-usb', title: 'USB port', kind: 'usb', element: 'e-console' },
      { id: 'i-touch', title: 'Touch screen', kind: 'touch-ui', element: 'e-console' },
      { id: 'i-debug', title: 'Debug connector', kind: 'debug', element: 'e-safety' },
      { id: 'i-door', title: 'Service door', kind: 'service-door', element: 'e-safety' },
    ],
    assets: [
      { id: 'd-commands', title: 'Treatment commands', kind: 'command', integrity: 4, availability: 3 },
      {
        id: 'd-records',
        title: 'Patient and treatment data',
        kind: 'patient-data',
        confidentiality: 4,
        integrity: 3,
        personal: true,
      },
      { id: 'd-software', title: 'Device software', kind: 'software', integrity: 4 },
      { id: 'd-audit', title: 'Audit log', kind: 'audit', integrity: 3 },
    ],
    flows: [
      {
        id: 'f-operate',
        title: 'Operation',
        from: 'e-clinician',
        to: 'e-console',
        via: ['i-touch'],
        carries: ['d-commands'],
      },
      { id: 'f-command', title: 'Commands', from: 'e-console', to: 'e-control', carries: ['d-commands'] },
      {
        id: 'f-limits',
        title: 'Limits and heartbeat',
        from: 'e-control',
        to: 'e-safety',
        carries: ['d-commands'],
      },
      { id: 'f-store', title: 'Keep records', from: 'e-control', to: 'e-records', carries: ['d-records'] },
      {
        id: 'f-patient',
        title: 'Patient data',
        from: 'e-clinical',
        to: 'e-control',
        via: ['i-eth'],
        carries: ['d-records'],
      },
      {
        id: 'f-update',
        title: 'Software updates',
        from: 'e-fleet',
        to: 'e-agent',
        via: ['i-eth'],
        carries: ['d-software'],
      },
      { id: 'f-service', title: 'Service work', from: 'e-service', to: 'e-console' },
    ],
    safetyFunctions: [
      { id: 'sf-stop', title: 'Stop the treatment when a limit is passed', realisedBy: ['e-safety'] },
    ],
    attackers: [
      {
        id: 'at-net',
        title: 'Somebody on the network of the clinic',
        access: ['adjacent-network'],
        skill: 3,
      },
      { id: 'at-visitor', title: 'Visitor with minutes at the device', access: ['physical'], skill: 2 },
      {
        id: 'at-supply',
        title: 'Supplier of a component',
        origin: 'supplier',
        access: ['supplier'],
        skill: 4,
      },
    ],
    useCases: [
      {
        id: 'uc-treat',
        title: 'Treatment',
        kind: 'treatment',
        startedBy: 'e-clinician',
        steps: ['f-operate', 'f-command', 'f-limits'],
      },
      { id: 'uc-update', title: 'Update', kind: 'update', startedBy: 'e-fleet', steps: ['f-update'] },
    ],
  });
}

// Service, records and the fleet.
import type { Practice } from '../contract.ts';
import { byAnswer, reachedFromOutside, tagged } from './look.ts';

export const OPERATION: readonly Practice[] = [
  {
    id: 'service-port-listens',
    group: 'known-bad practice',
    title: 'Service access that listens',
    why: 'A way in for the maker is a way in for whoever steals it.',
    cwe: 'CWE-1299',
    repair: 'Let the device call out through a broker, after consent at the unit, for a limited time.',
    requirements: ['SR-SVC-1'],
    look: (view) =>
      byAnswer(view, tagged(view, 'serviceaccess', 'remoteservice', 'diagnostics'), 'svc.outbound-only', {
        no: (title) => `${title} listens for service connections.`,
        ask: (title) => `Are service connections of ${title} made outbound only?`,
      }),
  },
  {
    id: 'events-are-not-recorded',
    group: 'known-bad practice',
    title: 'Security events are not recorded',
    why: 'An attack leaves no trace, and nobody can tell how far it went.',
    cwe: 'CWE-778',
    repair:
      'Record log-ins, changes, refusals, updates and service acts, append-only, and send them off the unit.',
    requirements: ['SR-AUD-1'],
    look: (view) =>
      byAnswer(view, reachedFromOutside(view), 'log.security-events', {
        no: (title) => `${title} records no security events.`,
        ask: (title) => `Does ${title} record security events?`,
      }),
  },
  {
    id: 'one-person-moves-the-fleet',
    group: 'known-bad practice',
    title: 'One account acts on the whole fleet',
    why: 'One stolen session can harm many patients at once.',
    cwe: 'CWE-654',
    repair: 'Ask for two people for fleet-wide acts, and limit how many units one act reaches.',
    requirements: ['SR-FLEET-1'],
    look: (view) =>
      byAnswer(view, tagged(view, 'fleetservice'), 'fleet.admin-dual', {
        no: (title) => `One person alone can act on all units through ${title}.`,
        ask: (title) => `Do fleet-wide actions of ${title} need two people?`,
      }),
  },
];

// The safety side and the commands that reach it.
import type { ModelView, Practice, SeenFlow } from '../contract.ts';
import {
  asked,
  byAnswer,
  carriesAny,
  crossesByNetwork,
  flowsThat,
  found,
  inScope,
  inZoneOf,
  knownOf,
  reachedFromOutside,
} from './look.ts';

/** Kinds of assets that change what the device does. */
const ORDERS = ['command', 'parameters', 'config', 'calibration'] as const;

const sourceKnown = (view: ModelView, seen: SeenFlow) =>
  knownOf(view, seen, 'flow.auth-source', ({ words }) =>
    words.some((word) => word === 'mutualtls' || word === 'mtls'),
  );

export const SAFETY: readonly Practice[] = [
  {
    id: 'safety-shares-a-zone-with-the-network',
    group: 'known-bad practice',
    title: 'Safety side and network in one zone',
    why: 'What is taken over over the network stands beside what must never be.',
    cwe: 'CWE-653',
    repair: 'Put the safety elements into a zone of their own with one narrow, validated conduit.',
    requirements: ['SR-SAFE-1'],
    look: (view) => {
      const reached = reachedFromOutside(view);
      return inScope(view)
        .filter((element) => element.safety && element.zone !== '')
        .flatMap((element) => {
          const beside = reached.filter(
            (other) => other.id !== element.id && other.zone === element.zone && !other.safety,
          );
          return beside.length === 0
            ? []
            : found(
                `${element.title} stands in one zone with ${beside[0]?.title}, which is reached from another zone.`,
                element.id,
                ...beside.map(({ id }) => id),
              );
        });
    },
  },
  {
    id: 'safety-element-trusts-the-network',
    group: 'known-bad practice',
    title: 'Safety element on the network without a check of its own',
    why: 'A command from outside acts on the patient, and nothing on the safety side judges it.',
    cwe: 'CWE-306',
    repair: 'Check bounds, state and origin on the safety side, and let hardware permit the effect.',
    requirements: ['SR-SAFE-1', 'SR-CMD-2'],
    look: (view) =>
      reachedFromOutside(view)
        .filter(({ safety }) => safety)
        .flatMap((element) => {
          const answers = ['safety.firewall-link', 'safety.hw-interlock', 'cmd.bounds-on-device'].map((key) =>
            view.answer(element, key),
          );
          if (answers.includes('yes')) return [];
          return answers.every((answer) => answer === 'no')
            ? found(`${element.title} is reached over a network and checks nothing itself.`, element.id)
            : asked(
                'safety.firewall-link',
                `What does the safety side of ${element.title} check itself?`,
                element.id,
              );
        }),
  },
  {
    id: 'command-has-no-known-sender',
    group: 'known-bad practice',
    title: 'Commands from an unknown sender',
    why: 'Whoever reaches the receiver can give orders.',
    cwe: 'CWE-306',
    repair: 'Authenticate the sender of each command, end to end.',
    requirements: ['SR-CMD-1', 'SR-COM-1'],
    look: (view) =>
      view.flows.flatMap((seen) => {
        if (!crossesByNetwork(seen) || !carriesAny(seen, ...ORDERS)) return [];
        const known = sourceKnown(view, seen);
        if (known === 'yes') return [];
        return known === 'no'
          ? found(`The receiver of ${seen.flow.title} does not authenticate the sender.`, seen.flow.id)
          : asked(
              'flow.auth-source',
              `Does the receiver of ${seen.flow.title} authenticate the sender?`,
              seen.flow.id,
            );
      }),
  },
  {
    id: 'command-can-be-replayed',
    group: 'known-bad practice',
    title: 'Commands that can be replayed',
    why: 'A true command at the wrong time is a false one.',
    cwe: 'CWE-294',
    repair: 'Number commands, bind them to the treatment, and let them expire.',
    requirements: ['SR-COM-2', 'SR-CMD-1'],
    look: (view) =>
      byAnswer(
        view,
        flowsThat(view, (seen) => crossesByNetwork(seen) && carriesAny(seen, 'command', 'parameters')),
        'flow.replay-protected',
        {
          no: (title) => `${title} can be repeated later.`,
          ask: (title) => `Are repeated or delayed messages of ${title} rejected?`,
        },
      ),
  },
  {
    id: 'person-reaches-the-safety-side-from-afar',
    group: 'least privilege',
    title: 'Person who reaches the safety side from another zone',
    why: 'Rights on the safety side belong to who stands beside the patient.',
    cwe: 'CWE-269',
    repair: 'Ask for local presence, and take the right away from remote roles.',
    requirements: ['SR-SAFE-3', 'SR-AUTHZ-2'],
    look: (view) =>
      view.flows.flatMap((seen) => {
        const { flow, from, to } = seen;
        return from?.kind === 'actor' &&
          to?.safety === true &&
          inZoneOf(view, from, 'internet', 'maker', 'supplier', 'hospital') &&
          carriesAny(seen, ...ORDERS)
          ? found(`${from.title} acts on ${to.title} from another zone.`, flow.id, from.id, to.id)
          : [];
      }),
  },
];

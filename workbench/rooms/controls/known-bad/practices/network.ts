// How the network is parted, and what reaches what.
import type { Practice } from '../contract.ts';
import { RETIRED } from '../words.ts';
import { byAnswer, crossesByNetwork, flowsThat, found, inScope, inZoneOf, isEncrypted } from './look.ts';

export const NETWORK: readonly Practice[] = [
  {
    id: 'network-is-one-flat-zone',
    group: 'known-bad practice',
    title: 'One flat zone',
    why: 'Nothing stops an attacker who is anywhere in it: every element is the next one.',
    cwe: 'CWE-653',
    repair: 'Separate outside, application and safety side into zones, with conduits that deny by default.',
    requirements: ['SR-COM-3', 'SR-SAFE-1'],
    look: (view) => {
      const elements = inScope(view);
      const zones = new Set(elements.map(({ zone }) => zone));
      // Elements without a zone are a gap of the model, and shown as such.
      if (elements.length < 4 || zones.size !== 1 || zones.has('')) return [];
      const [zone = ''] = zones;
      return [
        found(`All ${elements.length} elements stand in one zone.`, zone, ...elements.map(({ id }) => id)),
      ];
    },
  },
  {
    id: 'internet-reaches-the-device',
    group: 'known-bad practice',
    title: 'Direct way from the internet to the device',
    why: 'The whole world can try, at any hour.',
    cwe: 'CWE-668',
    repair: 'Let the device connect outward to a broker, or put a gateway with its own accounts between.',
    requirements: ['SR-COM-3', 'SR-SVC-1'],
    look: (view) =>
      view.flows.flatMap(({ flow, from, to, words }) =>
        inZoneOf(view, from, 'internet') &&
        inZoneOf(view, to, 'device', 'safety', 'room', 'home') &&
        words.length > 0
          ? found(
              `${flow.title} leads from the internet straight to ${to?.title}.`,
              flow.id,
              flow.from,
              flow.to,
            )
          : [],
      ),
  },
  {
    id: 'protocol-is-retired',
    group: 'known-bad practice',
    title: 'Protocol that is retired',
    why: 'It sends log-ins in clear text, or asks for none.',
    cwe: 'CWE-477',
    repair: 'Replace it by what stands beside it, and close its port.',
    requirements: ['SR-COM-1', 'SR-COM-3'],
    look: (view) => [
      ...view.flows.flatMap((seen) =>
        seen.words.flatMap((word) =>
          RETIRED[word] !== undefined && !isEncrypted(seen)
            ? found(`${seen.flow.title} uses ${word}; use ${RETIRED[word]}.`, seen.flow.id)
            : [],
        ),
      ),
      ...inScope(view).flatMap((element) =>
        view
          .techWords(element)
          .filter((word) => RETIRED[word] !== undefined)
          .map((word) => found(`${element.title} offers ${word}; use ${RETIRED[word]}.`, element.id)),
      ),
    ],
  },
  {
    id: 'network-allows-by-default',
    group: 'secure defaults',
    title: 'Filter that allows by default',
    why: 'Whatever was forgotten is open.',
    cwe: 'CWE-1188',
    repair: 'Deny by default; name peers and ports from the interface table.',
    requirements: ['SR-COM-3'],
    look: (view) =>
      byAnswer(
        view,
        flowsThat(
          view,
          (seen) =>
            crossesByNetwork(seen) &&
            seen.to !== undefined &&
            !seen.to.outOfScope &&
            seen.to.kind !== 'external',
        ),
        'flow.allowlisted',
        {
          no: (title) => `The way of ${title} is open to other peers and ports.`,
          ask: (title) => `Is the way of ${title} limited to named peers and ports?`,
        },
      ),
  },
  {
    id: 'element-joins-networks',
    group: 'least privilege',
    title: 'Element that joins networks',
    why: 'It carries an attacker from one network into the other.',
    cwe: 'CWE-923',
    repair: 'Disable forwarding, or split it into two elements with a filter between.',
    requirements: ['SR-COM-3'],
    look: (view) => {
      const joining = inScope(view).filter((element) => {
        const far = new Set(
          [...view.into(element.id), ...view.outOf(element.id)]
            .filter(crossesByNetwork)
            .map(({ from, to }) => (from?.id === element.id ? to?.zone : from?.zone)),
        );
        return far.size >= 2;
      });
      return byAnswer(view, joining, 'net.no-routing', {
        no: (title) => `${title} forwards between networks.`,
        ask: (title) => `Is forwarding between the networks of ${title} disabled?`,
      });
    },
  },
];

// Every flow that goes from one zone into another, the widest step of trust first, with what protects it.
import type { View } from './contract.ts';
import { type Facts, gap, protocolsOf } from './facts.ts';

export function trustBoundaries(facts: Facts): View {
  const crossing = facts.model.flows.filter((flow) => facts.crosses(flow));
  const trust = (element: string) => facts.zones.get(facts.zoneOf(element))?.trust;
  const zone = (element: string) => `${facts.title(facts.zoneOf(element))} (${trust(element) ?? 'no zone'})`;
  return {
    title: 'Trust boundaries',
    purpose:
      'Every flow that goes from one zone into another, the widest step of trust first, with what protects it.',
    tables: [
      {
        title: 'Crossings',
        columns: [
          'Nr',
          'Flow',
          'From zone (trust)',
          'To zone (trust)',
          'Step',
          'Protocol',
          'Sender authenticated',
          'Integrity',
          'Encrypted',
          'Filtered',
        ],
        rows: crossing
          .map((flow) => ({ flow, step: Math.abs((trust(flow.from) ?? 0) - (trust(flow.to) ?? 0)) }))
          .sort((a, b) => b.step - a.step)
          .map(({ flow, step }) => [
            facts.number(flow),
            flow.title,
            zone(flow.from),
            zone(flow.to),
            String(step),
            protocolsOf(flow),
            ...facts.answers(flow, [
              'flow.auth-source',
              'flow.integrity',
              'flow.encrypted',
              'flow.allowlisted',
            ]),
          ]),
        none: 'No flow crosses a zone: either all stands in one zone, or elements have none.',
      },
    ],
    gaps: [
      ...facts.problems('no-zone'),
      ...crossing.flatMap((flow) =>
        facts
          .unanswered(flow, ['flow.auth-source', 'flow.integrity'])
          .map((key) => gap(flow.id, `${flow.title} crosses zones; \`${key}\` is not answered.`)),
      ),
    ],
    nodes: [...new Set(crossing.flatMap((flow) => [flow.from, flow.to]))],
    flows: crossing.map((flow) => flow.id),
  };
}

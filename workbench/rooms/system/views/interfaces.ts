// Every interface, also the unused ones, with its state in the field: FDA asks for all of them.
import type { Interface } from '../metamodel.ts';
import type { View } from './contract.ts';
import { type Facts, gap } from './facts.ts';

export const INTERFACE_COLUMNS = [
  'Interface',
  'Kind',
  'Of',
  'Zone',
  'State in the field',
  'Flows over it',
] as const;

export const interfaceCells = (facts: Facts, face: Interface) => [
  face.title,
  face.kind,
  facts.title(face.element),
  facts.zonePath(facts.zoneOf(face.element)),
  face.state,
  facts.titlesOf(facts.flowsOver(face.id)),
];

export function interfaces(facts: Facts): View {
  const { model } = facts;
  const hasPlaces = model.elements.some((one) => one.kind === 'hardware' || one.kind === 'process');
  const flows = model.interfaces.flatMap((face) => facts.flowsOver(face.id).map((flow) => flow.id));
  return {
    title: 'Interfaces',
    purpose: 'Every interface, also the unused ones, with its state in the field.',
    tables: [
      {
        title: 'Interfaces',
        columns: [...INTERFACE_COLUMNS, 'Answered'],
        rows: model.interfaces.map((face) => [
          ...interfaceCells(facts, face),
          String(Object.keys(face.answers).length),
        ]),
        none: 'No interface is described; FDA asks for all of them, also those that are not used.',
      },
    ],
    gaps: [
      ...facts.problems('no-state'),
      ...(hasPlaces && model.interfaces.length === 0
        ? [gap('', 'No interface is described: ports, radio, debug, service, media, also where unused.')]
        : []),
      ...model.interfaces
        .filter((face) => face.state === 'removed' && facts.flowsOver(face.id).length > 0)
        .map((face) => gap(face.id, `${face.title} is removed, yet a flow goes over it.`)),
    ],
    nodes: [...new Set(model.interfaces.map((face) => face.element))],
    flows: [...new Set(flows)],
  };
}

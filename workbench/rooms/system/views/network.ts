// Network architecture: zones with what stands in them, what joins them, and every interface that carries a network or a bus.
import type { Interface } from '../metamodel.ts';
import type { View } from './contract.ts';
import { type Facts, gap, NONE } from './facts.ts';
import { INTERFACE_COLUMNS, interfaceCells } from './interfaces.ts';

/** Nothing leaves the unit over them. */
const LOCAL: readonly Interface['kind'][] = ['touch-ui', 'service-door', 'media', 'debug', 'other'];

export function network(facts: Facts): View {
  const { model } = facts;
  const connected = model.interfaces.filter((face) => !LOCAL.includes(face.kind));
  return {
    title: 'Network architecture',
    purpose:
      'Zones with what stands in them, what joins them, and every interface that carries a network or a bus.',
    tables: [
      {
        title: 'Zones',
        columns: ['Zone', 'Kind', 'Trust', 'Lies in', 'Elements', 'Duties of the customer'],
        rows: model.zones.map((zone) => [
          zone.title,
          zone.kind,
          String(zone.trust),
          facts.title(zone.parent),
          facts.titlesOf(facts.elementsIn(zone.id)),
          zone.duties || NONE,
        ]),
        none: 'No zone is drawn: where trust ends cannot be seen.',
      },
      {
        title: 'Network interfaces',
        columns: INTERFACE_COLUMNS,
        rows: connected.map((face) => interfaceCells(facts, face)),
        none: 'No interface with a network or a bus is described.',
      },
      {
        title: 'Conduits',
        columns: ['Conduit', 'From zone', 'To zone', 'Flows'],
        rows: model.conduits.map((one) => [
          one.title,
          facts.title(one.from),
          facts.title(one.to),
          facts.titles(one.flows),
        ]),
        none: 'No conduit is named; the crossings stand in the view of trust boundaries.',
      },
    ],
    gaps: [
      ...facts.problems('no-zone', 'no-state'),
      ...model.flows
        .filter((flow) => facts.crosses(flow) && flow.via.length === 0)
        .map((flow) => gap(flow.id, `${flow.title} crosses zones and names no interface that it goes over.`)),
    ],
    nodes: [],
    flows: [],
  };
}

// Which data goes where, by which protocol, and where it rests.
import type { Flow } from '../metamodel.ts';
import type { View } from './contract.ts';
import { type Facts, FLOW_COLUMNS, gap, NONE } from './facts.ts';

export const DETAIL_COLUMNS = [
  'Nr',
  ...FLOW_COLUMNS,
  'Ports',
  'Carries',
  'Encrypted',
  'Sender authenticated',
] as const;

export const detailCells = (facts: Facts, flow: Flow) => [
  facts.number(flow),
  ...facts.flowCells(flow),
  flow.ports || NONE,
  facts.titles(flow.carries),
  ...facts.answers(flow, ['flow.encrypted', 'flow.auth-source']),
];

export function dataFlows(facts: Facts): View {
  const { model } = facts;
  return {
    title: 'Data flows',
    purpose: 'Which data goes where, by which protocol, and where it rests.',
    tables: [
      {
        title: 'Flows',
        columns: [...DETAIL_COLUMNS, 'How often'],
        rows: model.flows.map((flow) => [...detailCells(facts, flow), flow.frequency || NONE]),
        none: 'No flow is drawn.',
      },
      {
        title: 'Data',
        columns: ['Data', 'Kind', 'C', 'I', 'A', 'Personal', 'Rests in', 'Goes along', 'Kept for'],
        rows: model.assets.map((asset) => [
          asset.title,
          asset.kind,
          String(asset.confidentiality),
          String(asset.integrity),
          String(asset.availability),
          asset.personal ? 'yes' : 'no',
          facts.titlesOf(facts.holdersOf(asset.id)),
          facts.titlesOf(facts.carriersOf(asset.id)),
          asset.retention || NONE,
        ]),
        none: 'No data asset is named.',
      },
    ],
    gaps: [
      ...facts.problems('no-protocol', 'loose-end'),
      ...model.flows
        .filter((flow) => flow.carries.length === 0)
        .map((flow) => gap(flow.id, `${flow.title}: which data does it carry?`)),
      ...model.elements
        .filter((one) => one.kind === 'store' && one.holds.length === 0)
        .map((one) => gap(one.id, `${one.title} is a store: which data rests in it?`)),
      ...model.assets
        .filter(({ id }) => facts.holdersOf(id).length === 0 && facts.carriersOf(id).length === 0)
        .map((asset) => gap(asset.id, `${asset.title} rests nowhere and no flow carries it.`)),
    ],
    nodes: [],
    flows: [],
  };
}

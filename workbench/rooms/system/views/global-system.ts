// The whole system end to end (FDA, global system view).
import type { View } from './contract.ts';
import { DETAIL_COLUMNS, detailCells } from './data-flows.ts';
import { type Facts, FLEET_TAGS, gap, hasSoftware, hasTag, NONE, safetyCells } from './facts.ts';

const MAKER_ZONES = ['maker', 'build', 'supplier'];

export function globalSystem(facts: Facts): View {
  const { model } = facts;
  const maker = model.elements.filter(
    (one) => MAKER_ZONES.includes(facts.zones.get(one.zone)?.kind ?? '') || hasTag(one, FLEET_TAGS),
  );
  return {
    title: 'Global system view',
    purpose:
      'The whole system end to end: device, networks, people, systems of the maker and of others, with every flow and interface (FDA).',
    tables: [
      {
        title: 'Elements',
        columns: ['Element', 'Kind', 'Type', 'Zone', 'In scope', 'Safety', 'Holds', 'Components'],
        rows: model.elements.map((one) => [
          one.title,
          one.kind,
          one.type || NONE,
          facts.zonePath(one.zone),
          one.outOfScope ? 'no' : 'yes',
          one.safety ? 'yes' : NONE,
          facts.titles(one.holds),
          one.contains.join(', ') || NONE,
        ]),
        none: 'No element is drawn.',
      },
      {
        title: 'Flows',
        columns: DETAIL_COLUMNS,
        rows: model.flows.map((flow) => detailCells(facts, flow)),
        none: 'No flow is drawn.',
      },
      {
        title: 'Update and maker infrastructure',
        columns: ['Element', 'Zone', 'Tags', 'Flows'],
        rows: maker.map((one) => [
          one.title,
          facts.zonePath(one.zone),
          one.tags.join(', ') || NONE,
          facts.titlesOf(model.flows.filter((flow) => flow.from === one.id || flow.to === one.id)),
        ]),
        none: 'No system of the maker is drawn: is there none, or is it missing?',
      },
      {
        title: 'Safety functions',
        columns: ['Safety function', 'Realised by', 'Prevents', 'Safe state'],
        rows: model.safetyFunctions.map((fn) => safetyCells(facts, fn)),
        none: 'No safety function is named.',
      },
    ],
    gaps: [
      ...facts.problems('no-zone', 'no-protocol', 'no-state', 'loose-end', 'no-harm', 'same-title'),
      ...model.elements
        .filter((one) => hasSoftware(one) && one.contains.length === 0)
        .map((one) => gap(one.id, `${one.title} has software, and the model names no component of it.`)),
      ...(maker.length === 0
        ? [gap('', 'No system of the maker is drawn: build, update, service, fleet.')]
        : []),
      ...(model.safetyFunctions.length === 0 ? [gap('', 'No safety function is named.')] : []),
    ],
    nodes: [],
    flows: [],
  };
}

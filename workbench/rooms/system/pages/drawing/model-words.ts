// The words for the kinds of things in a model, and their letters where colour alone would not do. Pure.
import type { Element, Flow, Interface, SystemModel, Zone } from '../../metamodel.ts';

export const ELEMENT_KIND_WORDS: Readonly<Record<Element['kind'], string>> = {
  actor: 'Actor',
  external: 'External system',
  process: 'Process',
  store: 'Store',
  hardware: 'Hardware',
};
export const ELEMENT_LETTERS: Readonly<Record<Element['kind'], string>> = {
  actor: 'A',
  external: 'X',
  process: 'P',
  store: 'D',
  hardware: 'H',
};
export const INTERFACE_LETTERS: Readonly<Record<Interface['kind'], string>> = {
  ethernet: 'Eth',
  wifi: 'WiFi',
  bluetooth: 'BT',
  cellular: 'Cell',
  nfc: 'NFC',
  usb: 'USB',
  serial: 'Ser',
  debug: 'Dbg',
  media: 'Med',
  'touch-ui': 'UI',
  'service-door': 'Door',
  other: 'If',
};
/** How a state looks without colour. */
export const STATE_SIGNS: Readonly<Record<Interface['state'], string>> = {
  'not stated': '?',
  open: '',
  covered: '▢',
  disabled: '∅',
  removed: '×',
};
export const ZONE_KIND_WORDS: Readonly<Record<Zone['kind'], string>> = {
  internet: 'Internet',
  hospital: 'Hospital',
  home: 'Home',
  room: 'Room',
  device: 'Device',
  safety: 'Safety',
  maker: 'Maker',
  build: 'Build',
  supplier: 'Supplier',
  other: 'Zone',
};
export const PART_WORDS = {
  zones: 'Zone',
  conduits: 'Conduit',
  elements: 'Element',
  interfaces: 'Interface',
  flows: 'Flow',
  assets: 'Data asset',
  safetyFunctions: 'Safety function',
  harms: 'Harm',
  attackers: 'Attacker',
  environments: 'Use environment',
  assumptions: 'Assumption',
  useCases: 'Use case',
  notes: 'Note',
} as const satisfies Record<string, string>;
export const PART_PLURALS = {
  zones: 'Zones',
  conduits: 'Conduits',
  elements: 'Elements',
  interfaces: 'Interfaces',
  flows: 'Flows',
  assets: 'Data assets',
  safetyFunctions: 'Safety functions',
  harms: 'Harms',
  attackers: 'Attackers',
  environments: 'Use environments',
  assumptions: 'Assumptions',
  useCases: 'Use cases',
  notes: 'Notes',
} as const satisfies Record<string, string>;

/** Above this many flows the drawing shows numbers, and the names stand in a legend. */
export const LABELS_UP_TO = 15;

export function flowLabel(flow: Pick<Flow, 'title' | 'protocol'>): string {
  const protocol = flow.protocol.join(', ');
  return cut(protocol === '' ? flow.title : protocol, 26);
}

export function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

/** What a screen reader hears when the object is chosen on the drawing. */
export function spoken(model: SystemModel, id: string): string {
  const element = model.elements.find((one) => one.id === id);
  if (element) {
    const zone = model.zones.find((one) => one.id === element.zone)?.title ?? 'no zone';
    const flows = model.flows.filter((flow) => flow.from === id || flow.to === id).length;
    return `${element.title}, ${ELEMENT_KIND_WORDS[element.kind].toLowerCase()}, in ${zone}, ${flows} ${flows === 1 ? 'flow' : 'flows'}`;
  }
  const flow = model.flows.find((one) => one.id === id);
  if (flow) {
    return `Flow ${flow.title}, from ${titleOf(model, flow.from)} to ${titleOf(model, flow.to)}, ${flow.protocol.join(', ') || 'no protocol'}`;
  }
  const zone = model.zones.find((one) => one.id === id);
  if (zone) {
    const inside = model.elements.filter((one) => one.zone === id).length;
    return `Zone ${zone.title}, trust ${zone.trust}, ${inside} ${inside === 1 ? 'element' : 'elements'}`;
  }
  const face = model.interfaces.find((one) => one.id === id);
  if (face) return `Interface ${face.title}, ${face.kind}, ${face.state}`;
  return titleOf(model, id);
}

export function titleOf(model: SystemModel, id: string): string {
  if (id === '') return 'nothing';
  for (const part of [
    'elements',
    'zones',
    'flows',
    'interfaces',
    'assets',
    'safetyFunctions',
    'attackers',
    'conduits',
    'environments',
    'assumptions',
    'useCases',
  ] as const) {
    const found = (model[part] as readonly { id: string; title: string }[]).find((one) => one.id === id);
    if (found) return found.title;
  }
  return model.harms.find((harm) => harm.id === id)?.title ?? id;
}

// Views of one model (FDA premarket guidance, architecture views; IEC 81001-5-1 5.3): text and tables with what is missing. The
// drawing beside them is an illustration with the same ids. Pure.
import { checkModel } from './check-model.ts';
import {
  type Answers,
  type Element,
  type Flow,
  type Interface,
  type SystemModel,
  USE_CASE_STATES,
} from './metamodel.ts';

export const VIEW_IDS = [
  'network',
  'data-flows',
  'trust-boundaries',
  'interfaces',
  'global-system',
  'multi-patient',
  'updatability',
  'use-cases',
] as const;
export type ViewId = (typeof VIEW_IDS)[number];

export interface ViewTable {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Said where there are no rows: what that means. */
  readonly none: string;
}

/** Something that is missing or not answered: shown as work, never left out. */
export interface ViewGap {
  /** Id of the object, or empty for the model as a whole. */
  readonly target: string;
  readonly message: string;
}

export interface View {
  readonly id: ViewId;
  readonly title: string;
  /** What it shows and who asks for it. */
  readonly purpose: string;
  readonly tables: readonly ViewTable[];
  readonly gaps: readonly ViewGap[];
  /** What takes part; the drawing shows this and lets the rest step back. Empty: everything. */
  readonly nodes: readonly string[];
  readonly flows: readonly string[];
}

/** Open questions by object id, from the rules that are in force; without rules only what the views themselves need is checked. */
export type OpenQuestions = ReadonlyMap<string, readonly string[]>;

const BUILD: { readonly [Id in ViewId]: (facts: Facts) => View } = {
  network,
  'data-flows': dataFlows,
  'trust-boundaries': trustBoundaries,
  interfaces,
  'global-system': globalSystem,
  'multi-patient': multiPatient,
  updatability,
  'use-cases': useCases,
};

/** The view of a model; the same model and questions give the same view. */
export function viewOf(model: SystemModel, id: ViewId, open: OpenQuestions = new Map()): View {
  const facts = new Facts(model, open);
  const view = BUILD[id](facts);
  const touched = new Set(view.nodes.length > 0 ? [...view.nodes, ...view.flows] : [...open.keys()]);
  const asked = [...open].filter(([target, keys]) => touched.has(target) && keys.length > 0);
  return {
    ...view,
    gaps: [
      ...view.gaps,
      ...asked.map(([target, keys]) => ({
        target,
        message: `${facts.title(target)}: ${keys.length} ${keys.length === 1 ? 'question is' : 'questions are'} not answered.`,
      })),
    ],
  };
}

const NONE = '—';
const UPDATER = ['updater', 'update-repository'];
const FLEET = ['fleet-service', 'service-broker', 'update-repository', 'cloud-hosted', 'tenant'];
const MAKER_ZONES = ['maker', 'build', 'supplier'];
/** Where an element has software of its own. */
const SOFTWARE_TAGS = ['has-firmware', 'runs-os', 'bare-metal', 'native-code', 'bootloader'];

class Facts {
  readonly model: SystemModel;
  readonly open: OpenQuestions;
  readonly zones: ReadonlyMap<string, SystemModel['zones'][number]>;
  readonly elements: ReadonlyMap<string, Element>;
  readonly #titles = new Map<string, string>();

  constructor(model: SystemModel, open: OpenQuestions) {
    this.model = model;
    this.open = open;
    this.zones = new Map(model.zones.map((zone) => [zone.id, zone]));
    this.elements = new Map(model.elements.map((element) => [element.id, element]));
    for (const part of [
      'zones',
      'elements',
      'interfaces',
      'flows',
      'assets',
      'safetyFunctions',
      'useCases',
      'assumptions',
    ] as const)
      for (const one of model[part]) this.#titles.set(one.id, one.title);
    for (const harm of model.harms) this.#titles.set(harm.id, harm.title);
  }

  title(id: string): string {
    return id === '' ? NONE : (this.#titles.get(id) ?? id);
  }
  titles(ids: readonly string[]): string {
    return ids.length === 0 ? NONE : ids.map((id) => this.title(id)).join(', ');
  }
  /** `Hospital › Treatment room`; the zone of an element with those around it. */
  zonePath(id: string): string {
    const names: string[] = [];
    const seen = new Set<string>();
    for (let here = id; here !== '' && !seen.has(here); here = this.zones.get(here)?.parent ?? '') {
      seen.add(here);
      names.unshift(this.title(here));
    }
    return names.length === 0 ? NONE : names.join(' › ');
  }
  zoneOf(element: string): string {
    return this.elements.get(element)?.zone ?? '';
  }
  crosses(flow: Flow): boolean {
    return flow.from !== '' && flow.to !== '' && this.zoneOf(flow.from) !== this.zoneOf(flow.to);
  }
  gap(target: string, message: string): ViewGap {
    return { target, message };
  }
  /** Everything that is not stored as a fault and is still missing, of some kinds. */
  problems(...codes: readonly string[]): ViewGap[] {
    return checkModel(this.model)
      .filter((problem) => codes.includes(problem.code))
      .map((problem) => {
        const [, part, at] = /^\$\.(\w+)\[(\d+)\]/.exec(problem.path) ?? [];
        const list = this.model[part as 'elements'] as readonly { id: string }[] | undefined;
        return this.gap(list?.[Number(at)]?.id ?? '', problem.message);
      });
  }
  /** The answer with its origin, or that there is none. A zone's default counts where the element itself says nothing. */
  answer(answers: Answers, key: string, zone = ''): 'yes' | 'no' | 'not answered' {
    return answers[key]?.value ?? this.zones.get(zone)?.elementDefaults[key]?.value ?? 'not answered';
  }
  isOne(element: Element, tags: readonly string[]): boolean {
    return element.tags.some((tag) => tags.includes(tag));
  }
}

const flowColumns = [
  'Nr',
  'Flow',
  'From',
  'To',
  'Protocol',
  'Ports',
  'Carries',
  'Encrypted',
  'Sender authenticated',
] as const;

function flowRow(facts: Facts, flow: Flow): string[] {
  return [
    String(facts.model.flows.indexOf(flow) + 1),
    flow.title,
    facts.title(flow.from),
    facts.title(flow.to),
    flow.protocol.join(', ') || 'not stated',
    flow.ports || NONE,
    facts.titles(flow.carries),
    facts.answer(flow.answers, 'flow.encrypted'),
    facts.answer(flow.answers, 'flow.auth-source'),
  ];
}

function network(facts: Facts): View {
  const { model } = facts;
  const LOCAL: readonly Interface['kind'][] = ['touch-ui', 'service-door', 'media', 'debug', 'other'];
  const connected = model.interfaces.filter((face) => !LOCAL.includes(face.kind));
  return {
    id: 'network',
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
          facts.titles(model.elements.filter((one) => one.zone === zone.id).map((one) => one.id)),
          zone.duties || NONE,
        ]),
        none: 'No zone is drawn: where trust ends cannot be seen.',
      },
      {
        title: 'Network interfaces',
        columns: ['Interface', 'Kind', 'Of', 'Zone', 'State in the field', 'Flows over it'],
        rows: connected.map((face) => [
          face.title,
          face.kind,
          facts.title(face.element),
          facts.zonePath(facts.zoneOf(face.element)),
          face.state,
          facts.titles(model.flows.filter((flow) => flow.via.includes(face.id)).map((flow) => flow.id)),
        ]),
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
        .map((flow) =>
          facts.gap(flow.id, `${flow.title} crosses zones and names no interface that it goes over.`),
        ),
    ],
    nodes: [],
    flows: [],
  };
}

function dataFlows(facts: Facts): View {
  const { model } = facts;
  return {
    id: 'data-flows',
    title: 'Data flows',
    purpose: 'Which data goes where, by which protocol, and where it rests.',
    tables: [
      {
        title: 'Flows',
        columns: [...flowColumns, 'How often'],
        rows: model.flows.map((flow) => [...flowRow(facts, flow), flow.frequency || NONE]),
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
          facts.titles(model.elements.filter((one) => one.holds.includes(asset.id)).map((one) => one.id)),
          facts.titles(model.flows.filter((flow) => flow.carries.includes(asset.id)).map((flow) => flow.id)),
          asset.retention || NONE,
        ]),
        none: 'No data asset is named.',
      },
    ],
    gaps: [
      ...facts.problems('no-protocol', 'loose-end'),
      ...model.flows
        .filter((flow) => flow.carries.length === 0)
        .map((flow) => facts.gap(flow.id, `${flow.title}: which data does it carry?`)),
      ...model.elements
        .filter((one) => one.kind === 'store' && one.holds.length === 0)
        .map((one) => facts.gap(one.id, `${one.title} is a store: which data rests in it?`)),
      ...model.assets
        .filter(
          (asset) =>
            !model.elements.some((one) => one.holds.includes(asset.id)) &&
            !model.flows.some((flow) => flow.carries.includes(asset.id)),
        )
        .map((asset) => facts.gap(asset.id, `${asset.title} rests nowhere and no flow carries it.`)),
    ],
    nodes: [],
    flows: [],
  };
}

function trustBoundaries(facts: Facts): View {
  const { model } = facts;
  const crossing = model.flows.filter((flow) => facts.crosses(flow));
  const trust = (element: string) => facts.zones.get(facts.zoneOf(element))?.trust;
  const rows = crossing
    .map((flow) => ({ flow, step: Math.abs((trust(flow.from) ?? 0) - (trust(flow.to) ?? 0)) }))
    .sort((a, b) => b.step - a.step)
    .map(({ flow, step }) => [
      String(model.flows.indexOf(flow) + 1),
      flow.title,
      `${facts.title(facts.zoneOf(flow.from))} (${trust(flow.from) ?? 'no zone'})`,
      `${facts.title(facts.zoneOf(flow.to))} (${trust(flow.to) ?? 'no zone'})`,
      String(step),
      flow.protocol.join(', ') || 'not stated',
      facts.answer(flow.answers, 'flow.auth-source'),
      facts.answer(flow.answers, 'flow.integrity'),
      facts.answer(flow.answers, 'flow.encrypted'),
      facts.answer(flow.answers, 'flow.allowlisted'),
    ]);
  return {
    id: 'trust-boundaries',
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
        rows,
        none: 'No flow crosses a zone: either all stands in one zone, or elements have none.',
      },
    ],
    gaps: [
      ...facts.problems('no-zone'),
      ...crossing.flatMap((flow) =>
        (['flow.auth-source', 'flow.integrity'] as const)
          .filter((key) => facts.answer(flow.answers, key) === 'not answered')
          .map((key) => facts.gap(flow.id, `${flow.title} crosses zones; \`${key}\` is not answered.`)),
      ),
    ],
    nodes: [...new Set(crossing.flatMap((flow) => [flow.from, flow.to]))],
    flows: crossing.map((flow) => flow.id),
  };
}

function interfaces(facts: Facts): View {
  const { model } = facts;
  const physical = model.elements.filter((one) => one.kind === 'hardware' || one.kind === 'process');
  return {
    id: 'interfaces',
    title: 'Interfaces',
    purpose: 'Every interface, also the unused ones, with its state in the field.',
    tables: [
      {
        title: 'Interfaces',
        columns: ['Interface', 'Kind', 'Of', 'Zone', 'State in the field', 'Flows over it', 'Answered'],
        rows: model.interfaces.map((face) => [
          face.title,
          face.kind,
          facts.title(face.element),
          facts.zonePath(facts.zoneOf(face.element)),
          face.state,
          facts.titles(model.flows.filter((flow) => flow.via.includes(face.id)).map((flow) => flow.id)),
          String(Object.keys(face.answers).length),
        ]),
        none: 'No interface is described; FDA asks for all of them, also those that are not used.',
      },
    ],
    gaps: [
      ...facts.problems('no-state'),
      ...(physical.length > 0 && model.interfaces.length === 0
        ? [
            facts.gap(
              '',
              'No interface is described: ports, radio, debug, service, media, also where unused.',
            ),
          ]
        : []),
      ...model.interfaces
        .filter((face) => face.state === 'removed' && model.flows.some((flow) => flow.via.includes(face.id)))
        .map((face) => facts.gap(face.id, `${face.title} is removed, yet a flow goes over it.`)),
    ],
    nodes: [...new Set(model.interfaces.map((face) => face.element))],
    flows: [
      ...new Set(
        model.interfaces.flatMap((face) =>
          model.flows.filter((flow) => flow.via.includes(face.id)).map((flow) => flow.id),
        ),
      ),
    ],
  };
}

function globalSystem(facts: Facts): View {
  const { model } = facts;
  const inScope = model.elements.filter((one) => !one.outOfScope);
  const maker = model.elements.filter(
    (one) => MAKER_ZONES.includes(facts.zones.get(one.zone)?.kind ?? '') || facts.isOne(one, FLEET),
  );
  return {
    id: 'global-system',
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
          one.contains.length === 0 ? NONE : one.contains.join(', '),
        ]),
        none: 'No element is drawn.',
      },
      {
        title: 'Flows',
        columns: flowColumns,
        rows: model.flows.map((flow) => flowRow(facts, flow)),
        none: 'No flow is drawn.',
      },
      {
        title: 'Update and maker infrastructure',
        columns: ['Element', 'Zone', 'Tags', 'Flows'],
        rows: maker.map((one) => [
          one.title,
          facts.zonePath(one.zone),
          one.tags.join(', ') || NONE,
          facts.titles(
            model.flows.filter((flow) => flow.from === one.id || flow.to === one.id).map((flow) => flow.id),
          ),
        ]),
        none: 'No system of the maker is drawn: is there none, or is it missing?',
      },
      {
        title: 'Safety functions',
        columns: ['Safety function', 'Realised by', 'Prevents', 'Safe state'],
        rows: model.safetyFunctions.map((one) => [
          one.title,
          facts.titles(one.realisedBy),
          facts.titles(one.harms),
          one.safeState || NONE,
        ]),
        none: 'No safety function is named.',
      },
    ],
    gaps: [
      ...facts.problems('no-zone', 'no-protocol', 'no-state', 'loose-end', 'no-harm', 'same-title'),
      ...inScope
        .filter((one) => isSoftware(facts, one) && one.contains.length === 0)
        .map((one) =>
          facts.gap(one.id, `${one.title} has software, and no component of the SBOM is bound to it.`),
        ),
      ...(maker.length === 0
        ? [facts.gap('', 'No system of the maker is drawn: build, update, service, fleet.')]
        : []),
      ...(model.safetyFunctions.length === 0 ? [facts.gap('', 'No safety function is named.')] : []),
    ],
    nodes: [],
    flows: [],
  };
}

function isSoftware(facts: Facts, element: Element): boolean {
  if (element.outOfScope || element.kind === 'actor' || element.kind === 'external') return false;
  return element.kind === 'process' || facts.isOne(element, SOFTWARE_TAGS);
}

/** Elements that can be reached from some others along the flows, with those. */
function downstream(model: SystemModel, from: readonly string[]): Set<string> {
  const reached = new Set(from);
  const next = new Map<string, string[]>();
  for (const flow of model.flows) {
    if (flow.from === '' || flow.to === '') continue;
    const list = next.get(flow.from);
    if (list) list.push(flow.to);
    else next.set(flow.from, [flow.to]);
  }
  const waiting = [...from];
  for (let here = waiting.pop(); here !== undefined; here = waiting.pop())
    for (const to of next.get(here) ?? [])
      if (!reached.has(to)) {
        reached.add(to);
        waiting.push(to);
      }
  return reached;
}

function multiPatient(facts: Facts): View {
  const { model } = facts;
  const common = model.elements.filter(
    (one) =>
      facts.isOne(one, [...FLEET, 'updater', 'shared-key']) ||
      ['maker', 'build'].includes(facts.zones.get(one.zone)?.kind ?? '') ||
      one.holds.some((id) =>
        ['key', 'credential', 'software'].includes(model.assets.find((asset) => asset.id === id)?.kind ?? ''),
      ),
  );
  const reached = downstream(
    model,
    common.map((one) => one.id),
  );
  const threatened = model.safetyFunctions.filter((fn) => fn.realisedBy.some((id) => reached.has(id)));
  const KEYS = ['fleet.blast-radius', 'fleet.no-therapy-control'] as const;
  const fleet = common.filter((one) => facts.isOne(one, ['fleet-service', 'service-broker']));
  const identities = model.elements.filter((one) => facts.isOne(one, ['device-identity']));
  const nodes = new Set([...reached, ...threatened.flatMap((fn) => fn.realisedBy)]);
  return {
    id: 'multi-patient',
    title: 'Multi-patient harm view',
    purpose:
      'What many units share: fleet and update services, build systems, keys. From there more than one patient can be reached at once (FDA).',
    tables: [
      {
        title: 'Common causes',
        columns: [
          'Element',
          'Zone',
          'Why',
          'Limited blast radius',
          'Cannot control therapy',
          'Detects mass changes',
          'Can be detached',
        ],
        rows: common.map((one) => [
          one.title,
          facts.zonePath(one.zone),
          why(facts, one),
          facts.answer(one.answers, 'fleet.blast-radius', one.zone),
          facts.answer(one.answers, 'fleet.no-therapy-control', one.zone),
          facts.answer(one.answers, 'fleet.anomaly', one.zone),
          facts.answer(one.answers, 'fleet.kill-switch', one.zone),
        ]),
        none: 'Nothing that several units share is drawn: is there no fleet service, no update service, no shared key?',
      },
      {
        title: 'Safety functions that can be reached from them',
        columns: ['Safety function', 'Realised by', 'Harms', 'Safe state'],
        rows: threatened.map((fn) => [
          fn.title,
          facts.titles(fn.realisedBy),
          facts.titles(fn.harms),
          fn.safeState || NONE,
        ]),
        none: 'No safety function can be reached from them along the flows that are drawn.',
      },
      {
        title: 'Identities of units',
        columns: ['Element', 'Key unique to each unit', 'Key protected by hardware', 'Keys can be renewed'],
        rows: identities.map((one) => [
          one.title,
          facts.answer(one.answers, 'key.unit-unique', one.zone),
          facts.answer(one.answers, 'key.hw-protected', one.zone),
          facts.answer(one.answers, 'key.lifecycle', one.zone),
        ]),
        none: 'No element has the tag `device-identity`.',
      },
    ],
    gaps: [
      ...fleet.flatMap((one) =>
        KEYS.filter((key) => facts.answer(one.answers, key, one.zone) === 'not answered').map((key) =>
          facts.gap(one.id, `${one.title}: \`${key}\` is not answered.`),
        ),
      ),
      ...identities
        .filter((one) => facts.answer(one.answers, 'key.unit-unique', one.zone) !== 'yes')
        .map((one) =>
          facts.gap(
            one.id,
            facts.answer(one.answers, 'key.unit-unique', one.zone) === 'no'
              ? `${one.title}: its key is the same in several units.`
              : `${one.title}: is its key unique to each unit? Not answered.`,
          ),
        ),
    ],
    nodes: [...nodes],
    flows: model.flows
      .filter((flow) => reached.has(flow.from) && reached.has(flow.to))
      .map((flow) => flow.id),
  };
}

function why(facts: Facts, element: Element): string {
  const tags = element.tags.filter((tag) => [...FLEET, 'updater', 'shared-key'].includes(tag));
  const held = element.holds.filter((id) =>
    ['key', 'credential', 'software'].includes(
      facts.model.assets.find((asset) => asset.id === id)?.kind ?? '',
    ),
  );
  const zone = facts.zones.get(element.zone);
  return (
    [
      ...tags,
      ...held.map((id) => `holds ${facts.title(id)}`),
      ...(zone && ['maker', 'build'].includes(zone.kind) ? [`in ${zone.title}`] : []),
    ].join(', ') || NONE
  );
}

function updatability(facts: Facts): View {
  const { model } = facts;
  const software = model.assets.filter((asset) => asset.kind === 'software').map((asset) => asset.id);
  const hops = model.flows.filter((flow) => flow.carries.some((id) => software.includes(id)));
  const updaters = model.elements.filter((one) => facts.isOne(one, UPDATER));
  const onPath = downstream(
    { ...model, flows: hops },
    [...new Set([...updaters.map((one) => one.id), ...hops.flatMap((flow) => [flow.from, flow.to])])].filter(
      (id) => id !== '',
    ),
  );
  const parts = model.elements.filter((one) => isSoftware(facts, one));
  const integrity = (flow: Flow) => facts.answer(flow.answers, 'flow.integrity');
  const KEYS = [
    'upd.signed',
    'upd.no-rollback',
    'upd.atomic-rollback',
    'upd.verify-before-use',
    'upd.safe-state-only',
  ] as const;
  return {
    id: 'updatability',
    title: 'Updatability and patchability view',
    purpose:
      'The way of software from supplier to running code, verified at each hop, and the way back; every part that holds software (FDA).',
    tables: [
      {
        title: 'Hops of software',
        columns: ['Nr', 'Flow', 'From', 'To', 'Protocol', 'Integrity', 'Sender authenticated'],
        rows: hops.map((flow) => [
          String(model.flows.indexOf(flow) + 1),
          flow.title,
          facts.title(flow.from),
          facts.title(flow.to),
          flow.protocol.join(', ') || 'not stated',
          integrity(flow),
          facts.answer(flow.answers, 'flow.auth-source'),
        ]),
        none: 'No flow carries a data asset of kind `software`: the way of updates is not drawn.',
      },
      {
        title: 'Verification and behaviour',
        columns: [
          'Element',
          'Signed by the right publisher',
          'No rollback',
          'Survives power loss',
          'Runs what was verified',
          'Only in a safe state',
          'Fresh metadata',
        ],
        rows: updaters.map((one) => [
          one.title,
          ...[...KEYS, 'upd.freshness'].map((key) => facts.answer(one.answers, key, one.zone)),
        ]),
        none: 'No element has the tag `updater` or `update-repository`.',
      },
      {
        title: 'Parts that hold software',
        columns: ['Element', 'Zone', 'On the way of updates', 'Components'],
        rows: parts.map((one) => [
          one.title,
          facts.zonePath(one.zone),
          onPath.has(one.id) ? 'yes' : 'no',
          one.contains.length === 0 ? NONE : String(one.contains.length),
        ]),
        none: 'No part with software is drawn.',
      },
    ],
    gaps: [
      ...parts
        .filter((one) => !onPath.has(one.id))
        .map((one) => facts.gap(one.id, `${one.title} has software, and no way of updates leads to it.`)),
      ...hops
        .filter((flow) => integrity(flow) !== 'yes')
        .map((flow) =>
          facts.gap(
            flow.id,
            integrity(flow) === 'no'
              ? `${flow.title} carries software without integrity.`
              : `${flow.title} carries software; its integrity is not answered.`,
          ),
        ),
      ...updaters.flatMap((one) =>
        KEYS.filter((key) => facts.answer(one.answers, key, one.zone) === 'not answered').map((key) =>
          facts.gap(one.id, `${one.title}: \`${key}\` is not answered.`),
        ),
      ),
      ...(/\b\d+\s*(h|hours?|days?|weeks?)\b/i.test(
        [model.description, ...model.assumptions.map((one) => `${one.title} ${one.description}`)].join(' '),
      )
        ? []
        : [
            facts.gap(
              '',
              'No target time for patches is stated in the description or the assumptions of the model.',
            ),
          ]),
    ],
    nodes: [...new Set([...onPath, ...parts.map((one) => one.id)])],
    flows: hops.map((flow) => flow.id),
  };
}

function useCases(facts: Facts): View {
  const { model } = facts;
  const flowOf = (id: string) => model.flows.find((flow) => flow.id === id);
  const steps = [...new Set(model.useCases.flatMap((one) => one.steps))];
  return {
    id: 'use-cases',
    title: 'Security use case views',
    purpose:
      'For each use and state the sequence over the flows, with what protects each step and what happens when it fails (FDA).',
    tables: model.useCases.map((one) => ({
      title: `${one.title} (${one.kind})${one.onFailure === '' ? '' : `. On failure: ${one.onFailure}`}`,
      columns: [
        'Step',
        'Flow',
        'From',
        'To',
        'Protocol',
        'Sender authenticated',
        'Integrity',
        'Encrypted',
        'Open questions',
      ],
      rows: one.steps.flatMap((id, at) => {
        const flow = flowOf(id);
        if (!flow) return [];
        return [
          [
            String(at + 1),
            flow.title,
            facts.title(flow.from),
            facts.title(flow.to),
            flow.protocol.join(', ') || 'not stated',
            facts.answer(flow.answers, 'flow.auth-source'),
            facts.answer(flow.answers, 'flow.integrity'),
            facts.answer(flow.answers, 'flow.encrypted'),
            facts.open.has(flow.id) ? String(facts.open.get(flow.id)?.length) : NONE,
          ],
        ];
      }),
      none: 'No step is named.',
    })),
    gaps: [
      ...USE_CASE_STATES.filter((state) => !model.useCases.some((one) => one.kind === state)).map((state) =>
        facts.gap('', `No use case for the state “${state}”.`),
      ),
      ...model.useCases
        .filter((one) => one.steps.length === 0)
        .map((one) => facts.gap(one.id, `${one.title} has no steps.`)),
      ...model.useCases
        .filter((one) => one.onFailure === '')
        .map((one) => facts.gap(one.id, `${one.title}: what happens when a step fails?`)),
      ...steps.flatMap((id) => {
        const flow = flowOf(id);
        return flow && facts.answer(flow.answers, 'flow.auth-source') === 'not answered'
          ? [facts.gap(id, `${flow.title} is a step, and \`flow.auth-source\` is not answered.`)]
          : [];
      }),
    ],
    nodes: [...new Set(steps.flatMap((id) => [flowOf(id)?.from ?? '', flowOf(id)?.to ?? '']))].filter(
      (id) => id !== '',
    ),
    flows: steps,
  };
}

export interface Printed {
  /** `SYS-1`. */
  readonly key: string;
  readonly revision: number;
  /** The work is not saved: the print says so. */
  readonly draft: boolean;
}

/** `SYS-1, revision 3` with what is missing counted: the line under every view. */
export function viewLine(view: View, of: Printed): string {
  const count = view.gaps.length;
  return `${of.key}, revision ${of.revision}${of.draft ? ' with changes that are not saved' : ''}. ${
    count === 0
      ? 'Nothing that this view asks for is missing.'
      : `${count} ${count === 1 ? 'point is' : 'points are'} open.`
  }`;
}

export function viewMarkdown(model: SystemModel, view: View, of: Printed): string {
  const lines = [`# ${view.title}: ${inline(model.title)}`, '', viewLine(view, of), '', view.purpose, ''];
  for (const table of view.tables) {
    lines.push(`## ${inline(table.title)}`, '');
    if (table.rows.length === 0) lines.push(table.none, '');
    else {
      lines.push(
        `| ${table.columns.map(cell).join(' | ')} |`,
        `|${table.columns.map(() => ' --- |').join('')}`,
      );
      for (const row of table.rows) lines.push(`| ${row.map(cell).join(' | ')} |`);
      lines.push('');
    }
  }
  lines.push('## Open points', '');
  if (view.gaps.length === 0) lines.push('None that this view asks for.', '');
  else {
    for (const gap of view.gaps)
      lines.push(`- ${inline(gap.message)}${gap.target === '' ? '' : ` (${gap.target})`}`);
    lines.push('');
  }
  return lines.join('\n');
}

// Titles come from people and imports: a bar or a line end would break the table, markup would be drawn.
const inline = (text: string) => text.replace(/\s+/g, ' ').replace(/[\\`*_{}[\]<>#|]/g, '\\$&');
const cell = (text: string) => inline(text);

/** All tables one after another, each row with the table's name in front (RFC 4180). */
export function viewCsv(view: View, of: Printed): string {
  const lines: string[][] = [
    [view.title, `${of.key} revision ${of.revision}${of.draft ? ' not saved' : ''}`],
  ];
  for (const table of view.tables) {
    lines.push([], [table.title], [...table.columns]);
    for (const row of table.rows) lines.push([...row]);
  }
  lines.push([], ['Open points'], ['Object', 'What is missing']);
  for (const gap of view.gaps) lines.push([gap.target, gap.message]);
  return `${lines.map((line) => line.map(field).join(',')).join('\r\n')}\r\n`;
}

// A spreadsheet runs a cell that begins with = + - @ (CWE-1236).
function field(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) && !/^-?\d+(\.\d+)?$/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

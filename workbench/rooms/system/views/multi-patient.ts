// What many units share, and the safety functions that can be reached from there (FDA, multi-patient harm view).
import type { Element } from '../metamodel.ts';
import type { View } from './contract.ts';
import { downstream, type Facts, FLEET_TAGS, gap, hasTag, safetyCells, unansweredGaps } from './facts.ts';

const SHARED_TAGS = [...FLEET_TAGS, 'updater', 'shared-key'];
const SHARED_ZONES = ['maker', 'build'];
/** Who holds one of these can speak to, or speak as, more than one unit. */
const SHARED_ASSETS = ['key', 'credential', 'software'];
const NEEDED = ['fleet.blast-radius', 'fleet.no-therapy-control'] as const;
const UNIQUE = 'key.unit-unique';

export function multiPatient(facts: Facts): View {
  const { model } = facts;
  const common = model.elements
    .map((element) => ({ element, why: whyShared(facts, element) }))
    .filter(({ why }) => why.length > 0);
  const reached = downstream(
    model.flows,
    common.map(({ element }) => element.id),
  );
  const threatened = model.safetyFunctions.filter((fn) => fn.realisedBy.some((id) => reached.has(id)));
  const identities = model.elements.filter((one) => hasTag(one, ['device-identity']));
  return {
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
        rows: common.map(({ element, why }) => [
          element.title,
          facts.zonePath(element.zone),
          why.join(', '),
          ...facts.answers(element, [...NEEDED, 'fleet.anomaly', 'fleet.kill-switch']),
        ]),
        none: 'Nothing that several units share is drawn: is there no fleet service, no update service, no shared key?',
      },
      {
        title: 'Safety functions that can be reached from them',
        columns: ['Safety function', 'Realised by', 'Harms', 'Safe state'],
        rows: threatened.map((fn) => safetyCells(facts, fn)),
        none: 'No safety function can be reached from them along the flows that are drawn.',
      },
      {
        title: 'Identities of units',
        columns: ['Element', 'Key unique to each unit', 'Key protected by hardware', 'Keys can be renewed'],
        rows: identities.map((one) => [
          one.title,
          ...facts.answers(one, [UNIQUE, 'key.hw-protected', 'key.lifecycle']),
        ]),
        none: 'No element has the tag `device-identity`.',
      },
    ],
    gaps: [
      ...common
        .filter(({ element }) => hasTag(element, ['fleet-service', 'service-broker']))
        .flatMap(({ element }) => unansweredGaps(facts, element, NEEDED)),
      ...identities.flatMap((one) => {
        const isUnique = facts.answer(one, UNIQUE);
        if (isUnique === 'yes') return [];
        return gap(
          one.id,
          isUnique === 'no'
            ? `${one.title}: its key is the same in several units.`
            : `${one.title}: is its key unique to each unit? Not answered.`,
        );
      }),
    ],
    nodes: [...new Set([...reached, ...threatened.flatMap((fn) => fn.realisedBy)])],
    flows: model.flows
      .filter((flow) => reached.has(flow.from) && reached.has(flow.to))
      .map((flow) => flow.id),
  };
}

/** Why more than one unit depends on it; nothing where none does. */
function whyShared(facts: Facts, element: Element): string[] {
  const zone = facts.zones.get(element.zone);
  return [
    ...element.tags.filter((tag) => SHARED_TAGS.includes(tag)),
    ...element.holds
      .filter((id) => SHARED_ASSETS.includes(facts.assets.get(id)?.kind ?? ''))
      .map((id) => `holds ${facts.title(id)}`),
    ...(zone && SHARED_ZONES.includes(zone.kind) ? [`in ${zone.title}`] : []),
  ];
}

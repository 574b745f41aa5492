// Open Threat Model 0.1 and 0.2 (schema https://iriusrisk.com/schema/otm-0.2; read 2026-11), JSON or YAML. Lost: numbers
// of 0 to 100 without a scale, types of a component library that only its maker knows, nesting of components.
import { refuseModel } from '../errors.ts';
import type { Element } from '../metamodel.ts';
import type { ImportedThreatState, ModelImport } from './contract.ts';
import { Draft, isNumber, json, list, objects, oneLine, text, unique, wordsOf } from './draft.ts';
import type { Source } from './source.ts';

export const isOtm = ({ value }: Source): boolean => {
  const root = json(value);
  if ('otmVersion' in root) return true;
  const hasProject = typeof root.project === 'object' && root.project !== null;
  return (
    hasProject &&
    !('summary' in root) &&
    (Object.keys(root).length === 1 || 'trustZones' in root || 'dataflows' in root)
  );
};

export function readOtm({ value, name }: Source): ModelImport {
  const root = json(value);
  const version = text(root.otmVersion);
  if (version === '')
    throw refuseModel(
      'model.unsupported-version',
      `${name} has no otmVersion, so what its fields mean is not known.`,
      {
        at: `${name} $.otmVersion`,
        remedy: 'Add otmVersion: 0.2.0 if that is what the file is.',
      },
    );
  if (!/^0\.[12]\./.test(`${version}.`))
    throw refuseModel(
      'model.unsupported-version',
      `${name} is OTM ${version.slice(0, 20)}; 0.1 and 0.2 are read.`,
      {
        at: `${name} $.otmVersion`,
      },
    );
  const draft = new Draft(name);
  const project = json(root.project);
  draft.title = text(project.name);
  draft.description = text(project.description);
  readZones(draft, root);
  readAssets(draft, root);
  readComponents(draft, root);
  readFlows(draft, root);
  readThreats(draft, root);
  for (const [at, view] of objects(root.representations).entries())
    draft.raw(`$.representations[${at}]`, `representation ${text(view.name)} of type ${text(view.type)}`);
  return draft.finish(`OTM ${version}`);
}

function readZones(draft: Draft, root: Record<string, unknown>): void {
  const zones = objects(root.trustZones);
  for (const [at, zone] of zones.entries()) {
    const place = `$.trustZones[${at}]`;
    const rating = json(zone.risk).trustRating;
    const id = draft.add('zones', zone.id, place, {
      title: zone.name,
      description: text(zone.description),
      kind: /internet/i.test(text(zone.name)) ? 'internet' : 'other',
    });
    if (isNumber(rating))
      draft.raw(
        `${place}.risk.trustRating`,
        `trust rating ${rating} of ${text(zone.name)}`,
        'A number of 0 to 100 without a stated scale; the trust of the zone stays at its default.',
      );
    represent(draft, id, zone);
  }
  for (const [at, zone] of zones.entries()) {
    const parent = draft.idOf('zones', json(zone.parent).trustZone);
    const object = draft.find('zones', draft.idOf('zones', zone.id));
    if (object && parent !== '' && parent !== object.id && !isAround(draft, parent, text(object.id)))
      object.parent = parent;
    if (json(zone.parent).component !== undefined)
      draft.changed(
        `$.trustZones[${at}].parent`,
        `zone ${text(zone.name)}`,
        'It stands inside a component; zones here stand in zones only.',
      );
  }
}

/** Whether `outer` is already inside `inner`; a parent would then close a circle. */
function isAround(draft: Draft, outer: string, inner: string): boolean {
  for (let here = outer, steps = 0; here !== '' && steps < 1_000; steps += 1) {
    if (here === inner) return true;
    here = text(draft.find('zones', here)?.parent);
  }
  return false;
}

function readAssets(draft: Draft, root: Record<string, unknown>): void {
  for (const [at, asset] of objects(root.assets).entries()) {
    const place = `$.assets[${at}]`;
    draft.add('assets', asset.id, place, { title: asset.name, description: text(asset.description) });
    if (Object.keys(json(asset.risk)).length > 0)
      draft.raw(
        `${place}.risk`,
        `risk of ${text(asset.name)}: ${JSON.stringify(asset.risk).slice(0, 200)}`,
        'Numbers of 0 to 100 without a stated scale.',
      );
  }
}

function readComponents(draft: Draft, root: Record<string, unknown>): void {
  const components = objects(root.components);
  const byId = new Map(components.map((component) => [text(component.id), component]));
  for (const [at, component] of components.entries()) {
    const place = `$.components[${at}]`;
    let parent = json(component.parent);
    for (let steps = 0; parent.component !== undefined && steps < 1_000; steps += 1)
      parent = json(byId.get(text(parent.component))?.parent);
    const type = oneLine(component.type, 80).toLowerCase();
    const assets = json(component.assets);
    const id = draft.add('elements', component.id, place, {
      title: component.name,
      description: text(component.description),
      kind: kindOf(`${type} ${text(component.name)}`),
      type,
      zone: draft.idOf('zones', parent.trustZone),
      tags: wordsOf(list(component.tags)),
      holds: unique(
        [...list(assets.processed), ...list(assets.stored)].map((asset) => draft.idOf('assets', asset)),
      ),
      outOfScope: [json(component.attributes), json(component.properties)].some(
        (fields) => text(fields['Out Of Scope']) === 'true',
      ),
    });
    if (json(component.parent).component !== undefined)
      draft.changed(
        place,
        `component ${text(component.name)}`,
        `It stands inside the component ${text(json(component.parent).component)}; it is kept beside it, in its zone.`,
      );
    if (type !== '')
      draft.changed(
        `${place}.type`,
        `component ${text(component.name)}`,
        `Its kind is read from the type ${type}; check it.`,
      );
    represent(draft, id, component);
  }
}

const STORES =
  /(^|[^a-z])(db|rds|s3|dynamo\w*|sql\w*|postgres\w*|mysql|mongo\w*|redis|database|bucket|storage|store|cosmos\w*|datastore|data-store|file-system|efs)([^a-z]|$)/;
const PEOPLE = /(^|[^a-z])(user|human|person|actor|customer|patient|clinician|administrator)s?([^a-z]|$)/;
const OUTSIDE = /(^|[^a-z])(client|browser|external|third-party|generic-client|mobile)([^a-z]|$)/;

export function kindOf(words: string): Element['kind'] {
  const lower = words.toLowerCase();
  if (STORES.test(lower)) return 'store';
  if (PEOPLE.test(lower)) return 'actor';
  return OUTSIDE.test(lower) ? 'external' : 'process';
}

function represent(draft: Draft, id: string, object: Record<string, unknown>): void {
  for (const view of objects(object.representations)) {
    const position = json(view.position);
    const size = json(view.size);
    if (id in draft.layout) continue;
    draft.place(id, position.x, position.y, size.width, size.height);
  }
}

function readFlows(draft: Draft, root: Record<string, unknown>): void {
  for (const [at, flow] of objects(root.dataflows).entries()) {
    const place = `$.dataflows[${at}]`;
    const ends = [flow.source, flow.destination].map((end) => draft.idOf('elements', end));
    const [from = '', to = ''] = ends;
    draft.add('flows', flow.id, place, {
      title: flow.name,
      description: text(flow.description),
      from,
      to,
      protocol: wordsOf(text(json(flow.attributes).protocol)),
      carries: unique(list(flow.assets).map((asset) => draft.idOf('assets', asset))),
    });
    draft.looseEnds(
      place,
      flow.name,
      [
        [from, flow.source],
        [to, flow.destination],
      ],
      'component',
    );
    if (flow.bidirectional === true) draft.bothWays(place, flow.name);
  }
}

const STATES: Readonly<Record<string, ImportedThreatState>> = {
  autogenerated: 'not decided',
  exposed: 'raised',
  mitigated: 'answered, unverified',
  'partly-mitigated': 'raised',
  hidden: 'decision',
  'not-applicable': 'decision',
  accept: 'decision',
};

function readThreats(draft: Draft, root: Record<string, unknown>): void {
  const named = new Map(objects(root.threats).map((threat) => [text(threat.id), threat]));
  const mitigations = new Map(objects(root.mitigations).map((one) => [text(one.id), one]));
  const placed = new Set<string>();
  const places = ['components', 'dataflows', 'trustZones'] as const;
  const spaces = { components: 'elements', dataflows: 'flows', trustZones: 'zones' } as const;
  for (const part of places)
    for (const [at, object] of objects(root[part]).entries())
      for (const [index, entry] of objects(object.threats).entries()) {
        const key = text(entry.threat ?? entry.id);
        placed.add(key);
        addThreat(
          draft,
          named.get(key) ?? {},
          entry,
          draft.idOf(spaces[part], object.id),
          `$.${part}[${at}].threats[${index}]`,
          mitigations,
        );
      }
  for (const [at, threat] of objects(root.threats).entries())
    if (!placed.has(text(threat.id))) addThreat(draft, threat, {}, '', `$.threats[${at}]`, mitigations);
  draft.counts.mitigations = mitigations.size;
}

function addThreat(
  draft: Draft,
  threat: Record<string, unknown>,
  entry: Record<string, unknown>,
  target: string,
  place: string,
  mitigations: ReadonlyMap<string, Record<string, unknown>>,
): void {
  const status = text(entry.state);
  const state = STATES[status.toLowerCase()] ?? 'raised';
  const read = draft.threat({
    title: threat.name ?? `Threat ${text(entry.threat)}`,
    description: text(threat.description),
    target,
    category: list(threat.categories).map(text).join(', '),
    status,
    state,
    score: Object.keys(json(threat.risk)).length > 0 ? JSON.stringify(threat.risk).slice(0, 200) : '',
    references: list(threat.cwes).map(text),
    mitigations: objects(entry.mitigations).map((link) => {
      const mitigation = mitigations.get(text(link.mitigation)) ?? {};
      const description = text(mitigation.description);
      return {
        title: oneLine(mitigation.name ?? link.mitigation, 300),
        description,
        status: text(link.state),
      };
    }),
    place,
  });
  if (state === 'decision')
    draft.decisions.push({
      threat: read.id,
      about: read.title,
      target,
      kind: status.toLowerCase() === 'accept' ? 'accept' : 'not applicable',
      reason: '',
      asksForReason: true,
      by: '',
      at: '',
      place,
    });
}

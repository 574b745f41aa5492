// Threat models in CycloneDX: 1.6, where components of type threat-model describe one with `cdx:model:*` properties or wrap a
// file; and blueprints and threats of the 2.0 branch (schema at commit cf0bc557, pre-release; read 2026-11).
import { refuseModel } from '../errors.ts';
import type { Element } from '../metamodel.ts';
import type { ModelImport } from './contract.ts';
import {
  Draft,
  isJson,
  type Json,
  json,
  list,
  objects,
  oneLine,
  text,
  unique,
  wordsOf,
  yes,
} from './draft.ts';
import { kindOf } from './otm.ts';
import type { Source } from './source.ts';

export const isCycloneDx = ({ value }: Source): boolean => {
  const root = json(value);
  return root.bomFormat === 'CycloneDX' || root.specFormat === 'CycloneDX';
};

export function readCycloneDx(
  source: Source,
  readWrapped: (text: string, name: string) => ModelImport | null,
): ModelImport {
  const root = json(source.value);
  const version = text(root.specVersion);
  if (root.specFormat === 'CycloneDX') {
    if (version !== '2.0')
      throw refuseModel(
        'model.unsupported-version',
        `${source.name} is CycloneDX ${version.slice(0, 20)}; of its blueprints Ward reads the 2.0 branch.`,
        {
          at: `${source.name} $.specVersion`,
        },
      );
    return readTwo(root, source.name);
  }
  if (!/^1\.[0-9]$/.test(version))
    throw refuseModel(
      'model.unsupported-version',
      `${source.name} is CycloneDX ${version.slice(0, 20) || 'of no stated version'}.`,
      {
        at: `${source.name} $.specVersion`,
      },
    );
  return readOne(root, source.name, readWrapped);
}

// CycloneDX 1.6: one component per model, its parts below it.

const KINDS_16: Readonly<Record<string, Element['kind']>> = {
  actor: 'actor',
  external: 'external',
  externalentity: 'external',
  datastore: 'store',
};

function readOne(
  root: Json,
  name: string,
  readWrapped: (text: string, name: string) => ModelImport | null,
): ModelImport {
  const models = objects(root.components).filter((component) => component.type === 'threat-model');
  const wrapped = objects(root.components).flatMap((component, at) =>
    objects(component.data).map((data, index) => ({ data, place: `$.components[${at}].data[${index}]` })),
  );
  for (const { data, place } of wrapped) {
    const attachment = json(json(data.contents).attachment);
    const content = text(attachment.content);
    if (content === '') continue;
    const inner = readWrapped(
      attachment.encoding === 'base64' ? fromBase64(content) : content,
      `${name} ${place}`,
    );
    if (inner) return inner;
  }
  if (models.length === 0) {
    const url = wrapped.map(({ data }) => text(json(data.contents).url)).find((one) => one !== '');
    throw refuseModel('model.no-model', `${name} is a bill of materials without a threat model.`, {
      at: `${name} $.components`,
      remedy: url
        ? `It points at ${url.slice(0, 200)}: give that file.`
        : 'Import it as an SBOM of a release.',
    });
  }
  const draft = new Draft(name);
  draft.title = text(models.length === 1 ? models[0]?.name : json(json(root.metadata).component).name);
  draft.description = models
    .map((model) => text(model.description))
    .filter((one) => one !== '')
    .join('\n');
  draft.counts.models = models.length;
  for (const [at, model] of models.entries())
    readParts(
      draft,
      model,
      models.length > 1 ? text(model.name) : '',
      `$.components[${objects(root.components).indexOf(model)}]`,
      at,
    );
  return draft.finish(`CycloneDX ${text(root.specVersion)}`);
}

function readParts(draft: Draft, model: Json, title: string, path: string, index: number): void {
  const parts = objects(model.components).map((component, at) => {
    const properties = new Map(
      objects(component.properties).map((one) => [
        text(one.name).replace(/^cdx:model:/, ''),
        text(one.value),
      ]),
    );
    return { component, properties, type: properties.get('type') ?? '', place: `${path}.components[${at}]` };
  });
  const prefix = title === '' ? '' : `${title}: `;
  const space = (part: string) => `${part} of ${index}`;
  for (const { component, type, place } of parts)
    if (type === 'boundary')
      draft.add(
        'zones',
        component['bom-ref'],
        place,
        { title: `${prefix}${text(component.name)}`, description: text(component.description) },
        space('zones'),
      );
  for (const { component, properties, type, place } of parts) {
    if (type === 'boundary' || type === 'dataflow') continue;
    draft.add(
      'elements',
      component['bom-ref'],
      place,
      {
        title: `${prefix}${text(component.name)}`,
        description: text(component.description),
        kind: KINDS_16[type.toLowerCase()] ?? 'process',
        type: oneLine(type, 80),
        zone: draft.idOf(space('zones'), properties.get('inBoundary')),
        tech: wordsOf(properties.get('datastore:isSql') === 'true' ? 'sql' : '', properties.get('platform')),
        outOfScope: properties.get('inScope') === 'false',
        answers: yes(properties.get('isHardened') === 'true' && 'os.hardened'),
      },
      space('elements'),
    );
    for (const [key, value] of properties)
      if (!/^(type|inBoundary|inScope|isHardened|platform|datastore:isSql)$/.test(key) && value !== 'false')
        draft.raw(`${place}.properties`, `${text(component.name)}: ${key} = ${value}`);
  }
  for (const { component, properties, type, place } of parts) {
    if (type !== 'dataflow') continue;
    const [from, to] = ['source', 'destination'].map((end) =>
      draft.idOf(space('elements'), properties.get(`dataflow:${end}`)),
    );
    const data = properties.get('dataflow:data') ?? '';
    draft.add(
      'flows',
      component['bom-ref'],
      place,
      {
        title: `${prefix}${text(component.name)}`,
        description: [text(component.description), data === '' ? '' : `Data: ${data}`]
          .filter((one) => one !== '')
          .join('\n'),
        from: from ?? '',
        to: to ?? '',
        protocol: wordsOf(properties.get('dataflow:protocol')),
        ports: properties.get('dataflow:port:destination') ?? '',
      },
      space('flows'),
    );
    if (from === '' || to === '')
      draft.changed(place, `flow ${text(component.name)}`, 'An end is no part of the model; it hangs loose.');
  }
}

function fromBase64(content: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(
      Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0)),
    );
  } catch {
    return '';
  }
}

// CycloneDX 2.0, pre-release.

const SECTIONS = ['threats', 'risks', 'controls', 'profiles', 'definitions'] as const;

function readTwo(root: Json, name: string): ModelImport {
  const blueprints = objects(root.blueprints);
  const threats = json(root.threats);
  if (blueprints.length === 0 && Object.keys(threats).length === 0)
    throw refuseModel('model.no-model', `${name} has no blueprint and no threats.`, { at: `${name} $` });
  const draft = new Draft(name);
  draft.title =
    text(blueprints[0]?.name) ||
    text(json(json(root.metadata).component).name) ||
    text(objects(threats.threats)[0]?.name);
  draft.description = blueprints
    .map((one) => text(one.description))
    .filter((one) => one !== '')
    .join('\n');
  for (const [at, blueprint] of blueprints.entries()) readBlueprint(draft, blueprint, `$.blueprints[${at}]`);
  readThreats(draft, root, threats);
  for (const section of SECTIONS) {
    if (root[section] === undefined) continue;
    draft.carried[section] = root[section];
    if (section !== 'threats')
      draft.raw(`$.${section}`, section, 'Kept as it is and written back on export to CycloneDX.');
  }
  for (const part of [
    'scenarios',
    'attackTrees',
    'attackPatterns',
    'attackPaths',
    'abuseCases',
    'trustBoundaries',
  ] as const) {
    const entries = objects(threats[part]);
    draft.counts[part] = entries.length;
    for (const [at, one] of entries.entries())
      draft.raw(
        `$.threats.${part}[${at}]`,
        `${part} ${text(one.name)}`,
        'Kept as it is and written back on export to CycloneDX.',
      );
  }
  draft.counts.threats = objects(threats.threats).length;
  return draft.finish('CycloneDX 2.0-dev');
}

function readBlueprint(draft: Draft, blueprint: Json, path: string): void {
  const zones = objects(blueprint.zones);
  for (const [at, zone] of zones.entries())
    draft.add('zones', zone['bom-ref'], `${path}.zones[${at}]`, {
      title: zone.name,
      description: [
        text(zone.description),
        ...list(zone.characteristics).map(text),
        ...list(zone.constraints).map(text),
      ]
        .filter((one) => one !== '')
        .join('\n'),
      kind: /internet/i.test(`${text(zone.name)} ${text(zone['bom-ref'])}`) ? 'internet' : 'other',
    });
  for (const zone of zones) {
    const object = draft.find('zones', draft.idOf('zones', zone['bom-ref']));
    const parent = draft.idOf('zones', zone.parent);
    if (object && parent !== '' && !standsIn(draft, parent, text(object.id))) object.parent = parent;
  }
  for (const [at, asset] of objects(blueprint.assets).entries()) {
    const type = typeof asset.type === 'string' ? asset.type : text(json(asset.type).name);
    const title = asset.name ?? asset.componentRef ?? asset.partyRef ?? asset['bom-ref'];
    const id = draft.add('elements', asset['bom-ref'] ?? asset.componentRef, `${path}.assets[${at}]`, {
      title,
      description: [text(asset.description), ...list(asset.responsibilities).map(text)]
        .filter((one) => one !== '')
        .join('\n'),
      kind: /device|hardware|sensor|actuator|controller/.test(type)
        ? 'hardware'
        : kindOf(type === 'database' || type === 'storage' ? 'database' : type),
      type: oneLine(type, 80),
      zone: draft.idOf('zones', asset.zone),
      tags: wordsOf(list(asset.tags)),
      contains: text(asset.componentRef) === '' ? [] : [text(asset.componentRef).slice(0, 400)],
    });
    for (const [index, face] of objects(asset.interfaces).entries())
      draft.add(
        'interfaces',
        face['bom-ref'] ?? `${id}-if-${index + 1}`,
        `${path}.assets[${at}].interfaces[${index}]`,
        { title: face.name ?? 'Interface', element: id, description: text(face.description) },
      );
  }
  for (const [at, store] of objects(blueprint.dataStores).entries())
    draft.add('elements', store['bom-ref'], `${path}.dataStores[${at}]`, {
      title: store.name,
      description: text(store.description),
      kind: 'store',
      type: oneLine(store.type, 80),
      zone: draft.idOf('zones', store.zone),
      tech: wordsOf(store.type === 'relational' ? 'sql' : '', list(store.technologies), store.product),
    });
  for (const [at, actor] of objects(blueprint.actors).entries()) {
    const party = json(actor.party);
    draft.add('elements', actor['bom-ref'], `${path}.actors[${at}]`, {
      title:
        json(party.person).name ??
        json(party.organization).name ??
        json(party.persona).name ??
        actor['bom-ref'],
      description: text(actor.description),
      kind: 'actor',
      zone: draft.idOf('zones', actor.zone),
    });
  }
  for (const [at, set] of objects(blueprint.dataSets).entries())
    draft.add('assets', set['bom-ref'], `${path}.dataSets[${at}]`, {
      title: set.name,
      description: text(set.description),
    });
  for (const [at, store] of objects(blueprint.dataStores).entries()) {
    const object = draft.find('elements', draft.idOf('elements', store['bom-ref']));
    if (object) object.holds = unique(list(store.dataSets).map((set) => draft.idOf('assets', set)));
    else draft.refused(`${path}.dataStores[${at}]`, text(store.name), 'It stands twice.');
  }
  for (const [at, flow] of objects(blueprint.flows).entries()) readFlow(draft, flow, `${path}.flows[${at}]`);
  for (const [at, boundary] of objects(blueprint.boundaries).entries()) {
    const [from = '', to = ''] = list(boundary.zones).map((zone) => draft.idOf('zones', zone));
    const place = `${path}.boundaries[${at}]`;
    if (from !== '' && to !== '')
      draft.add('conduits', boundary['bom-ref'], place, { title: boundary.name ?? 'Boundary', from, to });
    else draft.refused(place, `boundary ${text(boundary.name)}`, 'It needs two zones of the file.');
  }
  for (const [at, assumption] of objects(blueprint.assumptions).entries())
    draft.add('assumptions', assumption['bom-ref'], `${path}.assumptions[${at}]`, {
      title: oneLine(assumption.description, 300),
      description: text(assumption.description),
      targets: unique(list(assumption.relatedAssets).map((asset) => draft.idOf('elements', asset))),
    });
  for (const key of [
    'relationships',
    'behaviors',
    'visualizations',
    'useCases',
    'requirements',
    'externalReferences',
    'scope',
  ])
    if (blueprint[key] !== undefined) draft.raw(`${path}.${key}`, key);
}

function standsIn(draft: Draft, zone: string, outer: string): boolean {
  for (let here = zone, steps = 0; here !== '' && steps < 1_000; steps += 1) {
    if (here === outer) return true;
    here = text(draft.find('zones', here)?.parent);
  }
  return false;
}

function readFlow(draft: Draft, flow: Json, place: string): void {
  const [from = '', to = ''] = [flow.source, flow.destination].map((end) => draft.idOf('elements', end));
  const authentication = list(flow.authentication).map((one) => (isJson(one) ? text(one.name) : text(one)));
  draft.add('flows', flow['bom-ref'], place, {
    title: flow.name,
    description: text(flow.description),
    from,
    to,
    protocol: wordsOf(list(flow.protocols).map((one) => (isJson(one) ? one.name : one))),
    answers: yes(
      flow.encrypted === true && 'flow.encrypted',
      authentication.some((one) => one !== '' && one !== 'none') && 'flow.auth-source',
    ),
  });
  draft.looseEnds(
    place,
    flow.name,
    [
      [from, flow.source],
      [to, flow.destination],
    ],
    'asset, store or actor',
  );
  if (flow.bidirectional === true) draft.bothWays(place, flow.name);
}

function readThreats(draft: Draft, root: Json, threats: Json): void {
  const requirements = new Map(
    objects(json(root.definitions).requirements).map((one) => [text(one['bom-ref']), one]),
  );
  const controls = new Map(objects(root.controls).map((one) => [text(one['bom-ref']), one]));
  for (const [at, threat] of objects(threats.threats).entries()) {
    const target = list(threat.affectedAssets)
      .map((asset) => draft.idOf('elements', asset) || draft.idOf('flows', asset))
      .find((id) => id !== '');
    draft.threat({
      title: threat.name,
      description: text(threat.description),
      target: target ?? '',
      category: list(threat.categories)
        .map((one) => (isJson(one) ? text(one.category) : text(one)))
        .join(', '),
      mitigations: list(threat.mitigations).map((ref) => {
        const one = requirements.get(text(ref)) ?? controls.get(text(ref)) ?? {};
        return {
          title: oneLine(one.name ?? ref, 300),
          description: text(one.description),
          status: text(one.status),
        };
      }),
      place: `$.threats.threats[${at}]`,
    });
  }
}

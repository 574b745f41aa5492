// CycloneDX 2.0 as its branch has it at commit cf0bc557 (read 2026-11): a blueprint of the model. PRE-RELEASE: the schema may
// change until it is published. It has no safety function and no harm; these go into properties, so that nothing is lost.
import type { Answers, Element, SystemModel } from '../metamodel.ts';
import { type Exported, type ExportInput, lossesOf } from './contract.ts';

export const PRE_RELEASE = 'CycloneDX 2.0 is not published yet; this follows its branch at commit cf0bc557.';

interface Property {
  readonly name: string;
  readonly value: string;
}

export function exportCycloneDx({ model, threats = [], carried = {} }: ExportInput): Exported {
  const isEmpty = model.elements.length === 0 && model.zones.length === 0 && model.flows.length === 0;
  const own =
    threats.length === 0 || 'threats' in carried ? {} : { threats: { threats: threats.map(threatOf) } };
  const document = {
    specFormat: 'CycloneDX',
    specVersion: '2.0',
    version: 1,
    ...(isEmpty ? {} : { blueprints: [blueprintOf(model)] }),
    ...own,
    ...carried,
  };
  const loose = model.flows.filter(({ from, to }) => from === '' || to === '').length;
  return {
    text: `${JSON.stringify(document, null, 2)}\n`,
    mediaType: 'application/vnd.cyclonedx+json',
    extension: 'cdx.json',
    losses: [
      PRE_RELEASE,
      ...lossesOf(model, [
        'zones',
        'conduits',
        'elements',
        'interfaces',
        'flows',
        'assets',
        'assumptions',
        'safetyFunctions',
        'harms',
      ]),
      ...(model.safetyFunctions.length + model.harms.length > 0
        ? ['safety functions and harms are properties of the blueprint only']
        : []),
      ...(loose > 0 ? [`${loose} flows with a loose end`] : []),
    ],
  };

  function threatOf(threat: (typeof threats)[number]) {
    return {
      'bom-ref': `threat:${threat.id}`,
      name: threat.title,
      ...(threat.description === '' ? {} : { description: threat.description }),
      ...(threat.target === '' || !model.elements.some(({ id }) => id === threat.target)
        ? {}
        : { affectedAssets: [threat.target] }),
    };
  }
}

function blueprintOf(model: SystemModel) {
  const stores = model.elements.filter(({ kind }) => kind === 'store');
  const others = model.elements.filter(({ kind }) => kind !== 'store');
  return {
    'bom-ref': 'ward-blueprint',
    name: model.title,
    ...described(model),
    modelTypes: ['data-flow'],
    ...some('zones', model.zones, (zone) => ({
      'bom-ref': zone.id,
      name: zone.title,
      ...described(zone),
      type: 'trust',
      ...(zone.parent === '' ? {} : { parent: zone.parent }),
      ...properties(
        [
          ['kind', zone.kind],
          ['trust', String(zone.trust)],
        ],
        zone.answers,
      ),
    })),
    ...some('assets', others, (element) => ({
      'bom-ref': element.id,
      name: element.title,
      ...described(element),
      type: ASSET_TYPES[element.kind],
      ...(element.zone === '' ? {} : { zone: element.zone }),
      ...(element.tags.length === 0 ? {} : { tags: element.tags }),
      ...some(
        'interfaces',
        model.interfaces.filter((face) => face.element === element.id),
        (face) => ({
          name: face.title,
          type: { name: face.kind },
          ...described(face),
        }),
      ),
      ...properties(factsOf(element), element.answers),
    })),
    ...some('dataStores', stores, (element) => ({
      'bom-ref': element.id,
      name: element.title,
      ...described(element),
      type: element.tech.includes('sql') ? 'relational' : 'file',
      ...(element.zone === '' ? {} : { zone: element.zone }),
      ...(element.tech.length === 0 ? {} : { technologies: element.tech }),
      ...(element.holds.length === 0 ? {} : { dataSets: element.holds }),
      ...properties(factsOf(element), element.answers),
    })),
    ...some('dataSets', model.assets, (asset) => ({
      'bom-ref': asset.id,
      name: asset.title,
      description: asset.description || asset.title,
      ...properties([
        ['kind', asset.kind],
        ['confidentiality', String(asset.confidentiality)],
        ['integrity', String(asset.integrity)],
        ['availability', String(asset.availability)],
      ]),
    })),
    ...some(
      'flows',
      model.flows.filter(({ from, to }) => from !== '' && to !== ''),
      (flow) => ({
        'bom-ref': flow.id,
        name: flow.title,
        ...described(flow),
        type: 'data',
        source: flow.from,
        destination: flow.to,
        // Only an answer says so; without one the field is left out, since absent is not false.
        ...(flow.answers['flow.encrypted']
          ? { encrypted: flow.answers['flow.encrypted'].value === 'yes' }
          : {}),
        ...(flow.protocol.length === 0 ? {} : { protocols: [...new Set(flow.protocol)] }),
        ...properties(
          flow.carries.map((asset) => ['carries', asset]),
          flow.answers,
        ),
      }),
    ),
    ...some('boundaries', model.conduits, (conduit) => ({
      'bom-ref': conduit.id,
      name: conduit.title,
      type: 'trust',
      zones: [conduit.from, conduit.to],
    })),
    ...some('assumptions', model.assumptions, (assumption) => ({
      'bom-ref': assumption.id,
      description: assumption.description || assumption.title,
      validity: 'unverified',
    })),
    ...properties([
      ...model.safetyFunctions.map((fn): [string, string] => [
        'safety-function',
        JSON.stringify({ id: fn.id, title: fn.title, realisedBy: fn.realisedBy, harms: fn.harms }),
      ]),
      ...model.harms.map((harm): [string, string] => ['harm', JSON.stringify(harm)]),
    ]),
  };
}

const ASSET_TYPES: Readonly<Record<Element['kind'], string>> = {
  actor: 'actor',
  external: 'system',
  process: 'process',
  store: 'data-store',
  hardware: 'device',
};

function factsOf(element: Element): [string, string][] {
  return [
    ['kind', element.kind],
    ...(element.type === '' ? [] : [['type', element.type] as [string, string]]),
    ...(element.safety ? [['safety', 'true'] as [string, string]] : []),
    ...(element.kind === 'store' ? [] : element.holds.map((asset): [string, string] => ['holds', asset])),
  ];
}

const described = ({ description }: { readonly description: string }) =>
  description === '' ? {} : { description };

function some<T, R>(key: string, list: readonly T[], make: (item: T) => R): Record<string, R[]> {
  return list.length === 0 ? {} : { [key]: list.map(make) };
}

function properties(
  facts: readonly (readonly [string, string])[],
  answers: Answers = {},
): { properties?: Property[] } {
  const list = [
    ...facts.map(([name, value]) => ({ name: `ward:${name}`, value })),
    ...Object.entries(answers).map(([key, answer]) => ({ name: `ward:answer:${key}`, value: answer.value })),
  ];
  return list.length === 0 ? {} : { properties: list };
}

// Open Threat Model 0.2.0 (schema https://iriusrisk.com/schema/otm-0.2; read 2026-11). Its numbers of 0 to 100 are ours times
// a stated factor; every component needs a parent, so elements without a zone stand in one that says so.
import { layoutOf } from '../simple-layout.ts';
import { answeredLoss, type Exported, type ExportInput, lossesOf } from './contract.ts';

const NO_ZONE = 'ward:no-zone';

export function exportOtm({ model, layout, threats = [] }: ExportInput): Exported {
  const places = layoutOf(model, layout);
  const view = (id: string, title: string) => {
    const place = places[id];
    if (!place) return {};
    const position = { x: Math.round(place.x), y: Math.round(place.y) };
    const size =
      place.w === undefined || place.h === undefined
        ? {}
        : { size: { width: Math.round(place.w), height: Math.round(place.h) } };
    return {
      representations: [
        { name: title, id: `${id} drawn`, representation: 'ward-diagram', position, ...size },
      ],
    };
  };
  const threatsAt = (id: string) => {
    const own = threats.filter(({ target }) => target === id);
    if (own.length === 0) return {};
    return {
      threats: own.map((threat) => ({
        threat: threat.id,
        state: threat.status || threat.state,
        mitigations: threat.mitigations.map((one, at) => ({
          mitigation: `${threat.id}-m${at + 1}`,
          state: one.status || 'RECOMMENDED',
        })),
      })),
    };
  };
  const homeless = model.elements.some(({ zone }) => zone === '');
  const document = {
    otmVersion: '0.2.0',
    project: { name: model.title, id: 'ward-model', description: model.description },
    representations: [
      { name: 'Diagram', id: 'ward-diagram', type: 'diagram', size: { width: 2_000, height: 2_000 } },
    ],
    assets: model.assets.map((asset) => ({
      name: asset.title,
      id: asset.id,
      description: asset.description,
      risk: {
        confidentiality: asset.confidentiality * 25,
        integrity: asset.integrity * 25,
        availability: asset.availability * 25,
      },
    })),
    trustZones: [
      ...model.zones.map((zone) => ({
        id: zone.id,
        name: zone.title,
        type: zone.kind,
        description: zone.description,
        risk: { trustRating: zone.trust * 20 },
        ...(zone.parent === '' ? {} : { parent: { trustZone: zone.parent } }),
        attributes: { 'ward:trust of 0 to 5': String(zone.trust) },
        ...view(zone.id, zone.title),
      })),
      ...(homeless ? [{ id: NO_ZONE, name: 'No zone stated', type: 'other', risk: { trustRating: 0 } }] : []),
    ],
    components: model.elements.map((element) => ({
      id: element.id,
      name: element.title,
      type: element.type || element.kind,
      description: element.description,
      parent: { trustZone: element.zone || NO_ZONE },
      tags: [...new Set([element.kind, ...element.tags, ...element.tech])],
      assets: { processed: [], stored: element.holds },
      attributes: { 'Out Of Scope': String(element.outOfScope) },
      ...view(element.id, element.title),
      ...threatsAt(element.id),
    })),
    dataflows: model.flows
      .filter(({ from, to }) => from !== '' && to !== '')
      .map((flow) => ({
        id: flow.id,
        name: flow.title,
        description: flow.description,
        source: flow.from,
        destination: flow.to,
        bidirectional: false,
        assets: flow.carries,
        attributes: { protocol: flow.protocol.join(', ') },
        ...threatsAt(flow.id),
      })),
    threats: threats.map((threat) => ({
      id: threat.id,
      name: threat.title,
      description: threat.description,
      categories: threat.category === '' ? [] : [threat.category],
      // The format asks for numbers that nobody gave: 0, and the text says so.
      risk: { likelihood: 0, impact: 0, likelihoodComment: 'not stated', impactComment: 'not stated' },
    })),
    mitigations: threats.flatMap((threat) =>
      threat.mitigations.map((one, at) => ({
        id: `${threat.id}-m${at + 1}`,
        name: one.title || 'Mitigation',
        description: one.description,
        riskReduction: 0,
      })),
    ),
  };
  const loose = model.flows.filter(({ from, to }) => from === '' || to === '').length;
  return {
    text: `${JSON.stringify(document, null, 2)}\n`,
    mediaType: 'application/json',
    extension: 'otm.json',
    losses: [
      ...lossesOf(model, ['zones', 'elements', 'flows', 'assets']),
      ...answeredLoss(model),
      ...(loose > 0 ? [`${loose} flows with a loose end`] : []),
    ],
  };
}

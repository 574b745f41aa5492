// OWASP Threat Dragon 2 (threat-dragon-v2.schema.json; read 2026-11): one STRIDE diagram. It knows actors, processes and
// stores; hardware is drawn as a process, and answers become its few booleans.
import type { ImportedThreat } from '../import/contract.ts';
import type { Element, SystemModel } from '../metamodel.ts';
import { layoutOf, NODE } from '../simple-layout.ts';
import { type Exported, type ExportInput, lossesOf } from './contract.ts';

const SHAPES: Readonly<Record<Element['kind'], { readonly shape: string; readonly type: string }>> = {
  actor: { shape: 'actor', type: 'tm.Actor' },
  external: { shape: 'actor', type: 'tm.Actor' },
  process: { shape: 'process', type: 'tm.Process' },
  hardware: { shape: 'process', type: 'tm.Process' },
  store: { shape: 'store', type: 'tm.Store' },
};

const STATUS: Readonly<Record<ImportedThreat['state'], string>> = {
  raised: 'Open',
  'not decided': 'Open',
  'answered, unverified': 'Mitigated',
  decision: 'NotApplicable',
};

export function exportThreatDragon({ model, layout, threats = [] }: ExportInput): Exported {
  const places = layoutOf(model, layout);
  const drawn = (id: string) => {
    const { x, y, w, h } = places[id] ?? { x: 0, y: 0 };
    return { position: { x, y }, size: { width: w ?? NODE.w, height: h ?? NODE.h }, visible: true };
  };
  const threatsAt = (id: string) =>
    threats.filter(({ target }) => target === id).map((threat, at) => threatOf(threat, at + 1));
  const cells = [
    ...model.zones.map((zone) => ({
      ...drawn(zone.id),
      attrs: { label: { text: zone.title } },
      shape: 'trust-boundary-box',
      id: zone.id,
      zIndex: -1,
      data: {
        type: 'tm.BoundaryBox',
        name: zone.title,
        description: zone.description,
        isTrustBoundary: true,
        hasOpenThreats: false,
      },
    })),
    ...model.elements.map((element, at) => {
      const { shape, type } = SHAPES[element.kind];
      const own = threatsAt(element.id);
      return {
        ...drawn(element.id),
        attrs: { text: { text: element.title } },
        shape,
        id: element.id,
        zIndex: at + 1,
        data: {
          type,
          name: element.title,
          description: element.description,
          outOfScope: element.outOfScope,
          reasonOutOfScope: '',
          hasOpenThreats: own.some(({ status }) => status === 'Open'),
          threats: own,
          ...(element.kind === 'store'
            ? {
                isALog: element.tags.includes('log'),
                isEncrypted: said(element, 'store.encrypted'),
                isSigned: said(element, 'store.integrity'),
                storesCredentials: element.tags.includes('stores-credentials'),
              }
            : {}),
          ...(element.kind === 'process' ? { isWebApplication: element.tech.includes('web') } : {}),
        },
      };
    }),
    ...model.flows.map((flow, at) => {
      const own = threatsAt(flow.id);
      const ends = [flow.from, flow.to].map((id) => (id === '' ? { x: 40 + at * 20, y: 10 } : { cell: id }));
      return {
        shape: 'flow',
        attrs: { line: { stroke: '#333333', targetMarker: { name: 'block' }, sourceMarker: { name: '' } } },
        width: 200,
        height: 100,
        zIndex: 10,
        connector: 'smooth',
        labels: [flow.title],
        source: ends[0],
        target: ends[1],
        vertices: [],
        id: flow.id,
        data: {
          type: 'tm.Flow',
          name: flow.title,
          description: flow.description,
          outOfScope: false,
          reasonOutOfScope: '',
          isBidirectional: false,
          isEncrypted: said(flow, 'flow.encrypted'),
          isPublicNetwork: false,
          protocol: flow.protocol.join(', '),
          hasOpenThreats: own.some(({ status }) => status === 'Open'),
          threats: own,
        },
      };
    }),
    ...model.notes.map((note, at) => ({
      position: { x: 20, y: -80 - at * 70 },
      size: { width: 340, height: 60 },
      attrs: { text: { text: note.text } },
      visible: true,
      shape: 'td-text-block',
      id: note.id,
      zIndex: 2,
      data: { type: 'tm.Text', name: note.text, hasOpenThreats: false },
    })),
  ];
  const document = {
    version: '2.3.0',
    summary: { title: model.title, owner: '', description: model.description, id: 0 },
    detail: {
      contributors: [],
      diagrams: [
        {
          id: 0,
          title: model.title,
          diagramType: 'STRIDE',
          placeholder: '',
          thumbnail: './public/content/images/thumbnail.stride.jpg',
          version: '2.3.0',
          cells,
        },
      ],
      diagramTop: 1,
      reviewer: '',
      threatTop: threats.length,
    },
  };
  return {
    text: `${JSON.stringify(document, null, 2)}\n`,
    mediaType: 'application/json',
    extension: 'threat-dragon.json',
    losses: [...lossesOf(model, ['zones', 'elements', 'flows', 'notes']), ...answers(model)],
  };
}

const said = (object: { answers: SystemModel['elements'][number]['answers'] }, key: string) =>
  object.answers[key]?.value === 'yes';

/** All answers but those that its booleans can say. */
function answers(model: SystemModel): string[] {
  const count = [...model.zones, ...model.elements, ...model.flows]
    .flatMap((object) => Object.keys(object.answers))
    .filter((key) => !['flow.encrypted', 'store.encrypted', 'store.integrity'].includes(key)).length;
  return count === 0 ? [] : [`${count} answers`];
}

function threatOf(threat: ImportedThreat, number: number) {
  return {
    id: threat.id,
    number,
    title: threat.title,
    type: threat.category || 'Tampering',
    status: STATUS[threat.state],
    severity: threat.severity || 'TBD',
    score: threat.score,
    modelType: 'STRIDE',
    description: threat.description,
    mitigation: threat.mitigations.map((one) => one.description || one.title).join('\n'),
  };
}

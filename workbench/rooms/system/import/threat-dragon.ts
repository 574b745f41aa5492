// OWASP Threat Dragon 1.x and 2.x (schemas threat-dragon-v1 and -v2; read 2026-11). Both give the same model for the same
// drawing. Lost: the inside of a curve (a zone is proposed), look and sizes of labels, thumbnails.
import { refuseModel } from '../errors.ts';
import type { ImportedThreatState, ModelImport } from './contract.ts';
import { Draft, isNumber, type Json, json, list, objects, oneLine, text, wordsOf, yes } from './draft.ts';
import { type Box, innermost, middles, type Point, proposeZone } from './geometry.ts';
import type { Source } from './source.ts';

/** `summary` and `detail` are its own words; a damaged file keeps at least one of them, and is refused with its places. */
export function isThreatDragon({ value }: Source): boolean {
  const root = json(value);
  const words = ['summary', 'detail', 'details', 'summarize'].filter((key) => key in root);
  return words.length >= 2 && !('otmVersion' in root) && !('$schema' in root && 'scope' in root);
}

interface Cell {
  readonly kind: 'actor' | 'process' | 'store' | 'flow' | 'curve' | 'box' | 'text' | 'other';
  readonly shape: string;
  readonly id: string;
  readonly name: string;
  readonly data: Json;
  readonly raw: Json;
  readonly box: Box;
  readonly points: readonly Point[];
  readonly source: string;
  readonly target: string;
}

const KINDS: Readonly<Record<string, Cell['kind']>> = {
  actor: 'actor',
  process: 'process',
  store: 'store',
  flow: 'flow',
  'trust-boundary-curve': 'curve',
  'trust-broundary-curve': 'curve',
  'trust-boundary-box': 'box',
  'td-text-block': 'text',
  'tm.Actor': 'actor',
  'tm.Process': 'process',
  'tm.Store': 'store',
  'tm.Flow': 'flow',
  'tm.Boundary': 'curve',
  'tm.BoundaryBox': 'box',
  'tm.Text': 'text',
};

export function readThreatDragon({ value, name }: Source): ModelImport {
  const root = json(value);
  const { summary, diagrams, detail } = shapeOf(root, name);
  const draft = new Draft(name);
  draft.title = text(summary.title);
  draft.description = text(summary.description);
  for (const key of ['owner', 'reviewer'] as const) {
    const who = text(summary[key] ?? detail[key]);
    if (who !== '') draft.raw(`$.${key === 'owner' ? 'summary' : 'detail'}.${key}`, `${key} ${who}`);
  }
  for (const [at, person] of objects(detail.contributors).entries())
    draft.raw(`$.detail.contributors[${at}]`, `contributor ${text(person.name)}`);
  let offset = 0;
  for (const [at, diagram] of diagrams.entries()) {
    const path = `$.detail.diagrams[${at}]`;
    const inner = isV1(diagram) ? `${path}.diagramJson` : path;
    const cells = objects(json(isV1(diagram) ? diagram.diagramJson : diagram).cells).map(cellOf);
    offset = readDiagram(draft, cells, inner, offset, text(diagram.title));
  }
  draft.counts.diagrams = diagrams.length;
  return draft.finish(
    diagrams.some(isV1) || !text(root.version).startsWith('2') ? 'Threat Dragon 1' : 'Threat Dragon 2',
  );
}

const isV1 = (diagram: Json) => 'diagramJson' in diagram;

function shapeOf(root: Json, name: string) {
  const wrong: string[] = [];
  if (!('summary' in root)) wrong.push('$.summary is missing');
  else if (oneLine(json(root.summary).title, 300) === '') wrong.push('$.summary.title is missing');
  if (!('detail' in root)) wrong.push('$.detail is missing');
  else if (!Array.isArray(json(root.detail).diagrams)) wrong.push('$.detail.diagrams is missing');
  if (wrong.length > 0)
    throw refuseModel(
      'model.wrong-shape',
      `${name} is no whole model of Threat Dragon: ${wrong.join('; ')}.`,
      {
        at: `${name} ${wrong[0]?.split(' ')[0]}`,
        detail: { problems: wrong },
      },
    );
  const detail = json(root.detail);
  return { summary: json(root.summary), detail, diagrams: objects(detail.diagrams) };
}

function cellOf(raw: Json): Cell {
  const shape = text(raw.shape ?? raw.type);
  const data = 'data' in raw ? json(raw.data) : raw;
  const position = json(raw.position);
  const size = json(raw.size);
  const number = (value: unknown) => (isNumber(value) ? value : 0);
  const ends = [raw.source, ...list(raw.vertices), raw.target].map(json);
  return {
    kind: KINDS[shape] ?? 'other',
    shape,
    id: text(raw.id),
    name: nameOf(raw, data),
    data,
    raw,
    box: { x: number(position.x), y: number(position.y), w: number(size.width), h: number(size.height) },
    points: ends
      .filter(({ x, y }) => isNumber(x) && isNumber(y))
      .map(({ x, y }) => ({ x: x as number, y: y as number })),
    source: endOf(raw.source),
    target: endOf(raw.target),
  };
}

/** The far cell of a flow: 2.x names it `cell`, 1.x `id`; a loose end has coordinates only. */
const endOf = (end: unknown) => text(json(end).cell ?? json(end).id);

function nameOf(raw: Json, data: Json): string {
  const label = json(list(raw.labels)[0]);
  const written =
    json(json(raw.attrs).text).text ??
    json(json(label.attrs).text).text ??
    json(json(label.attrs).label).text;
  const first = [data.name, raw.name, written, list(raw.labels)[0]].find(
    (value) => oneLine(value, 300) !== '',
  );
  return text(first);
}

function readDiagram(
  draft: Draft,
  cells: readonly Cell[],
  path: string,
  offset: number,
  diagram: string,
): number {
  const at = (cell: Cell) => `${path}.cells[${cells.indexOf(cell)}]`;
  const own = (cell: Cell) => `${path} ${cell.id}`;
  const boxes = cells.filter((cell) => cell.kind === 'box');
  // A box stands in another one: the larger first, so that its id is known.
  for (const cell of boxes.toSorted((left, right) => right.box.w * right.box.h - left.box.w * left.box.h)) {
    const around = innermost(
      cell.box,
      boxes.map((one) => one.box),
    );
    const parent = boxes.find((one) => one.box === around);
    const id = draft.add('zones', cell.id, at(cell), {
      title: cell.name || 'Trust boundary',
      description: text(cell.data.description),
      parent: parent ? draft.idOf(path, own(parent)) : '',
    });
    draft.alias(path, own(cell), id);
    draft.place(id, cell.box.x, cell.box.y + offset, cell.box.w, cell.box.h);
  }
  const zoneOf = (cell: Cell) => {
    const around = innermost(
      cell.box,
      boxes.map((one) => one.box),
    );
    const zone = boxes.find((one) => one.box === around);
    return zone ? draft.idOf(path, own(zone)) : '';
  };
  for (const cell of cells) {
    if (cell.kind !== 'actor' && cell.kind !== 'process' && cell.kind !== 'store') continue;
    const { data } = cell;
    const id = draft.add('elements', cell.id, at(cell), {
      title: cell.name,
      description: descriptionOf(data),
      kind: cell.kind,
      zone: zoneOf(cell),
      outOfScope: data.outOfScope === true,
      tags: wordsOf(
        data.isALog === true && 'log',
        data.storesCredentials === true && 'stores-credentials',
        data.isWebApplication === true && 'web',
        data.handlesCardPayment === true && 'card-payment',
        data.handlesGoodsOrServices === true && 'sells-goods',
      ),
      tech: data.isWebApplication === true ? ['web'] : [],
      answers: yes(data.isEncrypted === true && 'store.encrypted', data.isSigned === true && 'store.signed'),
    });
    draft.alias(path, own(cell), id);
    draft.place(id, cell.box.x, cell.box.y + offset, cell.box.w, cell.box.h);
    readThreats(draft, cell, id, at(cell));
  }
  for (const cell of cells) {
    if (cell.kind !== 'flow') continue;
    const [from, to] = [cell.source, cell.target].map((end) => draft.idOf(path, `${path} ${end}`));
    const { data } = cell;
    const id = draft.add('flows', cell.id, at(cell), {
      title: cell.name || 'Data flow',
      description: descriptionOf(data, data.isPublicNetwork === true ? 'Over a public network.' : ''),
      from: from ?? '',
      to: to ?? '',
      protocol: wordsOf(text(data.protocol).split(/[,;]/)),
      answers: yes(data.isEncrypted === true && 'flow.encrypted'),
    });
    draft.alias(path, own(cell), id);
    if (from === '' || to === '')
      draft.changed(at(cell), `flow ${cell.name}`, 'Unconnected: an end hangs loose in the drawing.');
    if (data.isBidirectional === true) draft.bothWays(at(cell), cell.name);
    readThreats(draft, cell, id, at(cell));
  }
  const nodes = cells.filter(({ kind }) => kind === 'actor' || kind === 'process' || kind === 'store');
  const idsHere = nodes.map((cell) => draft.idOf(path, own(cell)));
  for (const cell of cells) {
    if (cell.kind === 'text') draft.add('notes', cell.id, at(cell), { text: cell.name });
    if (cell.kind === 'other')
      draft.refused(at(cell), cell.shape || 'cell', 'No shape of this name is known.');
    if (cell.kind === 'curve') proposeOf(draft, cell, at(cell), { path, offset, idsHere, cells });
  }
  const bottom = Math.max(0, ...cells.map(({ box }) => box.y + box.h));
  if (diagram !== '') draft.kept(path, `diagram ${diagram}`);
  // Diagrams stand one below another, so that no two elements of different ones overlap.
  return offset + bottom + 200;
}

function proposeOf(
  draft: Draft,
  cell: Cell,
  place: string,
  {
    path,
    offset,
    idsHere,
    cells,
  }: { path: string; offset: number; idsHere: readonly string[]; cells: readonly Cell[] },
): void {
  const all = middles(draft.layout, idsHere);
  const nodes = new Map([...all].map(([id, { x, y }]) => [id, { x, y: y - offset }]));
  const flows = cells
    .filter(({ kind }) => kind === 'flow')
    .map((flow) => {
      const ends = [flow.source, flow.target].map((end) => nodes.get(draft.idOf(path, `${path} ${end}`)));
      const way = list(flow.raw.vertices).map((point) => json(point) as unknown as Point);
      const points = [ends[0] ?? flow.points[0], ...way, ends[1] ?? flow.points.at(-1)].filter(
        (point) => point !== undefined,
      );
      return { id: draft.idOf(path, `${path} ${flow.id}`), points };
    });
  const title = oneLine(cell.name, 300) || 'Trust boundary';
  const zone = proposeZone(
    { id: cell.id || `z-${draft.proposedZones.length + 1}`, title, points: cell.points, place },
    nodes,
    flows,
  );
  draft.proposedZones.push(zone);
  draft.changed(
    place,
    `boundary ${title}`,
    `A curve has no inside: a zone with ${zone.elements.length} elements is proposed and waits for someone to confirm it.`,
  );
  if (cell.shape === 'trust-broundary-curve')
    draft.changed(
      place,
      `boundary ${title}`,
      'The shape is misspelled in the file; it is read as a boundary.',
    );
}

function descriptionOf(data: Json, more = ''): string {
  const reason = text(data.reasonOutOfScope);
  const privilege = text(data.privilegeLevel);
  return [
    text(data.description),
    more,
    reason === '' ? '' : `Out of scope: ${reason}`,
    privilege === '' ? '' : `Privilege level: ${privilege}`,
  ]
    .filter((part) => part !== '')
    .join('\n');
}

const STATES: Readonly<Record<string, ImportedThreatState>> = {
  open: 'raised',
  mitigated: 'answered, unverified',
  'not applicable': 'decision',
  notapplicable: 'decision',
};

function readThreats(draft: Draft, cell: Cell, target: string, place: string): void {
  for (const [index, threat] of objects(cell.data.threats).entries()) {
    const at = `${place}.threats[${index}]`;
    const status = text(threat.status);
    const mitigation = text(threat.mitigation);
    const read = draft.threat({
      title: threat.title ?? threat.type,
      description: text(threat.description),
      target,
      category: text(threat.type),
      status,
      state: STATES[status.toLowerCase()] ?? 'raised',
      severity: text(threat.severity),
      score: text(threat.score),
      mitigations:
        mitigation === '' ? [] : [{ title: oneLine(mitigation, 300), description: mitigation, status }],
      place: at,
    });
    if (read.state !== 'decision') continue;
    draft.decisions.push({
      threat: read.id,
      about: read.title,
      target,
      kind: 'not applicable',
      reason: '',
      asksForReason: true,
      by: '',
      at: '',
      place: at,
    });
    draft.changed(at, `threat ${read.title}`, 'Not applicable is a decision, and it asks for a reason.');
  }
}

// A drawing of the model as SVG, by our own renderer: the shapes of data flow diagrams, dashed borders of zones, numbered
// flows with a list below, a title for every node, so that the text and the picture have the same ids. Pure.

import type { Placed } from '../import/contract.ts';
import type { Flow, SystemModel } from '../metamodel.ts';
import { layoutOf, NODE } from '../simple-layout.ts';
import { type Exported, type ExportInput, lossesOf } from './contract.ts';

const MARGIN = 30;
const LINE = 16;
/** Rows of the list of flows; a drawing with more says how many are left out. */
const MOST_ROWS = 500;

export function exportSvg({ model, layout }: ExportInput): Exported {
  return {
    text: drawSvg({ model, ...(layout ? { layout } : {}) }),
    mediaType: 'image/svg+xml',
    extension: 'svg',
    losses: lossesOf(model, ['zones', 'elements', 'flows']),
  };
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export function drawSvg({ model, layout }: Pick<ExportInput, 'model' | 'layout'>): string {
  const places = layoutOf(model, layout);
  const boxOf = (id: string): Box | undefined => {
    const place: Placed | undefined = Object.hasOwn(places, id) ? places[id] : undefined;
    return place && { x: place.x, y: place.y, w: place.w ?? NODE.w, h: place.h ?? NODE.h };
  };
  const boxes = [...model.zones, ...model.elements].flatMap(({ id }) => boxOf(id) ?? []);
  const left = Math.min(0, ...boxes.map((box) => box.x));
  const top = Math.min(0, ...boxes.map((box) => box.y));
  const width = Math.max(320, ...boxes.map((box) => box.x + box.w)) - left + 2 * MARGIN;
  const drawn = Math.max(120, ...boxes.map((box) => box.y + box.h)) - top + 2 * MARGIN;
  const rows = model.flows.slice(0, MOST_ROWS);
  const height = drawn + (rows.length === 0 ? 0 : (rows.length + 3) * LINE);
  const shown = [
    ...zonesByDepth(model).map((zone) => drawZone(zone, boxOf(zone.id))),
    ...model.flows.map((flow, at) => drawFlow(flow, at, boxOf(flow.from), boxOf(flow.to))),
    ...model.elements.map((element) => drawElement(element, boxOf(element.id))),
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" width="${round(width)}" height="${round(height)}" viewBox="0 0 ${round(width)} ${round(height)}" font-family="system-ui, sans-serif" font-size="12">`,
    `<title>${escapeXml(model.title)}</title>`,
    `<desc>${model.elements.length} elements, ${model.flows.length} flows, ${model.zones.length} zones</desc>`,
    '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto-start-reverse"><path d="M0 0 8 4 0 8z" fill="#444"/></marker></defs>',
    '<rect width="100%" height="100%" fill="#fff"/>',
    `<g transform="translate(${round(MARGIN - left)} ${round(MARGIN - top)})">`,
    ...shown,
    '</g>',
    ...listOf(model, rows, drawn),
    '</svg>',
    '',
  ].join('\n');
}

function zonesByDepth(model: SystemModel) {
  const parents = new Map(model.zones.map(({ id, parent }) => [id, parent]));
  const depth = (id: string) => {
    let steps = 0;
    for (
      let here = parents.get(id) ?? '';
      here !== '' && steps <= parents.size;
      here = parents.get(here) ?? ''
    )
      steps += 1;
    return steps;
  };
  return model.zones
    .map((zone) => ({ zone, depth: depth(zone.id) }))
    .sort((one, other) => one.depth - other.depth)
    .map(({ zone }) => zone);
}

function drawZone(zone: SystemModel['zones'][number], box: Box | undefined): string {
  if (!box) return '';
  return [
    `<g id="${escapeXml(zone.id)}"><title>${escapeXml(`Zone ${zone.title}, ${zone.kind}, trust ${zone.trust}`)}</title>`,
    `<rect ${rectOf(box)} rx="6" fill="none" stroke="#888" stroke-dasharray="6 4"/>`,
    `<text x="${round(box.x + 10)}" y="${round(box.y + 20)}" fill="#555" style="unicode-bidi:isolate">${escapeXml(cut(`${zone.title} (trust ${zone.trust})`, Math.floor(box.w / 7)))}</text></g>`,
  ].join('');
}

function drawElement(element: SystemModel['elements'][number], box: Box | undefined): string {
  if (!box) return '';
  const stroke = `stroke="#222" fill="#fff"${element.outOfScope ? ' stroke-dasharray="3 3"' : ''}${element.safety ? ' stroke-width="2.5"' : ''}`;
  const marks = [
    element.kind,
    element.safety ? 'safety' : '',
    element.outOfScope ? 'out of scope' : '',
  ].filter((mark) => mark !== '');
  return [
    `<g id="${escapeXml(element.id)}"><title>${escapeXml(`${element.title}, ${marks.join(', ')}`)}</title>`,
    shapeOf(element.kind, box, stroke),
    ...labelOf(element.title, box),
    '</g>',
  ].join('');
}

/** Data flow diagram: external as a rectangle, process round, store between two lines; hardware with cut corners. */
function shapeOf(kind: SystemModel['elements'][number]['kind'], box: Box, stroke: string): string {
  const { x, y, w, h } = box;
  switch (kind) {
    case 'process':
      return `<rect ${rectOf(box)} rx="${round(Math.min(w, h) / 2)}" ${stroke}/>`;
    case 'store':
      return `<rect ${rectOf(box)} fill="#fff"/><path d="M${round(x)} ${round(y)}h${round(w)}M${round(x)} ${round(y + h)}h${round(w)}" ${stroke}/>`;
    case 'hardware':
      return `<path d="M${round(x + 10)} ${round(y)}h${round(w - 20)}l10 10v${round(h - 20)}l-10 10h${round(20 - w)}l-10 -10v${round(20 - h)}z" ${stroke}/>`;
    case 'actor':
      return `<rect ${rectOf(box)} ${stroke}/><circle cx="${round(x + 12)}" cy="${round(y + 11)}" r="4" ${stroke}/><path d="M${round(x + 6)} ${round(y + 24)}a6 7 0 0 1 12 0" ${stroke}/>`;
    case 'external':
      return `<rect ${rectOf(box)} ${stroke}/>`;
    default:
      return kind satisfies never;
  }
}

function labelOf(title: string, box: Box): string[] {
  const perLine = Math.max(6, Math.floor(box.w / 7));
  const lines = wrap(title, perLine, 3);
  const first = box.y + box.h / 2 - ((lines.length - 1) * LINE) / 2 + 4;
  return lines.map(
    (text, at) =>
      `<text x="${round(box.x + box.w / 2)}" y="${round(first + at * LINE)}" text-anchor="middle" style="unicode-bidi:isolate">${escapeXml(text)}</text>`,
  );
}

function drawFlow(flow: Flow, at: number, from: Box | undefined, to: Box | undefined): string {
  const title = `<title>${escapeXml(`${at + 1} ${flow.title}${flow.protocol.length === 0 ? '' : `, ${flow.protocol.join(', ')}`}`)}</title>`;
  // A loose end is drawn as one: a short line into nothing.
  const anchor = from ?? to;
  if (!anchor) return '';
  const loose: Box = { x: anchor.x + anchor.w + 50, y: anchor.y - 20, w: 0, h: 0 };
  const [start, end] = [from ?? loose, to ?? loose];
  const way = start === end ? loopOf(start) : straight(start, end);
  const dash = from && to ? '' : ' stroke-dasharray="2 3"';
  return [
    `<g id="${escapeXml(flow.id)}">${title}<path d="${way.path}" fill="none" stroke="#444"${dash} marker-end="url(#arrow)"/>`,
    `<circle cx="${round(way.x)}" cy="${round(way.y)}" r="9" fill="#fff" stroke="#444"/>`,
    `<text x="${round(way.x)}" y="${round(way.y + 4)}" text-anchor="middle" font-size="10">${at + 1}</text></g>`,
  ].join('');
}

function loopOf(box: Box) {
  const [x, y] = [box.x + box.w, box.y + box.h / 2];
  return { path: `M${round(x)} ${round(y - 10)}c40 -20 40 40 0 20`, x: x + 30, y };
}

function straight(from: Box, to: Box) {
  const start = edgeTowards(from, to);
  const end = edgeTowards(to, from);
  // Two ways between the same pair lie beside one another, since each bends to its own right.
  const [dx, dy] = [end.x - start.x, end.y - start.y];
  const length = Math.hypot(dx, dy) || 1;
  const bend = Math.min(24, length / 6);
  const x = (start.x + end.x) / 2 - (dy / length) * bend;
  const y = (start.y + end.y) / 2 + (dx / length) * bend;
  return {
    path: `M${round(start.x)} ${round(start.y)}Q${round(x)} ${round(y)} ${round(end.x)} ${round(end.y)}`,
    x: (start.x + end.x) / 4 + x / 2,
    y: (start.y + end.y) / 4 + y / 2,
  };
}

/** Where the line from the middle of a box to that of another one leaves it. */
function edgeTowards(box: Box, other: Box) {
  const [cx, cy] = [box.x + box.w / 2, box.y + box.h / 2];
  const [dx, dy] = [other.x + other.w / 2 - cx, other.y + other.h / 2 - cy];
  const scale = Math.min(
    dx === 0 ? Number.POSITIVE_INFINITY : box.w / 2 / Math.abs(dx),
    dy === 0 ? Number.POSITIVE_INFINITY : box.h / 2 / Math.abs(dy),
  );
  return Number.isFinite(scale) ? { x: cx + dx * scale, y: cy + dy * scale } : { x: cx, y: cy };
}

function listOf(model: SystemModel, rows: readonly Flow[], from: number): string[] {
  const titles = new Map(model.elements.map(({ id, title }) => [id, title]));
  const left = model.flows.length - rows.length;
  return rows.length === 0
    ? []
    : [
        ...rows.map((flow, at) => {
          const ends = `${titles.get(flow.from) ?? 'unconnected'} → ${titles.get(flow.to) ?? 'unconnected'}`;
          const text = `${at + 1}  ${flow.title}: ${ends}${flow.protocol.length === 0 ? '' : ` (${flow.protocol.join(', ')})`}`;
          return `<text x="${MARGIN}" y="${round(from + (at + 1) * LINE)}" style="unicode-bidi:isolate">${escapeXml(cut(text, 160))}</text>`;
        }),
        ...(left > 0
          ? [
              `<text x="${MARGIN}" y="${round(from + (rows.length + 1) * LINE)}">and ${left} more flows</text>`,
            ]
          : []),
      ];
}

const rectOf = ({ x, y, w, h }: Box) =>
  `x="${round(x)}" y="${round(y)}" width="${round(w)}" height="${round(h)}"`;
const round = (value: number) => String(Math.round(value * 10) / 10);
const cut = (text: string, max: number) => {
  const letters = [...text];
  return letters.length > max ? `${letters.slice(0, Math.max(1, max - 1)).join('')}…` : text;
};

function wrap(text: string, perLine: number, most: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < perLine)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  const kept = lines.slice(0, most).map((line) => cut(line, perLine));
  if (lines.length > most) kept[most - 1] = cut(`${kept[most - 1]}…`, perLine);
  return kept;
}

/** Text of XML 1.0: five characters escaped, those that it forbids left out. */
export function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '')
    .replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}

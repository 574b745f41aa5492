// The drawing as a picture of its own: for documents and print, with titles for who cannot see it. Pure.
import type { Layout } from '../../layout-model.ts';
import type { SystemModel } from '../../metamodel.ts';
import { cut, ELEMENT_KIND_WORDS, ELEMENT_LETTERS, flowLabel, LABELS_UP_TO, spoken } from './model-words.ts';
import { routeFlows } from './route-flows.ts';
import { boundsOf, type Rect, sceneOf } from './scene.ts';

export interface SvgOptions {
  /** Line under the picture: key, revision, open points. */
  readonly caption: string;
  /** What takes part; the rest is drawn lightly. Empty: everything. */
  readonly nodes: ReadonlySet<string>;
  readonly flows: ReadonlySet<string>;
}

const STYLE = `text{font-family:system-ui,sans-serif;fill:#1b1f24}.k{font-size:10px;fill:#57606a}.t{font-size:12px;font-weight:600}.z{fill:#eef0f3;fill-opacity:.45;stroke:#868e99;stroke-width:1.5;stroke-dasharray:6 4}.e{fill:#fff;stroke:#57606a;stroke-width:1.25}.f{fill:none;stroke:#57606a;stroke-width:1.25}.l{font-size:11px;text-anchor:middle;dominant-baseline:central;stroke:#fff;stroke-width:4px;paint-order:stroke}.n{font-size:10px;text-anchor:middle;dominant-baseline:central}.o{fill:#fff;stroke:#868e99}.dim{opacity:.35}`;

export function drawingSvg(model: SystemModel, layout: Layout, options: SvgOptions): string {
  const scene = sceneOf(model, layout);
  const routes = routeFlows(model.flows, scene.rects);
  const box = boundsOf(scene.rects.values()) ?? { x: 0, y: 0, w: 400, h: 200 };
  const view = { x: box.x - 40, y: box.y - 40, w: box.w + 80, h: box.h + 100 };
  const all = options.nodes.size === 0 && options.flows.size === 0;
  const dim = (id: string, of: ReadonlySet<string>) => (all || of.has(id) ? '' : ' dim');
  const numbered = model.flows.length > LABELS_UP_TO;
  const numbers = new Map(model.flows.map((flow, at) => [flow.id, { flow, number: at + 1 }]));
  const parts: string[] = [];
  for (const { zone, rect } of scene.zones)
    parts.push(
      `<g><title>${text(spoken(model, zone.id))}</title><rect class="z" ${at(rect)} rx="8"/><text class="t" x="${rect.x + 10}" y="${rect.y + 18}">${text(cut(zone.title, Math.floor(rect.w / 8)))} <tspan class="k">trust ${zone.trust}</tspan></text></g>`,
    );
  for (const route of routes) {
    const entry = numbers.get(route.id);
    if (!entry) continue;
    const label = numbered
      ? `<circle class="o" cx="${route.x}" cy="${route.y}" r="10"/><text class="n" x="${route.x}" y="${route.y}">${entry.number}</text>`
      : `<text class="l" x="${route.x}" y="${route.y}">${text(flowLabel(entry.flow))}</text>`;
    parts.push(
      `<g class="w${dim(route.id, options.flows)}"><title>${text(spoken(model, route.id))}</title><path class="f" d="${route.path}" marker-end="url(#head)"/>${label}</g>`,
    );
  }
  for (const { element, rect } of scene.elements) {
    const lines = wrapped(element.title, Math.floor((rect.w - 20) / 7));
    parts.push(
      `<g class="w${dim(element.id, options.nodes)}"><title>${text(spoken(model, element.id))}</title>${shape(element.kind, rect)}<text class="k" x="${rect.x + 10}" y="${rect.y + 15}">${ELEMENT_LETTERS[element.kind]} ${ELEMENT_KIND_WORDS[element.kind]}${element.safety ? ' · safety' : ''}</text>${lines
        .map(
          (line, n) => `<text class="t" x="${rect.x + 10}" y="${rect.y + 32 + n * 15}">${text(line)}</text>`,
        )
        .join('')}</g>`,
    );
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${view.x} ${view.y} ${view.w} ${view.h}" role="img" font-size="12"><title>${text(model.title)}</title><style>${STYLE}</style><defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L8 4L0 8Z" fill="#57606a"/></marker></defs><rect x="${view.x}" y="${view.y}" width="${view.w}" height="${view.h}" fill="#fff"/>${parts.join('')}<text class="k" x="${view.x + 10}" y="${view.y + view.h - 12}">${text(options.caption)}</text></svg>\n`;
}

function shape(kind: string, rect: Rect): string {
  switch (kind) {
    case 'process':
      return `<rect class="e" ${at(rect)} rx="18"/>`;
    case 'store':
      return `<rect ${at(rect)} fill="#fff"/><path class="f" stroke-width="2" d="M${rect.x} ${rect.y}h${rect.w}M${rect.x} ${rect.y + rect.h}h${rect.w}"/>`;
    case 'actor':
      return `<circle class="e" cx="${rect.x + 21}" cy="${rect.y - 10}" r="7"/><rect class="e" ${at(rect)} rx="6"/>`;
    case 'hardware':
      return `<rect class="e" ${at(rect)}/><rect class="f" x="${rect.x + 3}" y="${rect.y + 3}" width="${rect.w - 6}" height="${rect.h - 6}"/>`;
    default:
      return `<rect class="e" stroke-width="2" ${at(rect)}/>`;
  }
}

const at = (rect: Rect) => `x="${rect.x}" y="${rect.y}" width="${rect.w}" height="${rect.h}"`;

function wrapped(title: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of title.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(cut(word, width));
  }
  return lines.length <= 2 ? lines : [lines[0] as string, cut(`${lines[1]} ${lines[2]}`, width)];
}

// A title is text, whatever it holds: no markup of somebody else's comes into the picture.
function text(value: string): string {
  return [...value]
    .filter((sign) => sign >= ' ' && sign !== '\ufffe' && sign !== '\uffff')
    .join('')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

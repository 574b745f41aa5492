// A Mermaid flowchart: zones as nested subgraphs, one line per flow. Names come from people and other tools, so they are
// written as entities and ids are counted.
import type { Element, SystemModel } from '../metamodel.ts';
import { answeredLoss, type Exported, type ExportInput, lossesOf } from './contract.ts';

export function exportMermaid({ model }: ExportInput): Exported {
  const ids = new Map([...model.zones, ...model.elements].map(({ id }, at) => [id, `n${at + 1}`]));
  const lines = ['flowchart LR', ...boxes(model, ids)];
  let loose = 0;
  for (const flow of model.flows) {
    const [from, to] = [flow.from, flow.to].map((end) => {
      const known = ids.get(end);
      if (known) return known;
      loose += 1;
      lines.push(`  loose${loose}(( ))`);
      return `loose${loose}`;
    });
    const label = [flow.title, flow.protocol.join(', ')].filter((part) => part !== '').join(': ');
    lines.push(`  ${from} -->|"${escapeMermaid(label)}"| ${to}`);
  }
  return {
    text: `${lines.join('\n')}\n`,
    mediaType: 'text/vnd.mermaid',
    extension: 'mmd',
    losses: [...lossesOf(model, ['zones', 'elements', 'flows']), ...answeredLoss(model)],
  };
}

/** Zones from the outside in, with a stack of our own: they may nest as deep as there are zones. */
function boxes(model: SystemModel, ids: ReadonlyMap<string, string>): string[] {
  const lines: string[] = [];
  const inside = (zone: string) => [
    ...model.elements.filter((element) => element.zone === zone).map((element) => ({ element })),
    ...model.zones.filter((one) => one.parent === zone).map((one) => ({ zone: one })),
  ];
  const waiting: ({ element: Element } | { zone: SystemModel['zones'][number] } | { end: string })[] =
    inside('').reverse();
  let depth = 1;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const indent = '  '.repeat(Math.min(depth, 20));
    if ('end' in next) {
      depth -= 1;
      lines.push(`${'  '.repeat(Math.min(depth, 20))}end`);
    } else if ('element' in next)
      lines.push(`${indent}${nodeOf(next.element, ids.get(next.element.id) ?? '')}`);
    else {
      lines.push(`${indent}subgraph ${ids.get(next.zone.id)}["${escapeMermaid(next.zone.title)}"]`);
      depth += 1;
      waiting.push({ end: next.zone.id }, ...inside(next.zone.id).reverse());
    }
  }
  return lines;
}

const SHAPES: Readonly<Record<Element['kind'], readonly [string, string]>> = {
  actor: ['[/', '/]'],
  external: ['[', ']'],
  process: ['(', ')'],
  store: ['[(', ')]'],
  hardware: ['{{', '}}'],
};

function nodeOf(element: Element, id: string): string {
  const [open, close] = SHAPES[element.kind];
  return `${id}${open}"${escapeMermaid(element.title)}"${close}`;
}

/** Everything that could end a label or begin markup, as a numbered entity of Mermaid. */
export const escapeMermaid = (text: string) =>
  text
    .toWellFormed()
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .replace(/["#<>&;`\\|[\]{}()]/g, (letter) => `#${letter.charCodeAt(0)};`);

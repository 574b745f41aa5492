// Automatic layout by elkjs: layered, orthogonal, zones in zones, the same places on each run. Slow for large models (240
// elements about 1.6 s): the browser calls it in a worker, the server only where it has time.
import type { ElkExtendedEdge, ElkNode } from 'elkjs/lib/elk-api.js';
import type { Layout, Placed } from './import/contract.ts';
import type { SystemModel } from './metamodel.ts';
import { NODE } from './simple-layout.ts';

const OPTIONS = {
  'elk.algorithm': 'layered',
  'elk.direction': 'RIGHT',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.randomSeed': '1',
  'elk.layered.spacing.nodeNodeBetweenLayers': '80',
  'elk.spacing.nodeNode': '40',
  'elk.padding': '[top=46,left=30,bottom=26,right=30]',
} as const;

/** Places of all zones and elements, from the upper left corner of the drawing. Throws what elkjs throws. */
export async function autoLayout(model: SystemModel): Promise<Layout> {
  const { default: Elk } = await import('elkjs/lib/elk.bundled.js');
  const graph = await new Elk().layout(graphOf(model));
  const placed: Record<string, Placed> = {};
  const waiting = (graph.children ?? []).map((node) => ({ node, x: 0, y: 0 }));
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node } = next;
    const [x, y] = [next.x + (node.x ?? 0), next.y + (node.y ?? 0)];
    placed[node.id] = { x, y, w: node.width ?? NODE.w, h: node.height ?? NODE.h };
    for (const child of node.children ?? []) waiting.push({ node: child, x, y });
  }
  return placed;
}

function graphOf(model: SystemModel): ElkNode {
  const nodes = new Map<string, ElkNode>(
    model.zones.map(({ id }) => [
      id,
      { id, children: [], layoutOptions: { 'elk.padding': OPTIONS['elk.padding'] } },
    ]),
  );
  const top: ElkNode[] = [];
  const put = (node: ElkNode, zone: string) => {
    const around = nodes.get(zone)?.children;
    (around ?? top).push(node);
  };
  for (const zone of model.zones) put(nodes.get(zone.id) as ElkNode, zone.parent);
  for (const { id, zone } of model.elements) put({ id, width: NODE.w, height: NODE.h }, zone);
  // A zone without anything in it is a box as large as an element.
  for (const node of nodes.values())
    if (node.children?.length === 0) Object.assign(node, { width: NODE.w, height: NODE.h });
  const edges: ElkExtendedEdge[] = model.flows
    .filter(({ from, to }) => from !== '' && to !== '')
    .map(({ id, from, to }) => ({ id: `flow ${id}`, sources: [from], targets: [to] }));
  return { id: 'model', layoutOptions: OPTIONS, children: top, edges };
}

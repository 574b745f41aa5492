// The scene as nodes of the drawing library. Nodes that did not change stay the same objects, so that only what changed is drawn anew.
import type { Node } from '@xyflow/react';
import type { Scene, SceneElement, SceneNote, SceneZone } from './scene.ts';

export type Mark = 'added' | 'removed' | 'changed' | 'moved';

export type ElementNodeType = Node<
  {
    readonly item: SceneElement;
    readonly mark: Mark | undefined;
    readonly look: Look;
    readonly editable: boolean;
  },
  'element'
>;
export type ZoneNodeType = Node<
  {
    readonly item: SceneZone;
    readonly mark: Mark | undefined;
    readonly look: Look;
    readonly editable: boolean;
  },
  'zone'
>;
export type NoteNodeType = Node<{ readonly item: SceneNote; readonly look: Look }, 'note'>;
export type DrawNode = ElementNodeType | ZoneNodeType | NoteNodeType;

/** `dim`: something else is shown; `lit`: it is what is shown; `drop`: what is dragged would fall in here; `source`: a flow begins here. */
export type Look = 'plain' | 'dim' | 'lit' | 'drop' | 'source';

export interface Transient {
  readonly x?: number;
  readonly y?: number;
  readonly w?: number;
  readonly h?: number;
}

export interface NodeInput {
  readonly scene: Scene;
  readonly selection: ReadonlySet<string>;
  readonly marks: Readonly<Record<string, Mark>>;
  readonly look: (id: string) => Look;
  readonly editable: boolean;
  /** Positions (relative to the parent) while something is being dragged. */
  readonly moving: Readonly<Record<string, Transient>>;
}

export function nodesOf(input: NodeInput, before: Map<string, DrawNode>): DrawNode[] {
  const { scene, selection, marks, look, editable, moving } = input;
  const nodes: DrawNode[] = [];
  const known = new Set(scene.zones.map(({ zone }) => zone.id));
  const keep = (node: DrawNode) => {
    const old = before.get(node.id);
    const same = old !== undefined && alike(old, node);
    if (!same) before.set(node.id, node);
    nodes.push(same ? old : node);
  };
  const place = (id: string, parent: string, rect: { x: number; y: number; w: number; h: number }) => {
    const around = parent === '' ? undefined : scene.rects.get(parent);
    const moved = moving[id];
    return {
      position: {
        x: moved?.x ?? rect.x - (around?.x ?? 0),
        y: moved?.y ?? rect.y - (around?.y ?? 0),
      },
      width: moved?.w ?? rect.w,
      height: moved?.h ?? rect.h,
      ...(around ? { parentId: parent } : {}),
    };
  };
  for (const item of scene.zones) {
    const { id, parent } = item.zone;
    // A zone inside itself is drawn by itself.
    const around = known.has(parent) && item.depth > 0 ? parent : '';
    keep({
      id,
      type: 'zone',
      data: { item, mark: marks[id], look: look(id), editable },
      selected: selection.has(id),
      zIndex: item.depth,
      ...place(id, around, item.rect),
    });
  }
  for (const item of scene.elements) {
    const { id, zone } = item.element;
    keep({
      id,
      type: 'element',
      data: { item, mark: marks[id], look: look(id), editable },
      selected: selection.has(id),
      zIndex: 1_000,
      ...place(id, known.has(zone) ? zone : '', item.rect),
    });
  }
  for (const item of scene.notes) {
    keep({
      id: item.id,
      type: 'note',
      data: { item, look: look(item.id) },
      selected: selection.has(item.id),
      zIndex: 900,
      ...place(item.id, '', item.rect),
    });
  }
  return nodes;
}

function alike(a: DrawNode, b: DrawNode): boolean {
  if (
    a.type !== b.type ||
    a.selected !== b.selected ||
    a.parentId !== b.parentId ||
    a.width !== b.width ||
    a.height !== b.height ||
    a.zIndex !== b.zIndex ||
    a.position.x !== b.position.x ||
    a.position.y !== b.position.y ||
    a.data.look !== b.data.look
  )
    return false;
  if (a.type === 'element' && b.type === 'element')
    return (
      a.data.item.element === b.data.item.element &&
      a.data.mark === b.data.mark &&
      a.data.editable === b.data.editable &&
      sameList(a.data.item.interfaces, b.data.item.interfaces)
    );
  if (a.type === 'zone' && b.type === 'zone')
    return (
      a.data.item.zone === b.data.item.zone &&
      a.data.mark === b.data.mark &&
      a.data.editable === b.data.editable
    );
  return a.type === 'note' && b.type === 'note' && a.data.item.text === b.data.item.text;
}

function sameList<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((one, at) => one === b[at]);
}

// The lines of a tree whose levels are loaded when they are opened, and what a key does there. Pure.
// Keys as the ARIA Authoring Practices name them for trees.
import type { TreeNodeView } from '../api.ts';

export interface TreeRow {
  /** Way from the root: the same component may stand in several places, each open or closed by itself. */
  readonly path: string;
  readonly parent: string | null;
  readonly node: TreeNodeView;
  readonly depth: number;
  readonly opened: boolean;
  readonly position: number;
  readonly siblings: number;
  /** Children of an open row that are still on their way. */
  readonly loading: boolean;
}

/** Gives a level's nodes; undefined while it is loading. `ref` null is the level of the roots. */
export type Levels = (ref: string | null) => readonly TreeNodeView[] | undefined;

// A dependency graph may go round in circles; a screen does not go deeper.
const DEPTH_MAX = 40;
const ROWS_MAX = 20_000;

const SEPARATOR = '\u0000';

/** Rows in the order in which they stand on the screen. */
export function treeRows(levels: Levels, opened: ReadonlySet<string>): readonly TreeRow[] {
  const rows: TreeRow[] = [];
  const add = (ref: string | null, parent: string | null, depth: number) => {
    const nodes = levels(ref) ?? [];
    nodes.forEach((node, index) => {
      if (rows.length >= ROWS_MAX) return;
      const path = parent === null ? node.ref : parent + SEPARATOR + node.ref;
      const isOpen = opened.has(path) && depth < DEPTH_MAX && node.children > 0;
      rows.push({
        path,
        parent,
        node,
        depth,
        opened: isOpen,
        position: index + 1,
        siblings: nodes.length,
        loading: isOpen && levels(node.ref) === undefined,
      });
      if (isOpen) add(node.ref, path, depth + 1);
    });
  };
  add(null, null, 1);
  return rows;
}

/** Refs whose levels have to be loaded for these open rows. */
export function neededLevels(opened: ReadonlySet<string>): readonly string[] {
  return [...new Set([...opened].map((path) => path.slice(path.lastIndexOf(SEPARATOR) + 1)))];
}

export type TreeMove =
  | { readonly kind: 'focus'; readonly path: string }
  | { readonly kind: 'open' | 'close'; readonly path: string };

/** What a key does on the row that has the focus; null when it means nothing here. */
export function treeMove(key: string, rows: readonly TreeRow[], path: string): TreeMove | null {
  const at = rows.findIndex((row) => row.path === path);
  const row = rows[at];
  if (!row) return rows[0] ? { kind: 'focus', path: rows[0].path } : null;
  const focus = (wanted: TreeRow | undefined): TreeMove | null =>
    wanted ? { kind: 'focus', path: wanted.path } : null;
  switch (key) {
    case 'ArrowDown':
    case 'j':
      return focus(rows[at + 1]);
    case 'ArrowUp':
    case 'k':
      return focus(rows[at - 1]);
    case 'Home':
      return focus(rows[0]);
    case 'End':
      return focus(rows.at(-1));
    case 'ArrowRight':
      if (row.node.children === 0) return null;
      if (!row.opened) return { kind: 'open', path };
      return rows[at + 1]?.parent === path ? focus(rows[at + 1]) : null;
    case 'ArrowLeft':
      if (row.opened) return { kind: 'close', path };
      return row.parent === null ? null : { kind: 'focus', path: row.parent };
    case 'Enter':
    case ' ':
      if (row.node.children === 0) return null;
      return { kind: row.opened ? 'close' : 'open', path };
    default:
      return null;
  }
}

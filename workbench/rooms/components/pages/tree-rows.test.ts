import { describe, expect, it } from 'vitest';
import type { TreeNodeView } from '../api.ts';
import type { Levels } from './tree-rows.ts';
import { neededLevels, treeMove, treeRows } from './tree-rows.ts';

const node = (ref: string, children = 0): TreeNodeView => ({
  id: ref,
  ref,
  name: ref,
  version: '1',
  type: 'library',
  children,
  affected: 0,
  notWatched: null,
});

// app → web, db; both web and db → tls; tls → app (a circle)
const graph: Record<string, readonly TreeNodeView[]> = {
  '': [node('app', 2)],
  app: [node('db', 1), node('web', 1)],
  web: [node('tls', 1)],
  db: [node('tls', 1)],
  tls: [node('app', 2)],
};
const levels: Levels = (ref) => graph[ref ?? ''];
const way = (...refs: string[]) => refs.join('\u0000');
const shown = (opened: string[], from: Levels = levels) =>
  treeRows(from, new Set(opened)).map((row) => `${'.'.repeat(row.depth)}${row.node.ref}`);

describe('rows of a tree', () => {
  it('are the roots while nothing is open', () => {
    expect(shown([])).toEqual(['.app']);
  });

  it('open one place of a component that stands in two', () => {
    expect(shown(['app', way('app', 'web')])).toEqual(['.app', '..db', '..web', '...tls']);
  });

  it('say when the level of an open row is on its way', () => {
    const rows = treeRows((ref) => (ref === 'app' ? undefined : levels(ref)), new Set(['app']));

    expect(rows.map((row) => row.loading)).toEqual([true]);
  });

  it('end although the graph goes round in circles', () => {
    const opened: string[] = [];
    let path: string[] = [];
    for (let round = 0; round < 60; round += 1) {
      path = [...path, ['app', 'web', 'tls'][round % 3] as string];
      opened.push(path.join('\u0000'));
    }

    expect(Math.max(...treeRows(levels, new Set(opened)).map((row) => row.depth))).toBe(40);
  });

  it('need each level once', () => {
    expect(neededLevels(new Set(['app', way('app', 'web'), way('x', 'web')]))).toEqual(['app', 'web']);
  });
});

describe('keys in a tree', () => {
  const rows = treeRows(levels, new Set(['app']));

  it.each([
    ['ArrowDown', 'app', { kind: 'focus', path: way('app', 'db') }],
    ['ArrowUp', 'app', null],
    ['End', 'app', { kind: 'focus', path: way('app', 'web') }],
    ['ArrowRight', 'app', { kind: 'focus', path: way('app', 'db') }],
    ['ArrowRight', way('app', 'web'), { kind: 'open', path: way('app', 'web') }],
    ['ArrowLeft', way('app', 'web'), { kind: 'focus', path: 'app' }],
    ['ArrowLeft', 'app', { kind: 'close', path: 'app' }],
    ['Enter', 'app', { kind: 'close', path: 'app' }],
    ['q', 'app', null],
  ])('%s on %s', (key, path, move) => {
    expect(treeMove(key, rows, path)).toEqual(move);
  });

  it('begin at the first row when the focused one has gone', () => {
    expect(treeMove('ArrowDown', rows, 'gone')).toEqual({ kind: 'focus', path: 'app' });
  });
});

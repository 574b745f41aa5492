// What a release is made of, level by level. One row is in the tab order; arrow keys move and open.
import { NativeSelect } from '@mantine/core';
import { IconChevronRight } from '@tabler/icons-react';
import { useQueries, useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { Answer } from '../../../web/design/Answer.tsx';
import { AppLink } from '../../../web/design/AppLink.tsx';
import { EmptyState } from '../../../web/design/EmptyState.tsx';
import { ProblemNotice } from '../../../web/design/ProblemNotice.tsx';
import { useSearchState } from '../../../web/search-state.ts';
import { sbomsQuery, treeQuery } from './components-queries.ts';
import { NotWatched } from './NotWatched.tsx';
import type { TreeRow } from './tree-rows.ts';
import { neededLevels, treeMove, treeRows } from './tree-rows.ts';
import './components.css';

export function ComponentTree({ release }: { readonly release: string }) {
  const sboms = useQuery(sbomsQuery(release));
  const [search, set] = useSearchState();
  return (
    <Answer query={sboms}>
      {({ items }) => {
        const parts = items.filter((item) => item.current).map((item) => item.part);
        const part = parts.find((one) => one === search.part) ?? parts[0];
        if (part === undefined)
          return (
            <EmptyState
              what="No SBOM yet"
              why="The tree shows what depends on what, as the SBOMs of this release say it."
              action={
                <AppLink to={`/releases/${release}`} search={{ tab: 'sboms' }}>
                  Import an SBOM
                </AppLink>
              }
            />
          );
        return (
          <div className="stack">
            {parts.length < 2 ? null : (
              <NativeSelect
                className="form__short"
                label="Part"
                value={part}
                onChange={(event) => set({ part: event.currentTarget.value })}
                data={parts.map((one) => ({ value: one, label: one || 'Whole release' }))}
              />
            )}
            <Tree key={part} release={release} part={part} />
          </div>
        );
      }}
    </Answer>
  );
}

function Tree({ release, part }: { readonly release: string; readonly part: string }) {
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const [focused, setFocused] = useState('');
  const moved = useRef(false);
  const list = useRef<HTMLDivElement>(null);
  const roots = useQuery(treeQuery(release, part, null));
  const refs = neededLevels(opened);
  const levels = useQueries({ queries: refs.map((ref) => treeQuery(release, part, ref)) });
  const failed = levels.find((level) => level.error);
  const rows = treeRows((ref) => (ref === null ? roots.data : levels[refs.indexOf(ref)]?.data), opened);
  const active = rows.find((row) => row.path === focused) ?? rows[0];

  // The focus follows the keys, not the answers that arrive.
  useEffect(() => {
    if (!moved.current) return;
    moved.current = false;
    list.current?.querySelector<HTMLElement>('[role="treeitem"][tabindex="0"]')?.focus();
  });
  const turn = (path: string, open: boolean) => {
    const next = new Set(opened);
    if (open) next.add(path);
    else next.delete(path);
    setOpened(next);
  };
  return (
    <Answer query={roots} lines={10}>
      {() => (
        <>
          {failed?.error ? (
            <ProblemNotice error={failed.error} onRetry={() => void failed.refetch()} />
          ) : null}
          <div
            ref={list}
            className="tree"
            role="tree"
            aria-label={`Components of ${part === '' ? release : part}`}
            onKeyDown={(event) => {
              if (event.ctrlKey || event.metaKey || event.altKey || !active) return;
              // A link inside a row keeps its Enter.
              if ((event.target as HTMLElement).closest('a') && event.key === 'Enter') return;
              const move = treeMove(event.key, rows, active.path);
              if (!move) return;
              event.preventDefault();
              event.stopPropagation();
              if (move.kind === 'focus') {
                moved.current = true;
                setFocused(move.path);
              } else turn(move.path, move.kind === 'open');
            }}
          >
            {rows.map((row) => (
              <Item
                key={row.path}
                release={release}
                row={row}
                active={row.path === active?.path}
                onTurn={() => {
                  setFocused(row.path);
                  turn(row.path, !row.opened);
                }}
              />
            ))}
          </div>
        </>
      )}
    </Answer>
  );
}

interface ItemProps {
  readonly release: string;
  readonly row: TreeRow;
  readonly active: boolean;
  readonly onTurn: () => void;
}

function Item({ release, row, active, onTurn }: ItemProps) {
  const { node } = row;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree handles the keys of all its rows
    <div
      className="tree__item"
      role="treeitem"
      tabIndex={active ? 0 : -1}
      aria-level={row.depth}
      aria-posinset={row.position}
      aria-setsize={row.siblings}
      aria-selected={active}
      {...(node.children > 0 ? { 'aria-expanded': row.opened } : {})}
      aria-busy={row.loading}
      style={{ paddingLeft: `${Math.min(row.depth - 1, 20) * 1.25}rem` }}
      onClick={onTurn}
    >
      <span className="tree__twist">
        {node.children > 0 ? <IconChevronRight size={15} aria-hidden="true" /> : null}
      </span>
      <span>{node.name}</span>
      <span className="muted">{node.version ?? 'no version'}</span>
      {node.children > 0 ? <span className="muted small">{node.children}</span> : null}
      {node.affected > 0 ? (
        <AppLink
          to="/findings"
          search={{ release, q: node.name }}
          tabIndex={active ? 0 : -1}
          onClick={(event) => event.stopPropagation()}
        >
          {node.affected} {node.affected === 1 ? 'finding' : 'findings'}
        </AppLink>
      ) : null}
      {node.notWatched === null ? null : <NotWatched reason={node.notWatched} />}
    </div>
  );
}

// From a component's name to every release that holds it: the question of the first hour.
import { Button, TextInput } from '@mantine/core';
import { IconPackages } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { InferResponseType } from 'hono/client';
import { useEffect, useState } from 'react';
import type { Column } from '../../../web/data-table/columns.ts';
import { DataTable } from '../../../web/data-table/DataTable.tsx';
import { AppLink } from '../../../web/design/AppLink.tsx';
import { EmptyState } from '../../../web/design/EmptyState.tsx';
import { PageFrame } from '../../../web/design/PageFrame.tsx';
import { useSearchState } from '../../../web/search-state.ts';
import { useGo } from '../../../web/use-go.ts';
import { type componentsClient, whereQuery } from './platform-queries.ts';

type Used = InferResponseType<typeof componentsClient.components.where.$get>['items'][number];

const COLUMNS: readonly Column<Used>[] = [
  {
    id: 'release',
    title: 'Release',
    value: (row) => `${row.release.key} ${row.release.title}`,
    cell: (row) => (
      <>
        <AppLink
          to={`/releases/${row.release.key}`}
          search={{ tab: 'components', q: row.name }}
          tabIndex={-1}
        >
          {row.release.key}
        </AppLink>{' '}
        {row.release.title}
      </>
    ),
    width: 160,
    grow: 1,
    priority: 1,
  },
  { id: 'name', title: 'Component', value: (row) => row.name, width: 140, grow: 1, priority: 1 },
  {
    id: 'versions',
    title: 'Versions',
    value: (row) => row.versions.join(', '),
    width: 140,
    grow: 1,
    priority: 1,
  },
  {
    id: 'ecosystem',
    title: 'Ecosystem',
    value: (row) => (row.ecosystem === 'cpe' ? 'NVD (by CPE)' : row.ecosystem),
    width: 120,
  },
];

export function Page() {
  const go = useGo();
  const [search, set] = useSearchState();
  const name = search.name ?? '';
  const version = search.version ?? '';
  const [typed, setTyped] = useState({ name, version });
  useEffect(() => setTyped({ name, version }), [name, version]);
  const found = useQuery(whereQuery(name, version));
  return (
    <PageFrame
      title="Where used"
      wide={true}
      meta={<span>Which releases hold a component, by the SBOMs in force.</span>}
    >
      <form
        className="row"
        onSubmit={(event) => {
          event.preventDefault();
          set({ name: typed.name.trim(), version: typed.version.trim() });
        }}
      >
        <TextInput
          label="Component"
          placeholder="log4j-core"
          maxLength={300}
          value={typed.name}
          onChange={(event) => setTyped({ ...typed, name: event.currentTarget.value })}
        />
        <TextInput
          label="Version"
          placeholder="any"
          maxLength={100}
          value={typed.version}
          onChange={(event) => setTyped({ ...typed, version: event.currentTarget.value })}
        />
        <Button type="submit" variant="filled" style={{ alignSelf: 'flex-end' }}>
          Search
        </Button>
      </form>
      {name === '' ? (
        <EmptyState
          icon={<IconPackages size={28} aria-hidden="true" />}
          what="Name a component"
          why="Its whole name, as its package manager or its CPE has it. A version like 2.14 also finds 2.14.1."
        />
      ) : (
        <DataTable
          label="Releases that hold it"
          columns={COLUMNS}
          rows={found.data}
          rowId={(row) => `${row.release.id} ${row.ecosystem} ${row.name}`}
          error={found.error}
          onRetry={() => void found.refetch()}
          onOpen={(row) => go(`/releases/${row.release.key}`, { tab: 'components', q: row.name })}
          empty={
            <EmptyState
              what={`No release holds ${name}${version === '' ? '' : ` ${version}`}`}
              why="It is looked for by its whole name. What no SBOM names cannot be found."
            />
          }
        />
      )}
    </PageFrame>
  );
}

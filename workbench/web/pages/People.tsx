// People and what they may do. Rights follow from role assignments, which are records with a history of their own.
import { Button } from '@mantine/core';
import { IconUserPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { roleTitle } from '../../kernel/people/roles.ts';
import { ActionButton } from '../actions/ActionButton.tsx';
import { useActions } from '../actions/action.ts';
import type { Column } from '../data-table/columns.ts';
import { DataTable } from '../data-table/DataTable.tsx';
import { AppLink } from '../design/AppLink.tsx';
import { EmptyState } from '../design/EmptyState.tsx';
import { PageFrame, Section } from '../design/PageFrame.tsx';
import { StateBadge } from '../design/StateBadge.tsx';
import type { PersonRow } from '../people-queries.ts';
import { peopleQuery } from '../people-queries.ts';
import { useProduct } from '../product.ts';
import { hasRole, useMe } from '../session.ts';
import { useGo } from '../use-go.ts';
import { Invitations } from './Invitations.tsx';
import { InviteDialog } from './InviteDialog.tsx';
import { PersonPanel } from './PersonPanel.tsx';
import { waysWords } from './sign-in-ways.ts';

export function Page() {
  const me = useMe();
  const go = useGo();
  const people = useQuery(peopleQuery);
  const { products } = useProduct();
  const [inviting, setInviting] = useState(false);
  const [openId, setOpenId] = useState<string | null>(null);
  const mayInvite = hasRole(me, ['administrator', 'quality']);
  const productTitle = (id: string | null) =>
    id === null ? 'all products' : (products.find((product) => product.id === id)?.title ?? 'a product');
  const columns: readonly Column<PersonRow>[] = [
    { id: 'name', title: 'Name', value: (row) => row.name, width: 150, grow: 1, priority: 1 },
    { id: 'email', title: 'E-mail address', value: (row) => row.email, width: 200, priority: 3 },
    {
      id: 'roles',
      title: 'Roles',
      value: (row) =>
        row.roles.map((grant) => `${roleTitle(grant.role)} (${productTitle(grant.productId)})`).join(', '),
      width: 260,
      grow: 2,
    },
    {
      id: 'access',
      title: 'Access',
      value: (row) => (row.disabled ? 'Disabled' : row.canSignIn ? 'Can sign in' : 'Cannot sign in'),
      cell: (row) => <AccessBadge person={row} />,
      width: 150,
    },
    { id: 'ways', title: 'Signs in with', value: waysWords, width: 200, priority: 3 },
  ];
  const invite = {
    id: 'people.invite',
    name: 'Invite person',
    keys: 'n',
    section: 'This list',
    icon: IconUserPlus,
    visibleWhen: () => mayInvite,
    perform: () => setInviting(true),
  };
  useActions([invite]);
  const open = people.data?.find((person) => person.id === openId);
  return (
    <PageFrame
      title="People & access"
      wide={true}
      primary={<ActionButton action={invite} primary={true} />}
      actions={mayInvite ? <Button onClick={() => go('/new/role-assignment')}>Assign role</Button> : null}
      meta={<AppLink to="/records/role-assignment">All role assignments</AppLink>}
    >
      <DataTable
        label="People"
        columns={columns}
        rows={people.data}
        rowId={(row) => row.id}
        error={people.error}
        onRetry={() => void people.refetch()}
        onOpen={(row) => setOpenId(row.id)}
        filters={ACCESS_FILTERS}
        defaultSort="name"
        empty={
          <EmptyState
            what="Nobody yet"
            why="People are invited and get roles; every act stands under a name."
          />
        }
      />
      {mayInvite ? (
        <Section title="Open invitations">
          <Invitations />
        </Section>
      ) : null}
      <InviteDialog opened={inviting} onClose={() => setInviting(false)} />
      {open ? (
        <PersonPanel person={open} productTitle={productTitle} onClose={() => setOpenId(null)} />
      ) : null}
    </PageFrame>
  );
}

const ACCESS_FILTERS = [
  {
    id: 'access',
    title: 'Access',
    options: [
      { value: 'yes', title: 'Can sign in' },
      { value: 'no', title: 'Cannot sign in' },
    ],
    value: (row: PersonRow) => (row.canSignIn && !row.disabled ? 'yes' : 'no'),
  },
];

function AccessBadge({ person }: { readonly person: PersonRow }) {
  if (person.disabled) return <StateBadge tone="ended">Disabled</StateBadge>;
  if (!person.canSignIn) return <StateBadge tone="ended">Cannot sign in</StateBadge>;
  return <StateBadge tone="settled">Can sign in</StateBadge>;
}

// One person: the roles held, and switching access off and on.
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type ROLES, roleTitle } from '../../kernel/people/roles.ts';
import type { RecordView } from '../../kernel/records/contract.ts';
import { Answer } from '../design/Answer.tsx';
import { AppLink } from '../design/AppLink.tsx';
import { ConfirmDialog } from '../design/ConfirmDialog.tsx';
import { SidePanel } from '../design/Dialog.tsx';
import { KeyLink } from '../design/KeyLink.tsx';
import { Notice } from '../design/ProblemNotice.tsx';
import { showToast } from '../design/toasts.ts';
import type { PersonRow } from '../people-queries.ts';
import { allRecords, recordQuery } from '../queries.ts';
import { queryClient } from '../query-client.ts';
import { hasRole, peopleClient, useMe } from '../session.ts';
import { ResetPassword } from './ResetPassword.tsx';
import { waysWords } from './sign-in-ways.ts';

export interface PersonPanelProps {
  readonly person: PersonRow;
  readonly productTitle: (id: string | null) => string;
  readonly onClose: () => void;
}

export function PersonPanel({ person, productTitle, onClose }: PersonPanelProps) {
  const me = useMe();
  const [switching, setSwitching] = useState(false);
  const [resetting, setResetting] = useState(false);
  const assignments = useQuery({
    queryKey: ['records', 'assignments-of', person.id],
    queryFn: () => assignmentsOf(person),
  });
  const mayAssign = hasRole(me, ['administrator', 'quality']);
  const maySwitch = hasRole(me, ['administrator']) && person.id !== me.id && person.canSignIn;
  const act = person.disabled ? 'Enable' : 'Disable';
  return (
    <SidePanel title={person.name} opened={true} onClose={onClose}>
      <div className="stack">
        <p className="muted">{person.email}</p>
        <dl className="facts">
          <dt>Signs in with</dt>
          <dd>{waysWords(person)}</dd>
        </dl>
        <h3>Roles</h3>
        <Answer query={assignments} lines={3}>
          {(found) =>
            found.length === 0 ? (
              <p className="muted">No role. Without one a person can sign in and see nothing.</p>
            ) : (
              <ul className="lines">
                {found.map((assignment) => (
                  <li key={assignment.id}>
                    <p>
                      {roleTitle(assignment.body.role as (typeof ROLES)[number]['id'])},{' '}
                      {productTitle(assignment.productId)}
                    </p>
                    <KeyLink recordKey={assignment.key} />
                  </li>
                ))}
              </ul>
            )
          }
        </Answer>
        {person.refusedRoles.length > 0 ? (
          <Notice title="Groups give what a rule refuses">
            <ul>
              {person.refusedRoles.map((one) => (
                <li key={`${one.role} ${one.product}`}>
                  {roleTitle(one.role as (typeof ROLES)[number]['id'])}, {one.product}
                  {one.group === '' ? '' : `, by group "${one.group}"`}: {one.message}
                </li>
              ))}
            </ul>
          </Notice>
        ) : null}
        <div className="row">
          {mayAssign ? (
            <AppLink to="/new/role-assignment" search={{ person: person.id }}>
              Assign another role
            </AppLink>
          ) : null}
          {maySwitch ? <Button onClick={() => setSwitching(true)}>{act} access</Button> : null}
          {maySwitch && person.password && !person.disabled ? (
            <Button onClick={() => setResetting(true)}>Reset password</Button>
          ) : null}
        </div>
      </div>
      {resetting ? <ResetPassword person={person} onClose={() => setResetting(false)} /> : null}
      <ConfirmDialog
        title={`${act} access of ${person.name}`}
        verb={`${act} access`}
        danger={!person.disabled}
        opened={switching}
        onClose={() => setSwitching(false)}
        onConfirm={async () => {
          const param = { id: person.id };
          if (person.disabled) await peopleClient.people[':id'].enable.$post({ param });
          else await peopleClient.people[':id'].disable.$post({ param });
          await queryClient.invalidateQueries({ queryKey: ['people'] });
          showToast(
            person.disabled ? `${person.name} can sign in again.` : `${person.name} cannot sign in any more.`,
          );
        }}
      >
        {person.disabled
          ? 'The person can sign in again, with the roles that are still assigned.'
          : 'The person is signed out everywhere and cannot sign in; API tokens are revoked. Records and signatures stay.'}
      </ConfirmDialog>
    </SidePanel>
  );
}

// A house has tens of assignments a role; each is asked once and kept.
const MOST = 200;

/** The list of assignments does not say whose they are; their bodies do. */
async function assignmentsOf(person: PersonRow): Promise<readonly RecordView[]> {
  const held = new Set(person.roles.map((grant) => `${grant.role} ${grant.productId}`));
  const listed = await allRecords({ kind: 'role-assignment', state: 'active' });
  const possible = listed.filter((record) => held.has(`${record.title} ${record.productId}`)).slice(0, MOST);
  const read = await Promise.all(possible.map((record) => queryClient.fetchQuery(recordQuery(record.key))));
  return read.filter((record) => record.body.person === person.id);
}

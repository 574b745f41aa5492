import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { roleTitle } from '../../kernel/people/roles.ts';
import { Answer } from '../design/Answer.tsx';
import { ConfirmDialog } from '../design/ConfirmDialog.tsx';
import { RelativeTime } from '../design/RelativeTime.tsx';
import { showToast } from '../design/toasts.ts';
import type { InvitationRow } from '../people-queries.ts';
import { invitationsQuery } from '../people-queries.ts';
import { queryClient } from '../query-client.ts';
import { peopleClient } from '../session.ts';

/** Links that were given out and not used yet. */
export function Invitations() {
  const invitations = useQuery(invitationsQuery);
  const [revoking, setRevoking] = useState<InvitationRow | null>(null);
  return (
    <>
      <Answer query={invitations} lines={2}>
        {(items) =>
          items.length === 0 ? (
            <p className="muted">None is open.</p>
          ) : (
            <ul className="lines">
              {items.map((item) => (
                <li key={item.id} className="row">
                  <span className="grow">
                    {item.name} <span className="muted">{item.email}</span>
                    {item.suggested.length > 0 ? (
                      <span className="muted small">
                        {' '}
                        thought of as {item.suggested.map((grant) => roleTitle(grant.role)).join(', ')}
                      </span>
                    ) : null}
                  </span>
                  <span className="muted small">
                    ends <RelativeTime at={item.expiresAt} />
                  </span>
                  <Button onClick={() => setRevoking(item)}>Take back</Button>
                </li>
              ))}
            </ul>
          )
        }
      </Answer>
      {revoking ? (
        <ConfirmDialog
          title="Take the invitation back"
          verb="Take back"
          opened={true}
          onClose={() => setRevoking(null)}
          onConfirm={async () => {
            await peopleClient.invitations[':id'].$delete({ param: { id: revoking.id } });
            await queryClient.invalidateQueries({ queryKey: ['people'] });
            showToast(`The link for ${revoking.name} does not work any more.`);
          }}
        >
          The link that {revoking.name} was given stops working.
        </ConfirmDialog>
      ) : null}
    </>
  );
}

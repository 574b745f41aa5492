import { Button } from '@mantine/core';
import { useState } from 'react';
import { EmptyState } from '../design/EmptyState.tsx';
import { ProblemNotice } from '../design/ProblemNotice.tsx';
import { peopleClient } from '../session.ts';
import { tokenInFragment, useEnter } from './enter.ts';
import { Gate } from './Gate.tsx';
import { NewPassword } from './NewPassword.tsx';
import { useSubmit } from './use-submit.ts';

/** The link of an invitation: the person sets a password and is in. */
export function Page() {
  const [token] = useState(() => tokenInFragment(location.hash));
  const [password, setPassword] = useState('');
  const enter = useEnter();
  const { error, busy, onSubmit } = useSubmit(async () => {
    if (token === null) return;
    await peopleClient.invitations.accept.$post({ json: { token, password } });
    await enter();
  });
  return (
    <Gate title="Accept the invitation">
      {token === null ? (
        <EmptyState
          what="The link is not complete"
          why="Open the whole link that you were sent, with everything behind the #, or ask for a new one."
        />
      ) : (
        <form className="stack" onSubmit={onSubmit}>
          <p className="muted">Choose a password. Your e-mail address is the one that was invited.</p>
          <NewPassword value={password} onChange={setPassword} />
          {error ? <ProblemNotice error={error} /> : null}
          <Button type="submit" variant="filled" size="sm" loading={busy}>
            Accept invitation
          </Button>
        </form>
      )}
    </Gate>
  );
}

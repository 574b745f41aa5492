import { Button } from '@mantine/core';
import { useState } from 'react';
import { EmptyState } from '../design/EmptyState.tsx';
import { ProblemNotice } from '../design/ProblemNotice.tsx';
import { peopleClient } from '../session.ts';
import { tokenInFragment } from './enter.ts';
import { Gate } from './Gate.tsx';
import { NewPassword } from './NewPassword.tsx';
import { useSubmit } from './use-submit.ts';

/** The link of an administrator for who forgot the password; signing in comes after it. */
export function Page() {
  const [token] = useState(() => tokenInFragment(location.hash));
  const [password, setPassword] = useState('');
  const [done, setDone] = useState(false);
  const { error, busy, onSubmit } = useSubmit(async () => {
    if (token === null) return;
    await peopleClient.session['password-reset'].$post({ json: { token, password } });
    setPassword('');
    setDone(true);
  });
  return (
    <Gate title="New password">
      {token === null ? (
        <EmptyState
          what="The link is not complete"
          why="Open the whole link that you were sent, with everything behind the #, or ask for a new one."
        />
      ) : done ? (
        <div className="stack">
          <p>
            The password is set. Your second factor, if you have one, is as it was. You are signed out
            everywhere, and your API tokens have ended: what used one needs a new one.
          </p>
          <Button component="a" href="/sign-in" variant="filled" size="sm">
            Sign in
          </Button>
        </div>
      ) : (
        <form className="stack" onSubmit={onSubmit}>
          <NewPassword value={password} onChange={setPassword} />
          {error ? <ProblemNotice error={error} /> : null}
          <Button type="submit" variant="filled" size="sm" loading={busy}>
            Set password
          </Button>
        </form>
      )}
    </Gate>
  );
}

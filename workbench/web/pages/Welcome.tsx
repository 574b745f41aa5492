// The link that Ward prints when it starts: it makes the administrator, or later lets the administrator in again.
import { Button, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Answer } from '../design/Answer.tsx';
import { AppLink } from '../design/AppLink.tsx';
import { EmptyState } from '../design/EmptyState.tsx';
import { ProblemNotice } from '../design/ProblemNotice.tsx';
import { firstRunQuery, peopleClient } from '../session.ts';
import { tokenInFragment, useEnter } from './enter.ts';
import { Gate } from './Gate.tsx';
import { NewPassword } from './NewPassword.tsx';
import { useSubmit } from './use-submit.ts';

export function Page() {
  const [token] = useState(() => tokenInFragment(location.hash));
  const firstRun = useQuery(firstRunQuery);
  if (token === null) {
    return (
      <Gate title="Welcome">
        <EmptyState
          what="The link is not complete"
          why="Copy the whole link that Ward printed when it started, with everything behind the #."
          action={<AppLink to="/sign-in">Sign in with a password</AppLink>}
        />
      </Gate>
    );
  }
  return (
    <Gate title={firstRun.data?.needed === false ? 'Sign in by link' : 'Welcome to Ward'}>
      <Answer query={firstRun}>
        {({ needed }) => (needed ? <MakeAdministrator token={token} /> : <EnterByLink token={token} />)}
      </Answer>
    </Gate>
  );
}

function MakeAdministrator({ token }: { readonly token: string }) {
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const enter = useEnter();
  const { error, busy, onSubmit } = useSubmit(async () => {
    await peopleClient['first-run'].$post({ json: { token, name, email, password } });
    await enter();
  });
  return (
    <form className="stack" onSubmit={onSubmit}>
      <p className="muted">
        You become the administrator: you invite people and run Ward. An administrator cannot approve records.
      </p>
      <TextInput
        label="Your full name"
        description="Stands in the history of what you do."
        autoComplete="name"
        required={true}
        maxLength={200}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <TextInput
        label="E-mail address"
        type="email"
        autoComplete="username"
        required={true}
        maxLength={254}
        value={email}
        onChange={(event) => setEmail(event.currentTarget.value)}
      />
      <NewPassword value={password} onChange={setPassword} />
      {error ? <ProblemNotice error={error} /> : null}
      <Button type="submit" variant="filled" size="sm" loading={busy}>
        Create administrator
      </Button>
    </form>
  );
}

function EnterByLink({ token }: { readonly token: string }) {
  const enter = useEnter();
  const { error, busy, onSubmit } = useSubmit(async () => {
    await peopleClient.session.link.$post({ json: { token } });
    await enter();
  });
  return (
    <form className="stack" onSubmit={onSubmit}>
      <p>This link signs the first administrator in, once.</p>
      {error ? <ProblemNotice error={error} /> : null}
      <div className="row">
        <Button type="submit" variant="filled" size="sm" loading={busy}>
          Sign in as administrator
        </Button>
        <AppLink to="/sign-in">Sign in with a password instead</AppLink>
      </div>
    </form>
  );
}

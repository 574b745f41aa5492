import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Notice, ProblemNotice } from '../design/ProblemNotice.tsx';
import { useSearchState } from '../search-state.ts';
import { firstRunQuery, peopleClient } from '../session.ts';
import { useEnter } from './enter.ts';
import { Gate } from './Gate.tsx';
import { useSubmit } from './use-submit.ts';

export function Page() {
  const [step, setStep] = useState<'password' | 'totp'>('password');
  return step === 'password' ? (
    <PasswordStep onCodeNeeded={() => setStep('totp')} />
  ) : (
    <CodeStep onBack={() => setStep('password')} />
  );
}

function PasswordStep({ onCodeNeeded }: { readonly onCodeNeeded: () => void }) {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [{ next }] = useSearchState();
  const enter = useEnter();
  const firstRun = useQuery(firstRunQuery);
  const { error, busy, onSubmit } = useSubmit(async () => {
    try {
      const { step } = await (await peopleClient.session.$post({ json: { email, password } })).json();
      if (step === 'totp') onCodeNeeded();
      else await enter(next);
    } catch (refusal) {
      setPassword('');
      throw refusal;
    }
  });
  return (
    <Gate title="Sign in">
      {firstRun.data?.needed ? (
        <Notice title="Ward is new here">
          <p>Open the link that Ward printed when it started: it makes the administrator.</p>
        </Notice>
      ) : null}
      <form className="stack" onSubmit={onSubmit}>
        <TextInput
          label="E-mail address"
          type="email"
          name="email"
          autoComplete="username"
          required={true}
          maxLength={254}
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <PasswordInput
          label="Password"
          name="password"
          autoComplete="current-password"
          required={true}
          maxLength={256}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the password' }}
        />
        {error ? <ProblemNotice error={error} /> : null}
        <Button type="submit" variant="filled" size="sm" loading={busy}>
          Sign in
        </Button>
      </form>
    </Gate>
  );
}

function CodeStep({ onBack }: { readonly onBack: () => void }) {
  const [code, setCode] = useState('');
  const [{ next }] = useSearchState();
  const enter = useEnter();
  const { error, busy, onSubmit } = useSubmit(async () => {
    try {
      await peopleClient.session.totp.$post({ json: { code: code.replaceAll(' ', '') } });
      await enter(next);
    } catch (refusal) {
      setCode('');
      throw refusal;
    }
  });
  return (
    <Gate title="Second factor">
      <form className="stack" onSubmit={onSubmit}>
        <TextInput
          label="Code from your authenticator"
          description="Six digits, or one of your backup codes."
          name="code"
          autoComplete="one-time-code"
          autoFocus={true}
          required={true}
          maxLength={20}
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        {error ? <ProblemNotice error={error} /> : null}
        <div className="row">
          <Button type="submit" variant="filled" size="sm" loading={busy}>
            Sign in
          </Button>
          <Button size="sm" onClick={onBack}>
            Start again
          </Button>
        </div>
      </form>
    </Gate>
  );
}

import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Notice, ProblemNotice } from '../design/ProblemNotice.tsx';
import { passkeysWork, signInByPasskey } from '../passkey.ts';
import { waysQuery } from '../people-queries.ts';
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
  const firstRun = useQuery(firstRunQuery);
  const ways = useQuery(waysQuery);
  const form = <PasswordForm onCodeNeeded={onCodeNeeded} />;
  return (
    <Gate title="Sign in">
      {firstRun.data?.needed ? (
        <Notice title="Ward is new here">
          <p>Open the link that Ward printed when it started: it makes the administrator.</p>
        </Notice>
      ) : null}
      {ways.data?.provider ? <ProviderButton name={ways.data.provider.name} /> : null}
      {ways.data && !ways.data.passwords ? (
        <details>
          <summary>The provider is away</summary>
          <div className="stack">
            <p className="muted">The first administrator can come in with the own password.</p>
            {form}
          </div>
        </details>
      ) : (
        form
      )}
    </Gate>
  );
}

function PasswordForm({ onCodeNeeded }: { readonly onCodeNeeded: () => void }) {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [{ next }] = useSearchState();
  const enter = useEnter();
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
    <>
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
      <PasskeyButton next={next} />
    </>
  );
}

/** Leaves this page: the provider sends the browser back to `/sign-in/provider`. */
function ProviderButton({ name }: { readonly name: string }) {
  const [{ next }] = useSearchState();
  const { error, busy, onSubmit } = useSubmit(async () => {
    const json = next === undefined ? {} : { next };
    location.assign((await (await peopleClient.session.provider.$post({ json })).json()).url);
  });
  return (
    <form className="stack" onSubmit={onSubmit}>
      <Button type="submit" size="sm" variant="filled" loading={busy}>
        Sign in with {name}
      </Button>
      {error ? <ProblemNotice error={error} /> : null}
    </form>
  );
}

/** A passkey, where this address can have one. */
function PasskeyButton({ next }: { readonly next: string | undefined }) {
  const enter = useEnter();
  const ways = useQuery(waysQuery).data;
  const passkey = useSubmit(async () => {
    await signInByPasskey();
    await enter(next);
  });
  if (!ways || ways.passkeyOrigin !== location.origin || !passkeysWork()) return null;
  return (
    <form className="stack" onSubmit={passkey.onSubmit}>
      <Button type="submit" size="sm" loading={passkey.busy}>
        Sign in with a passkey
      </Button>
      {passkey.error ? <ProblemNotice error={passkey.error} /> : null}
    </form>
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

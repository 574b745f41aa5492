// Signing a list: every assessment is named with what it says, one proof, and each gets a signature of its own.
import { Button, PasswordInput, TextInput } from '@mantine/core';
import type { FormEvent } from 'react';
import { useState } from 'react';
import { Dialog, DialogFoot } from '../../../web/design/Dialog.tsx';
import { EmptyState } from '../../../web/design/EmptyState.tsx';
import { KeyLink } from '../../../web/design/KeyLink.tsx';
import { ProblemNotice } from '../../../web/design/ProblemNotice.tsx';
import { showToast } from '../../../web/design/toasts.ts';
import { useMe } from '../../../web/session.ts';
import type { FindingView } from '../api.ts';
import { statusTitle } from './finding-words.ts';
import type { ManyDone } from './findings-queries.ts';
import { approveMany, refreshFindings } from './findings-queries.ts';
import { ManyRefused } from './ManyRefused.tsx';

export interface SignManyProps {
  readonly findings: readonly FindingView[];
  readonly onClose: (done: boolean) => void;
}

/** As many as one request takes. */
const MOST = 200;

export function SignManyDialog({ findings, onClose }: SignManyProps) {
  const me = useMe();
  // What is signed is what the dialog showed when it opened, whatever arrives meanwhile.
  const [waiting] = useState(() =>
    findings
      .filter(({ assessment }) => assessment !== null && ['draft', 'reopened'].includes(assessment.state))
      .slice(0, MOST),
  );
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [outcome, setOutcome] = useState<ManyDone | null>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (busy || password === '') return;
    setBusy(true);
    setError(null);
    try {
      const items = waiting.map(({ assessment }) => ({
        assessment: assessment!.key,
        revision: assessment!.revision,
      }));
      const totp = code.replaceAll(' ', '');
      const answer = await approveMany(items, { password, ...(totp === '' ? {} : { totp }) });
      await refreshFindings();
      showToast(`You signed ${answer.done.length} assessments.`);
      if (answer.refused.length === 0) onClose(true);
      else setOutcome(answer);
    } catch (refusal) {
      setError(refusal);
    } finally {
      setPassword('');
      setCode('');
      setBusy(false);
    }
  };
  const close = () => onClose(outcome !== null);
  if (waiting.length === 0)
    return (
      <Dialog title="Sign assessments" opened={true} onClose={close}>
        <EmptyState
          what="Nothing here waits for a signature"
          why="An assessment can be signed once somebody else has written it."
        />
      </Dialog>
    );
  return (
    <Dialog
      title={`Sign ${waiting.length === 1 ? 'one assessment' : `${waiting.length} assessments`}`}
      opened={true}
      onClose={close}
      size="lg"
    >
      <form className="stack" onSubmit={(event) => void submit(event)}>
        <p>
          You sign as {me.name}, approver. Each assessment gets a signature of its own over the revision that
          is named here; its finding takes the status, and VEX documents say so.
        </p>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls can be reached by key */}
        <section className="many-list" tabIndex={0} aria-label="What you sign">
          <table>
            <thead>
              <tr>
                <th>Assessment</th>
                <th>Finding</th>
                <th>Release</th>
                <th>Says</th>
              </tr>
            </thead>
            <tbody>
              {waiting.map(({ assessment, vulnerability, component, release }) => (
                <tr key={assessment!.key}>
                  <td>
                    <KeyLink recordKey={assessment!.key} />{' '}
                    <span className="muted small">rev. {assessment!.revision}</span>
                  </td>
                  <td>
                    {vulnerability} in {component}
                  </td>
                  <td className="code">{release.key}</td>
                  <td>{statusTitle(assessment!.status)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
        {outcome ? (
          <ManyRefused refused={outcome.refused} done={outcome.done.length} />
        ) : (
          <>
            <PasswordInput
              label="Your password"
              description="A signature needs you to prove that it is you, now (21 CFR 11.200). A passkey signs one record at a time, on its page."
              autoComplete="current-password"
              required={true}
              maxLength={200}
              data-autofocus="true"
              value={password}
              onChange={(event) => setPassword(event.currentTarget.value)}
              visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the password' }}
            />
            {me.secondFactor ? (
              <TextInput
                label="Code from your authenticator"
                autoComplete="one-time-code"
                required={true}
                maxLength={20}
                value={code}
                onChange={(event) => setCode(event.currentTarget.value)}
              />
            ) : null}
          </>
        )}
        {error ? <ProblemNotice error={error} /> : null}
        <DialogFoot>
          <Button onClick={close}>{outcome ? 'Close' : 'Cancel'}</Button>
          {outcome ? null : (
            <Button
              type="submit"
              variant="filled"
              loading={busy}
              disabled={password === '' || (me.secondFactor && code.trim() === '')}
            >
              Sign: Approve {waiting.length === 1 ? 'assessment' : `${waiting.length} assessments`}
            </Button>
          )}
        </DialogFoot>
      </form>
    </Dialog>
  );
}

// Taking a step. One that is a signature restates what is signed and asks for password and code, or a passkey; never optimistic.
import { Button } from '@mantine/core';
import type { FormEvent } from 'react';
import { useState } from 'react';
import type { ActionView, KindView, RecordView } from '../../kernel/records/contract.ts';
import { ProblemError, recordsClient } from '../client.ts';
import { Dialog, DialogFoot } from '../design/Dialog.tsx';
import { ProblemNotice } from '../design/ProblemNotice.tsx';
import { ReasonField } from '../design/ReasonField.tsx';
import { RecordState } from '../design/RecordState.tsx';
import { showToast } from '../design/toasts.ts';
import { ProofFields, useProof } from '../pages/Proof.tsx';
import { recordQuery, refreshRecords } from '../queries.ts';
import { queryClient } from '../query-client.ts';
import { useMe } from '../session.ts';
import { meaningWord } from './history-words.ts';

export interface StepDialogProps {
  readonly record: RecordView;
  readonly kind: KindView;
  readonly action: ActionView;
  readonly onClose: () => void;
}

export function StepDialog({ record, kind, action, onClose }: StepDialogProps) {
  const me = useMe();
  // What is signed is what the dialog showed when it opened, whatever arrives meanwhile.
  const [seen] = useState(record);
  const [reason, setReason] = useState('');
  const proof = useProof({ recordId: seen.id, revision: seen.revision, transition: action.id });
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const signs = action.signature !== null;
  const moved = record.revision !== seen.revision || record.state !== seen.state;
  const missing = (action.reasonNeeded && reason.trim() === '') || (signs && !proof.complete);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (missing || moved) return;
    setBusy(true);
    setError(null);
    try {
      const answer = await recordsClient.records[':key'].transitions.$post({
        param: { key: seen.key },
        json: {
          seenRevision: seen.revision,
          transition: action.id,
          reason: reason.trim() === '' ? null : reason.trim(),
          ...(signs ? await proof.give() : {}),
        },
      });
      queryClient.setQueryData(recordQuery(seen.key).queryKey, await answer.json());
      await refreshRecords();
      const state = kind.states.find((known) => known.id === action.to)?.title ?? action.to;
      showToast(
        signs
          ? `You signed ${seen.key} revision ${seen.revision}. It is ${state.toLowerCase()}.`
          : `${seen.key} is ${state.toLowerCase()}.`,
      );
      onClose();
    } catch (refusal) {
      setError(refusal);
      proof.clear();
      if (refusal instanceof ProblemError && refusal.status === 409) void refreshRecords();
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog title={action.title} opened={true} onClose={onClose}>
      <form className="stack" onSubmit={(event) => void submit(event)}>
        <dl className="facts">
          <dt>{kind.title}</dt>
          <dd>
            <span className="code">{seen.key}</span> {seen.title}
          </dd>
          {signs ? (
            <>
              <dt>Revision</dt>
              <dd>{seen.revision}</dd>
              <dt>You sign as</dt>
              <dd>
                {me.name}, {meaningWord(action.signature as string)}
              </dd>
            </>
          ) : null}
          <dt>It becomes</dt>
          <dd>
            <RecordState kind={kind} state={action.to} />
          </dd>
          {action.effect ? (
            <>
              <dt>What happens</dt>
              <dd>{action.effect}</dd>
            </>
          ) : null}
        </dl>
        {moved ? (
          <ProblemNotice
            error={
              new ProblemError({
                type: 'urn:ward:problem:page',
                title: 'Somebody changed it meanwhile',
                status: 409,
                code: 'record.stale-revision',
                detail: `${seen.key} is now at revision ${record.revision}.`,
                remedy: 'Close this, read the new revision, and begin again.',
                requestId: 'none',
              })
            }
          />
        ) : null}
        <ReasonField
          description="Stays with the history."
          first={true}
          needed={action.reasonNeeded}
          value={reason}
          onChange={setReason}
        />
        {signs ? (
          <ProofFields
            proof={proof}
            why="A signature needs you to prove that it is you, now (21 CFR 11.200)."
            backupCodes={false}
          />
        ) : null}
        {error ? <ProblemNotice error={error} /> : null}
        <DialogFoot>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="filled" loading={busy} disabled={missing || moved}>
            {signs ? `Sign: ${action.title}` : action.title}
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}

// Editing: the draft is kept in this browser, the difference is shown before it is saved, and when somebody else saved
// meanwhile both versions are laid side by side.
import { Button } from '@mantine/core';
import { useState } from 'react';
import type { KindView, RecordView } from '../../kernel/records/contract.ts';
import { ProblemError, recordsClient } from '../client.ts';
import { Notice, ProblemNotice } from '../design/ProblemNotice.tsx';
import { ReasonField } from '../design/ReasonField.tsx';
import { RelativeTime } from '../design/RelativeTime.tsx';
import { showToast, showUndo } from '../design/toasts.ts';
import { DifferenceList } from '../forms/DifferenceList.tsx';
import { dropDraft, keepDraft, readDraft } from '../forms/draft.ts';
import { FormAids } from '../forms/FormAids.tsx';
import type { Body, Field } from '../forms/fields.ts';
import { labelledDifferences } from '../forms/label-differences.ts';
import { SchemaForm } from '../forms/SchemaForm.tsx';
import type { Complaints } from '../forms/validate.ts';
import { complaintsOf, validate } from '../forms/validate.ts';
import { recordQuery, refreshRecords } from '../queries.ts';
import { queryClient } from '../query-client.ts';
import { MergeRevisions } from './MergeRevisions.tsx';

export interface EditRecordProps {
  readonly record: RecordView;
  readonly kind: KindView;
  readonly fields: readonly Field[];
  readonly onDone: () => void;
}

export function EditRecord({ record, kind, fields, onDone }: EditRecordProps) {
  const [draft] = useState(() => readDraft(record.key));
  // What the edit began from; a newer revision that arrives meanwhile is merged, never silently overwritten.
  const [base, setBase] = useState<Body>(draft?.base ?? (record.body as Body));
  const [revision, setRevision] = useState(draft?.revision ?? record.revision);
  const [body, setBody] = useState<Body>(draft?.body ?? (record.body as Body));
  const [reason, setReason] = useState('');
  const [reviewing, setReviewing] = useState(false);
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [refused, setRefused] = useState<Complaints>();
  const needsReason = kind.editReason === 'always' || kind.editReason.includes(record.state);
  const differences = reviewing ? labelledDifferences(fields, base, body) : [];
  const stale = record.revision > revision;

  const change = (next: Body) => {
    setBody(next);
    setRefused(undefined);
    keepDraft(record.key, { revision, base, body: next, at: new Date().toISOString() });
  };
  const review = () => {
    setTried(true);
    setError(null);
    if (validate(fields, body).size === 0) setReviewing(true);
  };
  const save = async () => {
    setBusy(true);
    setError(null);
    try {
      const answer = await recordsClient.records[':key'].$put({
        param: { key: record.key },
        json: { seenRevision: revision, body, reason: reason.trim() || null },
      });
      const saved = await answer.json();
      dropDraft(record.key);
      queryClient.setQueryData(recordQuery(record.key).queryKey, saved);
      showToast(`${record.key} saved as revision ${saved.revision}.`);
      onDone();
      await refreshRecords();
    } catch (refusal) {
      setError(refusal);
      if (refusal instanceof ProblemError) {
        setRefused(complaintsOf(refusal.problem.fields ?? []));
        if (refusal.problem.fields) setReviewing(false);
        if (refusal.code === 'record.stale-revision') await refreshRecords();
      }
    } finally {
      setBusy(false);
    }
  };
  const discard = () => {
    const kept = body;
    dropDraft(record.key);
    onDone();
    showUndo('The draft was thrown away.', () =>
      keepDraft(record.key, { revision, base, body: kept, at: new Date().toISOString() }),
    );
  };

  if (stale) {
    return (
      <MergeRevisions
        record={record}
        fields={fields}
        base={base}
        mine={body}
        onMerged={(merged) => {
          const now = record.body as Body;
          setBase(now);
          setRevision(record.revision);
          setBody(merged);
          setError(null);
          keepDraft(record.key, {
            revision: record.revision,
            base: now,
            body: merged,
            at: new Date().toISOString(),
          });
          setReviewing(true);
        }}
        onDiscard={discard}
      />
    );
  }
  return (
    <form
      className="stack"
      noValidate={true}
      onSubmit={(event) => {
        event.preventDefault();
        if (reviewing) void save();
        else review();
      }}
    >
      {draft && !reviewing ? (
        <Notice title="Your draft was kept" tone="plain">
          <p>
            From <RelativeTime at={draft.at} />. It is in this browser only, until you save.
          </p>
        </Notice>
      ) : null}
      {reviewing ? (
        <div className="form">
          <p className="muted">
            This will be revision {revision + 1}. What differs from revision {revision}:
          </p>
          <DifferenceList differences={differences} />
          <ReasonField
            label="Reason for the change"
            description={
              needsReason ? 'Needed in this state; it stays with the history.' : 'Stays with the history.'
            }
            needed={needsReason}
            value={reason}
            onChange={setReason}
          />
          {record.signatures.some((signature) => signature.current) ? (
            <p>The signatures stay with revision {revision}; the new revision is not signed.</p>
          ) : null}
        </div>
      ) : (
        <SchemaForm fields={fields} body={body} onChange={change} tried={tried} refused={refused}>
          <FormAids kind={kind.kind} body={body} />
        </SchemaForm>
      )}
      {error ? <ProblemNotice error={error} /> : null}
      <div className="form__foot">
        {reviewing ? (
          <>
            <Button
              type="submit"
              variant="filled"
              loading={busy}
              disabled={differences.length === 0 || (needsReason && reason.trim() === '')}
            >
              Save revision {revision + 1}
            </Button>
            <Button onClick={() => setReviewing(false)}>Back to the form</Button>
          </>
        ) : (
          <>
            <Button type="submit" variant="filled">
              Show what changes
            </Button>
            <Button onClick={onDone}>Close, keep draft</Button>
            <Button onClick={discard}>Throw draft away</Button>
          </>
        )}
      </div>
    </form>
  );
}

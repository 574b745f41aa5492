// A decision whose premises moved: what moved, and the way to say that it still holds.
import { Button } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { RecordView } from '../../../kernel/records/contract.ts';
import { Dialog, DialogFoot } from '../../../web/design/Dialog.tsx';
import { Notice, ProblemNotice } from '../../../web/design/ProblemNotice.tsx';
import { ReasonField } from '../../../web/design/ReasonField.tsx';
import { showToast } from '../../../web/design/toasts.ts';
import { hasRole, useMe } from '../../../web/session.ts';
import { useRequest } from '../../../web/use-request.ts';
import { confirmThreat, refreshThreats } from './threats-queries.ts';

export function StaleNotice({
  record,
  reasons,
}: {
  readonly record: RecordView;
  readonly reasons: readonly string[];
}) {
  const me = useMe();
  const [asking, setAsking] = useState(false);
  const signed = record.state === 'accepted';
  const mayConfirm = !signed && hasRole(me, ['security-lead'], record.productId);
  return (
    <>
      <Notice
        title="What this decision rests on has changed"
        action={mayConfirm ? <Button onClick={() => setAsking(true)}>It still holds</Button> : undefined}
      >
        <ul>
          {reasons.map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
        {signed ? <p>It was signed: re-open it and accept it again, or decide otherwise.</p> : null}
      </Notice>
      {asking ? <ConfirmDialog record={record} onClose={() => setAsking(false)} /> : null}
    </>
  );
}

function ConfirmDialog({ record, onClose }: { readonly record: RecordView; readonly onClose: () => void }) {
  const [reason, setReason] = useState('');
  const { busy, error, run } = useRequest();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    await run(async () => {
      await confirmThreat(record.key, record.revision, reason.trim());
      await refreshThreats();
      showToast(`The decision about ${record.key} holds.`);
      onClose();
    });
  };
  return (
    <Dialog title="The decision still holds" opened={true} onClose={onClose}>
      <form className="stack" onSubmit={(event) => void submit(event)}>
        <ReasonField
          description="Why it holds although its premises changed; stays with the history."
          first={true}
          value={reason}
          onChange={setReason}
        />
        {error ? <ProblemNotice error={error} /> : null}
        <DialogFoot>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="filled" loading={busy} disabled={reason.trim() === ''}>
            Confirm decision
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}

// A link with which a person who forgot the password sets a new one.
import { Button } from '@mantine/core';
import { useState } from 'react';
import { CopyField } from '../design/CopyField.tsx';
import { Dialog, DialogFoot } from '../design/Dialog.tsx';
import { ProblemNotice } from '../design/ProblemNotice.tsx';
import type { PersonRow } from '../people-queries.ts';
import { peopleClient } from '../session.ts';
import { ProofFields, useProof } from './Proof.tsx';
import { useSubmit } from './use-submit.ts';

export interface ResetPasswordProps {
  readonly person: PersonRow;
  readonly onClose: () => void;
}

export function ResetPassword({ person, onClose }: ResetPasswordProps) {
  const proof = useProof();
  const [url, setUrl] = useState<string | null>(null);
  const { error, busy, onSubmit } = useSubmit(async () => {
    try {
      const json = await proof.give();
      const param = { id: person.id };
      const made = await peopleClient.people[':id']['password-reset'].$post({ param, json });
      setUrl((await made.json()).url);
    } finally {
      proof.clear();
    }
  });
  const title = `Reset the password of ${person.name}`;
  if (url !== null) {
    return (
      <Dialog title={title} opened={true} onClose={onClose}>
        <div className="stack">
          <p>Pass it on by a safe way; it works once, for a day, and is not shown again.</p>
          <CopyField label="Link" text={url} />
        </div>
        <DialogFoot>
          <Button variant="filled" onClick={onClose}>
            Done
          </Button>
        </DialogFoot>
      </Dialog>
    );
  }
  return (
    <Dialog title={title} opened={true} onClose={onClose}>
      <form className="stack" onSubmit={onSubmit}>
        <p>
          {person.secondFactor
            ? 'The second factor stays: signing in needs the code as well.'
            : 'This person has no second factor: whoever holds the link can sign in as the person.'}{' '}
          With the new password all sessions and API tokens of the person end. It stands in the ledger under
          your name, and the person is told at the next sign-in.
        </p>
        <ProofFields proof={proof} autoFocus={true} />
        {error ? <ProblemNotice error={error} /> : null}
        <DialogFoot>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="filled" loading={busy}>
            Make link
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}

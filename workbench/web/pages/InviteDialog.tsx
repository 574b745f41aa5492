// Inviting: the link is shown once, to be passed on by a safe way; roles are assigned afterwards, by record.
import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Role } from '../../kernel/people/roles.ts';
import { ROLES } from '../../kernel/people/roles.ts';
import { CopyField } from '../design/CopyField.tsx';
import { Dialog, DialogFoot } from '../design/Dialog.tsx';
import { ProblemNotice } from '../design/ProblemNotice.tsx';
import { exactTime } from '../design/time.ts';
import { queryClient } from '../query-client.ts';
import { peopleClient } from '../session.ts';
import { useSubmit } from './use-submit.ts';

interface Made {
  readonly url: string;
  readonly expiresAt: string;
  readonly email: string;
  readonly mailed: boolean;
}

export function InviteDialog({
  opened,
  onClose,
}: {
  readonly opened: boolean;
  readonly onClose: () => void;
}) {
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<Role | ''>('');
  const [made, setMade] = useState<Made | null>(null);
  const close = () => {
    setName('');
    setEmail('');
    setRole('');
    setMade(null);
    onClose();
  };
  const { error, busy, onSubmit } = useSubmit(async () => {
    const suggested = role === '' ? [] : [{ role, productId: null }];
    const answer = await (await peopleClient.invitations.$post({ json: { name, email, suggested } })).json();
    setMade({ url: answer.url, expiresAt: answer.expiresAt, email, mailed: answer.mailed });
    await queryClient.invalidateQueries({ queryKey: ['people'] });
  });
  if (made) {
    return (
      <Dialog title="Invitation made" opened={opened} onClose={close}>
        <div className="stack">
          <p>
            {made.mailed
              ? `It is on its way to ${made.email}. The link is shown here only now and works once, until `
              : `Pass this link on to ${made.email} by a safe way. It is shown only now and works once, until `}
            {exactTime(made.expiresAt)}.
          </p>
          <CopyField label="Link" text={made.url} />
        </div>
        <DialogFoot>
          <Button variant="filled" onClick={close}>
            Done
          </Button>
        </DialogFoot>
      </Dialog>
    );
  }
  return (
    <Dialog title="Invite person" opened={opened} onClose={close}>
      <form className="stack" onSubmit={onSubmit}>
        <TextInput
          label="Full name"
          description="Stands in the history of what the person does, and on signatures."
          required={true}
          maxLength={200}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          label="E-mail address"
          type="email"
          required={true}
          maxLength={254}
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <NativeSelect
          label="Role that is thought of"
          description="Only a note for whoever assigns it; the invitation gives no rights."
          value={role}
          onChange={(event) => setRole(event.currentTarget.value as Role | '')}
          data={[
            { value: '', label: 'Decided later' },
            ...ROLES.map((known) => ({ value: known.id, label: `${known.title}: ${known.purpose}` })),
          ]}
        />
        {error ? <ProblemNotice error={error} /> : null}
        <DialogFoot>
          <Button onClick={close}>Cancel</Button>
          <Button type="submit" variant="filled" loading={busy}>
            Make invitation
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}

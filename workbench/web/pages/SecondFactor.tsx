// Turning the second factor on: scan, confirm with a code, keep the backup codes.
import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import { CopyField } from '../design/CopyField.tsx';
import { Dialog, DialogFoot } from '../design/Dialog.tsx';
import { ProblemNotice } from '../design/ProblemNotice.tsx';
import { StateBadge } from '../design/StateBadge.tsx';
import { showToast } from '../design/toasts.ts';
import { queryClient } from '../query-client.ts';
import { peopleClient, sessionQuery, useMe } from '../session.ts';
import { ProofFields, type ProofGiven, useProof } from './Proof.tsx';
import { useSubmit } from './use-submit.ts';

type Doing = 'on' | 'off' | 'codes' | null;

export function SecondFactor() {
  const me = useMe();
  const [doing, setDoing] = useState<Doing>(null);
  return (
    <div className="stack">
      <p className="row">
        {me.secondFactor ? (
          <StateBadge tone="settled">On</StateBadge>
        ) : (
          <StateBadge tone="attention">Off</StateBadge>
        )}
        A code from your phone beside the password, for signing in and for signing records.
      </p>
      <div className="row">
        {me.secondFactor ? (
          <>
            <Button onClick={() => setDoing('codes')}>New backup codes</Button>
            <Button onClick={() => setDoing('off')}>Turn off</Button>
          </>
        ) : (
          <Button onClick={() => setDoing('on')}>Turn on</Button>
        )}
      </div>
      {doing ? <Steps doing={doing} onClose={() => setDoing(null)} /> : null}
    </div>
  );
}

interface Enrolment {
  readonly secret: string;
  readonly svg: string;
}

function Steps({ doing, onClose }: { readonly doing: Exclude<Doing, null>; readonly onClose: () => void }) {
  const [enrolment, setEnrolment] = useState<Enrolment | null>(null);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const title =
    doing === 'on'
      ? 'Turn the second factor on'
      : doing === 'off'
        ? 'Turn the second factor off'
        : 'New backup codes';
  const finished = async () => {
    await queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey });
  };
  const prove = async (json: ProofGiven) => {
    if (doing === 'on') setEnrolment(await (await peopleClient.me.totp.$post({ json })).json());
    else if (doing === 'codes')
      setCodes((await (await peopleClient.me.totp['backup-codes'].$post({ json })).json()).backupCodes);
    else {
      await peopleClient.me.totp.disable.$post({ json });
      await finished();
      showToast('The second factor is off.');
      onClose();
    }
  };
  return (
    <Dialog title={title} opened={true} onClose={onClose}>
      {codes ? (
        <BackupCodes codes={codes} onClose={onClose} />
      ) : enrolment ? (
        <Confirm
          enrolment={enrolment}
          onConfirmed={async (made) => {
            setCodes(made);
            await finished();
          }}
        />
      ) : (
        <Prove verb={doing === 'off' ? 'Turn off' : 'Go on'} onProve={prove} onClose={onClose} />
      )}
    </Dialog>
  );
}

function Prove({
  verb,
  onProve,
  onClose,
}: {
  readonly verb: string;
  readonly onProve: (given: ProofGiven) => Promise<void>;
  readonly onClose: () => void;
}) {
  const proof = useProof();
  const { error, busy, onSubmit } = useSubmit(async () => {
    try {
      await onProve(await proof.give());
    } finally {
      proof.clear();
    }
  });
  return (
    <form className="stack" onSubmit={onSubmit}>
      <ProofFields proof={proof} autoFocus={true} />
      {error ? <ProblemNotice error={error} /> : null}
      <DialogFoot>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" variant="filled" loading={busy}>
          {verb}
        </Button>
      </DialogFoot>
    </form>
  );
}

function Confirm({
  enrolment,
  onConfirmed,
}: {
  readonly enrolment: Enrolment;
  readonly onConfirmed: (codes: readonly string[]) => Promise<void>;
}) {
  const [code, setCode] = useState('');
  const { error, busy, onSubmit } = useSubmit(async () => {
    const answer = await peopleClient.me.totp.confirm.$post({ json: { code: code.replaceAll(' ', '') } });
    await onConfirmed((await answer.json()).backupCodes);
  });
  return (
    <form className="stack" onSubmit={onSubmit}>
      <p>Scan this with your authenticator, then type the code that it shows.</p>
      {/* As an image a picture cannot run anything, whatever it holds. */}
      <img
        className="qr"
        alt="QR code of the secret; the same secret stands below as text"
        src={`data:image/svg+xml,${encodeURIComponent(enrolment.svg)}`}
      />
      <CopyField label="Secret, for typing it in" text={enrolment.secret} />
      <TextInput
        label="Code"
        inputMode="numeric"
        autoComplete="one-time-code"
        required={true}
        maxLength={20}
        value={code}
        onChange={(event) => setCode(event.currentTarget.value)}
      />
      {error ? <ProblemNotice error={error} /> : null}
      <DialogFoot>
        <Button type="submit" variant="filled" loading={busy}>
          Turn on
        </Button>
      </DialogFoot>
    </form>
  );
}

function BackupCodes({
  codes,
  onClose,
}: {
  readonly codes: readonly string[];
  readonly onClose: () => void;
}) {
  return (
    <div className="stack">
      <p>Keep these where you find them without your phone. Each works once; they are not shown again.</p>
      <pre>{codes.join('\n')}</pre>
      <DialogFoot>
        <Button variant="filled" onClick={onClose}>
          I have kept them
        </Button>
      </DialogFoot>
    </div>
  );
}

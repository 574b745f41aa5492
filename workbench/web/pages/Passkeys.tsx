// Passkeys of the own account: adding with a name, removing.
import { Button, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Answer } from '../design/Answer.tsx';
import { ConfirmDialog } from '../design/ConfirmDialog.tsx';
import { Dialog, DialogFoot } from '../design/Dialog.tsx';
import { Notice, ProblemNotice } from '../design/ProblemNotice.tsx';
import { RelativeTime } from '../design/RelativeTime.tsx';
import { showToast } from '../design/toasts.ts';
import { makePasskey, passkeysWork } from '../passkey.ts';
import { passkeysQuery, waysQuery } from '../people-queries.ts';
import { queryClient } from '../query-client.ts';
import { peopleClient, useMe } from '../session.ts';
import { ProofFields, type ProofGiven, useProof } from './Proof.tsx';
import { useSubmit } from './use-submit.ts';

const refresh = () =>
  Promise.all([
    queryClient.invalidateQueries({ queryKey: passkeysQuery.queryKey }),
    queryClient.invalidateQueries({ queryKey: ['session'] }),
  ]);

export function Passkeys() {
  const passkeys = useQuery(passkeysQuery);
  const ways = useQuery(waysQuery);
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<{ id: string; name: string } | null>(null);
  const place = ways.data?.passkeyOrigin ?? null;
  const here = place === location.origin && passkeysWork();
  return (
    <div className="stack">
      <p>
        A passkey signs you in, and signs records, with your finger, face or PIN instead of password and code.
        It stays on the device that made it, or with that device's maker.
      </p>
      <Answer query={passkeys} lines={2}>
        {(items) =>
          items.length === 0 ? (
            <p className="muted">None yet. Register one on each device that you use.</p>
          ) : (
            <ul className="lines">
              {items.map((passkey) => (
                <li key={passkey.id} className="row">
                  <span className="grow">
                    {passkey.name}
                    <br />
                    <span className="muted small">
                      {passkey.synced ? 'copied between devices by its maker' : 'on one device only'},
                      registered <RelativeTime at={passkey.createdAt} />,{' '}
                      {passkey.lastUsedAt ? (
                        <>
                          last used <RelativeTime at={passkey.lastUsedAt} />
                        </>
                      ) : (
                        'not used yet'
                      )}
                    </span>
                  </span>
                  <Button
                    aria-label={`Remove passkey ${passkey.name}`}
                    onClick={() => setRemoving({ id: passkey.id, name: passkey.name })}
                  >
                    Remove
                  </Button>
                </li>
              ))}
            </ul>
          )
        }
      </Answer>
      {ways.data && !here ? (
        <Notice title="Passkeys do not work at this address">
          <p>
            {place === null
              ? 'Ward is set up under a number instead of a name. An administrator can set WARD_BASE_URL.'
              : `They belong to ${place}. Open Ward there to register and use them.`}
          </p>
        </Notice>
      ) : (
        <div>
          <Button onClick={() => setAdding(true)}>Register passkey</Button>
        </div>
      )}
      {adding ? (
        <AddPasskey hasAny={(passkeys.data ?? []).length > 0} onClose={() => setAdding(false)} />
      ) : null}
      <ConfirmDialog
        title={`Remove passkey ${removing?.name ?? ''}`}
        verb="Remove passkey"
        danger={true}
        opened={removing !== null}
        onClose={() => setRemoving(null)}
        onConfirm={async () => {
          if (removing === null) return;
          await peopleClient.me.passkeys[':id'].$delete({ param: { id: removing.id } });
          await refresh();
          showToast('The passkey opens nothing here any more.');
        }}
      >
        It will not sign you in any more. Signatures that were made with it stay.
      </ConfirmDialog>
    </div>
  );
}

function AddPasskey({ hasAny, onClose }: { readonly hasAny: boolean; readonly onClose: () => void }) {
  const me = useMe();
  const [name, setName] = useState('');
  const proof = useProof();
  // Who came by a provider and has nothing else yet proves it by having just signed in.
  const nothingToProve = !me.password && !hasAny;
  const { error, busy, onSubmit } = useSubmit(async () => {
    try {
      const given: ProofGiven | undefined = nothingToProve ? undefined : await proof.give();
      const json = given === undefined ? {} : { proof: given };
      const options = await (await peopleClient.me.passkeys.options.$post({ json })).json();
      const passkey = await makePasskey(options);
      await peopleClient.me.passkeys.$post({ json: { name, passkey } });
      await refresh();
      showToast(`The passkey "${name}" is registered.`);
      onClose();
    } finally {
      proof.clear();
    }
  });
  return (
    <Dialog title="Register passkey" opened={true} onClose={onClose}>
      <form className="stack" onSubmit={onSubmit}>
        <TextInput
          label="Name"
          description="By which you will know it: Work laptop, Phone, Key ring."
          data-autofocus="true"
          required={true}
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        {nothingToProve ? null : <ProofFields proof={proof} />}
        {error ? <ProblemNotice error={error} /> : null}
        <DialogFoot>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="filled" loading={busy}>
            Go on
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}

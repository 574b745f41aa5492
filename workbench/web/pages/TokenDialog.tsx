import { Button, Checkbox, NativeSelect, NumberInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { TokenScope } from '../../kernel/people/roles.ts';
import { TOKEN_SCOPES } from '../../kernel/people/roles.ts';
import { CopyField } from '../design/CopyField.tsx';
import { Dialog, DialogFoot } from '../design/Dialog.tsx';
import { ProblemNotice } from '../design/ProblemNotice.tsx';
import { useProduct } from '../product.ts';
import { queryClient } from '../query-client.ts';
import { peopleClient } from '../session.ts';
import { ProofFields, useProof } from './Proof.tsx';
import { useSubmit } from './use-submit.ts';

export function TokenDialog({ onClose }: { readonly onClose: () => void }) {
  const { products } = useProduct();
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<readonly TokenScope[]>(['read']);
  const [productId, setProductId] = useState('');
  const [days, setDays] = useState(90);
  const proof = useProof();
  const [token, setToken] = useState<string | null>(null);
  const { error, busy, onSubmit } = useSubmit(async () => {
    try {
      const made = await peopleClient.tokens.$post({
        json: { name, scopes: [...scopes], productId: productId || null, days, ...(await proof.give()) },
      });
      setToken((await made.json()).token);
      await queryClient.invalidateQueries({ queryKey: ['tokens'] });
    } finally {
      proof.clear();
    }
  });
  if (token !== null) {
    return (
      <Dialog title="Token made" opened={true} onClose={onClose}>
        <div className="stack">
          <p>Copy it now; it is not shown again. Send it as a bearer token.</p>
          <CopyField label="Token" text={token} />
        </div>
        <DialogFoot>
          <Button variant="filled" onClick={onClose}>
            Done
          </Button>
        </DialogFoot>
      </Dialog>
    );
  }
  const toggle = (scope: TokenScope) =>
    setScopes(scopes.includes(scope) ? scopes.filter((one) => one !== scope) : [...scopes, scope]);
  return (
    <Dialog title="New token" opened={true} onClose={onClose}>
      <form className="stack" onSubmit={onSubmit}>
        <TextInput
          label="Name"
          description="What uses it: Build server."
          required={true}
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <fieldset className="form__group">
          <legend>What it may do</legend>
          {TOKEN_SCOPES.map((scope) => (
            <Checkbox
              key={scope.id}
              label={scope.title}
              checked={scopes.includes(scope.id)}
              onChange={() => toggle(scope.id)}
            />
          ))}
        </fieldset>
        <NativeSelect
          label="For"
          value={productId}
          onChange={(event) => setProductId(event.currentTarget.value)}
          data={[
            { value: '', label: 'Everything that you may see' },
            ...products.map((product) => ({ value: product.id, label: product.title })),
          ]}
        />
        <NumberInput
          label="Ends after days"
          min={1}
          max={365}
          allowDecimal={false}
          hideControls={true}
          value={days}
          onChange={(next) => setDays(Number(next) || 1)}
        />
        <ProofFields proof={proof} />
        {error ? <ProblemNotice error={error} /> : null}
        <DialogFoot>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="filled" loading={busy} disabled={scopes.length === 0}>
            Make token
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}

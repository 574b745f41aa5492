// A new record of any kind: `/new/threat?product=…`. Fields can be given in the address (`&title=…`), links as
// `&link=leads-to:HRM-3`.
import { Button, NativeSelect } from '@mantine/core';
import { useParams } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import type { Role } from '../../kernel/people/roles.ts';
import { roleTitle } from '../../kernel/people/roles.ts';
import type { KindView } from '../../kernel/records/contract.ts';
import { ProblemError, recordsClient } from '../client.ts';
import { AppLink } from '../design/AppLink.tsx';
import { EmptyState } from '../design/EmptyState.tsx';
import { Loading } from '../design/Loading.tsx';
import { PageFrame } from '../design/PageFrame.tsx';
import { ProblemNotice } from '../design/ProblemNotice.tsx';
import { ReasonField } from '../design/ReasonField.tsx';
import { showToast } from '../design/toasts.ts';
import { dropDraft, keepDraft, readDraft } from '../forms/draft.ts';
import { FormAids } from '../forms/FormAids.tsx';
import type { Body, Schema } from '../forms/fields.ts';
import { fieldsOf, initialBody } from '../forms/fields.ts';
import { SchemaForm } from '../forms/SchemaForm.tsx';
import type { Complaints } from '../forms/validate.ts';
import { complaintsOf, validate } from '../forms/validate.ts';
import { useProduct } from '../product.ts';
import { refreshRecords, useKind, useKinds } from '../queries.ts';
import { useSearchState } from '../search-state.ts';
import { mayCreate, useMe } from '../session.ts';
import { useGo } from '../use-go.ts';
import { linksInAddress, prefilled } from './new-record-address.ts';

export function Page() {
  const { kind: name } = useParams({ strict: false }) as { kind: string };
  const kinds = useKinds();
  const kind = useKind(name);
  if (kinds.length === 0)
    return (
      <PageFrame title="New record">
        <Loading />
      </PageFrame>
    );
  if (!kind || kind.machineMade)
    return (
      <PageFrame title="New record">
        <EmptyState
          what={kind ? `A ${kind.title.toLowerCase()} is not made by hand` : `There is no kind "${name}"`}
          why={
            kind
              ? 'It comes from an import or a match; people decide on it.'
              : 'The address names a kind of record that Ward does not know.'
          }
          action={<AppLink to="/records">See all kinds</AppLink>}
        />
      </PageFrame>
    );
  return <NewForm key={kind.kind} kind={kind} />;
}

function NewForm({ kind }: { readonly kind: KindView }) {
  const me = useMe();
  const go = useGo();
  const [search] = useSearchState();
  const { products, product, choose } = useProduct();
  const fields = useMemo(() => fieldsOf(kind.schema as Schema), [kind]);
  const [houseWide, setHouseWide] = useState(kind.scope === 'organisation');
  const productId = kind.scope === 'organisation' || houseWide ? null : (product?.id ?? null);
  // What the address gives belongs to the draft: one that was left about another place is not taken up here.
  const [given] = useState(() => prefilled(fields, search));
  const place = ['new', kind.kind, ...Object.values(given).flat().map(String)].join('.');
  const [body, setBody] = useState<Body>(
    () => readDraft(place)?.body ?? { ...initialBody(fields), ...given },
  );
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [refused, setRefused] = useState<Complaints>();
  const links = linksInAddress(search.link);
  const needsReason = kind.editReason === 'always';
  const noProduct = kind.scope === 'product' && productId === null;
  const allowed = mayCreate(me, kind, productId);

  const save = async () => {
    setTried(true);
    setError(null);
    if (validate(fields, body).size > 0 || noProduct || (needsReason && reason.trim() === '')) return;
    setBusy(true);
    try {
      const answer = await recordsClient.records.$post({
        json: {
          kind: kind.kind,
          productId,
          body,
          reason: reason.trim() || null,
          ...(links.length > 0 ? { links: [...links] } : {}),
        },
      });
      const made = await answer.json();
      dropDraft(place);
      await refreshRecords();
      showToast(`${made.key} was made.`);
      go(`/r/${made.key}`);
    } catch (refusal) {
      setError(refusal);
      if (refusal instanceof ProblemError) setRefused(complaintsOf(refusal.problem.fields ?? []));
    } finally {
      setBusy(false);
    }
  };
  return (
    <PageFrame
      title={`New ${kind.title.toLowerCase()}`}
      meta={
        <>
          <span>{kind.purpose}</span>
          <span>{kind.clause}</span>
        </>
      }
    >
      <form
        className="stack"
        noValidate={true}
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        {kind.scope === 'organisation' ? null : (
          <NativeSelect
            label="Product"
            className="form__short"
            withAsterisk={kind.scope === 'product'}
            error={tried && noProduct ? 'Choose the product that it belongs to.' : undefined}
            value={houseWide ? 'house' : (product?.id ?? '')}
            onChange={(event) => {
              const chosen = event.currentTarget.value;
              setHouseWide(chosen === 'house');
              if (chosen !== 'house' && chosen !== '') choose(chosen);
            }}
            data={[
              ...(product ? [] : [{ value: '', label: 'Not chosen' }]),
              ...(kind.scope === 'either' ? [{ value: 'house', label: 'The whole organisation' }] : []),
              ...products.map((one) => ({ value: one.id, label: one.title })),
            ]}
          />
        )}
        <SchemaForm
          fields={fields}
          body={body}
          tried={tried}
          refused={refused}
          onChange={(next) => {
            setBody(next);
            setRefused(undefined);
            keepDraft(place, { revision: 0, base: {}, body: next, at: new Date().toISOString() });
          }}
        >
          <FormAids kind={kind.kind} body={body} />
          {needsReason ? (
            <ReasonField
              description="Stays with the history."
              error={tried && reason.trim() === '' ? 'A reason is needed.' : undefined}
              value={reason}
              onChange={setReason}
            />
          ) : null}
        </SchemaForm>
        {links.length > 0 ? (
          <p className="muted">
            It will be linked: {links.map((link) => `${link.type} ${link.to}`).join(', ')}.
          </p>
        ) : null}
        {error ? <ProblemNotice error={error} /> : null}
        {allowed || noProduct ? null : (
          <p className="muted">
            Your roles do not allow this. It needs one of:{' '}
            {kind.createRoles.map((role) => roleTitle(role as Role)).join(', ')}.
          </p>
        )}
        <div className="form__foot">
          <Button type="submit" variant="filled" loading={busy} disabled={!allowed && !noProduct}>
            Create {kind.title.toLowerCase()}
          </Button>
          <Button
            onClick={() => {
              dropDraft(place);
              setBody(initialBody(fields));
              setTried(false);
            }}
          >
            Empty the form
          </Button>
        </div>
      </form>
    </PageFrame>
  );
}

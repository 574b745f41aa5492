// What holds for the product whatever the flaw: answered once, kept in the product's record, and where every score begins.
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { RecordView } from '../../../kernel/records/contract.ts';
import { recordsClient } from '../../../web/client.ts';
import { KeyLink } from '../../../web/design/KeyLink.tsx';
import { ProblemNotice } from '../../../web/design/ProblemNotice.tsx';
import { recordQuery, refreshRecords } from '../../../web/queries.ts';
import { queryClient } from '../../../web/query-client.ts';
import type { ProductFacts as Facts } from '../rubric.ts';
import { askedFacts } from '../rubric.ts';

const NONE: Facts = {};

/** The product's record by way of the release; undefined while it is not there. */
export function useProductRecord(release: string): RecordView | undefined {
  const { data: of } = useQuery(recordQuery(release));
  const product = of?.productId ?? null;
  return useQuery({ ...recordQuery(product ?? ''), enabled: product !== null }).data;
}

export function factsOf(product: RecordView | undefined): Facts {
  return (product?.body.securityFacts as Facts | null | undefined) ?? NONE;
}

export function ProductFacts({ product }: { readonly product: RecordView }) {
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const facts = factsOf(product);
  const asked = askedFacts(facts);
  const known = asked.filter(({ id }) => facts[id] !== undefined).length;
  const keep = async (id: string, fact: 'yes' | 'no' | null) => {
    setBusy(true);
    setError(null);
    const { [id]: _before, ...others } = facts;
    try {
      const answer = await recordsClient.records[':key'].$put({
        param: { key: product.key },
        json: {
          seenRevision: product.revision,
          body: { ...product.body, securityFacts: fact === null ? others : { ...others, [id]: fact } },
          reason: null,
        },
      });
      queryClient.setQueryData(recordQuery(product.id).queryKey, await answer.json());
    } catch (refusal) {
      setError(refusal);
    } finally {
      setBusy(false);
      await refreshRecords();
    }
  };
  return (
    <details className="more">
      <summary>
        Facts of the product: {known} of {asked.length} answered
      </summary>
      <div className="stack">
        <p className="muted small">
          They hold for <KeyLink recordKey={product.key} /> whatever the flaw; every score of it begins with
          them.
        </p>
        {product.mayEdit ? null : (
          <p className="muted small">
            You can read them; a release manager, quality or a security lead answers them.
          </p>
        )}
        {asked.map(({ id, question }) => (
          <fieldset key={id} className="question" disabled={busy || !product.mayEdit}>
            <legend>{question}</legend>
            <div className="row question__answers">
              {(['yes', 'no'] as const).map((fact) => (
                <button
                  key={fact}
                  type="button"
                  className="choice"
                  aria-pressed={facts[id] === fact}
                  onClick={() => void keep(id, facts[id] === fact ? null : fact)}
                >
                  {fact === 'yes' ? 'Yes' : 'No'}
                </button>
              ))}
              {facts[id] === undefined ? <span className="not-assessed small">Not answered</span> : null}
            </div>
          </fieldset>
        ))}
        {error ? <ProblemNotice error={error} /> : null}
      </div>
    </details>
  );
}

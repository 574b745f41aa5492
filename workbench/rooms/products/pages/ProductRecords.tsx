// Every kind of record that a product can have, with how many there are.
import { useQueries } from '@tanstack/react-query';
import { AppLink } from '../../../web/design/AppLink.tsx';
import { Section } from '../../../web/design/PageFrame.tsx';
import { fewRecordsQuery, useKinds } from '../../../web/queries.ts';
import './figures.css';

/** Shown above by themselves. */
const ELSEWHERE = new Set(['product', 'release', 'plan']);

export function ProductRecords({ product }: { readonly product: string }) {
  const kinds = useKinds().filter((kind) => kind.scope !== 'organisation' && !ELSEWHERE.has(kind.kind));
  const counts = useQueries({ queries: kinds.map(({ kind }) => fewRecordsQuery({ kind, product }, 1)) });
  return (
    <Section title="Records of this product">
      <ul className="counts">
        {kinds.map((kind, index) => (
          <li key={kind.kind}>
            <AppLink to={`/records/${kind.kind}`} search={{ product }} title={kind.purpose}>
              {kind.plural}
            </AppLink>
            <span className="muted">{counts[index]?.data?.total.toLocaleString('en') ?? ''}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

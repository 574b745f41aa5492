import type { RecordView } from '../../../kernel/records/contract.ts';
import { AppLink } from '../../../web/design/AppLink.tsx';
import { Section } from '../../../web/design/PageFrame.tsx';
import { useKind } from '../../../web/queries.ts';
import { mayCreate, useMe } from '../../../web/session.ts';

/** On a threat or finding: a risk of it, with the harms that it leads to. */
export function Panel({ record }: { readonly record: RecordView }) {
  const me = useMe();
  const kind = useKind('risk');
  if (!kind || !mayCreate(me, kind, record.productId)) return null;
  return (
    <Section title="Risk">
      <p>
        <AppLink to="/risks/new" search={{ from: record.key }}>
          Make a risk of {record.key}
        </AppLink>{' '}
        <span className="muted small">
          The harms that it leads to and the controls against it come along.
        </span>
      </p>
    </Section>
  );
}

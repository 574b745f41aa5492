// On a requirement: what the checker says of its text and of its links.
import { useQuery } from '@tanstack/react-query';
import type { RecordView } from '../../../kernel/records/contract.ts';
import { Answer } from '../../../web/design/Answer.tsx';
import { AppLink } from '../../../web/design/AppLink.tsx';
import { Section } from '../../../web/design/PageFrame.tsx';
import { CheckFindings } from './CheckFindings.tsx';
import { checksQuery } from './requirements-queries.ts';

export function Panel({ record }: { readonly record: RecordView }) {
  const checks = useQuery(checksQuery(record.productId ?? undefined));
  if (record.state === 'obsolete') return null;
  return (
    <Section
      title="Can it be tested?"
      aside={
        <AppLink to="/traceability" search={{ view: 'graph', key: record.key }}>
          See its thread
        </AppLink>
      }
    >
      <Answer query={checks} lines={3}>
        {({ items }) => (
          <CheckFindings
            findings={items.find(({ key }) => key === record.key)?.findings ?? []}
            statement={String(record.body.statement ?? '')}
            acceptance={String(record.body.acceptance ?? '')}
          />
        )}
      </Answer>
    </Section>
  );
}

import type { RecordView } from '../../kernel/records/contract.ts';
import { Section } from '../design/PageFrame.tsx';

/** Steps that are not open to the reader: why not, and who could take them. */
export function RecordSteps({ record }: { readonly record: RecordView }) {
  const refused = record.actions.filter((action) => !action.allowed);
  if (refused.length === 0) return null;
  return (
    <Section title="Needs someone else">
      <ul className="lines">
        {refused.map((action) => (
          <li key={action.id}>
            <p>{action.title}</p>
            <p className="muted small">{action.whyNot?.message}</p>
            <p className="small">
              {action.others.length > 0
                ? `Could do it: ${action.others.map((person) => person.name).join(', ')}`
                : 'Nobody holds the role for it yet. An administrator can assign it.'}
            </p>
          </li>
        ))}
      </ul>
    </Section>
  );
}

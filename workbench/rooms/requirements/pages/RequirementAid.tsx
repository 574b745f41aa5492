// The checker beside the form: it speaks while somebody types, and never keeps them from saving.
import { useDeferredValue, useMemo } from 'react';
import type { Body } from '../../../web/forms/fields.ts';
import { checkRequirement } from '../check-requirement.ts';
import { CheckFindings } from './CheckFindings.tsx';

export function Aid({ body }: { readonly body: Body }) {
  const statement = useDeferredValue(String(body.statement ?? ''));
  const acceptance = useDeferredValue(String(body.acceptance ?? ''));
  const findings = useMemo(
    () => checkRequirement({ key: '', statement, acceptance }),
    [statement, acceptance],
  );
  // An empty form is not a bad one yet.
  if (statement.trim() === '' && acceptance.trim() === '') return null;
  const many = findings.length === 1 ? '1 finding' : `${findings.length} findings`;
  return (
    <section aria-label="Check of the text">
      <h3>
        Can it be tested? <span className="muted small">{findings.length === 0 ? 'Yes' : many}</span>
      </h3>
      <div aria-live="polite">
        <CheckFindings findings={findings} statement={statement} acceptance={acceptance} />
      </div>
    </section>
  );
}

// A form drawn from a kind's JSON Schema. The values are the caller's; this draws fields and says what is wrong.
import type { ReactNode } from 'react';
import { useEffect, useMemo, useState } from 'react';
import { FieldInput } from './FieldInput.tsx';
import type { Body, Field } from './fields.ts';
import { FormProvider } from './form-context.ts';
import type { Complaints } from './validate.ts';
import { validate } from './validate.ts';

export interface SchemaFormProps {
  readonly fields: readonly Field[];
  readonly body: Body;
  readonly onChange: (body: Body) => void;
  /** True after a save was tried: every complaint is shown. */
  readonly tried: boolean;
  /** What the server complained about; shown until the form changes. */
  readonly refused?: Complaints | undefined;
  readonly children?: ReactNode;
}

export function SchemaForm({ fields, body, onChange, tried, refused, children }: SchemaFormProps) {
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const own = useMemo(() => validate(fields, body), [fields, body]);
  const complaints = useMemo(() => new Map([...(refused ?? []), ...own]), [refused, own]);
  useFocusOnFirstComplaint(tried, own.size > 0 || (refused?.size ?? 0) > 0);
  return (
    <FormProvider
      value={{
        complaints,
        isShown: (path) => tried || left.has(path) || (refused?.has(path) ?? false),
        leave: (path) => setLeft((before) => (before.has(path) ? before : new Set(before).add(path))),
      }}
    >
      <div className="form">
        {fields.map((field) => (
          <FieldInput
            key={field.name}
            field={field}
            path={field.name}
            value={body[field.name]}
            onChange={(value) => {
              const { [field.name]: _before, ...rest } = body;
              onChange(value === undefined ? rest : { ...body, [field.name]: value });
            }}
          />
        ))}
        {children}
      </div>
    </FormProvider>
  );
}

/** After a save that was refused the focus goes to the first field that is wrong. */
function useFocusOnFirstComplaint(tried: boolean, wrong: boolean): void {
  useEffect(() => {
    if (!tried || !wrong) return;
    document.querySelector<HTMLElement>('.form [aria-invalid="true"]')?.focus();
  }, [tried, wrong]);
}

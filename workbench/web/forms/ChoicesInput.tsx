import { Checkbox } from '@mantine/core';
import type { FieldInputProps } from './FieldInput.tsx';
import type { Field, JsonValue } from './fields.ts';
import { useComplaint } from './form-context.ts';

type ChoicesField = Extract<Field, { kind: 'choices' }>;

/** Several of a few: a box for each, kept in the order in which they are offered. */
export function ChoicesInput({ field, path, value, onChange }: FieldInputProps<ChoicesField>) {
  const chosen = Array.isArray(value) ? value : [];
  const complaint = useComplaint(path);
  const toggle = (option: JsonValue) => {
    const next = new Set(chosen);
    if (!next.delete(option)) next.add(option);
    onChange(field.options.map((known) => known.value).filter((known) => next.has(known)));
  };
  return (
    <fieldset className="form__group">
      <legend>{field.label}</legend>
      {field.help ? <p className="muted small">{field.help}</p> : null}
      {complaint ? <p className="form__complaint">{complaint}</p> : null}
      <div className="form__choices">
        {field.options.map((option) => (
          <Checkbox
            key={String(option.value)}
            size="sm"
            label={option.title}
            checked={chosen.includes(option.value)}
            onChange={() => toggle(option.value)}
          />
        ))}
      </div>
    </fieldset>
  );
}

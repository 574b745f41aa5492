import { NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { peopleQuery } from '../people-queries.ts';
import type { FieldInputProps } from './FieldInput.tsx';
import { useComplaint, useFormState } from './form-context.ts';

/** A person, chosen by name; the record keeps the id. */
export function PersonInput({ field, path, value, onChange }: FieldInputProps) {
  const people = useQuery(peopleQuery);
  const { leave } = useFormState();
  const complaint = useComplaint(path);
  return (
    <NativeSelect
      label={field.label}
      description={field.help ?? undefined}
      error={people.error ? 'The list of people cannot be read.' : complaint}
      withAsterisk={field.required}
      className="form__short"
      value={typeof value === 'string' ? value : ''}
      onBlur={() => leave(path)}
      onChange={(event) => onChange(event.currentTarget.value || (field.nullable ? null : undefined))}
      data={[
        { value: '', label: 'Not chosen' },
        ...(people.data ?? []).map((person) => ({
          value: person.id,
          label: `${person.name} · ${person.email}`,
          disabled: person.disabled,
        })),
      ]}
    />
  );
}

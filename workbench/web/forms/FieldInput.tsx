// One field of a form, by its kind.
import { Checkbox, NativeSelect, NumberInput, Textarea, TextInput } from '@mantine/core';
import { ChoicesInput } from './ChoicesInput.tsx';
import type { Field, JsonValue } from './fields.ts';
import { useComplaint, useFormState } from './form-context.ts';
import { GroupInput, VariantInput } from './GroupInput.tsx';
import { JsonInput } from './JsonInput.tsx';
import { ListInput } from './ListInput.tsx';
import { PersonInput } from './PersonInput.tsx';
import { TableInput } from './TableInput.tsx';

export interface FieldInputProps<F extends Field = Field> {
  readonly field: F;
  readonly path: string;
  readonly value: JsonValue | undefined;
  /** Undefined takes the field away. */
  readonly onChange: (value: JsonValue | undefined) => void;
}

export function FieldInput(props: FieldInputProps) {
  const { field } = props;
  switch (field.kind) {
    case 'group':
      return <GroupInput {...props} field={field} />;
    case 'variant':
      return <VariantInput {...props} field={field} />;
    case 'list':
      return <ListInput {...props} field={field} />;
    case 'table':
      return <TableInput {...props} field={field} />;
    case 'choices':
      return <ChoicesInput {...props} field={field} />;
    case 'json':
      return <JsonInput {...props} />;
    case 'person':
      return <PersonInput {...props} />;
    default:
      return <PlainInput {...props} field={field} />;
  }
}

type PlainField = Exclude<
  Field,
  { readonly kind: 'group' | 'variant' | 'list' | 'table' | 'choices' | 'json' }
>;

function PlainInput({ field, path, value, onChange }: FieldInputProps<PlainField>) {
  const { leave } = useFormState();
  const complaint = useComplaint(path);
  // What is not given is left out, or null where the record says so.
  const nothing = field.nullable ? null : undefined;
  const shared = {
    label: field.label,
    description: field.help ?? undefined,
    error: complaint,
    withAsterisk: field.required && !field.nullable && field.kind !== 'flag',
    onBlur: () => leave(path),
  };
  const text = typeof value === 'string' ? value : '';
  switch (field.kind) {
    case 'line':
    case 'email':
    case 'address':
      return (
        <TextInput
          {...shared}
          type={field.kind === 'email' ? 'email' : field.kind === 'address' ? 'url' : 'text'}
          value={text}
          onChange={(event) => onChange(typed(event.currentTarget.value, field, nothing))}
        />
      );
    case 'long':
      return (
        <Textarea
          {...shared}
          rows={Math.min(16, Math.max(3, text.split('\n').length + 1))}
          value={text}
          onChange={(event) => onChange(typed(event.currentTarget.value, field, nothing))}
        />
      );
    case 'day':
      return (
        <TextInput
          {...shared}
          placeholder="2026-11-24"
          inputMode="numeric"
          maxLength={10}
          className="form__short"
          value={text}
          onChange={(event) => onChange(event.currentTarget.value.trim() || nothing)}
        />
      );
    case 'instant':
      return (
        <TextInput
          {...shared}
          placeholder="2026-11-24T09:30:00Z"
          maxLength={30}
          className="form__short"
          value={text}
          onChange={(event) => onChange(event.currentTarget.value.trim() || nothing)}
        />
      );
    case 'flag':
      return (
        <Checkbox
          label={field.label}
          description={field.help ?? undefined}
          error={complaint}
          checked={value === true}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      );
    case 'number':
      return (
        <NumberInput
          {...shared}
          className="form__short"
          value={typeof value === 'number' ? value : ''}
          allowDecimal={!field.whole}
          hideControls={true}
          onChange={(next) => onChange(typeof next === 'number' ? next : nothing)}
        />
      );
    case 'person':
      return null; // drawn above
    case 'choice': {
      const at = field.options.findIndex((option) => option.value === value);
      return (
        <NativeSelect
          {...shared}
          className="form__short"
          value={at < 0 ? '' : String(at)}
          onChange={(event) => {
            const chosen = event.currentTarget.value;
            onChange(chosen === '' ? nothing : field.options[Number(chosen)]?.value);
          }}
          data={[
            ...(field.required && at >= 0 ? [] : [{ value: '', label: 'Not chosen' }]),
            ...field.options.map((option, index) => ({ value: String(index), label: option.title })),
          ]}
        />
      );
    }
  }
}

/** An emptied text that need not be given is not given; one that is asked for stays an empty text. */
function typed(text: string, field: Field, nothing: null | undefined): JsonValue | undefined {
  if (text !== '') return text;
  return field.required || typeof field.initial === 'string' ? '' : nothing;
}

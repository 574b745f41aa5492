import { NativeSelect } from '@mantine/core';
import { FieldInput, type FieldInputProps } from './FieldInput.tsx';
import type { Body, Field, JsonValue } from './fields.ts';
import { initialBody } from './fields.ts';
import { useComplaint, useFormState } from './form-context.ts';

type GroupField = Extract<Field, { kind: 'group' }>;
type VariantField = Extract<Field, { kind: 'variant' }>;

export function GroupInput({ field, path, value, onChange }: FieldInputProps<GroupField>) {
  const complaint = useComplaint(path);
  const optional = !field.required || field.nullable;
  if (value === undefined || value === null) {
    return (
      <div>
        <p>{field.label}</p>
        {field.help ? <p className="muted small">{field.help}</p> : null}
        {complaint ? <p className="form__complaint">{complaint}</p> : null}
        <button type="button" className="link-button" onClick={() => onChange(initialBody(field.fields))}>
          Add {field.label.toLowerCase()}
        </button>
      </div>
    );
  }
  return (
    <fieldset className="form__group">
      <legend>{field.label}</legend>
      {field.help ? <p className="muted small">{field.help}</p> : null}
      <Inner fields={field.fields} path={path} body={value as Body} onChange={onChange} />
      {optional ? (
        <button
          type="button"
          className="link-button"
          onClick={() => onChange(field.nullable ? null : undefined)}
        >
          Take {field.label.toLowerCase()} away
        </button>
      ) : null}
    </fieldset>
  );
}

export function VariantInput({ field, path, value, onChange }: FieldInputProps<VariantField>) {
  const { leave } = useFormState();
  const complaint = useComplaint(path);
  const body = (value ?? {}) as Body;
  const shape = field.shapes.find((known) => known.value === body[field.by]);
  return (
    <fieldset className="form__group">
      <legend>{field.label}</legend>
      <NativeSelect
        label="Which"
        description={field.help ?? undefined}
        error={complaint}
        value={shape?.value ?? ''}
        onBlur={() => leave(path)}
        onChange={(event) => {
          const next = field.shapes.find((known) => known.value === event.currentTarget.value);
          onChange(next ? { [field.by]: next.value, ...initialBody(next.fields) } : undefined);
        }}
        data={[
          { value: '', label: 'Not chosen' },
          ...field.shapes.map((known) => ({ value: known.value, label: known.title })),
        ]}
      />
      {shape ? <Inner fields={shape.fields} path={path} body={body} onChange={onChange} /> : null}
    </fieldset>
  );
}

/** The fields of an object that stands inside another. */
export function Inner({
  fields,
  path,
  body,
  onChange,
}: {
  readonly fields: readonly Field[];
  readonly path: string;
  readonly body: Body;
  readonly onChange: (value: JsonValue) => void;
}) {
  return (
    <>
      {fields.map((inner) => (
        <FieldInput
          key={inner.name}
          field={inner}
          path={`${path}.${inner.name}`}
          value={body[inner.name]}
          onChange={(value) => {
            const { [inner.name]: _before, ...rest } = body;
            onChange(value === undefined ? rest : { ...body, [inner.name]: value });
          }}
        />
      ))}
    </>
  );
}

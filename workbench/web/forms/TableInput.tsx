import { Button, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { FieldInput, type FieldInputProps } from './FieldInput.tsx';
import type { Body, Field, JsonValue } from './fields.ts';
import { initialValue } from './fields.ts';
import { useComplaint } from './form-context.ts';

type TableField = Extract<Field, { kind: 'table' }>;

/** Names to values. */
export function TableInput({ field, path, value, onChange }: FieldInputProps<TableField>) {
  const body = (value ?? {}) as Body;
  const [name, setName] = useState('');
  const complaint = useComplaint(path);
  const taken = Object.hasOwn(body, name.trim());
  return (
    <fieldset className="form__group">
      <legend>{field.label}</legend>
      {field.help ? <p className="muted small">{field.help}</p> : null}
      {complaint ? <p className="form__complaint">{complaint}</p> : null}
      {Object.entries(body).map(([key, item]) => (
        <div className="form__item" key={key}>
          <div className="form__fields">
            <FieldInput
              field={{ ...field.item, label: key }}
              path={`${path}.${key}`}
              value={item}
              onChange={(next) => onChange({ ...body, [key]: next ?? null })}
            />
          </div>
          <button
            type="button"
            className="icon-button"
            aria-label={`Take ${key} away`}
            onClick={() => {
              const { [key]: _gone, ...rest } = body;
              onChange(rest);
            }}
          >
            <IconTrash size={15} aria-hidden="true" />
          </button>
        </div>
      ))}
      <div className="row">
        <TextInput
          aria-label={`Name of a new entry of ${field.label.toLowerCase()}`}
          placeholder="Name"
          maxLength={200}
          value={name}
          error={taken ? 'This name is there already.' : undefined}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Button
          leftSection={<IconPlus size={15} aria-hidden="true" />}
          disabled={name.trim() === '' || taken}
          onClick={() => {
            onChange({ ...body, [name.trim()]: (initialValue(field.item) ?? '') as JsonValue });
            setName('');
          }}
        >
          Add
        </Button>
      </div>
    </fieldset>
  );
}

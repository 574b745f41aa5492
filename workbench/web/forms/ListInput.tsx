import { Button } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import { announce } from '../design/announcer.ts';
import { showUndo } from '../design/toasts.ts';
import { FieldInput, type FieldInputProps } from './FieldInput.tsx';
import type { Field, JsonValue } from './fields.ts';
import { initialBody, initialValue } from './fields.ts';
import { useComplaint } from './form-context.ts';
import { Inner } from './GroupInput.tsx';

type ListField = Extract<Field, { kind: 'list' }>;

// A system model may have thousands of elements; that many fields at once would make typing slow.
const SHOWN_AT_FIRST = 40;

export function ListInput({ field, path, value, onChange }: FieldInputProps<ListField>) {
  const items = Array.isArray(value) ? value : [];
  const [shown, setShown] = useState(SHOWN_AT_FIRST);
  const box = useRef<HTMLFieldSetElement>(null);
  const complaint = useComplaint(path);
  const full = field.maxItems !== null && items.length >= field.maxItems;
  const replace = (index: number, next: JsonValue | undefined) =>
    onChange(items.map((item, at) => (at === index ? (next ?? null) : item)));
  const add = () => {
    onChange([...items, freshItem(field.item)]);
    setShown(Math.max(shown, items.length + 1));
    // The new field exists after the next drawing.
    setTimeout(() => {
      const rows = box.current?.querySelectorAll<HTMLElement>(':scope > .form__item');
      rows?.[rows.length - 1]?.querySelector<HTMLElement>('input, textarea, select')?.focus();
    }, 0);
  };
  const remove = (index: number) => {
    onChange(items.filter((_, at) => at !== index));
    showUndo(`${field.label} ${index + 1} was taken away.`, () => onChange(items));
  };
  const move = (index: number, by: 1 | -1) => {
    const next = [...items];
    const [item] = next.splice(index, 1);
    next.splice(index + by, 0, item as JsonValue);
    onChange(next);
    announce(`Moved to place ${index + by + 1}.`);
  };
  return (
    <fieldset className="form__group" ref={box}>
      <legend>
        {field.label} <span className="muted small">{items.length > 0 ? items.length : 'none'}</span>
      </legend>
      {field.help ? <p className="muted small">{field.help}</p> : null}
      {complaint ? <p className="form__complaint">{complaint}</p> : null}
      {items.slice(0, shown).map((item, index) => (
        <div
          className={field.item.kind === 'group' ? 'form__item' : 'form__item form__item--single'}
          // biome-ignore lint/suspicious/noArrayIndexKey: items of a list have no other identity than their place
          key={index}
        >
          <span className="form__place muted small">{index + 1}</span>
          <div className="form__fields">
            <Item
              field={field}
              index={index}
              path={path}
              item={item}
              onChange={(next) => replace(index, next)}
            />
          </div>
          <div className="form__tools">
            <button
              type="button"
              className="icon-button"
              aria-label={`Move ${index + 1} up`}
              disabled={index === 0}
              onClick={() => move(index, -1)}
            >
              <IconArrowUp size={15} aria-hidden="true" />
            </button>
            <button
              type="button"
              className="icon-button"
              aria-label={`Move ${index + 1} down`}
              disabled={index === items.length - 1}
              onClick={() => move(index, 1)}
            >
              <IconArrowDown size={15} aria-hidden="true" />
            </button>
            <button
              type="button"
              className="icon-button"
              aria-label={`Take ${index + 1} away`}
              onClick={() => remove(index)}
            >
              <IconTrash size={15} aria-hidden="true" />
            </button>
          </div>
        </div>
      ))}
      <div className="row">
        <Button leftSection={<IconPlus size={15} aria-hidden="true" />} disabled={full} onClick={add}>
          Add to {field.label.toLowerCase()}
        </Button>
        {items.length > shown ? (
          <button type="button" className="link-button" onClick={() => setShown(items.length)}>
            Show all {items.length}
          </button>
        ) : null}
      </div>
    </fieldset>
  );
}

function Item({
  field,
  index,
  path,
  item,
  onChange,
}: {
  readonly field: ListField;
  readonly index: number;
  readonly path: string;
  readonly item: JsonValue;
  readonly onChange: (value: JsonValue | undefined) => void;
}) {
  const place = `${path}[${index}]`;
  if (field.item.kind === 'group') {
    return (
      <Inner
        fields={field.item.fields}
        path={place}
        body={(item ?? {}) as { [key: string]: JsonValue }}
        onChange={onChange}
      />
    );
  }
  return (
    <div className="form__bare">
      <FieldInput
        field={{ ...field.item, label: `${field.label} ${index + 1}` }}
        path={place}
        value={item}
        onChange={(next) => onChange(next ?? '')}
      />
    </div>
  );
}

function freshItem(item: Field): JsonValue {
  if (item.kind === 'group') return initialBody(item.fields);
  return initialValue(item) ?? (item.kind === 'number' ? 0 : item.kind === 'variant' ? {} : '');
}

// One input for each kind of field of a model, as the side panel draws them.
import { IconX } from '@tabler/icons-react';
import { type KeyboardEvent, useId, useState } from 'react';
import type { ModelPart, SystemModel } from '../metamodel.ts';
import { titleOf } from './drawing/model-words.ts';
import { type ModelField, objectsOf, PROTOCOLS } from './model-fields.ts';

export interface ModelInputProps {
  readonly field: ModelField;
  readonly model: SystemModel;
  readonly value: unknown;
  readonly readOnly: boolean;
  readonly onChange: (value: unknown) => void;
  /** Further proposals for words, such as components of the SBOM. */
  readonly proposals?: readonly string[] | undefined;
}

export function ModelInput(props: ModelInputProps) {
  const id = useId();
  const { field } = props;
  if (field.kind === 'flag') {
    return (
      <div className="mi mi--flag">
        <Bare {...props} id={id} />
        <label htmlFor={id}>{field.label}</label>
        {field.hint ? <span className="mi__hint">{field.hint}</span> : null}
      </div>
    );
  }
  return (
    <div className="mi">
      <label className="mi__label" htmlFor={id}>
        {field.label}
      </label>
      <Bare {...props} id={id} />
      {field.hint ? <span className="mi__hint">{field.hint}</span> : null}
    </div>
  );
}

function Bare(props: ModelInputProps & { readonly id: string }) {
  const { field, model, value, readOnly, onChange, id } = props;
  switch (field.kind) {
    case 'line':
    case 'day':
      return (
        <input
          id={id}
          className="mi__input"
          type={field.kind === 'day' ? 'date' : 'text'}
          maxLength={field.kind === 'line' ? field.max : undefined}
          value={String(value ?? '')}
          readOnly={readOnly}
          data-field={field.name}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    case 'text':
      return (
        <textarea
          id={id}
          className="mi__input"
          rows={3}
          maxLength={field.max}
          value={String(value ?? '')}
          readOnly={readOnly}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    case 'number':
      return (
        <input
          id={id}
          className="mi__input"
          type="number"
          min={field.min}
          max={field.max}
          step={1}
          value={Number(value)}
          readOnly={readOnly}
          onChange={(event) => {
            const next = Math.round(Number(event.currentTarget.value));
            if (Number.isFinite(next)) onChange(Math.max(field.min, Math.min(field.max, next)));
          }}
        />
      );
    case 'flag':
      return (
        <input
          id={id}
          type="checkbox"
          className="mi__check"
          checked={value === true}
          disabled={readOnly}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      );
    case 'choice':
      return (
        <select
          id={id}
          className="mi__input"
          value={String(value)}
          disabled={readOnly}
          onChange={(event) => onChange(event.currentTarget.value)}
        >
          {field.options.map((option) => (
            <option key={option} value={option}>
              {option}
            </option>
          ))}
        </select>
      );
    case 'ref':
      return (
        <select
          id={id}
          className="mi__input"
          value={String(value ?? '')}
          disabled={readOnly}
          onChange={(event) => onChange(event.currentTarget.value)}
        >
          <option value="">none</option>
          {objectsOf(model, [field.part]).map((one) => (
            <option key={one.id} value={one.id}>
              {one.title}
            </option>
          ))}
        </select>
      );
    case 'refs':
      return (
        <Refs
          id={id}
          model={model}
          parts={field.parts}
          value={value as string[]}
          {...{ readOnly, onChange }}
        />
      );
    case 'words':
      return <Words {...props} value={value as string[]} />;
    default:
      return field satisfies never;
  }
}

interface RefsProps {
  readonly id: string;
  readonly model: SystemModel;
  readonly parts: readonly ModelPart[];
  readonly value: readonly string[];
  readonly readOnly: boolean;
  readonly onChange: (value: string[]) => void;
}

function Refs({ id, model, parts, value, readOnly, onChange }: RefsProps) {
  const left = objectsOf(model, parts).filter((one) => !value.includes(one.id));
  return (
    <div className="mi__many">
      <Chips
        words={value.map((one) => ({ value: one, title: titleOf(model, one) }))}
        readOnly={readOnly}
        onRemove={(gone) => onChange(value.filter((one) => one !== gone))}
      />
      {readOnly || left.length === 0 ? (
        value.length === 0 ? (
          <span className="muted small" id={id}>
            {left.length === 0 ? 'There is nothing to choose from yet.' : 'none'}
          </span>
        ) : null
      ) : (
        <select
          id={id}
          className="mi__input"
          value=""
          onChange={(event) => {
            if (event.currentTarget.value !== '') onChange([...value, event.currentTarget.value]);
          }}
        >
          <option value="">Add…</option>
          {left.map((one) => (
            <option key={one.id} value={one.id}>
              {one.title}
            </option>
          ))}
        </select>
      )}
    </div>
  );
}

type WordsProps = ModelInputProps & { readonly id: string; readonly value: readonly string[] };

function proposalsOf({ field, model, proposals }: WordsProps): readonly string[] {
  if (field.kind !== 'words') return [];
  if (field.suggest === 'protocols')
    return [...new Set([...model.flows.flatMap((flow) => flow.protocol), ...PROTOCOLS])];
  if (field.suggest === 'harms') return model.harms.map((harm) => harm.id);
  return proposals ?? field.options ?? [];
}

function Words(props: WordsProps) {
  const { field, value, readOnly, onChange, id } = props;
  const [typed, setTyped] = useState('');
  const proposals = proposalsOf(props).filter((one) => !value.includes(one));
  const strict = field.kind === 'words' && field.options !== undefined;
  const add = (text: string) => {
    const words = text
      .split(',')
      .map((part) => part.trim())
      .filter(
        (part) => part !== '' && !value.includes(part) && (!strict || proposalsOf(props).includes(part)),
      );
    if (words.length > 0) onChange([...value, ...new Set(words)]);
    setTyped('');
  };
  const key = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === 'Enter' || event.key === ',') {
      event.preventDefault();
      add(typed);
    } else if (event.key === 'Backspace' && typed === '' && value.length > 0) onChange(value.slice(0, -1));
  };
  return (
    <div className="mi__many">
      <Chips
        words={value.map((one) => ({ value: one, title: one }))}
        readOnly={readOnly}
        onRemove={(gone) => onChange(value.filter((one) => one !== gone))}
      />
      {readOnly ? (
        value.length === 0 ? (
          <span className="muted small" id={id}>
            none
          </span>
        ) : null
      ) : (
        <>
          <input
            id={id}
            className="mi__input"
            type="text"
            list={`${id}-list`}
            placeholder={value.length === 0 ? 'Type, then Enter' : 'Add…'}
            value={typed}
            onKeyDown={key}
            onChange={(event) => {
              const next = event.currentTarget.value;
              // A proposal that was picked comes whole, not letter by letter.
              if (proposals.includes(next) && next.length - typed.length > 1) add(next);
              else setTyped(next);
            }}
            onBlur={() => add(typed)}
          />
          <datalist id={`${id}-list`}>
            {proposals.slice(0, 200).map((one) => (
              <option key={one} value={one} />
            ))}
          </datalist>
        </>
      )}
    </div>
  );
}

function Chips({
  words,
  readOnly,
  onRemove,
}: {
  readonly words: readonly { readonly value: string; readonly title: string }[];
  readonly readOnly: boolean;
  readonly onRemove: (value: string) => void;
}) {
  if (words.length === 0) return null;
  return (
    <ul className="chips">
      {words.map((word) => (
        <li key={word.value} className="chip">
          <span>{word.title}</span>
          {readOnly ? null : (
            <button
              type="button"
              className="chip__x"
              onClick={() => onRemove(word.value)}
              aria-label={`Remove ${word.title}`}
            >
              <IconX size={12} aria-hidden="true" />
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}

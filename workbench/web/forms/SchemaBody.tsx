// A record's body, read: the same fields as the form, as labels and values.
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { StateBadge } from '../design/StateBadge.tsx';
import { exactTime } from '../design/time.ts';
import { peopleQuery } from '../people-queries.ts';
import type { Body, Field, JsonValue } from './fields.ts';

export interface SchemaBodyProps {
  readonly fields: readonly Field[];
  readonly body: Body;
  /** Names of fields that are shown elsewhere, as the title is. */
  readonly without?: readonly string[];
}

export function SchemaBody({ fields, body, without = [] }: SchemaBodyProps) {
  const shown = fields.filter((field) => !without.includes(field.name));
  if (shown.length === 0) return null;
  return (
    <dl className="facts">
      {shown.map((field) => (
        <div key={field.name} style={{ display: 'contents' }}>
          <dt>{field.label}</dt>
          <dd>
            <Value field={field} value={body[field.name]} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** One value as people read it; what is not given says so. */
export function Value({ field, value }: { readonly field: Field; readonly value: JsonValue | undefined }) {
  if (value === undefined || value === null || value === '') return <span className="muted">Not given</span>;
  switch (field.kind) {
    case 'choice':
      return <Choice title={titleOf(field.options, value)} value={value} />;
    case 'choices':
      return <>{(value as JsonValue[]).map((one) => titleOf(field.options, one)).join(', ') || <None />}</>;
    case 'flag':
      return <>{value ? 'Yes' : 'No'}</>;
    case 'instant':
      return <time dateTime={String(value)}>{exactTime(String(value))}</time>;
    case 'person':
      return <Person id={String(value)} />;
    case 'address':
      return <Address text={String(value)} />;
    case 'group':
      return <SchemaBody fields={field.fields} body={value as Body} />;
    case 'variant': {
      const shape = field.shapes.find((known) => known.value === (value as Body)[field.by]);
      return (
        <>
          {shape?.title ?? String((value as Body)[field.by])}
          {shape ? <SchemaBody fields={shape.fields} body={value as Body} /> : null}
        </>
      );
    }
    case 'list':
      return <List item={field.item} items={value as JsonValue[]} label={field.label} />;
    case 'table':
      return (
        <SchemaBody
          fields={Object.keys(value as Body).map((name) => ({ ...field.item, name, label: name }))}
          body={value as Body}
        />
      );
    case 'json':
      return <pre>{JSON.stringify(value, null, 2)}</pre>;
    default:
      return <>{String(value)}</>;
  }
}

/** "Not answered" looks like a question, never like a no. */
function Choice({ title, value }: { readonly title: string; readonly value: JsonValue }) {
  if (value === 'not answered' || value === 'not set' || value === 'unknown')
    return <StateBadge tone="question">{title}</StateBadge>;
  return <>{title}</>;
}

function None() {
  return <span className="muted">None</span>;
}

function Person({ id }: { readonly id: string }) {
  const people = useQuery(peopleQuery);
  const person = people.data?.find((one) => one.id === id);
  return person ? person.name : <code className="small">{id}</code>;
}

/** Only web addresses become links; anything else an author wrote stays text. */
function Address({ text }: { readonly text: string }) {
  return /^https?:\/\//i.test(text) ? (
    <a href={text} rel="noreferrer noopener" target="_blank">
      {text}
    </a>
  ) : (
    text
  );
}

const SHOWN_AT_FIRST = 25;

function List({
  item,
  items,
  label,
}: {
  readonly item: Field;
  readonly items: readonly JsonValue[];
  readonly label: string;
}) {
  const [all, setAll] = useState(false);
  if (items.length === 0) return <None />;
  const shown = all ? items : items.slice(0, SHOWN_AT_FIRST);
  const more: ReactNode =
    shown.length < items.length ? (
      <button type="button" className="link-button" onClick={() => setAll(true)}>
        Show all {items.length}
      </button>
    ) : null;
  if (item.kind === 'group') {
    return (
      <>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys (WCAG 2.1.1) */}
        <section className="small-table" tabIndex={0} aria-label={label}>
          <table>
            <thead>
              <tr>
                {item.fields.map((field) => (
                  <th key={field.name} scope="col">
                    {field.label}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {shown.map((row, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: items of a list have no other identity than their place
                <tr key={index}>
                  {item.fields.map((field) => (
                    <td key={field.name}>
                      <Value field={field} value={(row as Body | null)?.[field.name]} />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
        {more}
      </>
    );
  }
  return (
    <>
      <ol className="numbered">
        {shown.map((one, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: items of a list have no other identity than their place
          <li key={index}>
            <Value field={item} value={one} />
          </li>
        ))}
      </ol>
      {more}
    </>
  );
}

function titleOf(options: readonly { value: JsonValue; title: string }[], value: JsonValue): string {
  return options.find((option) => option.value === value)?.title ?? String(value);
}

// One cell: what was typed is taken when the cell is left; what is not understood stays, marked, until it is mended.
import { memo, useState } from 'react';
import type { ModelField } from '../model-fields.ts';
import { cellText, type Names, readCell } from './cells.ts';

export interface CellProps {
  readonly field: ModelField;
  readonly label: string;
  readonly value: unknown;
  readonly names: Names;
  readonly row: number;
  readonly column: number;
  readonly readOnly: boolean;
  readonly onChange: (value: unknown) => void;
}

export const Cell = memo(function Cell({
  field,
  label,
  value,
  names,
  row,
  column,
  readOnly,
  onChange,
}: CellProps) {
  const shown = cellText(field, value, names);
  const [typed, setTyped] = useState<string | null>(null);
  const place = { 'data-row': row, 'data-column': column, 'aria-label': label };
  if (field.kind === 'flag') {
    return (
      <input
        {...place}
        type="checkbox"
        className="mi__check"
        checked={value === true}
        disabled={readOnly}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
    );
  }
  if (field.kind === 'choice') {
    return (
      <select
        {...place}
        className="mt__cell"
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
  }
  const read = typed === null ? null : readCell(field, typed, names);
  const problem = read !== null && 'problem' in read ? read.problem : null;
  const take = () => {
    if (typed === null || read === null || 'problem' in read) return;
    setTyped(null);
    if (typed !== shown && !(field.name === 'title' && read.value === '')) onChange(read.value);
  };
  return (
    <input
      {...place}
      className="mt__cell"
      type={field.kind === 'day' ? 'date' : 'text'}
      inputMode={field.kind === 'number' ? 'numeric' : undefined}
      list={field.kind === 'ref' || field.kind === 'words' ? `cells-${field.name}` : undefined}
      readOnly={readOnly}
      aria-invalid={problem === null ? undefined : true}
      title={problem ?? (shown.length > 20 ? shown : undefined)}
      value={typed ?? shown}
      onFocus={(event) => event.currentTarget.select()}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={take}
      onKeyDown={(event) => {
        if (event.key === 'Enter') take();
        else if (event.key === 'Escape' && typed !== null) {
          event.stopPropagation();
          setTyped(null);
        }
      }}
    />
  );
});

// What a key does in a table: a pure decision, so that it can be read and tested without a screen.

export type TableMove =
  | { readonly kind: 'focus'; readonly row: number }
  | { readonly kind: 'select'; readonly row: number }
  | { readonly kind: 'open'; readonly row: number }
  | { readonly kind: 'select-all' }
  | { readonly kind: 'clear' };

export interface TableKey {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/** `row` is the row that has the focus; null when the key means nothing here. */
export function tableMove(press: TableKey, row: number, count: number, pageRows: number): TableMove | null {
  if (count === 0 || press.altKey) return null;
  const at = (wanted: number): TableMove => ({
    kind: 'focus',
    row: Math.min(Math.max(wanted, 0), count - 1),
  });
  if (press.ctrlKey || press.metaKey) {
    return press.key.toLowerCase() === 'a' ? { kind: 'select-all' } : null;
  }
  switch (press.key) {
    case 'j':
    case 'ArrowDown':
      return at(row + 1);
    case 'k':
    case 'ArrowUp':
      return at(row - 1);
    case 'PageDown':
      return at(row + pageRows);
    case 'PageUp':
      return at(row - pageRows);
    case 'Home':
      return at(0);
    case 'End':
      return at(count - 1);
    case 'x':
    case ' ':
      return { kind: 'select', row };
    case 'Enter':
      return { kind: 'open', row };
    case 'Escape':
      return { kind: 'clear' };
    default:
      return null;
  }
}

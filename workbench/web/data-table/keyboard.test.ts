import { describe, expect, it } from 'vitest';
import { tableMove } from './keyboard.ts';

const press = (key: string, more = {}) => ({ key, ctrlKey: false, metaKey: false, altKey: false, ...more });

describe('tableMove', () => {
  it.each([
    ['j', 4, { kind: 'focus', row: 5 }],
    ['ArrowUp', 4, { kind: 'focus', row: 3 }],
    ['k', 0, { kind: 'focus', row: 0 }],
    ['j', 9, { kind: 'focus', row: 9 }],
    ['PageDown', 3, { kind: 'focus', row: 8 }],
    ['PageDown', 7, { kind: 'focus', row: 9 }],
    ['End', 0, { kind: 'focus', row: 9 }],
    ['Home', 7, { kind: 'focus', row: 0 }],
    ['x', 2, { kind: 'select', row: 2 }],
    ['Enter', 2, { kind: 'open', row: 2 }],
    ['q', 2, null],
  ])('key %s on row %i', (key, row, move) => {
    expect(tableMove(press(key), row, 10, 5)).toEqual(move);
  });
  it('takes Ctrl+A and Cmd+A, and leaves other combinations to the browser', () => {
    expect(tableMove(press('a', { ctrlKey: true }), 0, 10, 5)).toEqual({ kind: 'select-all' });
    expect(tableMove(press('A', { metaKey: true }), 0, 10, 5)).toEqual({ kind: 'select-all' });
    expect(tableMove(press('j', { ctrlKey: true }), 0, 10, 5)).toBeNull();
  });
  it('does nothing in an empty table', () => {
    expect(tableMove(press('j'), 0, 0, 5)).toBeNull();
  });
});

import { describe, expect, it } from 'vitest';
import { ariaKeys, keyWords, pressKey, strokeOf } from './keys.ts';

const press = (key: string, more = {}) => ({ key, ctrlKey: false, metaKey: false, altKey: false, ...more });
const bindings = ['g t', 'g r', 'mod+k', '?', 'e'];

describe('strokeOf', () => {
  it.each([
    [press('k', { ctrlKey: true }), 'mod+k'],
    [press('K', { metaKey: true }), 'mod+k'],
    [press('?'), '?'],
    [press('G'), 'g'],
    [press('Escape'), 'Escape'],
    [press('Shift'), ''],
    [press('e', { altKey: true }), ''],
  ])('reads %o as %s', (event, stroke) => {
    expect(strokeOf(event)).toBe(stroke);
  });
});

describe('pressKey', () => {
  it('waits after the first stroke of a sequence and hits on the second', () => {
    const first = pressKey('', 'g', bindings);
    expect(first).toEqual({ hit: null, pending: 'g' });
    expect(pressKey(first.pending, 't', bindings)).toEqual({ hit: 'g t', pending: '' });
  });
  it('begins anew when the second stroke continues nothing', () => {
    expect(pressKey('g', 'e', bindings)).toEqual({ hit: 'e', pending: '' });
    expect(pressKey('g', 'z', bindings)).toEqual({ hit: null, pending: '' });
    expect(pressKey('g', 'g', bindings)).toEqual({ hit: null, pending: 'g' });
  });
  it('keeps waiting while only a modifier is pressed', () => {
    expect(pressKey('g', '', bindings)).toEqual({ hit: null, pending: 'g' });
  });
});

it('names keys as the reader has them', () => {
  expect(keyWords('mod+k', false)).toEqual(['Ctrl', 'K']);
  expect(keyWords('mod+k', true)).toEqual(['⌘', 'K']);
  expect(keyWords('g t', false)).toEqual(['G', 'T']);
});

it('tells assistive technology single strokes only', () => {
  expect(ariaKeys('mod+k')).toBe('Control+k Meta+k');
  expect(ariaKeys('g t')).toBeUndefined();
});

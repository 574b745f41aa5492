import { describe, expect, it } from 'vitest';
import type { HistoryEntry, KindView } from '../../kernel/records/contract.ts';
import { historyWords, reasonOf } from './history-words.ts';

const kind = {
  states: [{ id: 'approved', title: 'Approved', tone: 'settled' }],
  links: [{ type: 'leads-to', title: 'Leads to', inverse: 'Caused by', to: ['harm'] }],
} as unknown as KindView;
const entry = (action: string, content: Record<string, unknown> = {}, revision: number | null = null) =>
  ({ seq: 1, at: '', actor: null, action, revision, content, hash: '' }) satisfies HistoryEntry;

describe('historyWords', () => {
  it.each([
    [entry('record.created', {}, 1), 'Created'],
    [entry('record.edited', {}, 3), 'Edited: revision 3'],
    [entry('record.transitioned', { to: 'approved' }), 'Now approved'],
    [entry('record.transitioned', { to: 'elsewhere' }), 'Now elsewhere'],
    [entry('signature.made', { meaning: 'approve' }, 2), 'Signed revision 2 as approver'],
    [entry('link.made', { link: 'leads-to', to: 'HRM-1' }), 'Linked: Leads to HRM-1'],
    [entry('link.ended', { link: 'leads-to' }), 'Link ended: Leads to'],
    [entry('room.something-new'), 'room.something-new'],
  ])('%o', (given, words) => {
    expect(historyWords(given, kind)).toBe(words);
  });
});

it('gives a reason only where one was given', () => {
  expect(reasonOf(entry('record.edited', { reason: 'typo' }))).toBe('typo');
  expect(reasonOf(entry('record.edited', { reason: null }))).toBeNull();
});

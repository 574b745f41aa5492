import { describe, expect, it } from 'vitest';
import type { RecentEntry } from './recent-words.ts';
import { recentLines } from './recent-words.ts';

const record = (key: string, kind = 'threat') =>
  ({ id: key, kind, key, title: key, state: 'open' }) as unknown as RecentEntry['record'];
let seq = 0;
function entry(
  action: string,
  actor: string | null,
  about: RecentEntry['record'] = null,
  content: RecentEntry['content'] = {},
): RecentEntry {
  seq += 1;
  return {
    seq,
    at: '2026-11-24T00:00:00Z',
    actor: actor === null ? null : { id: actor, name: actor },
    action,
    revision: 1,
    content,
    hash: '',
    record: about,
  };
}
const lines = (...entries: RecentEntry[]) =>
  recentLines(entries, () => undefined).map((line) => [line.words, line.times]);

describe('recent changes', () => {
  it('leave out who signed in', () => {
    expect(lines(entry('people.signed-in', 'ada'), entry('record.created', 'ada', record('THR-1')))).toEqual([
      ['Created', 1],
    ]);
  });

  it('tell of the safety file and of risks whose premises moved', () => {
    expect(
      lines(
        entry('risk.flagged', null, record('RSK-1', 'risk')),
        entry('harms.imported', 'sam', record('PRD-1', 'product'), { added: 1, changed: 2, gone: 0 }),
      ).map(([words]) => words),
    ).toEqual(['Flagged: what it rests on moved', 'Safety file imported: 1 new, 2 changed, 0 gone']);
  });

  it('tell a burst of the same act once, with its number', () => {
    expect(
      lines(
        entry('record.created', 'ada', record('THR-3')),
        entry('people.signed-in', 'rita'),
        entry('record.created', 'ada', record('THR-2')),
        entry('record.created', 'rita', record('THR-1')),
        entry('record.created', 'rita', record('RSK-1', 'risk')),
      ),
    ).toEqual([
      ['Created', 2],
      ['Created', 1],
      ['Created', 1],
    ]);
  });

  it('tell what was done to one record on one line, oldest first', () => {
    expect(
      lines(
        entry('record.transitioned', 'rita', record('ASM-1'), { to: 'approved' }),
        entry('signature.made', 'rita', record('ASM-1'), { meaning: 'approve' }),
        entry('record.edited', 'deven', record('FND-1')),
        entry('record.created', 'sam', record('ASM-1')),
      ),
    ).toEqual([
      ['Created, signed revision 1 as approver, now approved', 1],
      ['Edited: revision 1', 1],
    ]);
  });

  it('say what an import brought', () => {
    expect(lines(entry('knowledge.imported', null, null, { added: 32, changed: 0 }))).toEqual([
      ['Advisories imported: 32 new, 0 changed', 1],
    ]);
  });
});

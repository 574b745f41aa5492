import { describe, expect, it } from 'vitest';
import { type ColumnId, type ExchangedRequirement, NOTHING } from './contract.ts';
import { planImport } from './import-plan.ts';

const ALL = new Set<ColumnId>([
  'key',
  'source',
  'title',
  'statement',
  'category',
  'acceptance',
  'safetyRelevant',
  'clauses',
  'rationale',
]);
const file = (requirements: Partial<ExchangedRequirement>[], columns: ReadonlySet<ColumnId> = ALL) => ({
  format: 'csv' as const,
  columns,
  requirements: requirements.map((one) => ({ ...NOTHING, title: 'T', ...one })),
  losses: [],
});
const known = (key: string, body: object = {}, editable = true) => ({
  id: key,
  key,
  revision: 3,
  editable,
  body: {
    title: 'T',
    statement: 'S',
    category: 'audit',
    acceptance: 'A',
    safetyRelevant: true,
    clauses: ['c'],
    rationale: '',
    source: '',
    ...body,
  },
});

describe('what a file would do', () => {
  it('makes what is new, changes what differs, leaves what says the same, and names what is absent', () => {
    const plan = planImport(
      file([
        { key: 'REQ-1', statement: 'Another', safetyRelevant: true },
        { key: 'REQ-2', statement: 'S', safetyRelevant: true },
        { source: 'A-7', title: 'New' },
      ]),
      [known('REQ-1'), known('REQ-2'), known('REQ-3')],
    );

    expect(plan.change).toMatchObject([
      { key: 'REQ-1', seenRevision: 3, fields: [{ field: 'statement', before: 'S', after: 'Another' }] },
    ]);
    expect(plan.same).toEqual(['REQ-2']);
    expect(plan.create).toMatchObject([{ title: 'New', body: { source: 'A-7' } }]);
    expect(plan.absent).toEqual(['REQ-3']);
  });

  it('finds one that came from another tool by its source', () => {
    const plan = planImport(file([{ source: 'A-7', statement: 'Moved', safetyRelevant: true }]), [
      known('REQ-1', { source: 'A-7' }),
    ]);

    expect(plan.change.map(({ key }) => key)).toEqual(['REQ-1']);
    expect(plan.create).toEqual([]);
  });

  it('never empties a field, and leaves what the file has no column for', () => {
    const plan = planImport(
      file([{ key: 'REQ-1', title: 'T2' }], new Set<ColumnId>(['key', 'title', 'statement'])),
      [known('REQ-1')],
    );

    expect(plan.change[0]?.body).toMatchObject({
      title: 'T2',
      statement: 'S',
      safetyRelevant: true,
      clauses: ['c'],
      category: 'audit',
    });
    expect(plan.change[0]?.fields).toHaveLength(1);
  });

  it('takes the first of two lines for one requirement, and leaves what has ended', () => {
    const plan = planImport(
      file([
        { key: 'REQ-1', title: 'A' },
        { key: 'REQ-1', title: 'B' },
        { key: 'REQ-2', title: 'C' },
        { source: 'x' },
        { source: 'x' },
      ]),
      [known('REQ-1'), known('REQ-2', {}, false)],
    );

    expect(plan.change.map(({ title }) => title)).toEqual(['A']);
    expect(plan.create).toHaveLength(1);
    expect(plan.losses.map(({ at }) => at)).toEqual(['REQ-1', 'REQ-2', 'x']);
  });
});

// Many answers at once: what a selection reaches, what is left alone, what two people both said.
import { describe, expect, it } from 'vitest';
import { SystemModel } from '../system/index.ts';
import type { Question } from './evaluate/contract.ts';
import { type AnswerChange, setAnswers } from './set-answers.ts';

const QUESTIONS: Record<string, Question> = {
  'web.output-encoded': { appliesTo: 'element', text: 'Is output encoded?' },
  'flow.encrypted': { appliesTo: 'flow', text: 'Is it encrypted?' },
  'human.trained': { appliesTo: 'actor', text: 'Are they trained?' },
  'zone.monitored': { appliesTo: 'zone', text: 'Is it watched?' },
};
const model = SystemModel.parse({
  title: 'Small',
  zones: [
    { id: 'z-all', title: 'Hospital' },
    { id: 'z-ward', title: 'Ward', parent: 'z-all' },
    { id: 'z-maker', title: 'Maker' },
  ],
  elements: [
    { id: 'nurse', title: 'Nurse', kind: 'actor', zone: 'z-ward' },
    { id: 'console', title: 'Console', kind: 'process', type: 'ui', zone: 'z-ward', tags: ['kiosk'] },
    { id: 'archive', title: 'Archive', kind: 'store', type: 'database', zone: 'z-all' },
    { id: 'fleet', title: 'Fleet', kind: 'process', type: 'ui', zone: 'z-maker' },
  ],
  flows: [{ id: 'f-1', title: 'Images', from: 'console', to: 'archive' }],
});
const GIVEN = { by: 'Lea Lead', at: '2026-11-25T10:00:00.000Z' };
const set = (changes: readonly AnswerChange[], now = model, seen = model) =>
  setAnswers(seen, now, QUESTIONS, changes, GIVEN);
const answered = (changes: readonly AnswerChange[]) => set(changes).changed.map(({ target }) => target);

describe('a selection', () => {
  it.each<[string, NonNullable<AnswerChange['where']>, readonly string[]]>([
    ['a zone and those inside it', { zone: 'z-all' }, ['nurse', 'console', 'archive']],
    ['a type', { type: 'ui' }, ['console', 'fleet']],
    ['a tag', { tag: 'kiosk' }, ['console']],
    ['a kind', { kind: 'store' }, ['archive']],
    ['a zone and a type', { zone: 'z-maker', type: 'ui' }, ['fleet']],
    ['nothing that is there', { type: 'toaster' }, []],
  ])('by %s reaches the elements there', (_what, where, targets) => {
    expect(answered([{ where, key: 'web.output-encoded', value: 'yes' }])).toEqual(targets);
  });

  it('reaches only what the question is asked of', () => {
    expect(answered([{ where: { zone: 'z-all' }, key: 'flow.encrypted', value: 'no' }])).toEqual(['f-1']);
    expect(answered([{ where: {}, key: 'human.trained', value: 'yes' }])).toEqual(['nurse']);
  });
});

describe('an answer', () => {
  it('keeps who, when and on what evidence, and leaves the rest of the model as it is', () => {
    const done = set([{ target: 'f-1', key: 'flow.encrypted', value: 'yes', evidence: 'Capture 3' }]);

    expect(done.model.flows[0]?.answers).toEqual({
      'flow.encrypted': { value: 'yes', origin: 'person', ...GIVEN, evidence: 'Capture 3', note: '' },
    });
    expect(done.model.elements).toEqual(model.elements);
    expect(model.flows[0]?.answers).toEqual({});
  });

  it('is taken away again, and the question is open as before', () => {
    const given = set([{ target: 'f-1', key: 'flow.encrypted', value: 'yes' }]).model;

    const cleared = set([{ target: 'f-1', key: 'flow.encrypted', value: null }], given, given);

    expect(cleared.model.flows[0]?.answers).toEqual({});
    expect(set([{ target: 'f-1', key: 'flow.encrypted', value: null }]).changed).toEqual([]);
  });

  it('that says the same again changes nothing', () => {
    const given = set([{ target: 'f-1', key: 'flow.encrypted', value: 'yes' }]).model;

    expect(set([{ target: 'f-1', key: 'flow.encrypted', value: 'yes' }], given, given)).toMatchObject({
      changed: [],
      conflicts: [],
    });
  });

  it('of a template comes from another place, and says so', () => {
    const given = set([{ target: 'console', key: 'web.output-encoded', value: 'yes', evidence: 'T7' }]).model;

    const copied = set([{ where: { type: 'ui' }, copyFrom: 'console' }], given, given);

    expect(copied.changed).toEqual([{ target: 'fleet', key: 'web.output-encoded' }]);
    expect(copied.model.elements[3]?.answers['web.output-encoded']).toMatchObject({
      value: 'yes',
      origin: 'template',
      evidence: 'T7',
      note: 'As Console.',
    });
  });

  it('of a zone is a default for its elements', () => {
    const done = set([{ target: 'z-ward', key: 'web.output-encoded', value: 'yes', as: 'zone default' }]);

    expect(Object.keys(done.model.zones[1]?.elementDefaults ?? {})).toEqual(['web.output-encoded']);
    expect(done.model.zones[1]?.answers).toEqual({});
  });
});

describe('two people', () => {
  const theirs = set([{ target: 'f-1', key: 'flow.encrypted', value: 'yes' }]).model;

  it('who answer different questions both keep their answers', () => {
    const mine = set([{ target: 'console', key: 'web.output-encoded', value: 'no' }], theirs, model);

    expect(mine.conflicts).toEqual([]);
    expect(mine.model.flows[0]?.answers['flow.encrypted']?.value).toBe('yes');
    expect(mine.model.elements[1]?.answers['web.output-encoded']?.value).toBe('no');
  });

  it('who answer the same question differently are told, and nothing is overwritten', () => {
    const mine = set([{ target: 'f-1', key: 'flow.encrypted', value: 'no' }], theirs, model);

    expect(mine.conflicts).toMatchObject([{ target: 'f-1', theirs: { value: 'yes' }, yours: 'no' }]);
    expect(mine.model).toBe(theirs);
  });

  it('who say the same agree', () => {
    expect(set([{ target: 'f-1', key: 'flow.encrypted', value: 'yes' }], theirs, model)).toMatchObject({
      changed: [],
      conflicts: [],
    });
  });
});

describe('what cannot be', () => {
  it.each<[string, AnswerChange, string]>([
    ['an unknown place', { target: 'nobody', key: 'flow.encrypted', value: 'yes' }, 'unknown-target'],
    ['an unknown question', { target: 'f-1', key: 'flow.nope', value: 'yes' }, 'unknown-question'],
    [
      'a question for another kind',
      { target: 'console', key: 'flow.encrypted', value: 'yes' },
      'wrong-place',
    ],
    [
      'a default that is not of a zone',
      { target: 'console', key: 'web.output-encoded', value: 'yes', as: 'zone default' },
      'wrong-place',
    ],
    [
      'a default that elements are not asked',
      { target: 'z-ward', key: 'flow.encrypted', value: 'yes', as: 'zone default' },
      'wrong-place',
    ],
    ['no place', { key: 'flow.encrypted', value: 'yes' }, 'incomplete'],
    ['no answer', { target: 'f-1', key: 'flow.encrypted' }, 'incomplete'],
    ['a template that is not there', { target: 'f-1', copyFrom: 'nobody' }, 'unknown-target'],
  ])('is refused: %s', (_what, change, code) => {
    const done = set([{ target: 'f-1', key: 'flow.encrypted', value: 'no' }, change]);

    expect(done.problems.map((problem) => problem.code)).toContain(code);
    expect(done.problems[0]?.at).toContain('$.changes[1]');
    expect(done.model).toBe(model);
  });
});

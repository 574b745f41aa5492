import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyModel } from './any-model.fixture.ts';
import { checkModel } from './check-model.ts';
import { mergeModels } from './merge.ts';
import { SystemModel as Schema, type SystemModel } from './metamodel.ts';
import { diffModels, sayChange, touchedIds } from './semantic-diff.ts';
import { MODELS_PRESENT, sharedFile, titled } from './shared-models.fixture.ts';
import { readModelText } from './text-form.ts';

const yes = { value: 'yes' as const, origin: 'person' as const, by: 'Ada', at: '', evidence: '', note: '' };
const no = { ...yes, value: 'no' as const };
const base = Schema.parse({
  title: 'Pump',
  zones: [
    { id: 'z-1', title: 'Ward' },
    { id: 'z-2', title: 'Device' },
  ],
  elements: [
    { id: 'e-1', title: 'App', kind: 'process', zone: 'z-1', tags: ['runs-os'] },
    { id: 'e-2', title: 'Store', kind: 'store', zone: 'z-1' },
  ],
  flows: [{ id: 'f-1', title: 'Writes', from: 'e-1', to: 'e-2' }],
});

function changed(model: SystemModel, edit: (draft: SystemModel) => void): SystemModel {
  const copy = structuredClone(model);
  edit(copy);
  return copy;
}

describe('the difference of two models', () => {
  it('is empty for a model and itself, whatever the order of its objects', () => {
    fc.assert(
      fc.property(anyModel, (model) => {
        const turned = changed(model, (copy) => {
          copy.elements.reverse();
          copy.flows.reverse();
          for (const element of copy.elements) element.tags.reverse();
        });

        expect(diffModels(model, turned)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('names a move, the flows that cross other borders for it, and what it touches', () => {
    const after = changed(base, (copy) => {
      copy.elements[1]!.zone = 'z-2';
    });

    const changes = diffModels(base, after);

    expect(changes.map(({ kind }) => kind)).toEqual(['moved', 'reach']);
    expect(changes.map(sayChange)).toEqual(['e-2 moved: z-1 → z-2', 'f-1 crosses: no border → z-1 → z-2']);
    expect(touchedIds(changes)).toEqual(['e-2', 'f-1']);
  });

  it('names an answer that came, and tells it from a no', () => {
    const after = changed(base, (copy) => {
      copy.elements[0]!.answers['os.hardened'] = no;
    });

    expect(diffModels(base, after)).toMatchObject([
      { kind: 'answer', key: 'os.hardened', before: 'not answered', after: 'no' },
    ]);
  });

  it('names what came and went in a set, and objects', () => {
    const after = changed(base, (copy) => {
      copy.elements[0]!.tags = ['uses-time'];
      copy.flows = [];
      copy.notes.push({ id: 'n-1', text: 'x' });
      copy.title = 'Pump 2';
    });

    expect(diffModels(base, after).map(sayChange)).toEqual([
      'model: title “Pump” → “Pump 2”',
      'e-1: tags +uses-time -runs-os',
      'removed flows f-1 “Writes”',
      'added notes n-1 “n-1”',
    ]);
  });

  it.skipIf(!MODELS_PRESENT)(
    titled('T30: the calibration store moves to the treatment room: one move, three facts of reach'),
    () => {
      const laser = readModelText(sharedFile('threat-rules/laser-model.json').toString(), 'laser');
      const after = changed(laser, (copy) => {
        copy.elements.find(({ id }) => id === 'e-calstore')!.zone = 'z-room';
      });

      const changes = diffModels(laser, after);

      expect(diffModels(laser, structuredClone(laser))).toEqual([]);
      expect(changes.filter(({ kind }) => kind === 'moved')).toHaveLength(1);
      expect(changes.filter(({ kind }) => kind === 'reach').map(sayChange)).toEqual([
        'e-calstore is reached with: trust 4 → trust 3',
        'f-25 crosses: no border → z-device → z-room',
        'f-26 crosses: z-device → z-safety → z-room → z-safety',
      ]);
      expect(changes).toHaveLength(4);
      expect(touchedIds(changes)).toEqual(['e-calstore', 'f-25', 'f-26']);
    },
  );
});

describe('a merge', () => {
  it('T33: takes different answers of one element silently', () => {
    const mine = changed(base, (copy) => {
      copy.elements[0]!.answers['os.hardened'] = yes;
    });
    const theirs = changed(base, (copy) => {
      copy.elements[0]!.answers['sbom.watched'] = no;
    });

    const { model, conflicts } = mergeModels(base, mine, theirs);

    expect(conflicts).toEqual([]);
    expect(model.elements[0]?.answers).toEqual({ 'os.hardened': yes, 'sbom.watched': no });
  });

  it('T33: asks where both answered the same question, and takes what was chosen', () => {
    const mine = changed(base, (copy) => {
      copy.elements[0]!.answers['os.hardened'] = yes;
    });
    const theirs = changed(base, (copy) => {
      copy.elements[0]!.answers['os.hardened'] = no;
    });

    const { model, conflicts } = mergeModels(base, mine, theirs);
    const [conflict] = conflicts;
    const settled = mergeModels(base, mine, theirs, { [conflict!.key]: 'mine' });

    expect(conflict).toMatchObject({
      key: 'elements e-1 answers.os.hardened',
      base: undefined,
      mine: yes,
      theirs: no,
    });
    expect(model.elements[0]?.answers['os.hardened']).toEqual(no);
    expect(settled.conflicts).toEqual([]);
    expect(settled.model.elements[0]?.answers['os.hardened']).toEqual(yes);
  });

  it('loses nothing that one changed and the other removed', () => {
    const mine = changed(base, (copy) => {
      copy.elements[1]!.description = 'SQL';
    });
    const theirs = changed(base, (copy) => {
      copy.elements.pop();
      copy.flows = [];
    });

    const { conflicts } = mergeModels(base, mine, theirs);
    const kept = mergeModels(base, mine, theirs, { 'elements e-2': 'mine' });

    expect(conflicts.map(({ key }) => key)).toEqual(['elements e-2']);
    expect(kept.model.elements.map(({ id }) => id)).toEqual(['e-1', 'e-2']);
  });

  it('brings back what one removed and the other newly uses, and says so', () => {
    const mine = changed(base, (copy) => {
      copy.flows.push({ ...copy.flows[0]!, id: 'f-2', title: 'Reads', from: 'e-2', to: 'e-1' });
    });
    const theirs = changed(base, (copy) => {
      copy.elements.pop();
      copy.flows = [];
    });

    const { model, conflicts } = mergeModels(base, mine, theirs);

    expect(conflicts.map(({ key }) => key)).toEqual(['elements e-2']);
    expect(checkModel(model).filter(({ level }) => level === 'refused')).toEqual([]);
  });

  it('settles zones that two people put into one another', () => {
    const mine = changed(base, (copy) => {
      copy.zones[0]!.parent = 'z-2';
    });
    const theirs = changed(base, (copy) => {
      copy.zones[1]!.parent = 'z-1';
    });

    const { model, conflicts } = mergeModels(base, mine, theirs);

    expect(conflicts.map(({ key }) => key)).toEqual(['zones z-1 parent']);
    expect(model.zones.map(({ parent }) => parent)).toEqual(['', 'z-1']);
  });

  it('with nothing changed by one side is the other side', () => {
    fc.assert(
      fc.property(anyModel, anyModel, (one, other) => {
        expect(mergeModels(one, one, other)).toEqual({ model: other, conflicts: [] });
        expect(mergeModels(one, other, one)).toEqual({ model: other, conflicts: [] });
        expect(mergeModels(one, other, other)).toEqual({ model: other, conflicts: [] });
      }),
      { numRuns: 60 },
    );
  });

  it('is the same from both sides where nobody disagrees, and always sound', () => {
    fc.assert(
      fc.property(anyModel, anyModel, anyModel, (start, mine, theirs) => {
        const there = mergeModels(start, mine, theirs);
        const back = mergeModels(start, theirs, mine);

        expect(checkModel(there.model).filter(({ level }) => level === 'refused')).toEqual([]);
        expect(new Set(there.conflicts.map(({ key }) => key))).toEqual(
          new Set(back.conflicts.map(({ key }) => key)),
        );
        if (there.conflicts.length === 0) expect(diffModels(there.model, back.model)).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});

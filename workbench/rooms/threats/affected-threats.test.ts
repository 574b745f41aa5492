// T26 and T30 (threats.md 11) on the laser of the rule catalogue: what a change of the model does to threats and views.
import { describe, expect, it } from 'vitest';
import type { SystemModel } from '../system/index.ts';
import { affectedViews } from '../system/views/affected-views.ts';
import { affectedThreats } from './affected-threats.ts';
import { compileRules } from './evaluate/evaluate.ts';
import { SHARED_RULES, sharedModel } from './evaluate/laser.fixture.ts';
import { shippedPack } from './evaluate/shipped-pack.ts';

describe.skipIf(!SHARED_RULES)(
  'a change of the laser (skipped where the shared rule catalogue is not beside this checkout)',
  () => {
    const pack = shippedPack();
    const evaluator = compileRules(pack);
    const laser = SHARED_RULES ? sharedModel('laser-model.json') : null!;
    const threats = (before: SystemModel, after: SystemModel) =>
      affectedThreats(evaluator, before, after, pack.protocolFacts);

    it('T30: the calibration store moves to the treatment room: the threats and views that this touches are listed', () => {
      const moved = changed(laser, 'e-calstore', (element) => ({ ...element, zone: 'z-room' }));

      const touched = threats(laser, moved);
      const views = affectedViews(laser, moved);

      // Nothing but what stands at the store: it has left the zone that answered for it.
      expect(touched.map(({ target }) => target)).toEqual(['e-calstore', 'e-calstore']);
      expect(touched.map(({ why }) => why[0])).toEqual([
        'answer decom.wipe of Calibration and limits store: yes → not answered',
        'inZone device of Calibration and limits store: true → false',
      ]);
      expect(views.map(({ id }) => id)).toEqual(
        expect.arrayContaining(['trust-boundaries', 'global-system']),
      );
      expect(views.every(({ tables, gaps }) => tables.length > 0 || gaps)).toBe(true);
    });

    it('T30: where only the drawing differs, no threat and no view is touched', () => {
      expect(threats(laser, structuredClone(laser))).toEqual([]);
      expect(affectedViews(laser, structuredClone(laser))).toEqual([]);
    });

    it('T26: the view of harm to many patients is issued again when the answer comes, and when it is taken back', () => {
      const answered = (value: 'yes' | 'no') =>
        changed(laser, 'e-fleet', (element) => ({
          ...element,
          answers: {
            ...element.answers,
            'fleet.blast-radius': { value, origin: 'person', by: '', at: '', evidence: '', note: '' },
          },
        }));
      const [no, yes] = [answered('no'), answered('yes')];

      for (const [before, after, now] of [
        [no, yes, 'answered'],
        [yes, no, 'raised'],
      ] as const) {
        expect(affectedViews(before, after).find(({ id }) => id === 'multi-patient')).toMatchObject({
          title: 'Multi-patient harm view',
          tables: ['Common causes'],
        });
        expect(threats(before, after)).toMatchObject([{ rule: 'WR-FLT-001', target: 'e-fleet', now }]);
      }
    });
  },
);

function changed(
  model: SystemModel,
  id: string,
  change: (element: SystemModel['elements'][number]) => SystemModel['elements'][number],
): SystemModel {
  return { ...model, elements: model.elements.map((one) => (one.id === id ? change(one) : one)) };
}

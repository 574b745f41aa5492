import { describe, expect, it } from 'vitest';
import { SystemModel } from '../system/metamodel.ts';
import { assureModel, depthIn, makeControl, makeInput, makeModel } from './assurance.fixture.ts';
import { assure } from './assure.ts';
import { changedControls, changedModel, NO_CHANGE, unknownIn, type WhatIf } from './what-if.ts';

const MODEL = makeModel({
  elements: [
    { id: 'net', kind: 'process' },
    { id: 'laser', kind: 'process', answers: { 'boot.verified': { value: 'no' } } },
  ],
  interfaces: [{ id: 'eth', element: 'laser', state: 'open' }],
  flows: [
    { id: 'f', from: 'net', to: 'laser', via: ['eth'] },
    { id: 'g', from: 'net', to: 'laser' },
  ],
  safetyFunctions: [{ id: 'sf', realisedBy: ['laser'] }],
  attackers: [{ id: 'at', entries: ['net', 'f'], access: ['physical'] }],
  conduits: [],
  useCases: [{ id: 'u', steps: ['f', 'g'] }],
});
const CONTROLS = [{ ...makeControl('CTL-1', ['g']), falls: [] }];
const change = (given: Partial<WhatIf>): WhatIf => ({ ...NO_CHANGE, ...given });

/** What somebody saves by hand who means the same. */
const saved = (parts: Partial<SystemModel>) => SystemModel.parse({ ...MODEL, ...parts });

describe('what-if gives what saving gives', () => {
  it.each([
    [
      'a flow that is cut',
      { cut: ['g'] },
      { flows: MODEL.flows.slice(0, 1), useCases: [{ ...MODEL.useCases[0]!, steps: ['f'] }] },
    ],
    [
      'an interface that is closed, with the flows over it',
      { close: ['eth'] },
      {
        interfaces: [{ ...MODEL.interfaces[0]!, state: 'removed' as const }],
        flows: MODEL.flows.slice(1),
        attackers: [{ ...MODEL.attackers[0]!, entries: ['net'] }],
        useCases: [{ ...MODEL.useCases[0]!, steps: ['g'] }],
      },
    ],
    [
      'an answer that is withdrawn',
      { answers: [{ target: 'laser', key: 'boot.verified', value: null }] },
      { elements: [MODEL.elements[0]!, { ...MODEL.elements[1]!, answers: {} }] },
    ],
  ])('%s', (_what, given, parts) => {
    const changed = changedModel(MODEL, change(given));

    expect(changed).toEqual(saved(parts));
    const input = makeInput({ model: changed, controls: CONTROLS });
    expect(assure(input)).toEqual(assure({ ...input, model: saved(parts) }));
  });

  it('a control that counts, is claimed or is off', () => {
    const controls = (state: WhatIf['controls'][string]) =>
      changedControls(CONTROLS, change({ controls: { 'CTL-1': state } }));

    for (const state of ['counted', 'claimed', 'off'] as const) {
      const byHand = { ...CONTROLS[0]!, claimed: state !== 'off', counted: state === 'counted' };
      expect(assure(makeInput({ model: MODEL, controls: controls(state) }))).toEqual(
        assure(makeInput({ model: MODEL, controls: [byHand] })),
      );
    }
  });

  it('a control more', () => {
    const controls = changedControls([], change({ extra: [{ title: 'Gate', places: ['laser'] }] }));

    expect(depthIn(assureModel(MODEL, { controls }), 'sf', 'at').counted).toBe(1);
  });
});

describe('a change', () => {
  it('leaves the model alone where it changes nothing of it', () => {
    expect(changedModel(MODEL, change({ controls: { 'CTL-1': 'off' } }))).toBe(MODEL);
  });

  it('is asked back where it names what is not there', () => {
    const facts = [
      { key: 'CTL-1', title: '', state: 'planned' as const, places: [], implementation: '', proofs: [] },
    ];
    const names = (given: Partial<WhatIf>) => unknownIn(change(given), MODEL, facts);

    expect(names({ cut: ['f'], close: ['eth'], controls: { 'CTL-1': 'off' } })).toEqual([]);
    expect(names({ cut: ['eth'] })).toEqual(['eth']);
    expect(names({ controls: { 'CTL-9': 'off' } })).toEqual(['CTL-9']);
    expect(names({ extra: [{ title: 'x', places: ['nowhere'] }] })).toEqual(['nowhere']);
    expect(names({ answers: [{ target: 'nobody', key: 'k', value: 'yes' }] })).toEqual(['nobody']);
  });
});

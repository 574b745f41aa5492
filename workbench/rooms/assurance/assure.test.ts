import { describe, expect, it } from 'vitest';
import {
  assureModel,
  depthIn,
  elements,
  flows,
  makeControl,
  makeInput,
  makeModel,
  makeResult,
  NOTHING_EVALUATED,
} from './assurance.fixture.ts';
import { depthsOf } from './depth.ts';
import { attackGraph, intruderOf } from './graph.ts';
import { targetsOf } from './targets.ts';
import { waysOf } from './ways.ts';

/** net → console → laser, and the laser does the safety function. */
const LINE = {
  elements: elements('net', 'console', 'laser'),
  flows: flows('net>console', 'console>laser'),
  safetyFunctions: [{ id: 'sf', realisedBy: ['laser'], harms: ['h'] }],
  attackers: [{ id: 'at', entries: ['net'] }],
};
const results = (...list: ReturnType<typeof makeResult>[]) => ({
  evaluation: { ...NOTHING_EVALUATED, results: list },
});

describe('a path', () => {
  it('begins where the attacker is and names each crossing', () => {
    const depth = depthIn(assureModel(LINE), 'sf', 'at');

    expect(depth.paths).toHaveLength(1);
    expect(depth.paths[0]?.steps.map(({ from, via, to }) => `${from} ${via} ${to}`)).toEqual([
      'at net net',
      'net net-console console',
      'console console-laser laser',
    ]);
  });

  it('has open, assumed and guarded steps, with the threat, its facts and its questions', () => {
    const result = assureModel(LINE, {
      ...results(
        makeResult('sniff', 'net-console', 'raised'),
        makeResult('guess', 'console', 'open'),
        makeResult('forge', 'console-laser', 'answered'),
      ),
      exploitabilities: { sniff: 4, guess: 5, forge: 5 },
    });
    const steps = depthIn(result, 'sf', 'at').paths[0]?.steps ?? [];

    expect(steps.map((step) => step.state)).toEqual(['open', 'open', 'guarded']);
    expect(steps[1]).toMatchObject({
      threat: { rule: 'sniff', target: 'net-console' },
      resistance: 2,
      facts: [{ target: 'net-console', value: 'raised' }],
      questions: [],
    });
    expect(steps[2]).toMatchObject({ threat: null, facts: [{ value: 'answered' }], resistance: 8 });
  });

  it('is assumed passable where a question is open, and where nothing is known', () => {
    const result = assureModel(LINE, results(makeResult('guess', 'net-console', 'open')));
    const steps = depthIn(result, 'sf', 'at').paths[0]?.steps ?? [];

    expect(steps.map((step) => step.state)).toEqual(['open', 'assumed', 'assumed']);
    expect(steps[1]?.questions).toEqual([{ target: 'net-console', key: 'guess.asked' }]);
    expect(steps[2]).toMatchObject({ threat: null, questions: [] });
    expect(depthIn(result, 'sf', 'at').reachable).toBe(true);
  });

  it.each([
    ['spoofing', 'open'],
    ['elevation of privilege', 'open'],
    ['tampering', 'assumed'],
    ['information disclosure', 'assumed'],
  ] as const)('is let into an element by %s: %s', (stride, state) => {
    const result = assureModel(LINE, {
      ...results(makeResult('r', 'console', 'raised')),
      strides: { r: [stride] },
    });

    expect(depthIn(result, 'sf', 'at').paths[0]?.steps[1]?.state).toBe(state);
  });

  it('ends in silence at a safety function, in reading at data', () => {
    const model = {
      ...LINE,
      elements: [...elements('net', 'console'), { id: 'laser', kind: 'process', holds: ['data'] }],
      assets: [{ id: 'data', confidentiality: 3 }],
    };
    const rules = {
      ...results(makeResult('flood', 'console-laser', 'raised'), makeResult('read', 'laser', 'raised')),
      strides: { flood: ['denial of service'], read: ['information disclosure'] } as const,
    };
    const last = (target: string) =>
      depthIn(assureModel(model, rules), target, 'at').paths[0]?.steps.at(-1)?.threat;

    expect(last('sf')?.rule).toBe('flood');
    expect(last('data')?.rule).toBe('read');
  });

  it('does not count the controls of an element for data that is read on the way to it', () => {
    const model = {
      elements: elements('net', 'console', 'laser'),
      flows: [
        { id: 'in', from: 'net', to: 'console' },
        { id: 'out', from: 'console', to: 'laser', carries: ['data'] },
      ],
      assets: [{ id: 'data' }],
      attackers: [{ id: 'at', entries: ['net'] }],
    };
    const result = assureModel(model, {
      controls: [makeControl('at-laser', ['laser']), makeControl('tls', ['out'])],
    });

    expect(depthIn(result, 'data', 'at').paths[0]?.counted).toEqual(['tls']);
  });

  it('says when more than ten are there', () => {
    const middle = Array.from({ length: 12 }, (_, at) => `m${at}`);
    const result = assureModel({
      ...LINE,
      elements: elements('net', 'laser', ...middle),
      flows: flows(...middle.flatMap((id) => [`net>${id}`, `${id}>laser`])),
    });

    expect(depthIn(result, 'sf', 'at').paths).toHaveLength(10);
    expect(depthIn(result, 'sf', 'at').morePaths).toBe(true);
    expect(result.notes.join()).toContain('the 10 easiest paths');
    expect(depthIn(result, 'sf', 'at').cut).toHaveLength(12);
  });

  it('is hardened by controls, by those that count the most', () => {
    const resistance = (...controls: ReturnType<typeof makeControl>[]) =>
      depthIn(assureModel(LINE, { controls }), 'sf', 'at').paths[0]?.resistance ?? 0;

    expect(resistance(makeControl('c', ['console'], 'claimed'))).toBeGreaterThan(resistance());
    expect(resistance(makeControl('c', ['console']))).toBeGreaterThan(
      resistance(makeControl('c', ['console'], 'claimed')),
    );
    expect(resistance(makeControl('c', ['console'], 'planned'))).toBe(resistance());
  });
});

describe('the depth', () => {
  const withControls = (...controls: ReturnType<typeof makeControl>[]) =>
    depthIn(assureModel({ ...LINE, harms: [{ id: 'h', severity: 5 }] }, { controls }), 'sf', 'at');

  it('counts distinct controls, and claims beside them', () => {
    expect(
      withControls(
        makeControl('tls', ['net-console', 'console-laser']),
        makeControl('sign', ['console-laser']),
        makeControl('log', ['console'], 'claimed'),
        makeControl('later', ['laser'], 'planned'),
      ),
    ).toMatchObject({ counted: 2, claimed: 3, enough: 2, severity: 5, single: [], exact: true });
  });

  it('names the control whose fall opens a path', () => {
    expect(withControls(makeControl('tls', ['net-console']))).toMatchObject({ counted: 1, single: ['tls'] });
  });

  it('is 0 where the attacker begins at the target; nothing can be cut', () => {
    const result = assureModel(
      { ...LINE, attackers: [{ id: 'at', entries: ['laser'] }] },
      { controls: [makeControl('tls', ['laser'])] },
    );

    expect(depthIn(result, 'sf', 'at')).toMatchObject({ counted: 0, cut: [], reachable: true });
  });

  it('is null where no way exists', () => {
    const result = assureModel({ ...LINE, flows: flows('net>console') });

    expect(depthIn(result, 'sf', 'at')).toMatchObject({
      reachable: false,
      counted: null,
      claimed: null,
      paths: [],
    });
    expect(depthIn(result, 'sf')).toMatchObject({ reachable: false, counted: null });
  });

  it('of a zone stands at every way into it, and not inside', () => {
    const zoned = {
      ...LINE,
      zones: [{ id: 'z', kind: 'device' }],
      elements: [
        { id: 'net', kind: 'process' },
        { id: 'console', kind: 'process', zone: 'z' },
        { id: 'laser', kind: 'process', zone: 'z' },
      ],
    };
    const gate = { controls: [makeControl('gate', ['z'])] };
    const steps = depthIn(assureModel(zoned, gate), 'sf', 'at').paths[0]?.steps ?? [];

    expect(steps.map((step) => step.controls)).toEqual([[], ['gate'], []]);
    const inside = { ...zoned, attackers: [{ id: 'at', entries: ['console'] }] };
    expect(depthIn(assureModel(inside, gate), 'sf', 'at').counted).toBe(0);
  });

  it('is judged as serious where no harm is known, and that is said', () => {
    const result = assureModel(LINE);

    expect(depthIn(result, 'sf')).toMatchObject({ severity: 3, enough: 2 });
    expect(result.notes.join()).toContain('No severity is known for sf');
  });

  it('takes the severity of the safety file before that of the copy in the model', () => {
    const result = assureModel({ ...LINE, harms: [{ id: 'h', severity: 5 }] }, { severities: { h: 1 } });

    expect(depthIn(result, 'sf')).toMatchObject({ severity: 1, enough: 0 });
  });

  it('is never overstated when the search is stopped at its bound', () => {
    const middle = Array.from({ length: 6 }, (_, at) => `m${at}`);
    const chain = ['net', ...middle, 'laser'];
    const ways = chain
      .slice(1)
      .flatMap((to, at) => [0, 1, 2].map((n) => ({ id: `${to}.${n}`, from: chain[at], to })));
    const input = makeInput({
      model: makeModel({ ...LINE, elements: elements(...chain), flows: ways }),
      controls: ways.map((way) => makeControl(`c-${way.id}`, [way.id])),
    });
    const graph = attackGraph(input);
    const { targets } = targetsOf(input, graph);
    const search = (bound?: number) =>
      depthsOf(
        waysOf(graph, intruderOf(graph, input.model, input.model.attackers[0]!)),
        targets,
        graph.controls,
        (control) => control.counted,
        bound,
      )[0];

    expect(search()).toMatchObject({ depth: 7, exact: true });
    const stopped = search(20);
    expect(stopped?.exact).toBe(false);
    expect(stopped?.depth).toBeLessThanOrEqual(7);
    expect(stopped?.depth).toBeGreaterThan(0);
  });
});

describe('against all attackers together', () => {
  it('is the least of each, and the same way stands once', () => {
    const result = assureModel(
      {
        ...LINE,
        attackers: [
          { id: 'far', entries: ['net'] },
          { id: 'near', entries: ['console'] },
          { id: 'other', entries: ['net'] },
        ],
      },
      { controls: [makeControl('tls', ['net-console']), makeControl('sign', ['console-laser'])] },
    );

    expect(depthIn(result, 'sf', 'far').counted).toBe(2);
    expect(depthIn(result, 'sf')).toMatchObject({ counted: 1, single: ['sign'], cut: ['console-laser'] });
    expect(depthIn(result, 'sf').paths.map((path) => path.attacker)).toEqual(['near', 'far']);
  });

  it('says when the model names none', () => {
    const result = assureModel({ ...LINE, attackers: [] });

    expect(depthIn(result, 'sf').reachable).toBe(false);
    expect(result.notes.join()).toContain('names no attacker');
  });
});

// What must hold of every model: compared with answers found by trying everything, on small random ones.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SystemModel } from '../system/index.ts';
import type { PairResult } from '../threats/index.ts';
import {
  depthIn,
  makeControl,
  makeInput,
  makeModel,
  makeResult,
  NOTHING_EVALUATED,
} from './assurance.fixture.ts';
import { assure } from './assure.ts';
import type { AssuranceInput, PlacedControl } from './contract.ts';
import { attackGraph, intruderOf } from './graph.ts';
import { distancesTo, easiestPaths } from './paths.ts';
import { targetsOf } from './targets.ts';
import { waysOf } from './ways.ts';

const ELEMENTS = ['e0', 'e1', 'e2', 'e3', 'e4', 'e5'];
const element = fc.constantFrom(...ELEMENTS);

interface Case {
  readonly flows: readonly { readonly from: string; readonly to: string }[];
  readonly faces: readonly { readonly element: string }[];
  readonly begins: readonly string[];
  readonly second: readonly string[];
  readonly realisedBy: readonly string[];
  readonly holder: string;
  readonly carried: readonly number[];
  readonly places: readonly (readonly number[])[];
  readonly zoned: readonly string[];
  readonly results: readonly {
    readonly rule: number;
    readonly place: number;
    readonly state: PairResult['state'];
  }[];
}

const someCase: fc.Arbitrary<Case> = fc.record({
  flows: fc.array(fc.record({ from: element, to: element }), { minLength: 1, maxLength: 10 }),
  faces: fc.array(fc.record({ element }), { maxLength: 2 }),
  begins: fc.uniqueArray(element, { maxLength: 2 }),
  second: fc.uniqueArray(element, { maxLength: 2 }),
  realisedBy: fc.uniqueArray(element, { minLength: 1, maxLength: 2 }),
  holder: element,
  carried: fc.uniqueArray(fc.nat(9), { maxLength: 2 }),
  places: fc.array(fc.array(fc.nat(40), { minLength: 1, maxLength: 3 }), { maxLength: 4 }),
  zoned: fc.uniqueArray(element, { maxLength: 3 }),
  results: fc.array(
    fc.record({
      rule: fc.nat(5),
      place: fc.nat(40),
      state: fc.constantFrom<PairResult['state'][]>('raised', 'answered', 'open'),
    }),
    { maxLength: 12 },
  ),
});

function modelOf(given: Case): SystemModel {
  return makeModel({
    zones: [{ id: 'z', kind: 'device' }],
    elements: ELEMENTS.map((id) => ({
      id,
      kind: 'process',
      zone: given.zoned.includes(id) ? 'z' : '',
      holds: id === given.holder ? ['asset'] : [],
    })),
    flows: given.flows.map((flow, at) => ({
      id: `f${at}`,
      ...flow,
      carries: given.carried.includes(at) ? ['asset'] : [],
    })),
    interfaces: given.faces.map((face, at) => ({ id: `i${at}`, ...face })),
    assets: [{ id: 'asset', integrity: 4 }],
    safetyFunctions: [{ id: 'sf', realisedBy: given.realisedBy, harms: ['h'] }],
    attackers: [
      { id: 'one', access: ['physical'], entries: given.begins },
      {
        id: 'two',
        entries: [...given.second, ...(given.carried.includes(3) && given.flows[3] ? ['f3'] : [])],
      },
    ],
  });
}

const placesOf = (model: SystemModel) =>
  [...model.flows, ...model.elements, ...model.interfaces, ...model.zones].map((one) => one.id);

function controlsOf(given: Case, model: SystemModel): PlacedControl[] {
  const places = placesOf(model);
  return given.places.map((list, at) =>
    makeControl(
      `c${at}`,
      list.map((place) => places[place % places.length] as string),
      at % 3 === 2 ? 'claimed' : 'counted',
    ),
  );
}

function inputOf(given: Case): AssuranceInput {
  const model = modelOf(given);
  const places = placesOf(model);
  const results = given.results.map(({ rule, place, state }) =>
    makeResult(`r${rule}`, places[place % places.length] as string, state),
  );
  return makeInput({
    model,
    controls: controlsOf(given, model),
    severities: { h: 4 },
    evaluation: { ...NOTHING_EVALUATED, results },
    exploitabilities: { r0: 1, r1: 2, r2: 3, r3: 4, r4: 5 },
    strides: {
      r0: ['spoofing'],
      r1: ['tampering'],
      r2: ['information disclosure'],
      r3: ['denial of service'],
    },
  });
}

/** Every way without circles, told by the rules of the readme and not by the program's graph. */
function allWays(input: AssuranceInput, attackerId: string, targetId: string) {
  const { model, controls } = input;
  const attacker = model.attackers.find((one) => one.id === attackerId)!;
  const zone = (id: string) => model.elements.find((one) => one.id === id)?.zone ?? '';
  const held = new Set(attacker.entries.filter((id) => ELEMENTS.includes(id)));
  const fn = model.safetyFunctions.find((one) => one.id === targetId);
  const ends = (via: string | null, to: string) => {
    const carrying = !fn && model.flows.find((flow) => flow.id === via)?.carries.includes(targetId);
    if (carrying) return 'on the way';
    const at = fn
      ? fn.realisedBy.includes(to)
      : model.elements.find((one) => one.id === to)?.holds.includes(targetId);
    return at ? 'inside' : null;
  };
  const found: { vias: string[]; places: Set<string> }[] = [];
  const step = (
    from: string | null,
    via: string,
    to: string,
    visited: string[],
    vias: string[],
    places: Set<string>,
  ) => {
    const end = ends(via, to);
    const entered = [
      to,
      ...(zone(to) !== '' && (from === null || zone(from) !== zone(to)) ? [zone(to)] : []),
    ];
    const next = new Set([...places, via, ...(end === 'on the way' ? [] : entered)]);
    if (end) found.push({ vias: [...vias, via], places: next });
    else if (!held.has(to) && !visited.includes(to)) walk(to, [...visited, to], [...vias, via], next);
  };
  const walk = (at: string, visited: string[], vias: string[], places: Set<string>) => {
    for (const flow of model.flows)
      if (flow.from === at && flow.to !== at) step(at, flow.id, flow.to, visited, vias, places);
  };
  for (const id of held) {
    if (ends(null, id)) found.push({ vias: [], places: new Set() });
    else walk(id, [id], [], new Set());
  }
  if (attacker.access.includes('physical'))
    for (const face of model.interfaces)
      if (!held.has(face.element)) step(null, face.id, face.element, [], [], new Set());
  for (const flow of model.flows)
    if (attacker.entries.includes(flow.id) && !held.has(flow.from))
      step(null, flow.id, flow.to, [], [], new Set());
  const on = (places: Set<string>, wanted: (control: PlacedControl) => boolean) =>
    controls
      .filter((one) => wanted(one) && one.places.some((place) => places.has(place)))
      .map((one) => one.id);
  return found.map(({ vias, places }) => ({
    vias,
    counted: on(places, (one) => one.counted),
    claimed: on(places, () => true),
  }));
}

function subsets(ids: readonly string[]): string[][] {
  const all: string[][] = [];
  for (let bits = 0; bits < 1 << ids.length; bits += 1) all.push(ids.filter((_, at) => (bits >> at) & 1));
  return all.sort((a, b) => a.length - b.length);
}

const TARGETS = ['sf', 'asset'];
const ATTACKERS = ['one', 'two'];
const runs = { numRuns: 200 };

describe('on every small model', () => {
  it('the depths are those that trying every way finds', () => {
    fc.assert(
      fc.property(someCase, (given) => {
        const input = inputOf(given);
        const result = assure(input);
        for (const target of TARGETS) {
          const of = Object.fromEntries(ATTACKERS.map((one) => [one, allWays(input, one, target)]));
          for (const attacker of [...ATTACKERS, null]) {
            const ways = attacker === null ? Object.values(of).flat() : (of[attacker] ?? []);
            const depth = depthIn(result, target, attacker);
            const least = (sizes: number[]) => (sizes.length === 0 ? null : Math.min(...sizes));
            expect(depth.reachable).toBe(ways.length > 0);
            expect(depth.counted).toBe(least(ways.map((way) => way.counted.length)));
            expect(depth.claimed).toBe(least(ways.map((way) => way.claimed.length)));
            const alone = ways.flatMap((way) => (way.counted.length === 1 ? way.counted : []));
            expect(depth.single).toEqual(depth.counted === 1 ? [...new Set(alone)].sort() : []);
          }
        }
      }),
      runs,
    );
  });

  it('the cut is as small as trying every set of flows and interfaces finds, and holds', () => {
    fc.assert(
      fc.property(someCase, (given) => {
        const input = inputOf(given);
        const result = assure(input);
        const ids = [...input.model.flows, ...input.model.interfaces].map((one) => one.id);
        for (const target of TARGETS) {
          for (const attacker of [...ATTACKERS, null]) {
            const ways = (attacker === null ? ATTACKERS : [attacker]).flatMap((one) =>
              allWays(input, one, target),
            );
            const { cut, reachable } = depthIn(result, target, attacker);
            const open = (without: readonly string[]) =>
              ways.filter((way) => !way.vias.some((via) => without.includes(via)));
            const begun = ways.some((way) => way.vias.length === 0);
            if (begun || !reachable) expect(cut).toEqual([]);
            else {
              expect(open(cut)).toEqual([]);
              const smallest = subsets(ids).find((set) => open(set).length === 0);
              expect(cut.length).toBe(smallest?.length);
            }
          }
        }
      }),
      { numRuns: 120 },
    );
  });

  it('the paths are the easiest of all, in order, each without a circle', () => {
    fc.assert(
      fc.property(someCase, (given) => {
        const input = inputOf(given);
        const result = assure(input);
        for (const target of TARGETS) {
          for (const attacker of ATTACKERS) {
            const ways = allWays(input, attacker, target);
            const { paths, morePaths } = depthIn(result, target, attacker);
            const named = paths.map((path) => path.steps.map((step) => step.via));
            const begins = (vias: readonly string[]) =>
              vias.filter((via) => !ELEMENTS.includes(via)).join(' ');
            const all = new Set(ways.map((way) => way.vias.join(' ')));
            expect(new Set(named.map((vias) => vias.join(' '))).size).toBe(paths.length);
            for (const vias of named) expect(all).toContain(begins(vias));
            expect(morePaths).toBe(ways.length > 10);
            expect(paths.length).toBe(Math.min(10, ways.length));
            const costs = paths.map((path) => path.resistance);
            expect(costs).toEqual([...costs].sort((a, b) => a - b));
            for (const path of paths)
              expect(path.resistance).toBe(path.steps.reduce((sum, step) => sum + step.resistance, 0));
          }
        }
      }),
      runs,
    );
  });

  it('fewer paths are the first of many', () => {
    fc.assert(
      fc.property(someCase, fc.integer({ min: 1, max: 4 }), (given, wanted) => {
        const input = inputOf(given);
        const graph = attackGraph(input);
        for (const target of targetsOf(input, graph).targets) {
          for (const attacker of input.model.attackers) {
            const ways = waysOf(graph, intruderOf(graph, input.model, attacker));
            const listed = (count: number) =>
              easiestPaths(ways, target, distancesTo(graph, target), count).map((path) => path.cost);
            const all = listed(1_000);
            expect(listed(wanted)).toEqual(all.sort((a, b) => a - b).slice(0, wanted));
          }
        }
      }),
      runs,
    );
  });

  it('a control more that counts never lowers a depth', () => {
    fc.assert(
      fc.property(someCase, fc.nat(40), (given, place) => {
        const input = inputOf(given);
        const places = placesOf(input.model);
        const more = makeControl('more', [places[place % places.length] as string]);
        const before = assure(input);
        const after = assure({ ...input, controls: [...input.controls, more] });
        before.depths.forEach((depth, at) => {
          const now = after.depths[at]!;
          expect(now.target).toBe(depth.target);
          expect(now.reachable).toBe(depth.reachable);
          expect(now.counted ?? 0).toBeGreaterThanOrEqual(depth.counted ?? 0);
          expect(now.cut).toEqual(depth.cut);
        });
      }),
      runs,
    );
  });

  it('a flow less never opens a way, and never lowers a depth', () => {
    fc.assert(
      fc.property(someCase, fc.nat(9), (given, gone) => {
        const input = inputOf(given);
        const flow = input.model.flows[gone % input.model.flows.length]!;
        const flows = input.model.flows.filter((one) => one !== flow);
        const after = assure({ ...input, model: { ...input.model, flows } });
        for (const depth of assure(input).depths) {
          const now = depthIn(after, depth.target, depth.attacker);
          if (!depth.reachable) expect(now.reachable).toBe(false);
          if (now.reachable) expect(now.counted).toBeGreaterThanOrEqual(depth.counted ?? Infinity);
        }
      }),
      runs,
    );
  });

  it('the order of what is given changes nothing', () => {
    fc.assert(
      fc.property(someCase, (given) => {
        const input = inputOf(given);
        const { model } = input;
        const turned = Object.fromEntries(
          Object.entries(model).map(([part, list]) => [
            part,
            Array.isArray(list) ? [...list].reverse() : list,
          ]),
        ) as SystemModel;
        const evaluation = { ...input.evaluation, results: [...input.evaluation.results].reverse() };
        const controls = [...input.controls].reverse();
        expect(assure({ ...input, model: turned, evaluation, controls })).toEqual(assure(input));
      }),
      runs,
    );
  });
});

// Attack paths, depth and cuts of a large system model, all attackers and all targets at once.
import { assure } from '../../workbench/rooms/assurance/assure.ts';
import type { AssuranceInput } from '../../workbench/rooms/assurance/contract.ts';
import { SystemModel } from '../../workbench/rooms/system/metamodel.ts';
import type { PairResult } from '../../workbench/rooms/threats/index.ts';
import type { Figure } from '../figure.ts';
import { seeded } from '../generate.ts';
import { median } from '../table.ts';

const ELEMENTS = 500;
const TURNS = 7;

export async function measureAssurance(): Promise<Figure[]> {
  const measure = (elements: number, act: (input: AssuranceInput) => unknown) => {
    const input = largeInput(elements);
    const times: number[] = [];
    for (let turn = 0; turn < TURNS; turn += 1) {
      const began = performance.now();
      act(input);
      times.push(performance.now() - began);
    }
    return median(times);
  };
  return [
    {
      what: 'attack paths, depth and cuts',
      size: `${ELEMENTS} elements, ${3 * ELEMENTS} flows, 20 targets, 5 attackers, 60 controls`,
      value: measure(ELEMENTS, assure),
      twice: measure(2 * ELEMENTS, assure),
      unit: 'ms',
      goal: { atMost: 500 },
    },
  ];
}

/** A chain of zones from the internet to the safety side; most flows stay in a zone or lead to the next. */
export function largeInput(count: number): AssuranceInput {
  const random = seeded(4_711);
  const pick = (below: number) => Math.floor(random() * below);
  const kinds = ['internet', 'hospital', 'maker', 'room', 'device', 'device', 'device', 'safety'] as const;
  const zones = kinds.map((kind, at) => ({ id: `z${at}`, title: `Zone ${at}`, kind }));
  const zoneOf = (element: number) => Math.floor((element * kinds.length) / count);
  const elements = Array.from({ length: count }, (_, at) => ({
    id: `e${at}`,
    title: `Element ${at}`,
    kind: at % 17 === 0 ? 'store' : 'process',
    zone: `z${zoneOf(at)}`,
    holds: at % 40 === 3 ? [`a${((at / 40) % 12) | 0}`] : [],
    tags: at % 50 === 7 ? ['service-access'] : [],
  }));
  const flows = Array.from({ length: 3 * count }, (_, at) => {
    const from = pick(count);
    const reach = Math.ceil(count / kinds.length);
    const to = Math.min(count - 1, Math.max(0, from + pick(2 * reach) - Math.floor(reach * 0.8)));
    return {
      id: `f${at}`,
      title: `Flow ${at}`,
      from: `e${from}`,
      to: `e${to}`,
      carries: at % 30 === 0 ? [`a${at % 12}`] : [],
    };
  });
  const interfaces = Array.from({ length: count / 5 }, (_, at) => ({
    id: `i${at}`,
    title: `Interface ${at}`,
    element: `e${pick(count)}`,
    state: at % 3 === 0 ? 'covered' : 'open',
  }));
  const model = SystemModel.parse({
    title: 'Large',
    zones,
    elements,
    flows,
    interfaces,
    assets: Array.from({ length: 12 }, (_, at) => ({
      id: `a${at}`,
      title: `Data ${at}`,
      integrity: 1 + (at % 4),
    })),
    safetyFunctions: Array.from({ length: 8 }, (_, at) => ({
      id: `s${at}`,
      title: `Function ${at}`,
      realisedBy: [`e${count - 1 - at * 3}`, `e${count - 2 - at * 5}`],
      harms: [`h${at % 5}`],
    })),
    harms: Array.from({ length: 5 }, (_, at) => ({ id: `h${at}`, title: `Harm ${at}`, severity: at + 1 })),
    attackers: [
      { id: 'criminal', title: 'Criminal', access: ['internet'] },
      { id: 'clinic', title: 'In the clinic', access: ['adjacent-network'] },
      { id: 'visitor', title: 'Visitor', access: ['physical'] },
      { id: 'service', title: 'Service', access: ['service-account'] },
      {
        id: 'state',
        title: 'State',
        access: ['internet', 'adjacent-network', 'physical', 'service-account', 'supplier'],
      },
    ],
  });
  const states = ['raised', 'open', 'open', 'answered'] as const;
  const results = model.flows.flatMap((flow): PairResult[] =>
    [0, 1, 2].map((at) => ({
      rule: `r${pick(100)}`,
      ruleVersion: 1,
      target: at === 2 ? flow.to : flow.id,
      state: states[pick(4)] ?? 'open',
      questions: [],
      facts: [],
      mergedInto: null,
    })),
  );
  const places = [...model.flows, ...model.elements].map(({ id }) => id);
  return {
    model,
    evaluation: {
      results,
      counts: { 'not-applicable': 0, raised: 0, answered: 0, open: 0, raisedAfterMerge: 0 },
      problems: [],
    },
    controls: Array.from({ length: 60 }, (_, at) => ({
      id: `c${at}`,
      title: `Control ${at}`,
      places:
        at < 4
          ? [`z${4 + at}`]
          : Array.from({ length: 1 + pick(8) }, () => places[pick(places.length)] ?? ''),
      claimed: true,
      counted: at % 3 !== 0,
      why: '',
    })),
    severities: {},
    exploitabilities: Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`r${at}`, 1 + (at % 5)])),
    strides: {},
    enough: { 1: 0, 2: 1, 3: 2, 4: 2, 5: 2 },
  };
}

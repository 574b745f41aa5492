// Rules on a large system model as the editor needs them: the whole evaluation, and the one after a single change.
import type { SystemModel } from '../../workbench/rooms/system/index.ts';
import {
  compileRules,
  type Evaluator,
  type RulePack,
  shippedPack,
} from '../../workbench/rooms/threats/index.ts';
import type { Figure } from '../figure.ts';
import { systemModel } from '../system-model.ts';
import { median } from '../table.ts';

const RULES = 300;
const ELEMENTS = 500;
const FLOWS = 1_500;
const TIMES = 21;

export async function measureThreats(): Promise<Figure[]> {
  const pack = packOf(RULES);
  const compiled = time(() => compileRules(pack));
  const once = look(pack, systemModel(ELEMENTS, FLOWS, 5));
  const twice = look(pack, systemModel(2 * ELEMENTS, 2 * FLOWS, 5));
  const size = `${ELEMENTS} elements, 1,500 flows, ${RULES} rules`;
  const figure = (what: keyof typeof once.times, goal?: number): Figure => ({
    what: `threats: ${what}`,
    size,
    value: once.times[what],
    twice: twice.times[what],
    unit: 'ms',
    ...(goal === undefined ? {} : { goal: { atMost: goal } }),
  });
  return [
    { what: 'threats: rules checked and compiled', size: `${RULES} rules`, value: compiled, unit: 'ms' },
    figure('first evaluation', 300),
    figure('whole evaluation', 300),
    figure('after an answer', 50),
    figure('after a flow was added', 50),
    figure('after a zone’s trust changed', 50),
  ];
}

function look(pack: RulePack, model: SystemModel) {
  const evaluator = compileRules(pack);
  const first = time(() => evaluator.evaluate(model));
  const whole = median(Array.from({ length: TIMES }, () => time(() => evaluator.evaluate({ ...model }))));
  return {
    times: {
      'first evaluation': first,
      'whole evaluation': whole,
      'after an answer': after(evaluator, model, answered),
      'after a flow was added': after(evaluator, model, joined),
      'after a zone’s trust changed': after(evaluator, model, trusted),
    },
  };
}

/** As the editor calls it: one change upon the other, each from the evaluation before. */
function after(
  evaluator: Evaluator,
  begin: SystemModel,
  change: (model: SystemModel, at: number) => SystemModel,
): number {
  let model = begin;
  let found = evaluator.evaluate(model);
  const times: number[] = [];
  for (let at = 0; at < TIMES; at += 1) {
    const next = change(model, at);
    times.push(
      time(() => {
        found = evaluator.reevaluate(found, model, next);
      }),
    );
    model = next;
  }
  return median(times);
}

function answered(model: SystemModel, at: number): SystemModel {
  const answer = {
    value: at % 2 ? 'no' : 'yes',
    origin: 'person',
    by: '',
    at: '',
    evidence: '',
    note: '',
  } as const;
  const flows = model.flows.map((flow, place) =>
    place === at * 7 ? { ...flow, answers: { ...flow.answers, 'flow.integrity': answer } } : flow,
  );
  return { ...model, flows };
}

function joined(model: SystemModel, at: number): SystemModel {
  const pattern = model.flows[at * 3] as SystemModel['flows'][number];
  return { ...model, flows: [...model.flows, { ...pattern, id: `new${at}` }] };
}

function trusted(model: SystemModel, at: number): SystemModel {
  const zones = model.zones.map((zone, place) =>
    place === at ? { ...zone, trust: (zone.trust + 1) % 6 } : zone,
  );
  return { ...model, zones };
}

/** The shipped rules, and so many of them once more under other ids. */
function packOf(count: number): RulePack {
  const pack = shippedPack();
  const more = pack.rules
    .slice(0, count - pack.rules.length)
    .map((rule) => ({ ...rule, id: `${rule.id}-2` }));
  return { ...pack, rules: [...pack.rules, ...more] };
}

function time(work: () => unknown): number {
  const began = performance.now();
  work();
  return performance.now() - began;
}

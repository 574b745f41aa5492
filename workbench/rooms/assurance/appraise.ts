// How hard a crossing is, and why: what the rules found at a flow, an interface, an element, and the controls that stand
// there. Pure.
import type { Flow } from '../system/index.ts';
import type { OpenQuestion, PairResult, Stride, UsedFact } from '../threats/index.ts';
import type { AssuranceInput, PlacedControl, StepState } from './contract.ts';
import { zoneChains } from './entries.ts';

/** How hard one crossing is, and why. */
export interface Appraisal {
  readonly state: StepState;
  readonly threat: { readonly rule: string; readonly target: string } | null;
  readonly facts: readonly UsedFact[];
  readonly questions: readonly OpenQuestion[];
  /** Indices into the graph's controls. */
  readonly controls: readonly number[];
  readonly cost: number;
}

/** What a step leads to: further on; or, as the last step, to a safety function, to stored data, to data on its way. */
export type Purpose = 'pass' | 'function' | 'stored' | 'carried';

/**
 * Categories that let an attacker act at the far end of a flow or an interface. What happens inside of an element lets
 * him in only where he pretends to be somebody or gains rights: a changed calibration is an effect, not a way in.
 */
const THROUGH: readonly Stride[] = ['spoofing', 'tampering', 'elevation of privilege'];
const INTO: readonly Stride[] = ['spoofing', 'elevation of privilege'];
/** The last step: reading is enough to harm data, silence to harm a safety function. */
const LAST: Readonly<Record<Purpose, readonly Stride[]>> = {
  pass: [],
  function: ['denial of service'],
  stored: ['information disclosure'],
  carried: ['information disclosure'],
};

/** A step of which nothing is known costs what a threat of middle exploitability would. */
const UNKNOWN_EXPLOITABILITY = 3;
/** Above the hardest step that nobody answered for (7 − 1). */
const GUARDED = 8;
const COUNTED_ADDS = 4;
const CLAIMED_ADDS = 1;

export interface Judge {
  flow(flow: Flow, from: string | null): Readonly<Record<Purpose, Appraisal>>;
  interface(id: string, element: string): Readonly<Record<Purpose, Appraisal>>;
}

/**
 * A step is *open* when a raised threat lets it pass, *assumed* when only questions are open or nothing is known,
 * *guarded* when answers say that it is closed, which is a claim: it is passed all the same, at a price. What counts as
 * a threat of a step: of its flow and of the interfaces that it goes over, of the element and the zones that it enters
 * (`THROUGH`, `INTO`, `LAST`).
 *
 * Resistance: open 6 − exploitability; assumed 7 − exploitability; guarded 8; and 4 for each control that counts, 1 for
 * each that is claimed only.
 */
export function judgeOf(input: AssuranceInput, controls: readonly PlacedControl[]): Judge {
  const findings = findingsOf(input);
  const standing = controlsByPlace(controls);
  const chains = zoneChains(input.model.zones);
  const zoneOf = new Map(input.model.elements.map((element) => [element.id, element.zone]));
  const chainOf = (element: string | null) =>
    element === null ? [] : (chains.get(zoneOf.get(element) ?? '') ?? []);

  const appraise = (
    purpose: Purpose,
    through: readonly string[],
    into: readonly string[],
    on: readonly number[],
  ): Appraisal => {
    const found = easier(findings(through, 'through', purpose), findings(into, 'into', purpose));
    let cost = costOf(found);
    for (const index of on) cost += controls[index]?.counted ? COUNTED_ADDS : CLAIMED_ADDS;
    return { ...stateOf(found), controls: on, cost };
  };
  const controlsAt = (places: readonly string[]) =>
    [...new Set(places.flatMap((place) => standing.get(place) ?? []))].sort((a, b) => a - b);
  const all = (through: readonly string[], into: readonly string[]) => {
    const inside = controlsAt([...through, ...into]);
    return {
      pass: appraise('pass', through, into, inside),
      function: appraise('function', through, into, inside),
      stored: appraise('stored', through, into, inside),
      // Who listens on the way does not enter the element.
      carried: appraise('carried', through, [], controlsAt(through)),
    };
  };
  return {
    flow(flow, from) {
      const inside = chainOf(from);
      const entered = chainOf(flow.to).filter((zone) => !inside.includes(zone));
      return all([flow.id, ...flow.via], [flow.to, ...entered]);
    },
    interface: (id, element) => all([id], [element, ...chainOf(element)]),
  };
}

/** A result with its place in the order of all: raised before open before answered, the most exploitable first. */
interface Finding {
  readonly rank: number;
  readonly result: PairResult;
  readonly exploitability: number;
}

const STATES: readonly PairResult['state'][] = ['raised', 'open', 'answered'];

function findingsOf(input: AssuranceInput) {
  const ordered = input.evaluation.results
    // What was merged into another stands there.
    .filter((result) => result.mergedInto === null)
    .map((result) => ({
      result,
      exploitability: Math.min(5, Math.max(1, input.exploitabilities[result.rule] ?? UNKNOWN_EXPLOITABILITY)),
    }))
    .sort(
      (a, b) =>
        STATES.indexOf(a.result.state) - STATES.indexOf(b.result.state) ||
        b.exploitability - a.exploitability ||
        byText(a.result.rule, b.result.rule) ||
        byText(a.result.target, b.result.target),
    );
  const byTarget = new Map<string, Finding[]>();
  for (const [rank, { result, exploitability }] of ordered.entries()) {
    const list = byTarget.get(result.target);
    const found = { rank, result, exploitability };
    if (list) list.push(found);
    else byTarget.set(result.target, [found]);
  }
  const concerns = ({ result }: Finding, side: 'through' | 'into', purpose: Purpose) => {
    const strides = input.strides[result.rule];
    const categories = side === 'through' ? THROUGH : INTO;
    return (
      strides === undefined ||
      strides.some((stride) => categories.includes(stride) || LAST[purpose].includes(stride))
    );
  };
  const known = new Map<string, Finding | undefined>();
  const at = (target: string, side: 'through' | 'into', purpose: Purpose) => {
    const list = byTarget.get(target);
    if (!list) return undefined;
    const name = `${side} ${purpose} ${target}`;
    if (!known.has(name))
      known.set(
        name,
        list.find((found) => concerns(found, side, purpose)),
      );
    return known.get(name);
  };
  return (targets: readonly string[], side: 'through' | 'into', purpose: Purpose) =>
    targets.reduce<Finding | undefined>(
      (found, target) => easier(found, at(target, side, purpose)),
      undefined,
    );
}

function easier(a: Finding | undefined, b: Finding | undefined): Finding | undefined {
  if (!a || !b) return a ?? b;
  return a.rank <= b.rank ? a : b;
}

function controlsByPlace(controls: readonly PlacedControl[]): ReadonlyMap<string, readonly number[]> {
  const map = new Map<string, number[]>();
  for (const [index, control] of controls.entries()) {
    if (!control.claimed && !control.counted) continue;
    for (const place of new Set(control.places)) {
      const list = map.get(place);
      if (list) list.push(index);
      else map.set(place, [index]);
    }
  }
  return map;
}

function stateOf(found: Finding | undefined): Pick<Appraisal, 'state' | 'threat' | 'facts' | 'questions'> {
  if (!found) return { state: 'assumed', threat: null, facts: [], questions: [] };
  const { rule, target, facts, questions, state } = found.result;
  if (state === 'answered') return { state: 'guarded', threat: null, facts, questions: [] };
  const threat = { rule, target };
  return state === 'raised'
    ? { state: 'open', threat, facts, questions: [] }
    : { state: 'assumed', threat, facts, questions };
}

function costOf(found: Finding | undefined): number {
  if (!found) return 7 - UNKNOWN_EXPLOITABILITY;
  if (found.result.state === 'answered') return GUARDED;
  return (found.result.state === 'raised' ? 6 : 7) - found.exploitability;
}

/** By code units: the same on every machine, whatever its language. */
export function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

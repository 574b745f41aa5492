// Which controls count in a release, and why (domain: the assurance graph). Pure.
import { elementsRunning, meansComponent, type RunningComponent, type SystemModel } from '../system/index.ts';

import { decisiveOf, type Outcome, verdictOf } from '../testing/index.ts';
import type { PlacedControl } from './contract.ts';

/** A control as its record has it; withdrawn ones are left out. */
export interface ControlFacts {
  readonly key: string;
  readonly title: string;
  readonly state: 'planned' | 'implemented' | 'verified';
  readonly places: readonly string[];
  /** Element or component in which it is built, where the record says so; else empty. */
  readonly implementation: string;
  readonly proofs: readonly Proof[];
}

/** A verification of the control, or of a requirement that demands it, and its latest result in the release. */
export interface Proof {
  readonly verification: string;
  readonly approved: boolean;
  /** Key of the requirement in between, or null. */
  readonly through: string | null;
  /** Something in between has changed since it was looked at. */
  readonly suspect: boolean;
  readonly result: string | null;
  readonly outcome: Outcome | null;
}

/** An approved assessment that says `affected` of a component in the release. */
export interface Flaw {
  readonly assessment: string;
  readonly vulnerability: string;
  readonly component: RunningComponent;
}

export interface CountedControl extends PlacedControl {
  /** Flaws that take it down, whether or not a verification passed. */
  readonly falls: readonly { readonly assessment: string; readonly component: string }[];
}

/**
 * A control counts when it is there (implemented or verified), the verdict on it in the release is `passed` (see the room
 * testing) by a verification that is not suspect, and no approved `affected` assessment sits on what implements it: what its
 * record names as such, else the elements where it stands (of a flow both ends, of an interface its element). A zone is
 * no implementation: what runs in it need not be what guards it.
 */
export function countControl(
  control: ControlFacts,
  model: SystemModel,
  flaws: readonly Flaw[],
  release: string,
): CountedControl {
  const falls = fallsOf(control, model, flaws);
  const claimed = control.state !== 'planned';
  const proof = proven(control, release);
  const [fall] = falls;
  const base = {
    id: control.key,
    title: control.title,
    places: control.places,
    claimed,
    falls: falls.map(({ assessment, component }) => ({ assessment, component: component.name })),
  };
  if (!claimed) return { ...base, counted: false, why: `${control.key} is planned, not implemented.` };
  if (fall) return { ...base, counted: false, why: fallSentence(fall) };
  return { ...base, counted: proof.passed, why: proof.why };
}

interface Fall extends Flaw {
  readonly elements: readonly string[];
}

function fallSentence({ assessment, component, elements, vulnerability }: Fall): string {
  const where = elements.length === 0 ? '' : ` in ${elements.join(', ')}`;
  return `${assessment} says that ${component.name}${where} is affected${vulnerability === '' ? '' : ` by ${vulnerability}`}.`;
}

function fallsOf(control: ControlFacts, model: SystemModel, flaws: readonly Flaw[]): Fall[] {
  const { implementation } = control;
  const standing = new Set(implementingElements(control, model));
  return flaws.flatMap((flaw) => {
    const elements = elementsRunning(model, flaw.component);
    const hit = elements.filter((id) => standing.has(id));
    const named = implementation !== '' && meansComponent(implementation, flaw.component);
    return hit.length > 0 || named ? [{ ...flaw, elements: hit }] : [];
  });
}

function implementingElements(control: ControlFacts, model: SystemModel): string[] {
  const wanted = control.implementation.trim().toLowerCase();
  if (wanted !== '')
    return model.elements
      .filter(({ id, title }) => id.toLowerCase() === wanted || title.toLowerCase() === wanted)
      .map(({ id }) => id);
  const places = new Set(control.places);
  return [
    ...model.elements.filter(({ id }) => places.has(id)).map(({ id }) => id),
    ...model.interfaces.filter(({ id }) => places.has(id)).map(({ element }) => element),
    ...model.flows.filter(({ id }) => places.has(id)).flatMap(({ from, to }) => [from, to]),
  ];
}

/** The sentence names the evidence that decides, or what is missing of it. */
function proven(control: ControlFacts, release: string): { readonly passed: boolean; readonly why: string } {
  const proofs = control.proofs.map((proof) => ({ ...proof, isThroughRequirement: proof.through !== null }));
  const verdict = verdictOf(proofs);
  const decisive = decisiveOf(proofs);
  if (verdict === 'failed') {
    const failed = proofs.find(({ approved, outcome }) => approved && outcome === 'fail') as Proof;
    return { passed: false, why: `${named(failed)} failed in ${release} (${failed.result}).` };
  }
  if (verdict === 'passed') {
    const sound = decisive.find((proof) => !proof.suspect);
    if (sound) return { passed: true, why: `${named(sound)} passed in ${release} (${sound.result}).` };
    const suspect = decisive[0] as Proof;
    return {
      passed: false,
      why: `${named(suspect)} passed in ${release} (${suspect.result}), but what it verifies has changed since: confirm the link.`,
    };
  }
  const waiting = decisive.find(({ outcome }) => outcome !== 'pass');
  if (waiting?.outcome === 'not run')
    return { passed: false, why: `${named(waiting)} was not run in ${release} (${waiting.result}).` };
  if (waiting) return { passed: false, why: `${named(waiting)} has no result in ${release}.` };
  const [draft] = control.proofs;
  if (draft) return { passed: false, why: `${named(draft)} is not approved.` };
  return { passed: false, why: `No verification of ${control.key} is written.` };
}

const named = ({ verification, through }: Proof) =>
  through === null ? verification : `${verification} (by ${through})`;

// A change that nobody saved, as the model and the controls would be with it. Pure.
import type { Answer, SystemModel } from '../system/index.ts';
import type { ControlFacts, CountedControl } from './count-controls.ts';

/** Everything is optional; an empty change is how things are. */
export interface WhatIf {
  /** By key: as if it counted, were only claimed, or were not there. */
  readonly controls: Readonly<Record<string, 'counted' | 'claimed' | 'off'>>;
  /** Controls that do not exist yet; as if each of them counted. */
  readonly extra: readonly { readonly title: string; readonly places: readonly string[] }[];
  /** Flows that are no longer there. */
  readonly cut: readonly string[];
  /** Interfaces that are removed, and the flows over them. */
  readonly close: readonly string[];
  /** Names of components that are patched: what is said of them takes down no control. */
  readonly patched: readonly string[];
  readonly answers: readonly {
    readonly target: string;
    readonly key: string;
    readonly value: 'yes' | 'no' | null;
  }[];
}

export const NO_CHANGE: WhatIf = { controls: {}, extra: [], cut: [], close: [], patched: [], answers: [] };

/** Ids in the change that neither the model nor the controls know. */
export function unknownIn(change: WhatIf, model: SystemModel, controls: readonly ControlFacts[]): string[] {
  const flows = new Set(model.flows.map(({ id }) => id));
  const faces = new Set(model.interfaces.map(({ id }) => id));
  const keys = new Set(controls.map(({ key }) => key));
  const places = new Set([
    ...flows,
    ...faces,
    ...[...model.elements, ...model.zones, ...model.safetyFunctions].map(({ id }) => id),
  ]);
  return [
    ...change.cut.filter((id) => !flows.has(id)),
    ...change.close.filter((id) => !faces.has(id)),
    ...Object.keys(change.controls).filter((key) => !keys.has(key)),
    ...change.extra.flatMap((control) => control.places.filter((place) => !places.has(place))),
    ...change.answers.map(({ target }) => target).filter((target) => !places.has(target)),
  ];
}

/** The same object where the model does not change, so that what is known of it can be used again. */
export function changedModel(model: SystemModel, change: WhatIf): SystemModel {
  if (change.cut.length + change.close.length + change.answers.length === 0) return model;
  const cut = new Set(change.cut);
  const closed = new Set(change.close);
  const gone = new Set(
    model.flows
      .filter(({ id, via }) => cut.has(id) || via.some((face) => closed.has(face)))
      .map(({ id }) => id),
  );
  const stays = (id: string) => !gone.has(id);
  const answered = answering(change);
  return {
    ...model,
    flows: model.flows.filter(({ id }) => stays(id)).map(answered),
    interfaces: model.interfaces.map((face) =>
      answered(closed.has(face.id) ? { ...face, state: 'removed' as const } : face),
    ),
    elements: model.elements.map(answered),
    zones: model.zones.map(answered),
    safetyFunctions: model.safetyFunctions.map(answered),
    conduits: model.conduits.map((one) => ({ ...one, flows: one.flows.filter(stays) })),
    useCases: model.useCases.map((one) => ({ ...one, steps: one.steps.filter(stays) })),
    attackers: model.attackers.map((one) => ({ ...one, entries: one.entries.filter(stays) })),
    assumptions: model.assumptions.map((one) => ({ ...one, targets: one.targets.filter(stays) })),
  };
}

function answering(change: WhatIf) {
  const byTarget = new Map<string, WhatIf['answers'][number][]>();
  for (const answer of change.answers)
    byTarget.set(answer.target, [...(byTarget.get(answer.target) ?? []), answer]);
  return <T extends { readonly id: string; readonly answers: Readonly<Record<string, Answer>> }>(
    object: T,
  ): T => {
    const given = byTarget.get(object.id);
    if (!given) return object;
    const answers = new Map(Object.entries(object.answers));
    for (const { key, value } of given) {
      if (value === null) answers.delete(key);
      else answers.set(key, { value, origin: 'person', by: '', at: '', evidence: '', note: '' });
    }
    return { ...object, answers: Object.fromEntries(answers) };
  };
}

const AS_IF = {
  counted: 'As if a verification of it had passed.',
  claimed: 'As if it were claimed only.',
  off: 'As if it were not there.',
} as const;

export function changedControls(controls: readonly CountedControl[], change: WhatIf): CountedControl[] {
  const known = controls.map((control): CountedControl => {
    const wanted = Object.hasOwn(change.controls, control.id) ? change.controls[control.id] : undefined;
    if (wanted === undefined) return control;
    return { ...control, claimed: wanted !== 'off', counted: wanted === 'counted', why: AS_IF[wanted] };
  });
  const extra = change.extra.map(
    ({ title, places }, at): CountedControl => ({
      id: `what-if-${at + 1}`,
      title,
      places,
      claimed: true,
      counted: true,
      why: 'It does not exist yet; as if it counted.',
      falls: [],
    }),
  );
  return [...known, ...extra];
}

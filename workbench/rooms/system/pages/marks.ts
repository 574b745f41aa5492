// A difference as marks on a drawing that shows both states at once. Pure.
import type { SystemModel } from '../metamodel.ts';
import type { ModelChange } from '../semantic-diff.ts';
import type { Mark } from './drawing/nodes.ts';

const STRENGTH: Readonly<Record<Mark, number>> = { added: 4, removed: 4, moved: 3, changed: 2 };

/** The strongest of what is said of an object; what only follows from a move (reach) marks nothing by itself. */
export function marksOf(changes: readonly ModelChange[]): Record<string, Mark> {
  const marks: Record<string, Mark> = {};
  for (const change of changes) {
    if (change.kind === 'model' || change.kind === 'reach') continue;
    const mark: Mark =
      change.kind === 'added' || change.kind === 'removed' || change.kind === 'moved'
        ? change.kind
        : 'changed';
    const before = marks[change.id];
    if (before === undefined || STRENGTH[mark] > STRENGTH[before]) marks[change.id] = mark;
  }
  return marks;
}

/** The later state with what was removed put back, so that it can be shown as removed. */
export function bothOf(before: SystemModel, after: SystemModel): SystemModel {
  const both = { ...after } as SystemModel & Record<string, unknown>;
  for (const part of ['zones', 'elements', 'interfaces', 'flows', 'notes'] as const) {
    const there = new Set(after[part].map((one) => one.id));
    const gone = (before[part] as { id: string }[]).filter((one) => !there.has(one.id));
    if (gone.length > 0) Object.assign(both, { [part]: [...after[part], ...gone] });
  }
  const zones = new Set(both.zones.map((zone) => zone.id));
  const ends = new Set(both.elements.map((element) => element.id));
  return {
    ...both,
    elements: both.elements.map((one) =>
      one.zone === '' || zones.has(one.zone) ? one : { ...one, zone: '' },
    ),
    flows: both.flows.filter((flow) => ends.has(flow.from) || ends.has(flow.to)),
  };
}

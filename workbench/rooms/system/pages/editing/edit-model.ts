// Changes of a system model as people make them on the drawing and in the table. Pure: each gives a new model and leaves the old one.
import type { Answer, Element, Flow, Interface, ModelPart, SystemModel, Zone } from '../../metamodel.ts';
import { withInside } from '../drawing/scene.ts';

/** The parts whose objects have an id, a title and fields; notes and harms too. */
export type ObjectOf<Part extends ModelPart> = SystemModel[Part][number];

const PREFIXES: Readonly<Record<ModelPart, string>> = {
  zones: 'z',
  conduits: 'c',
  elements: 'e',
  interfaces: 'i',
  flows: 'f',
  assets: 'd',
  safetyFunctions: 'sf',
  harms: 'H',
  attackers: 'at',
  environments: 'env',
  assumptions: 'as',
  useCases: 'uc',
  notes: 'n',
};

export function emptyModel(title: string): SystemModel {
  return {
    title,
    description: '',
    version: '',
    intendedUse: '',
    zones: [],
    conduits: [],
    elements: [],
    interfaces: [],
    flows: [],
    assets: [],
    safetyFunctions: [],
    harms: [],
    attackers: [],
    environments: [],
    assumptions: [],
    useCases: [],
    notes: [],
  };
}

export function allIds(model: SystemModel): Set<string> {
  const ids = new Set<string>();
  for (const part of Object.keys(PREFIXES) as ModelPart[]) for (const one of model[part]) ids.add(one.id);
  return ids;
}

/** `e-new-process`, `e-new-process-2`: readable in the text form, and unique in the whole model. */
export function freshId(part: ModelPart, title: string, taken: ReadonlySet<string>): string {
  const slug = title
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .toLowerCase()
    .slice(0, 40);
  const stem = slug === '' ? PREFIXES[part] : `${PREFIXES[part]}-${slug}`;
  if (!taken.has(stem)) return stem;
  for (let n = 2; ; n += 1) if (!taken.has(`${stem}-${n}`)) return `${stem}-${n}`;
}

/** A new object of a part with the defaults of the schema. */
export function blank<Part extends ModelPart>(part: Part, id: string, title: string): ObjectOf<Part> {
  const common = { id, title, description: '' };
  const objects: { [P in ModelPart]: ObjectOf<P> } = {
    zones: { ...common, kind: 'other', trust: 2, parent: '', duties: '', answers: {}, elementDefaults: {} },
    conduits: { ...common, from: '', to: '', flows: [] },
    elements: {
      ...common,
      kind: 'process',
      type: '',
      zone: '',
      tech: [],
      tags: [],
      holds: [],
      safety: false,
      contains: [],
      outOfScope: false,
      answers: {},
    },
    interfaces: { ...common, kind: 'other', element: '', state: 'not stated', answers: {} },
    flows: {
      ...common,
      from: '',
      to: '',
      via: [],
      protocol: [],
      carries: [],
      ports: '',
      frequency: '',
      answers: {},
    },
    assets: {
      ...common,
      kind: 'other',
      confidentiality: 0,
      integrity: 0,
      availability: 0,
      personal: false,
      retention: '',
    },
    safetyFunctions: { ...common, realisedBy: [], harms: [], safeState: '', answers: {} },
    harms: { id, title, severity: 3, source: '' },
    attackers: { ...common, origin: 'outsider', skill: 3, access: [], entries: [], motive: '' },
    environments: { ...common, controlledBy: '', assumptions: [] },
    assumptions: { ...common, owner: '', validUntil: '', targets: [] },
    useCases: { ...common, kind: 'use', startedBy: '', steps: [], onFailure: '' },
    notes: { id, text: title },
  };
  return objects[part];
}

export interface Added {
  readonly model: SystemModel;
  readonly id: string;
}

export function addObject<Part extends ModelPart>(
  model: SystemModel,
  part: Part,
  title: string,
  fields: Partial<ObjectOf<Part>> = {},
): Added {
  const id = freshId(part, title, allIds(model));
  const object = { ...blank(part, id, title), ...fields, id };
  return { model: withPart(model, part, [...(model[part] as ObjectOf<Part>[]), object]), id };
}

export const addElement = (model: SystemModel, kind: Element['kind'], title: string, zone: string) =>
  addObject(model, 'elements', title, { kind, zone });
export const addZone = (model: SystemModel, title: string, parent: string) =>
  addObject(model, 'zones', title, { parent } as Partial<Zone>);
export const addInterface = (model: SystemModel, title: string, element: string) =>
  addObject(model, 'interfaces', title, { element } as Partial<Interface>);
export function addFlow(model: SystemModel, from: string, to: string): Added {
  const name = (id: string) => model.elements.find((one) => one.id === id)?.title ?? id;
  const title = `${name(from)} to ${name(to)}`.slice(0, 200);
  return addObject(model, 'flows', title, { from, to } as Partial<Flow>);
}

function withPart<Part extends ModelPart>(
  model: SystemModel,
  part: Part,
  list: readonly ObjectOf<Part>[],
): SystemModel {
  return { ...model, [part]: list };
}

export function partOf(model: SystemModel, id: string): ModelPart | null {
  for (const part of Object.keys(PREFIXES) as ModelPart[])
    if (model[part].some((one) => one.id === id)) return part;
  return null;
}

/** The object with its part, or null. */
export function findObject(
  model: SystemModel,
  id: string,
): { readonly part: ModelPart; readonly object: ObjectOf<ModelPart> } | null {
  const part = partOf(model, id);
  const object = part && (model[part] as ObjectOf<ModelPart>[]).find((one) => one.id === id);
  return part && object ? { part, object } : null;
}

/** Sets fields of one object; the same model comes back when there is no such object. */
export function setFields<Part extends ModelPart>(
  model: SystemModel,
  part: Part,
  id: string,
  fields: Partial<ObjectOf<Part>>,
): SystemModel {
  const list = model[part] as ObjectOf<Part>[];
  const at = list.findIndex((one) => one.id === id);
  if (at < 0) return model;
  const next = [...list];
  next[at] = { ...(list[at] as ObjectOf<Part>), ...fields };
  return withPart(model, part, next);
}

/**
 * Removes objects and every mention of them. A zone takes nothing with it: what lies in it falls to the zone around it.
 * An element takes its interfaces with it; its flows stay with a loose end unless both ends go.
 */
export function removeObjects(model: SystemModel, ids: ReadonlySet<string>): SystemModel {
  const gone = new Set(ids);
  for (const face of model.interfaces) if (gone.has(face.element)) gone.add(face.id);
  for (const flow of model.flows) {
    const loose = (end: string) => end === '' || gone.has(end);
    if ((gone.has(flow.from) || gone.has(flow.to)) && loose(flow.from) && loose(flow.to)) gone.add(flow.id);
  }
  for (const conduit of model.conduits)
    if (gone.has(conduit.from) || gone.has(conduit.to)) gone.add(conduit.id);
  const parents = new Map(model.zones.map((zone) => [zone.id, zone.parent]));
  const standing = (zone: string): string => {
    let here = zone;
    for (let depth = 0; here !== '' && gone.has(here) && depth <= parents.size; depth += 1)
      here = parents.get(here) ?? '';
    return gone.has(here) ? '' : here;
  };
  const kept = <T extends { readonly id: string }>(list: readonly T[]) => {
    const left = list.filter((one) => !gone.has(one.id));
    return left.length === list.length ? (list as T[]) : left;
  };
  const refs = (list: string[]) =>
    list.some((id) => gone.has(id)) ? list.filter((id) => !gone.has(id)) : list;
  const end = (id: string) => (gone.has(id) ? '' : id);
  return {
    ...model,
    zones: mapped(kept(model.zones), (one) => patched(one, { parent: standing(one.parent) })),
    conduits: mapped(kept(model.conduits), (one) => patched(one, { flows: refs(one.flows) })),
    elements: mapped(kept(model.elements), (one) =>
      patched(one, { zone: standing(one.zone), holds: refs(one.holds) }),
    ),
    interfaces: kept(model.interfaces),
    flows: mapped(kept(model.flows), (one) =>
      patched(one, { from: end(one.from), to: end(one.to), via: refs(one.via), carries: refs(one.carries) }),
    ),
    assets: kept(model.assets),
    safetyFunctions: mapped(kept(model.safetyFunctions), (one) =>
      patched(one, { realisedBy: refs(one.realisedBy), harms: refs(one.harms) }),
    ),
    harms: kept(model.harms),
    attackers: mapped(kept(model.attackers), (one) => patched(one, { entries: refs(one.entries) })),
    environments: mapped(kept(model.environments), (one) =>
      patched(one, { assumptions: refs(one.assumptions) }),
    ),
    assumptions: mapped(kept(model.assumptions), (one) => patched(one, { targets: refs(one.targets) })),
    useCases: mapped(kept(model.useCases), (one) =>
      patched(one, { startedBy: end(one.startedBy), steps: refs(one.steps) }),
    ),
    notes: kept(model.notes),
  };
}

/** The same object where no field differs, so that what did not change is not drawn anew. */
function patched<T extends object>(object: T, fields: Partial<T>): T {
  for (const [name, value] of Object.entries(fields))
    if (object[name as keyof T] !== value) return { ...object, ...fields };
  return object;
}

function mapped<T>(list: T[], change: (one: T) => T): T[] {
  let differs = false;
  const next = list.map((one) => {
    const after = change(one);
    if (after !== one) differs = true;
    return after;
  });
  return differs ? next : list;
}

/** Puts elements and zones into a zone; a zone never goes into itself or what lies in it. */
export function moveToZone(model: SystemModel, ids: readonly string[], zone: string): SystemModel {
  const wanted = new Set(ids);
  const inside = (id: string) => zone !== '' && withInside(model, [id]).has(zone);
  return {
    ...model,
    elements: mapped(model.elements, (one) => (wanted.has(one.id) ? patched(one, { zone }) : one)),
    zones: mapped(model.zones, (one) =>
      wanted.has(one.id) && !inside(one.id) ? patched(one, { parent: zone }) : one,
    ),
  };
}

/** `null` takes the answer away: the question is not answered again. */
export function setAnswer(
  answers: Readonly<Record<string, Answer>>,
  key: string,
  answer: Answer | null,
): Record<string, Answer> {
  const next = { ...answers };
  if (answer === null) delete next[key];
  else next[key] = answer;
  return next;
}

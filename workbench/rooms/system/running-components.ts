// In which elements of the model a component runs. Pure.
import { cpeName, parseCpe } from '../../knowledge/identity/cpe.ts';
import { formatPurl, readPurl } from '../../knowledge/identity/purl.ts';
import type { SystemModel } from './metamodel.ts';

export interface RunningComponent {
  readonly name: string;
  readonly group: string | null;
  readonly purl: string | null;
  readonly cpes: readonly string[];
  /** What the SBOM says itself: the values of the component's properties `ward:element`. */
  readonly elements: readonly string[];
}

/**
 * Ids of elements: those that the SBOM names (by id, or by title in any case), and those whose `contains` names the
 * component by package URL (the version does not matter), by CPE (vendor and product) or by name. The names of a model are
 * read once, so that many components cost little.
 */
export function elementsRunning(model: SystemModel, component: RunningComponent): string[] {
  const { stated, contained } = namesIn(model);
  const found = new Set([
    ...component.elements.flatMap((name) => stated.get(plain(name)) ?? []),
    ...[...namesOf(component)].flatMap((name) => contained.get(name) ?? []),
  ]);
  // In the order of the model, of which the first is named first.
  return found.size < 2 ? [...found] : model.elements.filter(({ id }) => found.has(id)).map(({ id }) => id);
}

interface ModelNames {
  /** Elements by their id and title. */
  readonly stated: ReadonlyMap<string, readonly string[]>;
  /** Elements by the name of what they contain. */
  readonly contained: ReadonlyMap<string, readonly string[]>;
}

const known = new WeakMap<SystemModel, ModelNames>();

function namesIn(model: SystemModel): ModelNames {
  const before = known.get(model);
  if (before) return before;
  const stated = new Map<string, string[]>();
  const contained = new Map<string, string[]>();
  const add = (to: Map<string, string[]>, name: string, id: string) => {
    const list = to.get(name);
    if (list) list.push(id);
    else to.set(name, [id]);
  };
  for (const { id, title, contains } of model.elements) {
    add(stated, plain(id), id);
    add(stated, plain(title), id);
    for (const name of contains) add(contained, nameOf(name), id);
  }
  const names = { stated, contained };
  known.set(model, names);
  return names;
}

/** Does this text mean the component? By package URL, CPE or name, as `contains` does. */
export function meansComponent(text: string, component: RunningComponent): boolean {
  return namesOf(component).has(nameOf(text));
}

function namesOf({ name, group, purl, cpes }: RunningComponent): ReadonlySet<string> {
  const names = [name, ...(group === null ? [] : [`${group}/${name}`]), ...cpes];
  return new Set([...names, ...(purl === null ? [] : [purl])].map(nameOf));
}

function nameOf(text: string): string {
  const { purl } = text.trim().toLowerCase().startsWith('pkg:') ? readPurl(text) : { purl: null };
  if (purl) return formatPurl({ ...purl, version: null, qualifiers: {}, subpath: null });
  const cpe = parseCpe(text);
  return cpe ? cpeName(cpe) : plain(text);
}

const plain = (text: string) => text.trim().toLowerCase();

// In which elements of the model a component runs. Pure.
import { cpeName, parseCpe } from '../../knowledge/identity/cpe.ts';
import { formatPurl, readPurl } from '../../knowledge/identity/purl.ts';
import type { SystemModel } from '../system/index.ts';

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
 * component by package URL (the version does not matter), by CPE (vendor and product) or by name.
 */
export function elementsOf(model: SystemModel, component: RunningComponent): string[] {
  const stated = new Set(component.elements.map(plain));
  const names = namesOf(component);
  return model.elements
    .filter(
      (element) =>
        stated.has(plain(element.id)) ||
        stated.has(plain(element.title)) ||
        element.contains.some((known) => names.has(nameOf(known))),
    )
    .map((element) => element.id);
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

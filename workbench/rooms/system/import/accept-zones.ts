// Zones that an import proposed and somebody confirmed. Pure.
import type { SystemModel } from '../metamodel.ts';
import type { ModelImport } from './contract.ts';

/**
 * The model with the proposed zones of these ids (all, where none are named). An element that lies in several of them goes
 * to the smallest; one that the drawing already put into a box stays there, and the new zone stands beside it.
 */
export function acceptZones(
  { model, proposedZones }: Pick<ModelImport, 'model' | 'proposedZones'>,
  ids?: readonly string[],
): SystemModel {
  const wanted = proposedZones
    .filter((zone) => ids === undefined || ids.includes(zone.id))
    .filter((zone) => zone.elements.length > 0)
    .toSorted((one, other) => one.elements.length - other.elements.length);
  if (wanted.length === 0) return model;
  const taken = new Set(idsOf(model));
  const zones = [...model.zones];
  const home = new Map<string, string>();
  for (const proposed of wanted) {
    const id = freeId(proposed.id, taken);
    zones.push({
      id,
      title: proposed.title,
      description: 'Proposed from a curve of the drawing, and confirmed.',
      kind: /internet/i.test(proposed.title) ? 'internet' : 'other',
      trust: 2,
      parent: '',
      duties: '',
      answers: {},
      elementDefaults: {},
    });
    for (const element of proposed.elements) if (!home.has(element)) home.set(element, id);
  }
  const elements = model.elements.map((element) =>
    element.zone === '' ? { ...element, zone: home.get(element.id) ?? '' } : element,
  );
  return { ...model, zones, elements };
}

function idsOf(model: SystemModel): string[] {
  return Object.values(model).flatMap((part) => (Array.isArray(part) ? part.map(({ id }) => id) : []));
}

function freeId(wanted: string, taken: Set<string>): string {
  const stem =
    wanted
      .replace(/[^A-Za-z0-9._:-]+/g, '-')
      .replace(/^[^A-Za-z0-9]+/, '')
      .slice(0, 74) || 'zone';
  let id = stem;
  for (let next = 2; taken.has(id); next += 1) id = `${stem}-${next}`;
  taken.add(id);
  return id;
}

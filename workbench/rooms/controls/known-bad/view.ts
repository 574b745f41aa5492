// A model as practices ask about it: ends and zones of flows, what is reached, who answered what. Built once per look.
import type { SystemModel } from '../../system/index.ts';
import type { ModelElement, ModelView, ModelZone, SeenFlow } from './contract.ts';
import { LOCAL, plainWord } from './words.ts';

/** Zones inside zones that are followed; a cycle, which the model's own check refuses, ends here too. */
const DEPTH = 50;

export function viewOf(model: SystemModel): ModelView {
  const zones = new Map(model.zones.map((zone) => [zone.id, zone]));
  const elements = new Map(model.elements.map((element) => [element.id, element]));
  const assetKinds = new Map(model.assets.map((asset) => [asset.id, asset.kind]));
  const kindsOf = (ids: readonly string[]) => new Set<string>(ids.flatMap((id) => assetKinds.get(id) ?? []));
  const personal = new Set(model.assets.filter((asset) => asset.personal).map(({ id }) => id));
  const withPersonal = (ids: readonly string[]) => {
    const kinds = kindsOf(ids);
    if (ids.some((id) => personal.has(id))) kinds.add('patient-data');
    return kinds;
  };

  const flows: SeenFlow[] = model.flows.map((flow) => {
    const from = elements.get(flow.from);
    const to = elements.get(flow.to);
    const words = flow.protocol.map(plainWord);
    return {
      flow,
      from,
      to,
      words,
      network: words.length > 0 && words.some((word) => !LOCAL.has(word)) && from?.kind !== 'actor',
      crosses: from !== undefined && to !== undefined && from.zone !== to.zone,
      carries: withPersonal(flow.carries),
    };
  });
  const into = grouped(flows, ({ flow }) => flow.to);
  const outOf = grouped(flows, ({ flow }) => flow.from);

  const zonesOf = (element: ModelElement | undefined): ModelZone[] => {
    const way: ModelZone[] = [];
    let zone = zones.get(element?.zone ?? '');
    while (zone && way.length < DEPTH) {
      way.push(zone);
      zone = zones.get(zone.parent);
    }
    return way;
  };
  return {
    model,
    flows,
    element: (id) => elements.get(id),
    zonesOf,
    into: (id) => into.get(id) ?? [],
    outOf: (id) => outOf.get(id) ?? [],
    holds: (element) => withPersonal(element.holds),
    techWords: (element) => [element.type, ...element.tech, ...element.tags].map(plainWord),
    answer(place, key) {
      const own = place.answers[key]?.value;
      if (own !== undefined) return own;
      if (!elements.has(place.id)) return undefined;
      for (const zone of zonesOf(place as ModelElement)) {
        const value = zone.elementDefaults[key]?.value;
        if (value !== undefined) return value;
      }
      return undefined;
    },
  };
}

function grouped(flows: readonly SeenFlow[], by: (flow: SeenFlow) => string): Map<string, SeenFlow[]> {
  const groups = new Map<string, SeenFlow[]>();
  for (const flow of flows) {
    const group = groups.get(by(flow));
    if (group) group.push(flow);
    else groups.set(by(flow), [flow]);
  }
  return groups;
}

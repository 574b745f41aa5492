// Where an attacker begins: which places of the model the kinds of access of a profile open. Pure.
import type { Element, Flow, Interface, SystemModel, Zone } from '../system/index.ts';

export type Attacker = SystemModel['attackers'][number];

export interface Entries {
  /** Elements in which the attacker already is: nothing has to be passed on the way in. */
  readonly held: ReadonlySet<string>;
  /** Interfaces at which the attacker stands, from outside of their element and of its zones. */
  readonly interfaces: ReadonlySet<string>;
  /** Flows that the attacker can listen to and write into without being in the element that sends. */
  readonly flows: ReadonlySet<string>;
}

type ZoneKind = Zone['kind'];
/** In a network, an attacker stands beside everything that stands in it. */
const NETWORKS: Readonly<Record<'internet' | 'adjacent-network', readonly ZoneKind[]>> = {
  internet: ['internet'],
  'adjacent-network': ['hospital', 'home'],
};
/** Where people who are no staff of the maker can lay hands on a unit. */
const TOUCHED: readonly ZoneKind[] = ['room', 'device', 'safety', 'home', 'hospital'];
const SERVICE_TAGS = ['service-access', 'service-broker', 'service-tool'];
const SERVICE_TYPES = ['service', 'service-tool'];
const FLEET_TAGS = ['fleet-service', 'update-repository'];
const BUILD_TAGS = ['build-system', 'source-repository', 'signing'];
const SUPPLIER_TAGS = ['supplier'];

interface Places {
  readonly elements: readonly Element[];
  readonly interfaces: readonly Interface[];
  readonly flows: readonly Flow[];
  readonly byId: ReadonlyMap<string, Element>;
  /** Kinds of the element's zone and of those around it; none where it stands in no zone. */
  readonly kindsOf: (element: Element) => readonly ZoneKind[];
}

/**
 * What each kind of access opens, and then the profile's own `entries`.
 *
 * | access | begins |
 * | --- | --- |
 * | `internet` | in every element that is no person in a zone of kind internet (or in a zone inside one), and at the flows that end or begin in such an element or go through a conduit of such a zone |
 * | `adjacent-network` | the same for zones of kind hospital and home |
 * | `physical` | at the interfaces that are not `removed` of elements in zones of kind room, device, safety, home or hospital, or in no zone; not stated counts as there |
 * | `user-account` | in the processes, stores and external systems to which a person's flow leads, but for persons of type service or admin |
 * | `service-account` | in elements with the tag service-access, service-broker or service-tool or of type service or service-tool, but for hardware; and where service people's flows lead |
 * | `fleet` | in elements with the tag fleet-service or update-repository, and where the flows of administrators in zones of kind maker lead |
 * | `build` | in elements with the tag build-system, source-repository or signing, and in zones of kind build |
 * | `supplier` | in elements with the tag or of type supplier, and in zones of kind supplier |
 *
 * `entries`: a zone opens as a network does, an element is begun in, an interface is stood at, a flow is tapped.
 * Out-of-scope elements open like others: an attacker does not know the scope. No access at all opens nothing.
 */
export function entriesOf(model: SystemModel, attacker: Attacker): Entries {
  const places = placesOf(model);
  const held = new Set<string>();
  const interfaces = new Set<string>();
  const flows = new Set<string>();
  const hold = (wanted: (element: Element) => boolean) => {
    for (const element of places.elements) if (wanted(element)) held.add(element.id);
  };
  const openNetwork = (inside: (element: Element) => boolean, zones: ReadonlySet<string>) => {
    hold((element) => element.kind !== 'actor' && inside(element));
    for (const conduit of model.conduits)
      if (zones.has(conduit.from) || zones.has(conduit.to)) for (const id of conduit.flows) flows.add(id);
    for (const flow of places.flows) {
      const ends = [places.byId.get(flow.from), places.byId.get(flow.to)];
      // What a person does at a screen is no traffic of the network.
      if (ends.some((end) => end?.kind === 'actor')) continue;
      if (ends.some((end) => end !== undefined && inside(end))) flows.add(flow.id);
    }
  };

  for (const access of attacker.access) {
    switch (access) {
      case 'internet':
      case 'adjacent-network': {
        const kinds = NETWORKS[access];
        const zones = new Set(model.zones.filter((zone) => kinds.includes(zone.kind)).map((zone) => zone.id));
        openNetwork((element) => places.kindsOf(element).some((kind) => kinds.includes(kind)), zones);
        break;
      }
      case 'physical':
        for (const face of places.interfaces) {
          const element = places.byId.get(face.element);
          if (!element || face.state === 'removed') continue;
          const kinds = places.kindsOf(element);
          if (kinds.length === 0 || kinds.some((kind) => TOUCHED.includes(kind))) interfaces.add(face.id);
        }
        break;
      case 'user-account':
        hold(usedBy(places, (person) => !isService(person) && !isAdministrator(person)));
        break;
      case 'service-account':
        hold(
          (element) =>
            element.kind !== 'hardware' &&
            element.kind !== 'actor' &&
            (hasTag(element, SERVICE_TAGS) || SERVICE_TYPES.includes(element.type)),
        );
        hold(usedBy(places, isService));
        break;
      case 'fleet':
        hold((element) => hasTag(element, FLEET_TAGS));
        hold(
          usedBy(
            places,
            (person) => isAdministrator(person) && places.kindsOf(person).some((kind) => kind === 'maker'),
          ),
        );
        break;
      case 'build':
        hold(
          (element) =>
            element.kind !== 'actor' &&
            (hasTag(element, BUILD_TAGS) || places.kindsOf(element).includes('build')),
        );
        break;
      case 'supplier':
        hold(
          (element) =>
            hasTag(element, SUPPLIER_TAGS) ||
            element.type === 'supplier' ||
            (element.kind !== 'actor' && places.kindsOf(element).includes('supplier')),
        );
        break;
      default:
        access satisfies never;
    }
  }
  addNamed(model, places, attacker.entries, { held, interfaces, flows, openNetwork });
  return { held, interfaces, flows };
}

function addNamed(
  model: SystemModel,
  places: Places,
  entries: readonly string[],
  into: {
    readonly held: Set<string>;
    readonly interfaces: Set<string>;
    readonly flows: Set<string>;
    readonly openNetwork: (inside: (element: Element) => boolean, zones: ReadonlySet<string>) => void;
  },
): void {
  const named = new Set(entries);
  const zones = new Set(model.zones.filter((zone) => named.has(zone.id)).map((zone) => zone.id));
  if (zones.size > 0) {
    const chains = zoneChains(model.zones);
    into.openNetwork((element) => (chains.get(element.zone) ?? []).some((zone) => zones.has(zone)), zones);
  }
  for (const element of places.elements) if (named.has(element.id)) into.held.add(element.id);
  for (const face of places.interfaces) if (named.has(face.id)) into.interfaces.add(face.id);
  for (const flow of places.flows) if (named.has(flow.id)) into.flows.add(flow.id);
}

/** Ids of a zone and of the zones around it, inside first; a zone that contains itself ends the chain. */
export function zoneChains(zones: readonly Zone[]): ReadonlyMap<string, readonly string[]> {
  const parents = new Map(zones.map((zone) => [zone.id, zone.parent]));
  return new Map(
    zones.map((zone) => {
      const chain: string[] = [];
      let here = zone.id;
      while (parents.has(here) && !chain.includes(here)) {
        chain.push(here);
        here = parents.get(here) ?? '';
      }
      return [zone.id, chain];
    }),
  );
}

function placesOf(model: SystemModel): Places {
  const kinds = new Map(model.zones.map((zone) => [zone.id, zone.kind]));
  const chains = zoneChains(model.zones);
  return {
    elements: model.elements,
    interfaces: model.interfaces,
    flows: model.flows,
    byId: new Map(model.elements.map((element) => [element.id, element])),
    kindsOf: ({ zone }) => (chains.get(zone) ?? []).map((id) => kinds.get(id) as ZoneKind),
  };
}

/** Elements that people of this sort work with; hardware has no accounts. */
function usedBy(places: Places, sort: (person: Element) => boolean): (element: Element) => boolean {
  const used = new Set<string>();
  for (const flow of places.flows) {
    const person = places.byId.get(flow.from);
    if (person?.kind === 'actor' && sort(person)) used.add(flow.to);
  }
  return (element) => used.has(element.id) && element.kind !== 'hardware' && element.kind !== 'actor';
}

const hasTag = (element: Element, tags: readonly string[]) => element.tags.some((tag) => tags.includes(tag));
const isService = (person: Element) => SERVICE_TYPES.includes(person.type) || hasTag(person, SERVICE_TAGS);
const isAdministrator = (person: Element) => person.type === 'admin' || person.type === 'administrator';

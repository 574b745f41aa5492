// What a schema cannot say of a model: ids that stand twice, references that lead nowhere, zones that contain themselves.
import type { ModelPart, SystemModel } from './metamodel.ts';

export interface ModelProblem {
  /** `refused`: such a model is not stored. `gap`: it is stored, and the gap is shown as work. */
  readonly level: 'refused' | 'gap';
  /** JSON path: `$.flows[3].to`. */
  readonly path: string;
  readonly code:
    | 'double-id'
    | 'dangling'
    | 'zone-cycle'
    | 'same-title'
    | 'no-zone'
    | 'loose-end'
    | 'no-protocol'
    | 'no-state'
    | 'no-harm';
  readonly message: string;
}

/** The parts that share one id space; harms have the ids of the safety file. */
const ONE_SPACE = [
  'zones',
  'conduits',
  'elements',
  'interfaces',
  'flows',
  'assets',
  'safetyFunctions',
  'attackers',
  'environments',
  'assumptions',
  'useCases',
  'notes',
] as const satisfies readonly ModelPart[];

/** All problems of a model that already has the right shape; cost grows with the model, not its square. */
export function checkModel(model: SystemModel): ModelProblem[] {
  return [...checkIds(model), ...checkReferences(model), ...checkZones(model), ...checkGaps(model)];
}

function checkIds(model: SystemModel): ModelProblem[] {
  const problems: ModelProblem[] = [];
  const seen = new Map<string, string>();
  for (const part of ONE_SPACE) {
    model[part].forEach((object, at) => {
      const path = `$.${part}[${at}].id`;
      const before = seen.get(object.id);
      if (before === undefined) seen.set(object.id, path);
      else
        problems.push({
          level: 'refused',
          path,
          code: 'double-id',
          message: `The id ${object.id} stands at ${before} already; ids are unique in the whole model.`,
        });
    });
  }
  const harms = new Set<string>();
  model.harms.forEach((harm, at) => {
    if (harms.has(harm.id))
      problems.push({
        level: 'refused',
        path: `$.harms[${at}].id`,
        code: 'double-id',
        message: `The harm ${harm.id} stands twice.`,
      });
    harms.add(harm.id);
  });
  return problems;
}

function checkReferences(model: SystemModel): ModelProblem[] {
  const problems: ModelProblem[] = [];
  const ids = (...parts: (typeof ONE_SPACE)[number][]) =>
    new Set(parts.flatMap((part) => model[part].map((object) => object.id)));
  const zones = ids('zones');
  const elements = ids('elements');
  const interfaces = ids('interfaces');
  const flows = ids('flows');
  const assets = ids('assets');
  const assumptions = ids('assumptions');
  const all = ids(...ONE_SPACE);
  const needs = (
    known: ReadonlySet<string>,
    what: string,
    path: string,
    named: string | readonly string[],
  ) => {
    for (const [at, id] of [named].flat().entries()) {
      if (id === '' || known.has(id)) continue;
      problems.push({
        level: 'refused',
        path: typeof named === 'string' ? path : `${path}[${at}]`,
        code: 'dangling',
        message: `There is no ${what} with the id ${id} in this model.`,
      });
    }
  };
  model.zones.forEach((zone, at) => {
    needs(zones, 'zone', `$.zones[${at}].parent`, zone.parent);
  });
  model.conduits.forEach((conduit, at) => {
    needs(zones, 'zone', `$.conduits[${at}].from`, conduit.from);
    needs(zones, 'zone', `$.conduits[${at}].to`, conduit.to);
    needs(flows, 'flow', `$.conduits[${at}].flows`, conduit.flows);
  });
  model.elements.forEach((element, at) => {
    needs(zones, 'zone', `$.elements[${at}].zone`, element.zone);
    needs(assets, 'data asset', `$.elements[${at}].holds`, element.holds);
  });
  model.interfaces.forEach((face, at) => {
    needs(elements, 'element', `$.interfaces[${at}].element`, face.element);
  });
  model.flows.forEach((flow, at) => {
    needs(elements, 'element', `$.flows[${at}].from`, flow.from);
    needs(elements, 'element', `$.flows[${at}].to`, flow.to);
    needs(interfaces, 'interface', `$.flows[${at}].via`, flow.via);
    needs(assets, 'data asset', `$.flows[${at}].carries`, flow.carries);
  });
  model.safetyFunctions.forEach((fn, at) => {
    needs(elements, 'element', `$.safetyFunctions[${at}].realisedBy`, fn.realisedBy);
  });
  model.attackers.forEach((attacker, at) => {
    needs(all, 'place', `$.attackers[${at}].entries`, attacker.entries);
  });
  model.environments.forEach((one, at) => {
    needs(assumptions, 'assumption', `$.environments[${at}].assumptions`, one.assumptions);
  });
  model.assumptions.forEach((one, at) => {
    needs(all, 'object', `$.assumptions[${at}].targets`, one.targets);
  });
  model.useCases.forEach((one, at) => {
    needs(elements, 'element', `$.useCases[${at}].startedBy`, one.startedBy);
    needs(flows, 'flow', `$.useCases[${at}].steps`, one.steps);
  });
  return problems;
}

function checkZones(model: SystemModel): ModelProblem[] {
  const parents = new Map(model.zones.map((zone) => [zone.id, zone.parent]));
  const problems: ModelProblem[] = [];
  const sound = new Set<string>();
  model.zones.forEach((zone, at) => {
    const way = new Set<string>();
    let here = zone.id;
    while (here !== '' && !sound.has(here) && !way.has(here)) {
      way.add(here);
      here = parents.get(here) ?? '';
    }
    if (here !== '' && way.has(here))
      problems.push({
        level: 'refused',
        path: `$.zones[${at}].parent`,
        code: 'zone-cycle',
        message: `The zone ${zone.id} is inside itself: ${[...way, here].join(' in ')}.`,
      });
    else for (const id of way) sound.add(id);
  });
  return problems;
}

function checkGaps(model: SystemModel): ModelProblem[] {
  const problems: ModelProblem[] = [];
  const gap = (path: string, code: ModelProblem['code'], message: string) =>
    problems.push({ level: 'gap', path, code, message });
  const titles = new Map<string, string>();
  model.elements.forEach((element, at) => {
    const name = element.title.toLocaleLowerCase('en');
    const before = titles.get(name);
    if (before !== undefined)
      gap(`$.elements[${at}].title`, 'same-title', `${before} has the title “${element.title}” too.`);
    else titles.set(name, element.id);
    if (element.zone === '') gap(`$.elements[${at}].zone`, 'no-zone', `${element.title} stands in no zone.`);
  });
  model.flows.forEach((flow, at) => {
    if (flow.from === '' || flow.to === '')
      gap(`$.flows[${at}]`, 'loose-end', `${flow.title} has an end that hangs loose.`);
    if (flow.protocol.length === 0)
      gap(`$.flows[${at}].protocol`, 'no-protocol', `${flow.title} names no protocol.`);
  });
  model.interfaces.forEach((face, at) => {
    if (face.state === 'not stated')
      gap(
        `$.interfaces[${at}].state`,
        'no-state',
        `${face.title}: open, covered, disabled or removed in the field?`,
      );
  });
  model.safetyFunctions.forEach((fn, at) => {
    if (fn.harms.length === 0)
      gap(`$.safetyFunctions[${at}].harms`, 'no-harm', `${fn.title} names no harm that it prevents.`);
  });
  return problems;
}

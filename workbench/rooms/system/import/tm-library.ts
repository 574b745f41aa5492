// OWASP Threat Model Library 1.x, also called TM-BOM (threat-model.schema.json 1.0.x; read 2026-11). Lost: tiers and
// criticality of the scope, risks with their scores (Ward judges anew), `extensions`.
import type { ACCESS_KINDS, ATTACKER_ORIGINS } from '../metamodel.ts';
import type { ModelImport } from './contract.ts';
import { Draft, type Json, json, list, objects, oneLine, text, unique, wordsOf, yes } from './draft.ts';
import type { Source } from './source.ts';

export const isTmLibrary = ({ value }: Source): boolean => {
  const root = json(value);
  return 'scope' in root && ('trust_zones' in root || 'data_flows' in root || 'threat_personas' in root);
};

const SKILLS: Readonly<Record<string, number>> = {
  script_kid: 1,
  insider: 3,
  engineer: 3,
  expert_engineer: 4,
  oc_sponsored: 4,
  state_sponsored: 5,
};

export function readTmLibrary({ value, name }: Source): ModelImport {
  const root = json(value);
  const draft = new Draft(name);
  const scope = json(root.scope);
  draft.title = text(scope.title);
  draft.description = text(scope.description) || text(root.description);
  for (const key of ['business_criticality', 'data_sensitivity', 'exposure', 'tier'])
    if (scope[key] !== undefined)
      draft.raw(`$.scope.${key}`, `${key}: ${JSON.stringify(scope[key]).slice(0, 100)}`);
  if (root.extensions !== undefined) draft.raw('$.extensions', 'extensions');
  for (const [at, diagram] of objects(root.diagrams).entries())
    draft.raw(`$.diagrams[${at}]`, `diagram ${text(diagram.title)}`);
  for (const [at, zone] of objects(root.trust_zones).entries())
    draft.add('zones', zone.symbolic_name, `$.trust_zones[${at}]`, {
      title: zone.title ?? zone.symbolic_name,
      description: text(zone.description),
      kind: /public|internet/i.test(text(zone.symbolic_name)) ? 'internet' : 'other',
    });
  readElements(draft, root);
  readAssets(draft, root);
  readFlows(draft, root);
  readBoundaries(draft, root);
  readPersonas(draft, root);
  readAssumptions(draft, root);
  readThreats(draft, root);
  draft.counts.controls = objects(root.controls).length;
  draft.counts.risks = objects(root.risks).length;
  draft.counts.actors = objects(root.actors).length;
  draft.counts.components = objects(root.components).length;
  draft.counts.stores = objects(root.data_stores).length;
  return draft.finish(`OWASP Threat Model Library ${text(root.version)}`);
}

function readElements(draft: Draft, root: Json): void {
  const parts = [
    ['actors', 'actor'],
    ['components', 'process'],
    ['data_stores', 'store'],
  ] as const;
  for (const [part, kind] of parts)
    for (const [at, object] of objects(root[part]).entries()) {
      const place = `$.${part}[${at}]`;
      const isMachine = part === 'actors' && /^(system|third_party)$/.test(text(object.type));
      const permissions = text(object.permissions);
      const id = draft.add(
        'elements',
        object.symbolic_name,
        place,
        {
          title: object.title ?? object.symbolic_name,
          description: [text(object.description), permissions === '' ? '' : `Permissions: ${permissions}`]
            .filter((one) => one !== '')
            .join('\n'),
          kind: isMachine ? 'external' : kind,
          type: oneLine(object.type, 80).toLowerCase(),
          zone: draft.idOf('zones', object.trust_zone),
          tech: wordsOf(object.type === 'sql' ? 'sql' : '', object.vendor, object.product),
        },
        // Names are unique in their part only; a reference says of which part it is.
        part.replace('data_stores', 'data_store').replace(/s$/, ''),
      );
      draft.alias('elements', object.symbolic_name, id);
      if (object.parent_component !== undefined)
        draft.changed(
          `${place}.parent_component`,
          `component ${text(object.symbolic_name)}`,
          'It stands inside another one; they are kept side by side.',
        );
    }
}

function readAssets(draft: Draft, root: Json): void {
  for (const [at, set] of objects(root.data_sets).entries()) {
    const place = `$.data_sets[${at}]`;
    const sensitivity = list(set.data_sensitivity).map(text);
    const id = draft.add('assets', set.symbolic_name, place, {
      title: set.title ?? set.symbolic_name,
      description: text(set.description),
      kind: sensitivity.includes('phi')
        ? 'patient-data'
        : sensitivity.includes('cred')
          ? 'credential'
          : 'other',
      personal: sensitivity.some((word) => word === 'pii' || word === 'phi'),
    });
    for (const placement of objects(set.placements)) {
      const store = draft.find('elements', draft.idOf('data_store', placement.data_store));
      if (!store) {
        draft.refused(`${place}.placements`, text(placement.data_store), 'There is no such data store.');
        continue;
      }
      store.holds = unique([...list(store.holds).map(text), id]);
      if (placement.encrypted === true) store.answers = { ...json(store.answers), ...yes('store.encrypted') };
    }
    if (sensitivity.length > 0)
      draft.raw(`${place}.data_sensitivity`, `${text(set.title)}: ${sensitivity.join(', ')}`);
  }
}

function readFlows(draft: Draft, root: Json): void {
  for (const [at, flow] of objects(root.data_flows).entries()) {
    const place = `$.data_flows[${at}]`;
    const end = (given: unknown) =>
      draft.idOf(text(json(given).type), json(given).object) || draft.idOf('elements', json(given).object);
    const [from, to] = [end(flow.source), end(flow.destination)];
    draft.add('flows', flow.symbolic_name, place, {
      title: flow.title ?? flow.symbolic_name,
      description: text(flow.description),
      from,
      to,
      protocol: /^(https?|ssh|sftp|ftp|mqtt|tcp|tls|grpc|amqp)$/i.test(text(flow.title))
        ? wordsOf(text(flow.title))
        : [],
      answers: yes(flow.encrypted === true && 'flow.encrypted'),
    });
    if (from === '' || to === '')
      draft.changed(
        place,
        `flow ${text(flow.symbolic_name)}`,
        'An end is no actor, component or store of the file; it hangs loose.',
      );
    if (flow.has_sensitive_data === true)
      draft.raw(`${place}.has_sensitive_data`, `${text(flow.title)} carries sensitive data`);
  }
}

function readBoundaries(draft: Draft, root: Json): void {
  for (const [at, boundary] of objects(root.trust_boundaries).entries()) {
    const place = `$.trust_boundaries[${at}]`;
    const [from, to] = [boundary.trust_zone_a, boundary.trust_zone_b].map((zone) =>
      draft.idOf('zones', zone),
    );
    if (from === undefined || to === undefined || from === '' || to === '') {
      draft.refused(
        place,
        `boundary ${text(boundary.trust_zone_a)} to ${text(boundary.trust_zone_b)}`,
        'A zone of it is not in the file.',
      );
      continue;
    }
    const methods = [...list(boundary.access_control_methods), ...list(boundary.authentication_methods)]
      .map(text)
      .filter((one) => one !== '');
    draft.add('conduits', `${from}-to-${to}`, place, {
      title: `${text(boundary.trust_zone_a)} to ${text(boundary.trust_zone_b)}`,
      description: methods.length === 0 ? '' : `Methods at the boundary: ${methods.join(', ')}.`,
      from,
      to,
    });
  }
}

function readPersonas(draft: Draft, root: Json): void {
  for (const [at, persona] of objects(root.threat_personas).entries()) {
    const level = text(persona.access_level);
    const skill = text(persona.skill_level);
    const access: (typeof ACCESS_KINDS)[number][] =
      level === 'user' ? ['user-account'] : level === 'admin' ? ['service-account'] : ['internet'];
    const origin: (typeof ATTACKER_ORIGINS)[number] =
      skill === 'state_sponsored' ? 'nation state' : skill === 'insider' ? 'insider' : 'outsider';
    draft.add('attackers', persona.symbolic_name, `$.threat_personas[${at}]`, {
      title: persona.title ?? persona.symbolic_name,
      description: text(persona.description),
      skill: SKILLS[skill] ?? 3,
      access,
      origin,
    });
  }
}

function readAssumptions(draft: Draft, root: Json): void {
  for (const [at, assumption] of objects(root.assumptions).entries()) {
    const topics = list(assumption.topics);
    draft.add('assumptions', '', `$.assumptions[${at}]`, {
      title: oneLine(assumption.description, 300),
      description: [
        text(assumption.description),
        `Validity in the file: ${text(assumption.validity) || 'not stated'}.`,
      ].join('\n'),
      targets: unique(
        topics.map(
          (topic) => draft.idOf('zones', topic) || draft.idOf('elements', text(json(topic).object) || topic),
        ),
      ),
    });
  }
}

/** Controls that somebody runs already; `suggested` and the like are plans. */
const IN_PLACE = ['active', 'approved'];

function readThreats(draft: Draft, root: Json): void {
  const controls = objects(root.controls);
  for (const [at, threat] of objects(root.threats).entries()) {
    const affected = list(threat.components_affected);
    const own = controls.filter((control) => list(control.threats).includes(threat.symbolic_name));
    const target = affected
      .map(
        (one) =>
          draft.idOf(text(json(one).type), json(one).object) ||
          draft.idOf('elements', text(json(one).object) || one),
      )
      .find((id) => id !== '');
    const isAnswered = own.length > 0 && own.some((control) => IN_PLACE.includes(text(control.status)));
    draft.threat({
      title: threat.title ?? threat.symbolic_name,
      description: [text(threat.description), text(threat.event)].filter((part) => part !== '').join('\n'),
      target: target ?? '',
      category: list(threat.sources).map(text).join(', '),
      status: '',
      state: isAnswered ? 'answered, unverified' : 'raised',
      mitigations: own.map((control) => ({
        title: oneLine(control.title ?? control.symbolic_name, 300),
        description: text(control.description),
        status: text(control.status),
      })),
      references: [
        ...objects(threat.weaknesses).map((one) => `CWE-${text(one.cwe_id)}`),
        ...objects(threat.attack_mechanisms).map((one) => `CAPEC-${text(one.capec_id)}`),
      ],
      place: `$.threats[${at}]`,
    });
  }
  for (const [at, risk] of objects(root.risks).entries())
    draft.raw(
      `$.risks[${at}]`,
      `risk ${text(risk.title)}: ${text(risk.likelihood)} × ${text(risk.impact)}`,
      'Risks are judged anew by the scales of Ward.',
    );
}

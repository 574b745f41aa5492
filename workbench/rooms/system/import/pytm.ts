// pytm's JSON (`tm.py --json` and its input form; read 2026-11). Lost: conditions of its threat library, which are code.
// `false` is a default there as often as a no, so it is never read as an answer.
import { refuseModel } from '../errors.ts';
import type { Answers, Element } from '../metamodel.ts';
import type { ModelImport } from './contract.ts';
import {
  answerOf,
  Draft,
  isJson,
  type Json,
  json,
  list,
  objects,
  oneLine,
  text,
  unique,
  wordsOf,
} from './draft.ts';
import type { Source } from './source.ts';

export const isPytm = ({ value }: Source): boolean => {
  if (Array.isArray(value)) return isJson(value[0]) && 'SID' in value[0] && 'condition' in value[0];
  const root = json(value);
  return (
    Array.isArray(root.boundaries) &&
    Array.isArray(root.flows) &&
    ('elements' in root || 'assets' in root || 'actors' in root)
  );
};

const KINDS: Readonly<Record<string, Element['kind']>> = {
  Actor: 'actor',
  ExternalEntity: 'external',
  Datastore: 'store',
};

/** Controls that a true answers; the others are listed where they are true. */
const CONTROLS: Readonly<Record<string, { readonly element?: string; readonly flow?: string }>> = {
  authenticatesSource: { flow: 'flow.auth-source' },
  authenticatesDestination: { flow: 'flow.auth-destination' },
  checksDestinationRevocation: { flow: 'flow.revocation' },
  isEncrypted: { flow: 'flow.encrypted' },
  isEncryptedAtRest: { element: 'store.encrypted' },
  isHardened: { element: 'os.hardened' },
  validatesInput: { element: 'input.validated' },
  sanitizesInput: { element: 'input.validated' },
  encodesOutput: { element: 'web.output-encoded' },
  usesParameterizedInput: { element: 'web.parameterised' },
  implementsCSRFToken: { element: 'web.csrf' },
  implementsPOLP: { element: 'authz.least-privilege' },
  handlesResourceConsumption: { element: 'avail.limits' },
  usesMFA: { element: 'authn.mfa-remote' },
  usesVPN: { flow: 'flow.encrypted' },
};

export function readPytm({ value, name }: Source): ModelImport {
  if (Array.isArray(value))
    throw refuseModel(
      'model.no-model',
      `${name} is a threat library of pytm (${value.length} threats), not a model.`,
      {
        at: `${name} $[0]`,
        remedy:
          'Give the JSON of the model itself. Conditions of that library are code, which Ward does not run.',
      },
    );
  const root = json(value);
  const draft = new Draft(name);
  draft.title = text(root.name);
  draft.description = text(root.description);
  const answers = (object: Json, kind: 'element' | 'flow', place: string): Answers => {
    const found: Answers = {};
    for (const [control, given] of Object.entries(json(object.controls))) {
      if (given !== true) continue;
      const question = CONTROLS[control]?.[kind];
      if (question) found[question] = answerOf('yes');
      else draft.raw(`${place}.controls.${control}`, `${text(object.name)}: ${control}`);
    }
    return found;
  };

  const boundaries = objects(root.boundaries);
  for (const [at, boundary] of boundaries.entries()) {
    const place = `$.boundaries[${at}]`;
    draft.add('zones', boundary.name, place, {
      title: boundary.name,
      description: text(boundary.description),
      kind: /internet/i.test(text(boundary.name)) ? 'internet' : 'other',
    });
    answers(boundary, 'element', place);
  }
  for (const boundary of boundaries) {
    const zone = draft.find('zones', draft.idOf('zones', boundary.name));
    const parent = draft.idOf('zones', boundary.inBoundary);
    if (zone && parent !== '' && parent !== zone.id && text(draft.find('zones', parent)?.parent) !== zone.id)
      zone.parent = parent;
  }
  for (const [at, data] of objects(root.data).entries()) {
    const secret = /SECRET|TOP_SECRET/.test(text(data.classification));
    draft.add('assets', data.name, `$.data[${at}]`, {
      title: data.name,
      description: text(data.description),
      kind: data.isCredentials === true ? 'credential' : 'other',
      confidentiality: secret ? 4 : /SENSITIVE|RESTRICTED/.test(text(data.classification)) ? 3 : 0,
      personal: data.isPII === true,
    });
  }
  // The whole dump names each element twice: by its class in `actors` and `assets`, and again in `elements`.
  const parts = (['actors', 'assets', 'elements'] as const).flatMap((part) =>
    objects(root[part]).map((element, at) => ({ element, place: `$.${part}[${at}]` })),
  );
  for (const { element, place } of parts) {
    if (draft.idOf('elements', element.name) !== '') continue;
    const own = text(element.__class__);
    if (own === 'Boundary' || own === 'Dataflow') continue;
    const id = draft.add('elements', element.name, place, {
      title: element.name,
      description: text(element.description),
      kind: KINDS[own] ?? 'process',
      type: oneLine(own, 80).toLowerCase(),
      zone: draft.idOf('zones', element.inBoundary),
      tech: wordsOf(element.isSQL === true && own === 'Datastore' ? 'sql' : '', text(element.OS)),
      outOfScope: element.inScope === false,
      holds: unique(list(element.data).map((data) => draft.idOf('assets', data))),
      answers: answers(element, 'element', place),
    });
    readFindings(draft, element, id, place);
  }
  for (const [at, flow] of objects(root.flows).entries()) {
    const place = `$.flows[${at}]`;
    const [from = '', to = ''] = [flow.source, flow.sink].map((end) => draft.idOf('elements', end));
    const id = draft.add('flows', flow.name, place, {
      title: flow.name,
      description: [text(flow.description), text(flow.note)].filter((part) => part !== '').join('\n'),
      from,
      to,
      protocol: wordsOf(text(flow.protocol)),
      ports: Number(flow.dstPort) > 0 ? text(flow.dstPort) : '',
      carries: unique(list(flow.data).map((data) => draft.idOf('assets', data))),
      answers: answers(flow, 'flow', place),
    });
    if (from === '' || to === '')
      draft.changed(place, `flow ${text(flow.name)}`, 'An end is no element of the file; it hangs loose.');
    readFindings(draft, flow, id, place);
  }
  for (const [at, finding] of objects(root.findings).entries())
    if (draft.threats.length === 0) addFinding(draft, finding, '', `$.findings[${at}]`);
  const unanswered = falseControls(root);
  draft.counts['controls not answered'] = unanswered;
  if (unanswered > 0)
    draft.changed(
      '$..controls',
      `${unanswered} controls that are false`,
      'False is a default there as often as a no: they are not answered.',
    );
  return draft.finish('pytm JSON');
}

/** In the whole file; it is bounded in depth by its reader. */
function falseControls(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + falseControls(item), 0);
  if (!isJson(value)) return 0;
  const own = Object.values(json(value.controls)).filter((given) => given === false).length;
  return Object.values(value).reduce((sum: number, item) => sum + falseControls(item), own);
}

function readFindings(draft: Draft, object: Json, target: string, place: string): void {
  for (const [at, finding] of objects(object.findings).entries())
    addFinding(draft, finding, target, `${place}.findings[${at}]`);
}

function addFinding(draft: Draft, finding: Json, target: string, place: string): void {
  const mitigation = text(finding.mitigations);
  draft.threat({
    title: finding.description ?? finding.threat_id,
    description: text(finding.details),
    target: target || draft.idOf('elements', finding.target) || draft.idOf('flows', finding.target),
    category: text(finding.threat_id ?? finding.id),
    status: 'finding',
    state: 'not decided',
    severity: text(finding.severity),
    mitigations:
      mitigation === '' ? [] : [{ title: oneLine(mitigation, 300), description: mitigation, status: '' }],
    references: text(finding.references)
      .split(/[\s,]+/)
      .filter((part) => part !== ''),
    place,
  });
}

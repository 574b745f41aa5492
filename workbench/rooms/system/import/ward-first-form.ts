// The first text form (`ward-system-model/0.1`), as the rule catalogue's models are written: plain answers, a need of
// protection as c, i, a, one phrase for an attacker's access.
import { checkModel } from '../check-model.ts';
import { refuseModel } from '../errors.ts';
import { ACCESS_KINDS, SystemModel } from '../metamodel.ts';

type Access = (typeof ACCESS_KINDS)[number];
type Origin = SystemModel['attackers'][number]['origin'];
type Json = Record<string, unknown>;

/** The phrases of the older form; a phrase that is not here is read word by word. */
const ACCESS_PHRASES: Readonly<Record<string, readonly Access[]>> = {
  internet: ['internet'],
  'adjacent network': ['adjacent-network'],
  'physical, short': ['physical'],
  'physical, unlimited': ['physical'],
  'user account': ['user-account'],
  'service account': ['service-account'],
  'fleet or build': ['fleet', 'build'],
  'component or build': ['supplier', 'build'],
  'any, long time': ACCESS_KINDS,
};

/** Refuses `model.wrong-shape` with the path of the first thing that is wrong. */
export function readOldForm(value: Json, fileName: string): SystemModel {
  const context = isJson(value.context) ? value.context : {};
  const parsed = SystemModel.safeParse({
    title: value.title,
    version: value.version ?? '',
    description: value.note ?? '',
    intendedUse: context.intendedUse ?? '',
    zones: list(value.zones).map((zone) => ({
      ...zone,
      answers: answers(zone.answers),
      elementDefaults: answers(zone.elementDefaults),
    })),
    elements: list(value.elements).map(answered),
    interfaces: list(value.interfaces).map(answered),
    flows: list(value.flows).map(answered),
    safetyFunctions: list(value.safetyFunctions).map(answered),
    assets: list(value.assets).map(({ c, i, a, ...asset }) => ({
      ...asset,
      confidentiality: c ?? 0,
      integrity: i ?? 0,
      availability: a ?? 0,
      personal: asset.kind === 'patient-data',
    })),
    harms: list(value.harms),
    attackers: list(value.attackers).map(({ access, motivation, ...attacker }) => ({
      ...attacker,
      access: accessOf(access),
      origin: originOf(accessOf(access), String(attacker.id ?? ''), String(attacker.title ?? '')),
      motive: motivation ?? '',
      description: typeof access === 'string' ? `Access: ${access}.` : '',
    })),
    environments: (Array.isArray(context.environments) ? context.environments : []).map((title, at) => ({
      id: `env-${at + 1}`,
      title,
    })),
  });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw refuseModel('model.wrong-shape', `${fileName}: ${issue?.message ?? 'not a model'}.`, {
      at: `${fileName}: $.${issue?.path.join('.') ?? ''}`,
    });
  }
  const wrong = checkModel(parsed.data).find(({ level }) => level === 'refused');
  if (wrong) throw refuseModel('model.wrong-shape', wrong.message, { at: `${fileName}: ${wrong.path}` });
  return parsed.data;
}

const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const list = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isJson) : []);
const answered = (object: Json): Json => ({ ...object, answers: answers(object.answers) });

function answers(value: unknown): Json {
  if (!isJson(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([key, given]) => [key, { value: given }]));
}

function accessOf(phrase: unknown): readonly Access[] {
  if (typeof phrase !== 'string') return [];
  return (
    ACCESS_PHRASES[phrase] ??
    ACCESS_KINDS.filter((kind) => phrase.includes(kind) || phrase.includes(kind.replace('-', ' ')))
  );
}

function originOf(access: readonly Access[], id: string, title: string): Origin {
  const says = (word: RegExp) => word.test(id) || word.test(title.toLowerCase());
  if (says(/nation|state-/)) return 'nation state';
  if (says(/reseller|used units/)) return 'reseller';
  if (says(/insider/)) return 'insider';
  if (access.includes('supplier')) return 'supplier';
  if (access.includes('service-account')) return 'service';
  return access.includes('user-account') ? 'insider' : 'outsider';
}

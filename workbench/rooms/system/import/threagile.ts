// Threagile YAML 1.x (support/schema.json; read 2026-11), whole or split by `includes`. Lost: relative attacker
// attractiveness, generated risks (other rules made them), tweaks of its diagram, shared runtimes as objects.
import { refuseModel } from '../errors.ts';
import type { Element } from '../metamodel.ts';
import type { ImportedDecision, ModelFile, ModelImport } from './contract.ts';
import {
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
  yes,
} from './draft.ts';
import { readSource, type Source } from './source.ts';

const PARTS = [
  'technical_assets',
  'data_assets',
  'trust_boundaries',
  'shared_runtimes',
  'risk_tracking',
  'abuse_cases',
  'business_criticality',
  'business_overview',
  'custom_risk_categories',
  'includes',
  'questions',
  'security_requirements',
  'tags_available',
];

export const isThreagile = ({ value }: Source): boolean => {
  const root = json(value);
  return 'threagile_version' in root || PARTS.some((key) => key in root);
};

/** Files that an include may bring, and how deep they may call one another. */
const LIMITS = { files: 200, depth: 20 } as const;

export function readThreagile(source: Source, files: readonly ModelFile[]): ModelImport {
  const { name } = source;
  const own = json(source.value);
  if (!('threagile_version' in own))
    throw refuseModel('model.no-model', `${name} is a part of a split model of Threagile.`, {
      at: `${name}:1:1`,
      remedy: 'Give the file that includes it (it has threagile_version), with the whole folder.',
    });
  if ('generated_risks_by_category' in own)
    throw refuseModel(
      'model.no-model',
      `${name} is what Threagile writes after its analysis, not its input.`,
      {
        at: `${name} $.generated_risks_by_category`,
        remedy: 'Give the YAML that Threagile read.',
      },
    );
  const root = withIncludes(own, source, files);
  const draft = new Draft(name);
  draft.title = text(root.title);
  draft.description = [
    json(root.business_overview).description,
    json(root.technical_overview).description,
    root.management_summary_comment,
  ]
    .map(text)
    .filter((part) => part !== '')
    .join('\n\n');
  readAssets(draft, json(root.data_assets));
  readBoundaries(draft, json(root.trust_boundaries));
  readElements(draft, json(root.technical_assets));
  readLinks(draft, json(root.technical_assets));
  readRuntimes(draft, json(root.shared_runtimes));
  readTracking(draft, json(root.risk_tracking));
  readIndividualRisks(draft, root.individual_risk_categories ?? root.custom_risk_categories);
  for (const [question, answer] of Object.entries(json(root.questions)))
    draft.raw('$.questions', `${question} ${text(answer) === '' ? '(not answered)' : text(answer)}`);
  for (const key of ['abuse_cases', 'security_requirements'])
    for (const title of Object.keys(json(root[key]))) draft.raw(`$.${key}`, title);
  for (const key of Object.keys(root).filter((one) => one.startsWith('diagram_tweak')))
    draft.raw(`$.${key}`, key, 'Ward lays the drawing out itself.');
  return draft.finish(`Threagile ${text(root.threagile_version)}`);
}

/** Depth first, each file's keys over those before it; a file that is included twice counts once. */
function withIncludes(own: Json, source: Source, files: readonly ModelFile[]): Json {
  const byName = new Map(files.map((file) => [normal(file.name), file]));
  const folder = normal(source.name).split('/').slice(0, -1).join('/');
  const seen = new Set([normal(source.name)]);
  const merged: Json = {};
  const take = (value: Json, from: Source, depth: number): void => {
    if (depth > LIMITS.depth || seen.size > LIMITS.files)
      throw refuseModel('model.too-deep', `The includes of ${source.name} have no end.`, { at: from.name });
    for (const include of list(value.includes).map(text)) {
      const at = `${from.name}:${lineOf(from.text, include)}`;
      const path = normal(join(normal(from.name).split('/').slice(0, -1).join('/'), include));
      const outside =
        include.startsWith('/') ||
        /^[a-z]:|\\/i.test(include) ||
        path.startsWith('../') ||
        (folder !== '' && !path.startsWith(`${folder}/`));
      if (outside)
        throw refuseModel(
          'model.include-outside',
          `${from.name} includes ${include.slice(0, 200)}, which is not in its folder.`,
          { at },
        );
      if (seen.has(path)) continue;
      seen.add(path);
      const file = byName.get(path);
      if (!file)
        throw refuseModel(
          'model.missing-include',
          `${from.name} includes ${include.slice(0, 200)}, which was not given.`,
          { at },
        );
      const part = readSource(file, { anyYaml: true });
      take(json(part.value), part, depth + 1);
    }
    for (const [key, given] of Object.entries(value)) {
      if (key === 'includes') continue;
      const before = merged[key];
      if (isJson(before) && isJson(given)) merged[key] = { ...before, ...given };
      else if (Array.isArray(before) && Array.isArray(given)) merged[key] = [...before, ...given];
      else if (given !== null && given !== undefined) merged[key] = given;
    }
  };
  take(own, source, 0);
  return merged;
}

const join = (folder: string, file: string) => (folder === '' ? file : `${folder}/${file}`);
function normal(path: string): string {
  const steps: string[] = [];
  for (const step of path.split('/')) {
    if (step === '.' || step === '') continue;
    if (step === '..' && steps.length > 0 && steps.at(-1) !== '..') steps.pop();
    else steps.push(step);
  }
  return steps.join('/');
}
function lineOf(whole: string, part: string): number {
  const at = whole.indexOf(part, Math.max(0, whole.search(/^includes[ \t]*:/m)));
  return at === -1 ? 1 : whole.slice(0, at).split('\n').length;
}

const CONFIDENTIALITY = ['public', 'internal', 'restricted', 'confidential', 'strictly-confidential'];
const CRITICALITY = ['archive', 'operational', 'important', 'critical', 'mission-critical'];
const need = (scale: readonly string[], value: unknown) => Math.max(0, scale.indexOf(text(value)));

function readAssets(draft: Draft, assets: Json): void {
  for (const [title, given] of Object.entries(assets)) {
    const asset = json(given);
    draft.add('assets', asset.id ?? title, `$.data_assets["${title}"]`, {
      title,
      description: textsOf(asset.description, asset.justification_cia_rating),
      confidentiality: need(CONFIDENTIALITY, asset.confidentiality),
      integrity: need(CRITICALITY, asset.integrity),
      availability: need(CRITICALITY, asset.availability),
    });
  }
}

function readBoundaries(draft: Draft, boundaries: Json): void {
  const entries = Object.entries(boundaries).map(([title, given]) => ({ title, boundary: json(given) }));
  for (const { title, boundary } of entries) {
    const type = text(boundary.type);
    draft.add('zones', boundary.id ?? title, `$.trust_boundaries["${title}"]`, {
      title,
      description: textsOf(boundary.description, type === '' ? '' : `Type in Threagile: ${type}.`),
    });
    if (type !== '')
      draft.changed(
        `$.trust_boundaries["${title}"].type`,
        `zone ${title}`,
        `The type ${type} stands in its text.`,
      );
  }
  for (const { title, boundary } of entries)
    for (const nested of list(boundary.trust_boundaries_nested)) {
      const inner = draft.find('zones', draft.idOf('zones', nested));
      const outer = draft.idOf('zones', boundary.id ?? title);
      if (inner && inner.id !== outer && !isInside(draft, outer, text(inner.id))) inner.parent = outer;
      else
        draft.refused(
          `$.trust_boundaries["${title}"].trust_boundaries_nested`,
          text(nested),
          'There is no such boundary, or it would stand in itself.',
        );
    }
  for (const { title, boundary } of entries)
    for (const asset of list(boundary.technical_assets_inside))
      draft.alias('zone of', asset, draft.idOf('zones', boundary.id ?? title));
}

function isInside(draft: Draft, zone: string, outer: string): boolean {
  for (let here = zone, steps = 0; here !== '' && steps < 1_000; steps += 1) {
    if (here === outer) return true;
    here = text(draft.find('zones', here)?.parent);
  }
  return false;
}

const KINDS: Readonly<Record<string, Element['kind']>> = {
  'external-entity': 'external',
  process: 'process',
  datastore: 'store',
};

function readElements(draft: Draft, assets: Json): void {
  for (const [title, given] of Object.entries(assets)) {
    const asset = json(given);
    const place = `$.technical_assets["${title}"]`;
    const technologies = wordsOf(asset.technology, list(asset.technologies));
    const encryption = text(asset.encryption);
    draft.add('elements', asset.id ?? title, place, {
      title,
      description: textsOf(
        asset.description,
        asset.justification_cia_rating,
        asset.justification_out_of_scope,
      ),
      kind: KINDS[text(asset.type)] ?? 'process',
      type: technologies[0] ?? '',
      zone: draft.idOf('zone of', asset.id ?? title),
      tech: wordsOf(technologies, list(asset.data_formats_accepted)),
      tags: wordsOf(
        list(asset.tags),
        asset.internet === true ? 'internet' : '',
        asset.multi_tenant === true ? 'multi-tenant' : '',
        asset.custom_developed_parts === true ? 'own-code' : '',
        asset.redundant === true ? 'redundant' : '',
        asset.used_as_client_by_human === true ? 'used-by-people' : '',
        text(asset.machine),
      ),
      holds: unique(
        [...list(asset.data_assets_stored), ...list(asset.data_assets_processed)].map((one) =>
          draft.idOf('assets', one),
        ),
      ),
      outOfScope: asset.out_of_scope === true,
      answers: yes(encryption !== '' && encryption !== 'none' && 'store.encrypted'),
    });
    for (const key of ['owner', 'usage', 'size', 'confidentiality', 'integrity', 'availability'])
      if (text(asset[key]) !== '') draft.raw(`${place}.${key}`, `${title}: ${key} ${text(asset[key])}`);
  }
}

function readLinks(draft: Draft, assets: Json): void {
  for (const [title, given] of Object.entries(assets)) {
    const asset = json(given);
    const source = text(asset.id ?? title);
    for (const [link, about] of Object.entries(json(asset.communication_links))) {
      const flow = json(about);
      const place = `$.technical_assets["${title}"].communication_links["${link}"]`;
      const to = draft.idOf('elements', flow.target);
      const protocol = text(flow.protocol);
      const authentication = text(flow.authentication);
      const extras = [
        authentication === '' ? '' : `Authentication: ${authentication}.`,
        text(flow.authorization) === '' ? '' : `Authorization: ${text(flow.authorization)}.`,
        flow.vpn === true ? 'Through a VPN.' : '',
        flow.readonly === true ? 'Read only.' : '',
      ].filter((part) => part !== '');
      const id = draft.add('flows', `${source}:${link.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`, place, {
        title: link,
        description: textsOf(flow.description, extras.join(' ')),
        from: draft.idOf('elements', source),
        to,
        protocol: wordsOf(protocol),
        carries: unique(
          [...list(flow.data_assets_sent), ...list(flow.data_assets_received)].map((one) =>
            draft.idOf('assets', one),
          ),
        ),
        answers: yes(
          authentication !== '' && authentication !== 'none' && 'flow.auth-source',
          flow.ip_filtered === true && 'flow.allowlisted',
          flow.vpn === true && 'flow.encrypted',
        ),
      });
      draft.alias('links', `${source}>${link}`, id);
      if (to === '')
        draft.changed(
          place,
          `link ${link}`,
          `Its target ${text(flow.target)} is no technical asset; the end hangs loose.`,
        );
    }
  }
}

function readRuntimes(draft: Draft, runtimes: Json): void {
  draft.counts.runtimes = Object.keys(runtimes).length;
  for (const [title, given] of Object.entries(runtimes)) {
    const runtime = json(given);
    const tag = `runtime-${oneLine(runtime.id ?? title, 60).toLowerCase()}`;
    for (const asset of list(runtime.technical_assets_running)) {
      const element = draft.find('elements', draft.idOf('elements', asset));
      if (element) element.tags = wordsOf(element.tags, tag);
    }
    draft.changed(
      `$.shared_runtimes["${title}"]`,
      `shared runtime ${title}`,
      `Its elements have the tag ${tag}.`,
    );
  }
}

const TRACKING: Readonly<Record<string, ImportedDecision['kind']>> = {
  unchecked: 'in discussion',
  'in-discussion': 'in discussion',
  accepted: 'accept',
  'in-progress': 'mitigate',
  mitigated: 'mitigate',
  'false-positive': 'not applicable',
};

function readTracking(draft: Draft, tracking: Json): void {
  draft.counts.decisions = Object.keys(tracking).length;
  for (const [about, given] of Object.entries(tracking)) {
    const entry = json(given);
    const reason = textsOf(
      entry.justification,
      text(entry.ticket) === '' ? '' : `Ticket ${text(entry.ticket)}.`,
    );
    const place = `$.risk_tracking["${about}"]`;
    const [, first = ''] = about.split('@');
    draft.decisions.push({
      threat: '',
      about,
      target: draft.idOf('elements', first),
      kind: TRACKING[text(entry.status)] ?? 'in discussion',
      reason,
      asksForReason: text(entry.justification) === '',
      by: text(entry.checked_by),
      at: text(entry.date),
      place,
    });
    draft.changed(
      place,
      about,
      `Kept with its status ${text(entry.status)}; the rule that it is about is Threagile's.`,
    );
  }
}

function readIndividualRisks(draft: Draft, categories: unknown): void {
  const entries: [string, Json][] = Array.isArray(categories)
    ? objects(categories).map((category) => [text(category.title ?? category.id), category])
    : Object.entries(json(categories)).map(([title, category]) => [title, json(category)]);
  draft.counts['individual risk categories'] = entries.length;
  for (const [title, category] of entries) {
    const place = `$.individual_risk_categories["${title}"]`;
    const mitigation = text(category.mitigation);
    for (const [risk, given] of Object.entries(json(category.risks_identified))) {
      const about = json(given);
      const target =
        draft.idOf('links', about.most_relevant_communication_link) ||
        draft.idOf('elements', about.most_relevant_technical_asset) ||
        draft.idOf('assets', about.most_relevant_data_asset) ||
        draft.idOf('zones', about.most_relevant_trust_boundary);
      draft.threat({
        title: risk.replace(/<[^>]*>/g, ''),
        description: textsOf(category.description, category.impact),
        target,
        category: text(category.stride),
        status: 'identified',
        severity: text(about.severity),
        score: `likelihood ${text(about.exploitation_likelihood)}, impact ${text(about.exploitation_impact)}`,
        mitigations:
          mitigation === ''
            ? []
            : [{ title: oneLine(category.action ?? mitigation, 300), description: mitigation, status: '' }],
        references: text(category.cwe) === '' ? [] : [`CWE-${text(category.cwe)}`],
        place,
      });
    }
  }
}

const textsOf = (...parts: unknown[]) =>
  parts
    .map((part) => text(part).trim())
    .filter((part) => part !== '')
    .join('\n');

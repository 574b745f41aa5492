// A template of Microsoft's Threat Modeling Tool (TB7) as a rule pack: Include becomes `when`, Exclude becomes `unless`. What
// our language cannot say is listed with its reason. A type without an Exclude names no control; it gets a question of its
// own, so that it is a question and never a threat out of nothing.
import { defineErrors } from '../../../kernel/errors.ts';
import {
  ATTRIBUTE_QUESTIONS,
  child,
  childText,
  decodeBytes,
  family,
  parseXmlText,
  readTemplate,
  type TmtTemplate,
  wordOf,
} from '../../system/index.ts';
import type { Question, RulePack, Stride, ThreatRule } from '../evaluate/contract.ts';
import { type End, type Filter, parseFilter } from './tmt-filter.ts';

export const refuseTemplate = defineErrors({
  'rules.not-a-template': {
    status: 422,
    exit: 2,
    title: 'Not a template of the Threat Modeling Tool',
    remedy: 'Give a .tb7 file, as the tool saves its templates.',
  },
});

export interface TemplateLine {
  /** Id and title of the threat type. */
  readonly type: string;
  readonly place: string;
  readonly why: string;
}

export interface TemplateImport {
  readonly pack: RulePack;
  readonly counts: {
    readonly stencils: number;
    readonly categories: number;
    readonly threatTypes: number;
    readonly patientSafety: number;
    /** Types whose template names a control. */
    readonly withExclude: number;
    /** Rules that got a question of their own. */
    readonly ownQuestions: number;
  };
  readonly categories: readonly string[];
  /** Said by the rule, but not to the letter. */
  readonly changed: readonly TemplateLine[];
  /** No rule was made of these. */
  readonly notExpressed: readonly TemplateLine[];
}

/** Refuses `model.*` where it is no sound XML and `rules.not-a-template` where it is another file. */
export function importTb7(bytes: Uint8Array, fileName: string): TemplateImport {
  const root = parseXmlText(decodeBytes(bytes, fileName), fileName);
  if (root.name !== 'KnowledgeBase' || !child(root, 'ThreatTypes'))
    throw refuseTemplate(
      'rules.not-a-template',
      `${fileName} has the root <${root.name.slice(0, 60)}>, not a <KnowledgeBase> with threat types.`,
      {
        at: `${fileName}:1:1`,
      },
    );
  const template = readTemplate(root);
  const categories = new Map(
    (child(root, 'ThreatCategories')?.children ?? []).map((node) => [
      childText(node, 'Id'),
      childText(node, 'Name'),
    ]),
  );
  const types = child(root, 'ThreatTypes')?.children ?? [];
  const rules: ThreatRule[] = [];
  const questions: Record<string, Question> = {};
  const changed: TemplateLine[] = [];
  const notExpressed: TemplateLine[] = [];
  const seen = new Set<string>();
  let withExclude = 0;
  let ownQuestions = 0;
  let patientSafety = 0;
  for (const node of types) {
    const id = ruleId(childText(node, 'Id'), seen);
    const category = categories.get(childText(node, 'Category')) ?? childText(node, 'Category');
    const title = childText(node, 'ShortTitle') || id;
    const place = `${fileName}:${node.line}`;
    const line = (why: string): TemplateLine => ({ type: `${id} ${title}`, place, why });
    if (category === 'Patient Safety') patientSafety += 1;
    const filters = child(node, 'GenerationFilters');
    const exclude = childText(filters, 'Exclude');
    if (exclude !== '') withExclude += 1;
    const translation = new Translation(template, questions);
    const conditions = translation.conditions(childText(filters, 'Include'), exclude);
    if ('problem' in conditions) {
      notExpressed.push(line(conditions.problem));
      continue;
    }
    for (const why of translation.losses) changed.push(line(why));
    let { unless } = conditions;
    // Reasons of structure alone are no control either.
    if (!unless.includes('.yes(')) {
      const key = `tmt.${id.toLowerCase().replace(/[^a-z0-9.-]+/g, '-')}`.slice(0, 80);
      questions[key] = { appliesTo: 'flow', text: `Is this ruled out or controlled here: ${spoken(title)}?` };
      unless = [unless, `f.yes("${key}")`].filter((part) => part !== '').join(' || ');
      ownQuestions += 1;
      changed.push(line('The template names no control; the rule asks whether there is one.'));
    }
    rules.push({
      id,
      version: 1,
      title: line300(spoken(title)),
      statement: statementOf(childText(node, 'Description') || title),
      stride: strideOf(category),
      appliesTo: 'flow',
      when: conditions.when,
      unless,
      exploitability: 3,
      safetyRelevance: category === 'Patient Safety' ? 'direct' : 'none',
      requirements: [],
      references: { cwe: [], capec: [], attackIcs: [], emb3d: [] },
    });
  }
  return {
    pack: {
      id: packId(template.title || fileName),
      title: line300(template.title || fileName),
      version: line300(template.version || '1').slice(0, 80),
      rules,
      questions,
      protocolFacts: {},
    },
    counts: {
      stencils: template.stencils.size,
      categories: categories.size,
      threatTypes: types.length,
      patientSafety,
      withExclude,
      ownQuestions,
    },
    categories: [...categories.values()],
    changed,
    notExpressed,
  };
}

function ruleId(given: string, seen: Set<string>): string {
  const stem = `TMT-${given.replace(/[^A-Za-z0-9._:-]+/g, '-').slice(0, 60) || 'type'}`;
  let id = stem;
  for (let next = 2; seen.has(id); next += 1) id = `${stem}-${next}`;
  seen.add(id);
  return id;
}

const packId = (title: string) =>
  `tmt-${title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 60)}`;
const line300 = (text: string) => text.replace(/\s+/g, ' ').trim().slice(0, 300);

/** `{source.Name}` of the template in words. */
const spoken = (text: string) =>
  line300(
    text
      .replaceAll('{source.Name}', 'the sender')
      .replaceAll('{target.Name}', 'the receiver')
      .replaceAll('{flow.Name}', 'the flow')
      .replace(/[{}]/g, ''),
  );
const statementOf = (text: string) =>
  text
    .replace(/\s+/g, ' ')
    .trim()
    .replaceAll('{source.Name}', 'the sender of \u0000')
    .replaceAll('{target.Name}', 'the receiver of \u0000')
    .replaceAll('{flow.Name}', '\u0000')
    .replace(/[{}]/g, '')
    .replaceAll('\u0000', '{f}')
    .slice(0, 2_000)
    .trim();

function strideOf(category: string): Stride[] {
  switch (category.toLowerCase()) {
    case 'spoofing':
      return ['spoofing'];
    case 'tampering':
      return ['tampering'];
    case 'repudiation':
      return ['repudiation'];
    case 'information disclosure':
    case 'privacy':
      return ['information disclosure'];
    case 'denial of service':
      return ['denial of service'];
    case 'elevation of privilege':
    case 'elevation of privileges':
      return ['elevation of privilege'];
    default:
      // Patient safety and abuse are no letters of STRIDE.
      return [];
  }
}

class CannotSay extends Error {}

/** What stencils of a process mean where somebody models by technology instead. */
const TECHNOLOGIES: Readonly<Record<string, string>> = {
  'dicom-process': 'dicom',
  'sql-database': 'sql',
  'web-application': 'web',
  'web-server': 'web',
  'web-service': 'web',
};

/** Words of a property that say that something is so; the structure of our model knows them. */
const STRUCTURE: readonly {
  readonly label: RegExp;
  readonly say: (end: string, isFlow: boolean) => string;
}[] = [
  { label: /^Transmits .*(Personally|PHI)/, say: (end) => `${end}.carriesKind("patient-data")` },
  { label: /^Stores .*(Personally|PHI)/, say: (end) => `${end}.holdsKind("patient-data")` },
  { label: /^Stores Log Data/, say: (end) => `${end}.holdsKind("audit")` },
  { label: /^Stores Credentials/, say: (end) => `${end}.holdsKind("credential")` },
  { label: /^Transmits XML/, say: (end) => `${end}.hasProtocol("xml")` },
  { label: /^JSON Payload/, say: (end) => `${end}.hasProtocol("json")` },
];

const CHANNELS: Readonly<Record<string, string>> = {
  'Wi-Fi': 'wifi',
  Bluetooth: 'bluetooth',
  '2G-4G': 'cellular',
  Wire: 'ethernet',
};
const NO = /^(no|none)$/i;
const UNKNOWN = /^(not selected|select)$/i;

class Translation {
  readonly losses: string[] = [];
  readonly #template: TmtTemplate;
  readonly #questions: Record<string, Question>;
  readonly #labels = new Map<string, string>();

  constructor(template: TmtTemplate, questions: Record<string, Question>) {
    this.#template = template;
    this.#questions = questions;
    for (const stencil of template.stencils.values())
      for (const [name, label] of stencil.attributes) this.#labels.set(name, label);
  }

  conditions(
    include: string,
    exclude: string,
  ): { readonly when: string; readonly unless: string } | { readonly problem: string } {
    const [included, excluded] = [parseFilter(include), parseFilter(exclude)];
    if (included === null) return { problem: 'It has no Include, so the tool never raises it.' };
    if ('problem' in included) return { problem: `The Include cannot be read: ${included.problem}.` };
    if (excluded !== null && 'problem' in excluded)
      return { problem: `The Exclude cannot be read: ${excluded.problem}.` };
    try {
      const controls: string[] = [];
      const when = this.#whenOf(included, controls);
      if (excluded !== null) controls.unshift(...this.#excludes(excluded));
      return { when: bare(when), unless: [...new Set(controls)].join(' || ') };
    } catch (error) {
      if (error instanceof CannotSay) return { problem: error.message };
      throw error;
    }
  }

  /** Structure goes to `when`; `is 'No'` becomes the control that would answer it. */
  #whenOf(filter: Filter, controls: string[]): string {
    if (filter.kind === 'and')
      return join(
        '&&',
        filter.parts.map((part) => this.#whenOf(part, controls)),
      );
    const asked = sameProperty(filter);
    if (asked) {
      const { of, name, values } = asked;
      const unknown = values.some((value) => UNKNOWN.test(value));
      const no = values.some((value) => NO.test(value));
      const rest = values.filter((value) => !UNKNOWN.test(value) && !NO.test(value));
      if (rest.length > 0 && (unknown || no)) {
        this.losses.push(`The value of “${this.#label(name)}” is not looked at.`);
        return 'true';
      }
      if (rest.length === 0 && (no || unknown)) {
        controls.push(this.#question(of, name, 'Yes'));
        return 'true';
      }
    }
    if (filter.kind === 'or')
      return join(
        '||',
        filter.parts.map((part) => this.#say(part)),
      );
    return this.#say(filter);
  }

  /** Each reason to exclude alone; one that cannot be said is left out, which raises more and never less. */
  #excludes(filter: Filter): string[] {
    const reasons = filter.kind === 'or' ? filter.parts : [filter];
    return reasons.flatMap((reason) => {
      if (reason.kind === 'or') return this.#excludes(reason);
      try {
        return [this.#say(reason)];
      } catch (error) {
        if (!(error instanceof CannotSay)) throw error;
        this.losses.push(`One reason to exclude it is left out: ${error.message}`);
        return [];
      }
    });
  }

  #say(filter: Filter): string {
    switch (filter.kind) {
      case 'and':
        return join(
          '&&',
          filter.parts.map((part) => this.#say(part)),
        );
      case 'or':
        return join(
          '||',
          filter.parts.map((part) => this.#say(part)),
        );
      case 'not':
        throw new CannotSay('`not` turns a yes into a threat, which rules here do not.');
      case 'crosses':
        if (this.#template.stencils.get(filter.stencil)?.generic || /^GE\.TB\./.test(filter.stencil))
          return 'f.crosses';
        throw new CannotSay(`The boundary “${this.#name(filter.stencil)}” is no kind of zone here.`);
      case 'type':
        return this.#typed(filter.of, filter.stencil);
      case 'property':
        return this.#property(filter.of, filter.name, filter.value);
      default:
        return filter satisfies never;
    }
  }

  #typed(of: End, stencil: string): string {
    if (stencil === 'ROOT')
      throw new CannotSay(
        'A remnant of version 3 of the tool: its Include names the root of all stencils, which no drawing has.',
      );
    const known = this.#template.stencils.get(stencil);
    if (!known) throw new CannotSay(`The template has no stencil ${stencil.slice(0, 60)}.`);
    const members = family(this.#template, stencil);
    if (of === 'flow') {
      if (known.generic) return 'true';
      return join(
        '||',
        members.map(({ name }) => `f.hasProtocol("${wordOf(name)}")`),
      );
    }
    const end = endOf(of);
    if (known.generic) return genericOf(end, known.id, known.name);
    return join(
      '||',
      members.flatMap(({ name }) => this.#worded(end, wordOf(name))),
    );
  }

  #worded(end: string, word: string): string[] {
    const technology = TECHNOLOGIES[word];
    return [
      `${end}.tag("${word}")`,
      `${end}.type == "${word}"`,
      ...(technology ? [`${end}.hasTech("${technology}")`] : []),
    ];
  }

  #property(of: End, name: string, value: string): string {
    const end = of === 'flow' ? 'f' : endOf(of);
    const label = this.#label(name);
    if (name === 'channel' && CHANNELS[value]) return `f.hasProtocol("${CHANNELS[value]}")`;
    if (name === 'codeType' && value === 'Unmanaged') return `${end}.tag("native-code")`;
    if (NO.test(value) || UNKNOWN.test(value))
      throw new CannotSay(
        `“${label}” is “${value}” beside other conditions: a missing answer says nothing here.`,
      );
    if (value === 'Yes') {
      const structure = STRUCTURE.find((one) => one.label.test(label));
      if (structure) return structure.say(end, of === 'flow');
    }
    return this.#question(of, name, value);
  }

  #question(of: End, name: string, value: string): string {
    const end = of === 'flow' ? 'f' : endOf(of);
    const label = this.#label(name);
    const known = value === 'Yes' ? ATTRIBUTE_QUESTIONS[name] : undefined;
    const own = `tmt.${slug(label)}${value === 'Yes' ? '' : `-${slug(value)}`}`.slice(0, 80);
    const key = known ?? own;
    this.#questions[key] ??= {
      appliesTo: of === 'flow' ? 'flow' : 'element',
      text: value === 'Yes' ? `${label}?` : `${label}: is it “${value}”?`,
    };
    return `${end}.yes("${key}")`;
  }

  #label(name: string): string {
    return this.#labels.get(name) || name;
  }
  #name(stencil: string): string {
    return this.#template.stencils.get(stencil)?.name ?? stencil;
  }
}

const slug = (text: string) =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
const endOf = (of: End) => (of === 'source' ? 'f.src' : 'f.dst');

/** The roots of the tool's own templates, and those that a template adds. */
function genericOf(end: string, id: string, name: string): string {
  if (id === 'GE.P') return `${end}.kind == "process"`;
  if (id === 'GE.EI') return `(${end}.kind == "external" || ${end}.kind == "actor")`;
  if (id === 'GE.DS') return `${end}.kind == "store"`;
  if (/physical/i.test(name)) return `${end}.kind == "hardware"`;
  throw new CannotSay(`“${name}” is no kind of element here.`);
}

/** Atoms of one property, joined by `or` or alone. */
function sameProperty(filter: Filter): { of: End; name: string; values: string[] } | null {
  const parts = filter.kind === 'or' ? filter.parts : [filter];
  const [first] = parts;
  if (first?.kind !== 'property') return null;
  const values = parts.flatMap((part) =>
    part.kind === 'property' && part.name === first.name && part.of === first.of ? [part.value] : [],
  );
  return values.length === parts.length ? { of: first.of, name: first.name, values } : null;
}

function join(operator: '&&' | '||', parts: readonly string[]): string {
  const told = [...new Set(parts)];
  if (operator === '||' && told.includes('true')) return 'true';
  const kept = operator === '&&' ? told.filter((part) => part !== 'true') : told;
  if (kept.length === 0) return 'true';
  return kept.length === 1 ? (kept[0] as string) : `(${kept.join(` ${operator} `)})`;
}

/** Without the brackets around the whole. */
function bare(condition: string): string {
  if (!condition.startsWith('(')) return condition;
  let depth = 0;
  for (let at = 0; at < condition.length; at += 1) {
    if (condition[at] === '(') depth += 1;
    if (condition[at] === ')') depth -= 1;
    if (depth === 0 && at < condition.length - 1) return condition;
  }
  return condition.slice(1, -1);
}

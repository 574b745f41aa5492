// Collects a model while a foreign file is read: ids of ours for theirs, bounded texts, and a report of every loss.
import { checkModel } from '../check-model.ts';
import { refuseModel } from '../errors.ts';
import { type Answers, MODEL_LIMITS, SystemModel } from '../metamodel.ts';
import {
  type ImportedDecision,
  type ImportedThreat,
  type ImportReport,
  type Layout,
  MOST_LINES,
  type ModelImport,
  type Placed,
  type ProposedZone,
  type ReportLine,
} from './contract.ts';

type Part = keyof typeof MODEL_LIMITS;
type Input<P extends Part> = Omit<Partial<SystemModel[P][number]>, 'id' | 'title'> & {
  readonly title?: unknown;
  readonly text?: string;
};
export type Json = Record<string, unknown>;

/** Threats of one file; more are refused, like any other flood. */
const MOST_THREATS = 50_000;

export class Draft {
  title = '';
  description = '';
  version = '';
  intendedUse = '';
  readonly threats: ImportedThreat[] = [];
  readonly decisions: ImportedDecision[] = [];
  readonly proposedZones: ProposedZone[] = [];
  readonly layout: Record<string, Placed> = {};
  readonly counts: Record<string, number> = {};
  readonly carried: Record<string, unknown> = {};
  readonly #parts = new Map<Part, Json[]>();
  readonly #ids = new Set<string>();
  readonly #known = new Map<string, string>();
  readonly #lines = {
    kept: [] as ReportLine[],
    changed: [] as ReportLine[],
    raw: [] as ReportLine[],
    refused: [] as ReportLine[],
  };
  readonly #counts = { kept: 0, changed: 0, raw: 0, refused: 0 };

  constructor(readonly fileName: string) {}

  kept(place: string, what: string): void {
    this.#note('kept', place, what, '');
  }
  changed(place: string, what: string, why: string): void {
    this.#note('changed', place, what, why);
  }
  raw(
    place: string,
    what: string,
    why = 'The model has no place for it; it stays in the original file.',
  ): void {
    this.#note('raw', place, what, why);
  }
  refused(place: string, what: string, why: string): void {
    this.#note('refused', place, what, why);
  }

  /** Ends of a flow, ours and as the file names them, that are nothing the model knows. */
  looseEnds(
    place: string,
    flow: unknown,
    ends: readonly (readonly [id: string, given: unknown])[],
    kinds: string,
  ): void {
    for (const [id, given] of ends)
      if (id === '')
        this.changed(
          place,
          `flow ${text(flow)}`,
          `Its end ${text(given) || '(none)'} is no ${kinds}; it hangs loose.`,
        );
  }
  bothWays(place: string, flow: unknown): void {
    this.changed(
      place,
      `flow ${text(flow)}`,
      'It goes both ways; the model has it from its source to its target.',
    );
  }

  #note(list: keyof ImportReport['counts'], place: string, what: string, why: string): void {
    this.#counts[list] += 1;
    if (this.#lines[list].length < MOST_LINES)
      this.#lines[list].push({
        place: `${this.fileName} ${place}`.slice(0, 300),
        what: what.slice(0, 300),
        why,
      });
  }

  /**
   * Adds one object and gives its id: the foreign one where it fits and is free, else one that resembles it. `space` keeps
   * apart what a format numbers apart. Refuses `model.too-many`.
   */
  add<P extends Part>(
    part: P,
    foreign: unknown,
    place: string,
    fields: Input<P>,
    space: string = part,
  ): string {
    const list = this.#parts.get(part) ?? [];
    this.#parts.set(part, list);
    if (list.length >= MODEL_LIMITS[part])
      throw refuseModel('model.too-many', `${this.fileName} has more than ${MODEL_LIMITS[part]} ${part}.`, {
        at: `${this.fileName} ${place}`,
      });
    const wanted = text(foreign);
    const id = this.#newId(wanted, part);
    const known = `${space} ${wanted}`;
    if (wanted !== '' && !this.#known.has(known)) this.#known.set(known, id);
    if (part === 'notes') list.push({ id, text: text(fields.text).slice(0, 4_000) });
    else list.push({ ...bounded(fields as Json), id, title: this.#titleOf(fields.title, id, place) });
    const what = `${part.replace(/s$/, '')} ${text(fields.title) || id}`;
    // Where names are the ids of a format, nothing is lost by another id.
    if (wanted !== '' && wanted !== id && wanted !== text(fields.title))
      this.changed(place, what, `The id ${wanted.slice(0, 80)} became ${id}.`);
    else this.kept(place, what);
    return id;
  }

  /** Our id of a foreign one, or '' where there is none. */
  idOf(space: string, foreign: unknown): string {
    return this.#known.get(`${space} ${text(foreign)}`) ?? '';
  }

  /** A further foreign name for an object that is there. */
  alias(space: string, foreign: unknown, id: string): void {
    const known = `${space} ${text(foreign)}`;
    if (!this.#known.has(known)) this.#known.set(known, id);
  }

  /** The object as it will be, to complete it. */
  find(part: Part, id: string): Json | undefined {
    return this.#parts.get(part)?.find((object) => object.id === id);
  }
  all(part: Part): readonly Json[] {
    return this.#parts.get(part) ?? [];
  }

  place(id: string, x: unknown, y: unknown, w?: unknown, h?: unknown): void {
    if (!isNumber(x) || !isNumber(y)) return;
    this.layout[id] = { x, y, ...(isNumber(w) && isNumber(h) ? { w, h } : {}) };
  }

  threat(given: Partial<Omit<ImportedThreat, 'title'>> & { title: unknown; place: string }): ImportedThreat {
    if (this.threats.length >= MOST_THREATS)
      throw refuseModel('model.too-many', `${this.fileName} has more than ${MOST_THREATS} threats.`, {
        at: this.fileName,
      });
    const threat: ImportedThreat = {
      id: `t-${this.threats.length + 1}`,
      description: '',
      target: '',
      category: '',
      status: '',
      state: 'raised',
      severity: '',
      score: '',
      mitigations: [],
      references: [],
      ...given,
      title: oneLine(given.title, 300) || 'Threat without a title',
    };
    this.threats.push(threat);
    if (threat.target === '') this.changed(given.place, `threat ${threat.title}`, 'It waits for a target.');
    else this.kept(given.place, `threat ${threat.title}`);
    return threat;
  }

  finish(format: string): ModelImport {
    const parts = Object.fromEntries(this.#parts);
    const model = SystemModel.parse({
      title: oneLine(this.title, 300) || baseName(this.fileName) || 'Imported model',
      description: this.description.slice(0, 20_000),
      version: oneLine(this.version, 80),
      intendedUse: this.intendedUse.slice(0, 4_000),
      ...parts,
    });
    // What the readers promise; a breach of it is a fault of Ward, and nothing is stored.
    const wrong = checkModel(model).find(({ level }) => level === 'refused');
    if (wrong)
      throw refuseModel('model.wrong-shape', wrong.message, { at: `${this.fileName} ${wrong.path}` });
    return {
      format,
      model,
      layout: this.layout as Layout,
      threats: this.threats,
      decisions: this.decisions,
      proposedZones: this.proposedZones,
      counts: this.counts,
      carried: this.carried,
      report: { counts: { ...this.#counts }, ...this.#lines },
    };
  }

  #newId(wanted: string, part: string): string {
    const fit = wanted
      .normalize('NFKD')
      .replace(/[^A-Za-z0-9._:-]+/g, '-')
      .replace(/^[^A-Za-z0-9]+/, '')
      .slice(0, 76);
    const stem = fit === '' ? `${part.slice(0, 1)}-${(this.#parts.get(part as Part)?.length ?? 0) + 1}` : fit;
    let id = stem;
    for (let next = 2; this.#ids.has(id); next += 1) id = `${stem}-${next}`;
    this.#ids.add(id);
    return id;
  }

  #titleOf(given: unknown, id: string, place: string): string {
    const title = oneLine(given, 300);
    if (title === '') {
      this.changed(place, id, 'It has no name; its id is its title.');
      return id;
    }
    if (text(given).trim().length > 300)
      this.changed(place, title.slice(0, 60), 'The name was cut at 300 characters.');
    return title;
  }
}

/** Texts as long as the model allows. */
function bounded(fields: Json): Json {
  const { description, ...rest } = fields;
  return {
    ...rest,
    ...(description === undefined ? {} : { description: text(description).slice(0, 8_000) }),
  };
}

/** `yes` answers of an import. Nothing else is ever made: a false or a default is *not answered*. */
export function yes(...keys: (string | false | undefined)[]): Answers {
  return Object.fromEntries(
    keys.filter((key) => typeof key === 'string').map((key) => [key, answerOf('yes')]),
  );
}

export function answerOf(value: 'yes' | 'no', note = ''): Answers[string] {
  return { value, origin: 'import', by: '', at: '', evidence: '', note };
}

export const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
export const json = (value: unknown): Json => (isJson(value) ? value : {});
export const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
export const objects = (value: unknown): Json[] => list(value).filter(isJson);
export const isNumber = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value);
/** Text of a text, a number or a boolean; '' of anything else. */
export function text(value: unknown): string {
  if (typeof value === 'string') return value.toWellFormed();
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}
export function oneLine(value: unknown, max: number): string {
  return text(value)
    .replace(/[\s\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim()
    .slice(0, max)
    .toWellFormed()
    .trim();
}
/** Words for `tech`, `tags`, `protocol`: one line of 80, each once. */
export function wordsOf(...values: unknown[]): string[] {
  const words = values
    .flat()
    .map((value) => (value === true || value === false ? '' : oneLine(value, 80).toLowerCase()));
  return [...new Set(words.filter((word) => word !== ''))].slice(0, 100);
}
export const unique = (ids: readonly string[], max = 500) =>
  [...new Set(ids.filter((id) => id !== ''))].slice(0, max);
const baseName = (name: string) => oneLine(name.split('/').at(-1), 300);

// Known-bad practice on a system model: what a practice is, and what looking for it gives. Pure.
import type { SystemModel } from '../../system/index.ts';

export type PracticeGroup = 'known-bad practice' | 'least privilege' | 'secure defaults';

/** A place where a practice was found, or where nobody has answered whether it is there. */
export interface Hit {
  /** `question`: nobody answered; never counted as found. */
  readonly state: 'found' | 'question';
  /** Ids of the model, the place itself first: the drawing is opened on it. */
  readonly ids: readonly string[];
  /** One sentence about this place. */
  readonly what: string;
  /** Only for a question: the key under which an answer settles it; empty where a field of the model does. */
  readonly question: string;
}

export interface Practice {
  /** A statement that can be answered: `debug-port-is-open`. */
  readonly id: string;
  readonly group: PracticeGroup;
  readonly title: string;
  readonly why: string;
  /** `CWE-489`. */
  readonly cwe: string;
  readonly repair: string;
  /** Requirements of the library that rule it out. */
  readonly requirements: readonly string[];
  readonly look: (view: ModelView) => readonly Hit[];
}

export interface PracticeResult {
  readonly practice: Omit<Practice, 'look'>;
  readonly found: readonly Hit[];
  readonly questions: readonly Hit[];
}

type Part<K extends keyof SystemModel> = SystemModel[K] extends readonly (infer T)[] ? T : never;
export type ModelZone = Part<'zones'>;
export type ModelElement = Part<'elements'>;
export type ModelInterface = Part<'interfaces'>;
export type ModelFlow = Part<'flows'>;
/** Where questions are answered. */
export type ModelPlace = ModelElement | ModelFlow | ModelInterface | ModelZone;

/** A flow with its ends, as practices ask about it. */
export interface SeenFlow {
  readonly flow: ModelFlow;
  readonly from: ModelElement | undefined;
  readonly to: ModelElement | undefined;
  /** Over a network: not inside one computer, not by hand. */
  readonly network: boolean;
  /** Its ends stand in different zones. */
  readonly crosses: boolean;
  /** Kinds of the assets that it carries. */
  readonly carries: ReadonlySet<string>;
  /** Protocol words, lower case, without spaces and punctuation. */
  readonly words: readonly string[];
}

export interface ModelView {
  readonly model: SystemModel;
  readonly flows: readonly SeenFlow[];
  readonly element: (id: string) => ModelElement | undefined;
  /** The zone and those around it, the nearest first. */
  readonly zonesOf: (element: ModelElement | undefined) => readonly ModelZone[];
  readonly into: (elementId: string) => readonly SeenFlow[];
  readonly outOf: (elementId: string) => readonly SeenFlow[];
  /** Kinds of the assets at rest in it. */
  readonly holds: (element: ModelElement) => ReadonlySet<string>;
  /** Own answer, then the defaults of its zones. Undefined: nobody answered. */
  readonly answer: (place: ModelPlace, key: string) => 'yes' | 'no' | undefined;
  /** Words of type, technology and tags, as those of protocols. */
  readonly techWords: (element: ModelElement) => readonly string[];
}

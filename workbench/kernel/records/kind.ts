// A kind of record, as data: its schema, states, transitions, links and rights. One definition gives storage,
// history, links, API, pages, search and signatures. Pure: the same file runs in server, command line and browser.
import { z } from 'zod';
import type { Role } from '../people/roles.ts';

/** How a state looks and counts: `open` waits for someone, `settled` is decided, `ended` is history. */
export type StateTone = 'open' | 'attention' | 'settled' | 'ended';

export interface StateDefinition {
  readonly id: string;
  readonly title: string;
  readonly tone: StateTone;
  /** State that an edit leads to, when it differs (an approved record goes back to draft); `false` forbids editing. */
  readonly onEdit?: string | false;
}

/** 21 CFR 11.50: the meaning of a signature is stated with it. */
export type SignatureMeaning = 'author' | 'review' | 'approve';

export interface TransitionDefinition {
  readonly id: string;
  /** A verb for the button: `Approve`. */
  readonly title: string;
  readonly from: readonly string[];
  readonly to: string;
  readonly roles: readonly Role[];
  /** Only Ward itself makes it (a re-opening, an expiry). */
  readonly system?: boolean;
  /** The transition is a signature: the person re-authenticates and signs the exact revision. */
  readonly signature?: SignatureMeaning;
  readonly reason?: 'required';
  /** A sentence for the dialog: what will happen. */
  readonly effect?: string;
}

export interface LinkDefinition {
  /** Verb from this kind's side: `fixes`. */
  readonly type: string;
  readonly title: string;
  /** Read from the far end: `fixed by`. */
  readonly inverse: string;
  /** Kinds that the far end may be of. */
  readonly to: readonly string[];
  /** Made together with the record and never changed: what a signature says it is about. */
  readonly fixed?: boolean;
}

export interface KindDefinition<Schema extends z.ZodObject = z.ZodObject> {
  /** Machine name, kebab-case: `disclosure-case`. */
  readonly kind: string;
  /** Prefix of the human key: `CVD`. */
  readonly key: string;
  readonly title: string;
  readonly plural: string;
  /** One sentence: what it is and why it matters; shown where there are none yet. */
  readonly purpose: string;
  /** Where the standard asks for it. */
  readonly clause: string;
  /** `product`: belongs to one product; `organisation`: to the house; `either`. */
  readonly scope: 'product' | 'organisation' | 'either';
  readonly schema: Schema;
  /** Name of the body's field that is the record's title. */
  readonly titleField: string;
  readonly states: readonly [StateDefinition, ...StateDefinition[]];
  readonly transitions: readonly TransitionDefinition[];
  readonly links: readonly LinkDefinition[];
  readonly rights: { readonly create: readonly Role[]; readonly edit: readonly Role[] };
  /** States in which an edit needs a reason, `always`, or `never`. */
  readonly editReason: 'always' | 'never' | readonly string[];
  /** Made by the program only (an import, a match); people decide on it, they do not create it. */
  readonly machineMade?: boolean;
}

export type BodyOf<K> = K extends KindDefinition<infer S> ? z.infer<S> : never;

/**
 * Checks a definition once, when the program starts, and gives it back.
 * Throws a plain Error for a programmer's mistake: an unknown state, a doubled transition, a title field that is none.
 */
export function defineKind<S extends z.ZodObject>(definition: KindDefinition<S>): KindDefinition<S> {
  const wrong = (what: string): never => {
    throw new Error(`kind ${definition.kind}: ${what}`);
  };
  if (!/^[a-z][a-z-]*$/.test(definition.kind)) wrong('name must be kebab-case');
  if (!/^[A-Z]{3}$/.test(definition.key)) wrong('key must be three capital letters');
  if (!(definition.titleField in definition.schema.shape)) wrong(`no field ${definition.titleField}`);
  const states = new Set(definition.states.map((state) => state.id));
  if (states.size !== definition.states.length) wrong('a state stands twice');
  for (const state of definition.states) {
    if (typeof state.onEdit === 'string' && !states.has(state.onEdit)) wrong(`no state ${state.onEdit}`);
  }
  const seen = new Set<string>();
  for (const transition of definition.transitions) {
    for (const state of [...transition.from, transition.to]) {
      if (!states.has(state)) wrong(`transition ${transition.id} names the unknown state ${state}`);
    }
    for (const from of transition.from) {
      const place = `${transition.id} from ${from}`;
      if (seen.has(place)) wrong(`transition ${place} stands twice`);
      seen.add(place);
    }
    if (transition.signature === 'approve' && transition.roles.includes('administrator')) {
      wrong(`transition ${transition.id}: an administrator cannot approve`);
    }
    if (transition.roles.includes('auditor'))
      wrong(`transition ${transition.id}: an auditor changes nothing`);
    const reached = definition.states.find((state) => state.id === transition.to);
    if (transition.signature === 'approve' && reached?.onEdit === undefined) {
      wrong(`state ${transition.to} is approved, so it must say what an edit does to it`);
    }
    if (!transition.system && transition.roles.length === 0)
      wrong(`transition ${transition.id} is open to nobody`);
  }
  return definition;
}

/** Text bounds used by all kinds; every input is bounded. */
export const LINE = 300;
export const TEXT = 20_000;

/** A one-line field. */
export const line = (max = LINE) =>
  z
    .string()
    .trim()
    .max(max)
    .refine((text) => !/[\r\n]/.test(text), 'one line only');
export const title = () => line().min(1, 'needs a title');
export const text = (max = TEXT) => z.string().max(max);
/** A calendar day, `2026-11-24`. */
export const day = () => z.iso.date();

export function findState(kind: KindDefinition, id: string): StateDefinition | undefined {
  return kind.states.find((state) => state.id === id);
}

export function editNeedsReason(kind: KindDefinition, state: string): boolean {
  if (kind.editReason === 'always') return true;
  if (kind.editReason === 'never') return false;
  return kind.editReason.includes(state);
}

// Undo and redo: the states of model and drawing, kept in the browser. Pure.
import type { Layout } from '../../layout-model.ts';
import type { SystemModel } from '../../metamodel.ts';

export interface Stand {
  readonly model: SystemModel;
  readonly layout: Layout;
}

export interface Step extends Stand {
  /** What led away from this stand: `Add process`. */
  readonly label: string;
  /** Steps that follow quickly under one name are one step: typing into a field. */
  readonly group: string | null;
  readonly at: number;
}

export interface History {
  readonly now: Stand;
  readonly past: readonly Step[];
  readonly future: readonly Step[];
}

// Objects are shared between states, so that a step costs little; still it ends somewhere.
const MOST = 300;
const TOGETHER_MS = 1_500;

export function begin(stand: Stand): History {
  return { now: stand, past: [], future: [] };
}

/** A change that people made. Nothing happens when nothing differs. */
export function record(
  history: History,
  label: string,
  next: Stand,
  options: { readonly group?: string; readonly at: number },
): History {
  if (next.model === history.now.model && next.layout === history.now.layout) return history;
  const last = history.past.at(-1);
  const group = options.group ?? null;
  if (last && group !== null && last.group === group && options.at - last.at < TOGETHER_MS) {
    return { now: next, past: [...history.past.slice(0, -1), { ...last, at: options.at }], future: [] };
  }
  const step: Step = { ...history.now, label, group, at: options.at };
  return { now: next, past: [...history.past, step].slice(-MOST), future: [] };
}

/** Null when there is nothing to take back. */
export function undo(history: History): { readonly history: History; readonly label: string } | null {
  const last = history.past.at(-1);
  if (!last) return null;
  return {
    label: last.label,
    history: {
      now: { model: last.model, layout: last.layout },
      past: history.past.slice(0, -1),
      future: [...history.future, { ...history.now, label: last.label, group: null, at: 0 }],
    },
  };
}

export function redo(history: History): { readonly history: History; readonly label: string } | null {
  const next = history.future.at(-1);
  if (!next) return null;
  return {
    label: next.label,
    history: {
      now: { model: next.model, layout: next.layout },
      past: [...history.past, { ...history.now, label: next.label, group: null, at: 0 }],
      future: history.future.slice(0, -1),
    },
  };
}

/**
 * The model has another base (somebody else's revision was merged in): what was done before cannot be taken back one by one
 * without taking back the other person's work too, so the history begins anew.
 */
export function rebase(history: History, model: SystemModel): History {
  return begin({ model, layout: history.now.layout });
}

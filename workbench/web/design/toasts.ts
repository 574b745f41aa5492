// Short notes after an act, spoken politely; an ordinary act can be undone from its note.
import { useSyncExternalStore } from 'react';
import { asProblem } from '../client.ts';
import { announce } from './announcer.ts';

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: 'plain' | 'danger';
  readonly undo: (() => void) | null;
}

// WCAG 2.2.1: nothing that can be acted on vanishes quickly; hovering or focus holds it.
const PLAIN_MS = 6_000;
const UNDO_MS = 12_000;
const MOST = 4;

const listeners = new Set<() => void>();
const timers = new Map<number, ReturnType<typeof setTimeout>>();
let toasts: readonly Toast[] = [];
let nextId = 1;

function add(text: string, tone: Toast['tone'], undo: (() => void) | null): void {
  const toast = { id: nextId++, text, tone, undo };
  set([...toasts, toast].slice(-MOST));
  announce(text, tone === 'danger' ? 'urgent' : 'polite');
  if (tone === 'plain') release(toast.id);
}

export function showToast(text: string): void {
  add(text, 'plain', null);
}

/** After an act that was done at once: says what was done and offers to take it back. */
export function showUndo(text: string, undo: () => void): void {
  add(text, 'plain', undo);
}

/** A failure stays until it is dismissed. */
export function showProblem(error: unknown): void {
  const problem = asProblem(error);
  add(`${problem.title}: ${problem.detail} ${problem.remedy}`, 'danger', null);
}

export function dismiss(id: number): void {
  hold(id);
  set(toasts.filter((toast) => toast.id !== id));
}

/** The pointer or the focus is on it: it stays. */
export function hold(id: number): void {
  clearTimeout(timers.get(id));
  timers.delete(id);
}

export function release(id: number): void {
  const toast = toasts.find((known) => known.id === id);
  if (!toast || toast.tone === 'danger') return;
  hold(id);
  timers.set(
    id,
    setTimeout(() => dismiss(id), toast.undo ? UNDO_MS : PLAIN_MS),
  );
}

export function useToasts(): readonly Toast[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => toasts,
  );
}

function set(next: readonly Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}

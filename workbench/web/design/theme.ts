// The reader's choice of light or dark and of contrast: follows the system until told otherwise, and is remembered.
import { useSyncExternalStore } from 'react';

export type Scheme = 'system' | 'light' | 'dark';
export type Contrast = 'system' | 'more';
export interface ThemeChoice {
  readonly scheme: Scheme;
  readonly contrast: Contrast;
}

const PLACE = 'ward.theme';
const listeners = new Set<() => void>();
let choice = readChoice();

export function readChoice(stored: string | null = read()): ThemeChoice {
  let saved: Partial<ThemeChoice> = {};
  try {
    saved = (JSON.parse(stored ?? '{}') ?? {}) as Partial<ThemeChoice>;
  } catch {
    // Unreadable: follow the system.
  }
  return {
    scheme: saved.scheme === 'light' || saved.scheme === 'dark' ? saved.scheme : 'system',
    contrast: saved.contrast === 'more' ? 'more' : 'system',
  };
}

export function chooseTheme(next: Partial<ThemeChoice>): void {
  choice = { ...choice, ...next };
  try {
    localStorage.setItem(PLACE, JSON.stringify(choice));
  } catch {
    // Private mode: the choice holds until the page is closed.
  }
  apply();
  for (const listener of listeners) listener();
}

export function useThemeChoice(): ThemeChoice {
  return useSyncExternalStore(subscribe, () => choice);
}

/** The scheme that is shown now. */
export function useShownScheme(): 'light' | 'dark' {
  return useSyncExternalStore(subscribe, shownScheme);
}

function shownScheme(): 'light' | 'dark' {
  if (choice.scheme !== 'system') return choice.scheme;
  return asks('(prefers-color-scheme: dark)') ? 'dark' : 'light';
}

function apply(): void {
  const root = document.documentElement;
  root.dataset.mantineColorScheme = shownScheme();
  root.dataset.contrast = choice.contrast === 'more' || asks('(prefers-contrast: more)') ? 'more' : 'normal';
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function asks(query: string): boolean {
  return typeof matchMedia === 'function' && matchMedia(query).matches;
}

function read(): string | null {
  try {
    return localStorage.getItem(PLACE);
  } catch {
    return null;
  }
}

if (typeof matchMedia === 'function') {
  for (const query of ['(prefers-color-scheme: dark)', '(prefers-contrast: more)']) {
    matchMedia(query).addEventListener('change', () => {
      apply();
      for (const listener of listeners) listener();
    });
  }
  apply();
}

// State that belongs to the view lives in its address, so that the view can be sent: `?q=pump&sort=-updated`.
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';

export type Search = Readonly<Record<string, string | undefined>>;
export type SetSearch = (patch: Search) => void;

/** The address's parameters and a function that changes some of them without a step in the browser's history. */
export function useSearchState(): readonly [Search, SetSearch] {
  const search = useSearch({ strict: false }) as Search;
  const navigate = useNavigate();
  const set = useCallback(
    (patch: Search) => {
      void navigate({
        to: '.',
        search: ((before: Search) => withoutEmpty({ ...before, ...patch })) as never,
        replace: true,
        resetScroll: false,
      });
    },
    [navigate],
  );
  return [search, set];
}

export function withoutEmpty(search: Search): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(search)) {
    if (value !== undefined && value !== '') kept[name] = value;
  }
  return kept;
}

/** Plain text on both sides: `?state=draft` is "draft", never parsed as JSON. */
export function parseSearch(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text));
}

export function stringifySearch(search: Record<string, unknown>): string {
  const kept = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    if (value !== undefined && value !== null && value !== '') kept.set(name, String(value));
  }
  const text = kept.toString();
  return text === '' ? '' : `?${text}`;
}

// After signing in: forget what an earlier person saw, then go to where the reader wanted to be.
import { useNavigate } from '@tanstack/react-router';
import { useCallback } from 'react';
import { forgetEverything } from '../session.ts';

export function useEnter(): (next?: string) => Promise<void> {
  const navigate = useNavigate();
  return useCallback(
    async (next) => {
      await forgetEverything();
      await navigate({ href: safeNext(next), replace: true });
    },
    [navigate],
  );
}

/** Only paths of our own: `//evil.example` and `/\evil.example` are other sites (CWE-601). */
export function safeNext(next: string | undefined): string {
  if (!next || !/^\/(?![/\\])/.test(next)) return '/';
  return hasControlCharacter(next) ? '/' : next;
}

/** Browsers drop tabs and line ends inside an address, which turns `/<tab>/evil` into `//evil`. */
function hasControlCharacter(text: string): boolean {
  return [...text].some((character) => character.charCodeAt(0) < 0x20);
}

/** One-time links carry their token behind `#`, which browsers do not send to servers. */
export function tokenInFragment(hash: string): string | null {
  const text = hash.replace(/^#/, '').replace(/^token=/, '');
  return /^[\w-]{20,200}$/.test(text) ? text : null;
}

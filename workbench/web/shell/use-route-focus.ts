// When another page opens, the focus goes to its title, which a screen reader then speaks; filters do not move it.
import { useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';
import { focusIsNowhere, focusPageTitle } from '../design/focus.ts';

// So long a page may take to come; then the reader has gone on by other means.
const LONGEST_WAIT_MS = 5_000;

export function useRouteFocus(): void {
  const router = useRouter();
  useEffect(() => {
    let observer: MutationObserver | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = () => {
      observer?.disconnect();
      observer = null;
      clearTimeout(timer);
    };
    const unsubscribe = router.subscribe('onResolved', ({ fromLocation, toLocation }) => {
      if (!fromLocation || fromLocation.pathname === toLocation.pathname) return;
      stop();
      focusPageTitle();
      // The title may come with the data, or be drawn anew with it. Where the reader has put the focus it stays.
      observer = new MutationObserver(() => {
        if (focusIsNowhere()) focusPageTitle();
      });
      observer.observe(document.body, { childList: true, subtree: true });
      timer = setTimeout(stop, LONGEST_WAIT_MS);
    });
    return () => {
      stop();
      unsubscribe();
    };
  }, [router]);
}

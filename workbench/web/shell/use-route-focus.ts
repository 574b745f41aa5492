// When another page opens, the focus goes to its title, which a screen reader then speaks; filters do not move it.
import { useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';
import { PAGE_TITLE_ID } from '../design/PageFrame.tsx';

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
      const before = document.activeElement;
      const focus = () => {
        const title = document.getElementById(PAGE_TITLE_ID);
        if (!title) return false;
        // The page or the reader has put the focus somewhere already.
        const active = document.activeElement;
        const untouched = active === before || active === document.body || active === null;
        if (untouched) title.focus({ preventScroll: true });
        return true;
      };
      if (focus()) return;
      // The title comes with the data.
      observer = new MutationObserver(() => {
        if (focus()) stop();
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

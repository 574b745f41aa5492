import { Outlet } from '@tanstack/react-router';
import { Toasts } from '../design/Toasts.tsx';
import { useRouteFocus } from './use-route-focus.ts';

/** Around every page, signed in or not. */
export function Root() {
  useRouteFocus();
  return (
    <>
      <Outlet />
      <Toasts />
    </>
  );
}

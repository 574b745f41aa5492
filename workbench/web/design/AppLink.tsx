import { Link } from '@tanstack/react-router';
import type { ComponentProps, ReactNode } from 'react';

export interface AppLinkProps extends Omit<ComponentProps<'a'>, 'href'> {
  /** Path inside Ward: `/r/THR-12`. */
  readonly to: string;
  /** Search parameters; those that are undefined are left out. */
  readonly search?: Readonly<Record<string, string | undefined>> | undefined;
  readonly children: ReactNode;
}

const EXACTLY = { exact: true } as const;

/** A link inside Ward: no page load, and the page's code is fetched when the pointer rests on it. */
export function AppLink({ to, search, children, ...rest }: AppLinkProps) {
  return (
    <Link
      to={to}
      search={(search ?? {}) as never}
      preload="intent"
      // Else the link without search would call itself current beside the one with it.
      activeOptions={EXACTLY}
      {...(rest as object)}
    >
      {children}
    </Link>
  );
}

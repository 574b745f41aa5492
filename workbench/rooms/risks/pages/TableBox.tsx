import type { ReactNode } from 'react';

/** A table that may be wider than the screen: it scrolls, and the keyboard reaches it. */
export function TableBox({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard
    <section className="small-table" aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}

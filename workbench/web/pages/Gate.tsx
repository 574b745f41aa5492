// The frame of pages for people who are not signed in.
import type { ReactNode } from 'react';
import { useEffect } from 'react';
import { PAGE_TITLE_ID } from '../design/focus.ts';

export function Gate({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Ward`;
  }, [title]);
  return (
    <main className="gate">
      <div className="gate__box stack">
        <p className="muted">Ward</p>
        <h1 id={PAGE_TITLE_ID} tabIndex={-1}>
          {title}
        </h1>
        {children}
      </div>
    </main>
  );
}

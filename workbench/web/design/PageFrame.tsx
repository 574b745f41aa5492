// One page, one job: title, state, owner, key on top; one primary action; evidence below, the thread to the right.
import type { ReactNode } from 'react';
import { useEffect } from 'react';
import { PAGE_TITLE_ID } from './focus.ts';

export interface PageFrameProps {
  readonly title: string;
  /** State badge. */
  readonly state?: ReactNode;
  /** Short facts under the title: key, owner, deadline. */
  readonly meta?: ReactNode;
  /** The one thing to do here. */
  readonly primary?: ReactNode;
  /** Further actions, quieter. */
  readonly actions?: ReactNode;
  /** Tables use the whole width. */
  readonly wide?: boolean;
  readonly children: ReactNode;
}

export function PageFrame({ title, state, meta, primary, actions, wide, children }: PageFrameProps) {
  useEffect(() => {
    document.title = `${title} · Ward`;
  }, [title]);
  return (
    <div className={wide ? 'page page--wide' : 'page'}>
      <header className="page__head">
        <div className="page__title">
          <h1 id={PAGE_TITLE_ID} tabIndex={-1}>
            {title}
          </h1>
          {state || meta ? (
            <div className="page__meta">
              {state}
              {meta}
            </div>
          ) : null}
        </div>
        <div className="page__actions">
          {actions}
          {primary}
        </div>
      </header>
      {children}
    </div>
  );
}

export interface SectionProps {
  readonly title: string;
  readonly aside?: ReactNode;
  readonly id?: string;
  readonly children: ReactNode;
}

export function Section({ title, aside, id, children }: SectionProps) {
  return (
    <section className="section" id={id} aria-label={title}>
      <div className="section__head">
        <h2>{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  );
}

import type { ReactNode } from 'react';

export interface EmptyStateProps {
  readonly icon?: ReactNode;
  /** What this is: `No threats yet`. */
  readonly what: string;
  /** Why it matters, one or two sentences. */
  readonly why: string;
  /** One action, or a link to the example. */
  readonly action?: ReactNode;
}

export function EmptyState({ icon, what, why, action }: EmptyStateProps) {
  return (
    <div className="empty">
      {icon ? <span className="empty__icon">{icon}</span> : null}
      <h2>{what}</h2>
      <p className="muted">{why}</p>
      {action}
    </div>
  );
}

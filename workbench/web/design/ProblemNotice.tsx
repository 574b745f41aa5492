// A refusal or fault as people need it: what, where, what to do, and the id to quote.
import { Button } from '@mantine/core';
import { IconAlertOctagon, IconAlertTriangle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { asProblem } from '../client.ts';

export interface ProblemNoticeProps {
  /** Whatever was thrown. */
  readonly error: unknown;
  readonly onRetry?: (() => void) | undefined;
}

export function ProblemNotice({ error, onRetry }: ProblemNoticeProps) {
  const problem = asProblem(error);
  const extras = (problem.fields ?? []).filter((field) => !problem.detail.includes(field.message));
  return (
    <div className="notice notice--danger" role="alert">
      <IconAlertOctagon size={18} aria-hidden="true" />
      <div>
        <p className="notice__title">{problem.title}</p>
        <p>{problem.detail}</p>
        {extras.length > 0 ? (
          <ul>
            {extras.slice(0, 10).map((field) => (
              <li key={`${field.path} ${field.message}`}>
                <code>{field.path}</code>: {field.message}
              </li>
            ))}
          </ul>
        ) : null}
        <p>{problem.remedy}</p>
        <p className="small muted">
          {problem.at === undefined ? null : (
            <>
              At <code>{problem.at}</code>.{' '}
            </>
          )}
          {problem.requestId === 'none' ? null : (
            <>
              Request <code>{problem.requestId}</code>
            </>
          )}
        </p>
      </div>
      {onRetry ? <Button onClick={onRetry}>Try again</Button> : null}
    </div>
  );
}

/** Something that should be looked at, without being a failure. */
export function Notice({
  title,
  tone = 'attention',
  action,
  children,
}: {
  readonly title: string;
  readonly tone?: 'attention' | 'plain';
  readonly action?: ReactNode;
  readonly children?: ReactNode;
}) {
  return (
    <div className={tone === 'attention' ? 'notice notice--attention' : 'notice'}>
      <IconAlertTriangle size={18} aria-hidden="true" />
      <div>
        <p className="notice__title">{title}</p>
        {children}
      </div>
      {action}
    </div>
  );
}

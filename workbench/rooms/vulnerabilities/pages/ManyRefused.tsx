// What was not done of a long act, and why; the rest stands.
import { Notice } from '../../../web/design/ProblemNotice.tsx';
import type { ManyDone } from './findings-queries.ts';

const SHOWN = 20;

export function ManyRefused({
  refused,
  done,
}: {
  readonly refused: ManyDone['refused'];
  readonly done: number;
}) {
  if (refused.length === 0) return null;
  return (
    <Notice title={`${refused.length} could not be done; ${done} were`}>
      <ul className="plain-list">
        {refused.slice(0, SHOWN).map(({ at, problem }) => (
          <li key={at}>
            <span className="code">{at}</span>: {problem.detail} {problem.remedy}
          </li>
        ))}
        {refused.length > SHOWN ? <li>and {refused.length - SHOWN} more</li> : null}
      </ul>
    </Notice>
  );
}

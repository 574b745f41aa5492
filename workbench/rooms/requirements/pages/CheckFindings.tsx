// What the checker says: the place in the text, why it stands in the way, and what to write instead.
import { IconCircleCheck } from '@tabler/icons-react';
import type { RequirementFinding } from '../check-requirement.ts';
import './requirements.css';

const FIELDS = { statement: 'Requirement', acceptance: 'Acceptance criterion', links: 'Links' } as const;
/** Characters of the text that are shown on each side of the words. */
const AROUND = 40;

export interface CheckFindingsProps {
  readonly findings: readonly RequirementFinding[];
  readonly statement: string;
  readonly acceptance: string;
}

export function CheckFindings({ findings, statement, acceptance }: CheckFindingsProps) {
  if (findings.length === 0)
    return (
      <p className="row">
        <IconCircleCheck size={15} aria-hidden="true" /> Nothing stands in the way of testing it.
      </p>
    );
  return (
    <ul className="req-findings">
      {findings.map((one) => (
        <li key={`${one.code} ${one.field} ${one.from}`}>
          <p>
            <span className="muted small">{FIELDS[one.field]}</span>{' '}
            {one.to > one.from ? (
              <Place finding={one} text={one.field === 'acceptance' ? acceptance : statement} />
            ) : null}
          </p>
          <p>{one.why}</p>
          <p className="muted">{one.proposal}</p>
        </li>
      ))}
    </ul>
  );
}

function Place({ finding, text }: { readonly finding: RequirementFinding; readonly text: string }) {
  const { from, to } = finding;
  return (
    <span className="small">
      {from > AROUND ? '…' : ''}
      {text.slice(Math.max(0, from - AROUND), from)}
      <mark>{text.slice(from, to)}</mark>
      {text.slice(to, to + AROUND)}
      {text.length > to + AROUND ? '…' : ''}
    </span>
  );
}

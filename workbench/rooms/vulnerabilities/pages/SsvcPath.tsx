// SSVC: the tree's questions with what is proposed and why, and the path to the outcome as it stands.

import { NativeSelect } from '@mantine/core';
import { IconChevronRight } from '@tabler/icons-react';
import type { SsvcAnswers, SsvcPoint, SsvcProposal, SsvcResult, SsvcTreeId } from '../ssvc.ts';
import { askedPoints, SSVC_TREES, ssvcTree, walkTree } from '../ssvc.ts';

export interface SsvcPathProps {
  readonly tree: SsvcTreeId;
  readonly points: SsvcAnswers;
  readonly proposals: Readonly<Record<string, SsvcProposal>>;
  readonly onTree: (tree: SsvcTreeId) => void;
  readonly onPoints: (points: SsvcAnswers) => void;
}

export function SsvcPath({ tree, points, proposals, onTree, onPoints }: SsvcPathProps) {
  const asked = askedPoints(tree);
  const waiting = asked.filter(({ id }) => proposals[id] && points[id] === undefined);
  const set = (id: string, value: string) => {
    const { [id]: _before, ...others } = points;
    onPoints(value === '' ? others : { ...others, [id]: value });
  };
  return (
    <div className="stack">
      <SsvcOutcome tree={tree} points={points} />
      <NativeSelect
        label="Tree"
        value={tree}
        onChange={(event) => onTree(event.currentTarget.value as SsvcTreeId)}
        data={SSVC_TREES.map((id) => ({ value: id, label: ssvcTree(id).title }))}
      />
      {waiting.length > 1 ? (
        <button
          type="button"
          className="link-button"
          onClick={() =>
            onPoints({
              ...points,
              ...Object.fromEntries(waiting.map(({ id }) => [id, proposals[id]!.value])),
            })
          }
        >
          Take over all {waiting.length} proposals
        </button>
      ) : null}
      {asked.map((point) => (
        <div key={point.id}>
          <NativeSelect
            label={point.title}
            description={point.question}
            value={points[point.id] ?? ''}
            onChange={(event) => set(point.id, event.currentTarget.value)}
            data={[
              { value: '', label: 'Not answered' },
              ...point.values.map(({ id, title, means }) => ({
                value: id,
                label: means === '' ? title : `${title}: ${means}`,
              })),
            ]}
          />
          <Proposal
            point={point}
            proposal={proposals[point.id]}
            given={points[point.id]}
            onTake={(value) => set(point.id, value)}
          />
        </div>
      ))}
    </div>
  );
}

function Proposal({
  point,
  proposal,
  given,
  onTake,
}: {
  readonly point: SsvcPoint;
  readonly proposal: SsvcProposal | undefined;
  readonly given: string | undefined;
  readonly onTake: (value: string) => void;
}) {
  if (!proposal) return null;
  const title = titleOf(point, proposal.value);
  return (
    <p className="small muted ssvc__proposal">
      {given === proposal.value ? 'As proposed' : `Proposed: ${title}`}. {proposal.reason}{' '}
      {given === proposal.value ? null : (
        <button
          type="button"
          className="link-button"
          aria-label={`Take over ${title} for ${point.title}`}
          onClick={() => onTake(proposal.value)}
        >
          Take over
        </button>
      )}
    </p>
  );
}

/** The path point by point, then the outcome, or what remains possible. */
export function SsvcOutcome({ tree, points }: { readonly tree: SsvcTreeId; readonly points: SsvcAnswers }) {
  const result = walkTree(tree, points);
  return (
    <div aria-live="polite">
      <ol className="path small" aria-label="Path through the tree">
        {result.path.map(({ point, values }, index) => (
          <li key={point.id}>
            {index > 0 ? <IconChevronRight size={13} aria-hidden="true" className="muted" /> : null}
            <span>
              {point.title}:{' '}
              {values.length === point.values.length ? (
                <span className="not-assessed">not answered</span>
              ) : (
                values.map((value) => titleOf(point, value)).join(' or ')
              )}
            </span>
          </li>
        ))}
        <li>
          <IconChevronRight size={13} aria-hidden="true" className="muted" />
          <span>{outcomeWords(tree, result)}</span>
        </li>
      </ol>
    </div>
  );
}

function outcomeWords(tree: SsvcTreeId, { possible }: SsvcResult): string {
  const outcomes = ssvcTree(tree).outcomes.filter(({ id }) => possible.includes(id));
  const [only] = outcomes;
  if (outcomes.length === 1 && only) return `${only.title}: ${only.means}`;
  return `Still possible: ${outcomes.map(({ title }) => title).join(', ')}`;
}

function titleOf(point: SsvcPoint, value: string): string {
  return point.values.find((one) => one.id === value)?.title ?? value;
}

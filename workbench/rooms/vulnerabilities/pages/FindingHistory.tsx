// Who decided what and when: the histories of the finding and of its assessment in one line of time.
import { useInfiniteQuery } from '@tanstack/react-query';
import { AppLink } from '../../../web/design/AppLink.tsx';
import { PersonName } from '../../../web/design/PersonName.tsx';
import { ProblemNotice } from '../../../web/design/ProblemNotice.tsx';
import { RelativeTime } from '../../../web/design/RelativeTime.tsx';
import { historyQuery, useKind } from '../../../web/queries.ts';
import { historyWords, reasonOf } from '../../../web/record/history-words.ts';
import type { FindingView } from '../api.ts';

export function FindingHistory({ finding }: { readonly finding: FindingView }) {
  const of = useKind('finding');
  const by = useKind('assessment');
  const found = useHistory(finding.finding?.key);
  const judged = useHistory(finding.assessment?.key);
  const error = found.error ?? judged.error;
  const lines = [
    ...found.entries.map((entry) => ({ entry, kind: of, key: finding.finding?.key ?? '', what: 'Finding' })),
    ...judged.entries.map((entry) => ({
      entry,
      kind: by,
      key: finding.assessment?.key ?? '',
      what: 'Assessment',
    })),
  ]
    // The facts that a revision or a deferral rests on are kept with each; that is said by the step itself.
    .filter(({ entry }) => !['assessment.evidence', 'finding.deferred-under'].includes(entry.action))
    .sort((a, b) => b.entry.seq - a.entry.seq);
  if (error) return <ProblemNotice error={error} />;
  if (finding.finding === null && finding.assessment === null)
    return <p className="muted">Nobody has decided anything yet.</p>;
  return (
    <>
      <ol className="lines" reversed={true}>
        {lines.map(({ entry, kind, key, what }) => (
          <li key={entry.seq}>
            <p>
              <AppLink to={`/r/${key}`}>{what}</AppLink>: {lowerFirst(historyWords(entry, kind))}
              <span className="muted small">
                {' '}
                by {entry.actor === null ? 'Ward' : <PersonName person={entry.actor} />},{' '}
                <RelativeTime at={entry.at} />
              </span>
            </p>
            {reasonOf(entry) === null ? null : <p className="small">{reasonOf(entry)}</p>}
          </li>
        ))}
      </ol>
      {found.more || judged.more ? (
        <p className="small muted">Earlier entries stand in the records' own histories.</p>
      ) : null}
    </>
  );
}

function useHistory(key: string | undefined) {
  const history = useInfiniteQuery({ ...historyQuery(key ?? ''), enabled: key !== undefined });
  const pages = history.data?.pages ?? [];
  return {
    entries: pages.flatMap((page) => page.items),
    more: history.hasNextPage,
    error: history.error,
  };
}

function lowerFirst(words: string): string {
  return words.charAt(0).toLowerCase() + words.slice(1);
}

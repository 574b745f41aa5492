// How much of a release is watched: a sentence, a bar, and what can be done about the rest.
import { useQuery } from '@tanstack/react-query';
import { Answer } from '../../../web/design/Answer.tsx';
import { AppLink } from '../../../web/design/AppLink.tsx';
import { CoverageBar } from '../../products/pages/CoverageBar.tsx';
import { sbomsQuery } from './components-queries.ts';
import { NotWatched } from './NotWatched.tsx';
import { coverageSentence, reasonCounts, reasonWords } from './watch-words.ts';

export function CoverageSummary({ release }: { readonly release: string }) {
  const sboms = useQuery(sbomsQuery(release));
  return (
    <Answer query={sboms} lines={4}>
      {({ coverage, items }) => (
        <div className="stack">
          <p>{coverageSentence(coverage)}</p>
          {items.length === 0 ? (
            <p>
              <AppLink to={`/releases/${release}`} search={{ tab: 'sboms' }}>
                Import an SBOM
              </AppLink>{' '}
              to have its components watched.
            </p>
          ) : (
            <CoverageBar watched={coverage.watched} total={coverage.total} />
          )}
          <ul className="lines">
            {reasonCounts(coverage).map(({ reason, count }) => (
              <li key={reason}>
                <div className="row">
                  <NotWatched reason={reason} />
                  <span>{count}</span>
                </div>
                <p className="muted small">{reasonWords(reason).remedy}</p>
              </li>
            ))}
          </ul>
          {coverage.total > coverage.watched ? (
            <AppLink to={`/releases/${release}`} search={{ tab: 'components', watch: 'not-watched' }}>
              Show those that are not watched
            </AppLink>
          ) : null}
        </div>
      )}
    </Answer>
  );
}

// Releases of a product at a glance: state, the next date, how much is watched, what is undecided.
import { useQuery } from '@tanstack/react-query';
import type { RecordSummary } from '../../../kernel/records/contract.ts';
import { AppLink } from '../../../web/design/AppLink.tsx';
import { RecordState } from '../../../web/design/RecordState.tsx';
import { recordQuery, useKind } from '../../../web/queries.ts';
import { CoverageBar } from './CoverageBar.tsx';
import { nextDate } from './release-dates.ts';
import { coverageQuery, undecidedQuery } from './release-figures.ts';
import { LevelBar } from './Severity.tsx';
import { levelWords } from './severity.ts';
import './figures.css';

export function ReleaseTable({ releases }: { readonly releases: readonly RecordSummary[] }) {
  return (
    <table className="releases">
      <thead>
        <tr>
          <th scope="col">Release</th>
          <th scope="col">State</th>
          <th scope="col">Components watched</th>
          <th scope="col">Findings to decide</th>
        </tr>
      </thead>
      <tbody>
        {releases.map((release) => (
          <ReleaseRow key={release.id} release={release} />
        ))}
      </tbody>
    </table>
  );
}

function ReleaseRow({ release }: { readonly release: RecordSummary }) {
  const kind = useKind('release');
  const record = useQuery(recordQuery(release.key)).data;
  return (
    <tr>
      <td>
        <AppLink to={`/releases/${release.key}`}>{release.title}</AppLink>
        <div className="muted small">{release.key}</div>
      </td>
      <td>
        <RecordState kind={kind} state={release.state} />
        <div className="muted small">{record ? nextDate(release.state, record.body) : null}</div>
      </td>
      <td className="releases__figure">
        <Watched release={release.key} />
      </td>
      <td className="releases__figure">
        <Undecided release={release.key} />
      </td>
    </tr>
  );
}

function Watched({ release }: { readonly release: string }) {
  const answer = useQuery(coverageQuery(release));
  if (answer.error) return <span className="muted">Not known: the answer failed</span>;
  const coverage = answer.data?.coverage;
  if (!coverage) return null;
  if (coverage.total === 0) return <span className="muted">No SBOM yet</span>;
  const rest = coverage.total - coverage.watched;
  return (
    <>
      <CoverageBar {...coverage} />
      <div className="small">
        {coverage.watched} of {coverage.total}
        {rest > 0 ? <span className="muted">, {rest} not watched</span> : null}
      </div>
    </>
  );
}

function Undecided({ release }: { readonly release: string }) {
  const answer = useQuery(undecidedQuery({ release }));
  if (answer.error) return <span className="muted">Not known: the answer failed</span>;
  if (!answer.data) return null;
  const { undecided, byLevel } = answer.data;
  if (undecided === 0) return <span className="muted">None waits</span>;
  return (
    <>
      <LevelBar byLevel={byLevel} />
      <div className="small">
        <AppLink to="/findings" search={{ release, state: 'undecided' }}>
          {undecided} undecided
        </AppLink>
        <span className="muted">: {levelWords(byLevel)}</span>
      </div>
    </>
  );
}

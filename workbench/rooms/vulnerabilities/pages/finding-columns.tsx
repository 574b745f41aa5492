import type { Column } from '../../../web/data-table/columns.ts';
import { AppLink } from '../../../web/design/AppLink.tsx';
import { RelativeTime } from '../../../web/design/RelativeTime.tsx';
import { StateBadge } from '../../../web/design/StateBadge.tsx';
import { Severity } from '../../products/pages/Severity.tsx';
import { levelTitle } from '../../products/pages/severity.ts';
import type { FindingView } from '../api.ts';
import { dueWord, epssWord, type Signs, signsTitle } from './exploitation-words.ts';
import { decisionWord, findingAddress, otherIds, outcomeWord } from './finding-words.ts';

/** The server orders findings; which order stands above the table. */
export function findingColumns(ofOneRelease: boolean): readonly Column<FindingView>[] {
  const columns: readonly Column<FindingView>[] = [
    {
      id: 'severity',
      title: 'Severity',
      value: (row) => levelTitle(row.level),
      cell: (row) => <Severity level={row.level} />,
      width: 104,
      priority: 1,
    },
    {
      id: 'score',
      title: 'CVSS',
      value: (row) => row.score,
      cell: (row) => (row.score === null ? <NoScore /> : row.score.toFixed(1)),
      align: 'right',
      width: 56,
    },
    {
      id: 'signs',
      title: 'Exploitation',
      value: (row) => (row.kev ? `KEV ${epssWord(row.epss)}` : epssWord(row.epss)),
      cell: (row) => <SignsCell kev={row.kev} epss={row.epss} />,
      width: 104,
    },
    {
      id: 'vulnerability',
      title: 'Vulnerability',
      value: (row) => row.vulnerability,
      cell: (row) => <VulnerabilityCell row={row} />,
      width: 132,
      grow: 1,
      priority: 1,
    },
    {
      id: 'component',
      title: 'Component',
      value: (row) => `${row.component} ${row.versions.join(', ')}`.trim(),
      cell: (row) => (
        <span title={row.purl ?? row.place}>
          {row.component}{' '}
          <span className="muted">{row.versions.length > 0 ? row.versions.join(', ') : 'no version'}</span>
        </span>
      ),
      width: 122,
      grow: 1,
      priority: 1,
    },
    {
      id: 'decision',
      title: 'Decision',
      value: (row) => decisionWord(row).title,
      cell: (row) => {
        const word = decisionWord(row);
        return <StateBadge tone={word.tone}>{word.title}</StateBadge>;
      },
      width: 150,
    },
    {
      id: 'due',
      title: 'Decide',
      value: (row) => row.decideBy,
      cell: (row) => <DueCell decideBy={row.decideBy} />,
      width: 96,
      priority: 3,
    },
    {
      id: 'outcome',
      title: 'Match',
      value: (row) => outcomeWord(row.outcome).title,
      cell: (row) =>
        row.outcome === 'affected' ? (
          <span className="muted">Version affected</span>
        ) : (
          <StateBadge tone="question">Cannot be said</StateBadge>
        ),
      width: 136,
    },
    {
      id: 'fixed',
      title: 'Fixed in',
      value: (row) => row.fixed.join(', '),
      cell: (row) =>
        row.fixed.length > 0 ? (
          <span title={row.fixed.join(', ')}>{row.fixed.join(', ')}</span>
        ) : (
          <span className="muted">no fix known</span>
        ),
      width: 120,
      priority: 3,
    },
    {
      id: 'release',
      title: 'Release',
      value: (row) => row.release.title,
      cell: (row) => <span title={row.release.title}>{row.release.key}</span>,
      width: 76,
      priority: 3,
      hidden: ofOneRelease,
    },
    {
      id: 'first-seen',
      title: 'First seen',
      value: (row) => row.firstSeen,
      cell: (row) => <RelativeTime at={row.firstSeen} />,
      width: 124,
      priority: 3,
    },
    { id: 'summary', title: 'Summary', value: (row) => row.summary, width: 260, grow: 2, hidden: true },
  ];
  return columns.map((column) => ({ ...column, sortable: false }));
}

function VulnerabilityCell({ row }: { readonly row: FindingView }) {
  const others = otherIds(row);
  const { to, search } = findingAddress(row);
  return (
    <span title={row.summary || row.vulnerability}>
      <AppLink to={to} search={search} tabIndex={-1}>
        {row.vulnerability}
      </AppLink>
      {others.length > 0 ? (
        <span className="muted small" title={others.join(', ')}>
          {' '}
          +{others.length}
          <span className="unseen"> {others.length === 1 ? 'alias' : 'aliases'}</span>
        </span>
      ) : null}
    </span>
  );
}

/** KEV first: what is exploited needs no forecast. */
export function SignsCell({ kev, epss }: Signs) {
  return (
    <span title={signsTitle({ kev, epss })}>
      {kev ? (
        <>
          <StateBadge tone="danger">KEV</StateBadge>{' '}
        </>
      ) : null}
      <span className={epss === null ? 'muted' : undefined}>
        {epss === null && kev ? '' : epssWord(epss)}
      </span>
    </span>
  );
}

function DueCell({ decideBy }: { readonly decideBy: string | null }) {
  if (decideBy === null) return <span className="muted">decided</span>;
  const { text, late } = dueWord(decideBy, new Date().toISOString().slice(0, 10));
  return <span title={`By ${decideBy}`}>{late ? <StateBadge tone="stale">{text}</StateBadge> : text}</span>;
}

function NoScore() {
  return (
    <span className="muted" title="No source gives a CVSS score">
      <span aria-hidden="true">–</span>
      <span className="unseen">no score</span>
    </span>
  );
}

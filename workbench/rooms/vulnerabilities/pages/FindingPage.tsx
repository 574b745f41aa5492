// One finding: why it matched, where it sits, what every source says; the decision to the right.
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { AppLink } from '../../../web/design/AppLink.tsx';
import { EmptyState } from '../../../web/design/EmptyState.tsx';
import { Loading } from '../../../web/design/Loading.tsx';
import { PageFrame, Section } from '../../../web/design/PageFrame.tsx';
import { ProblemNotice } from '../../../web/design/ProblemNotice.tsx';
import { RelativeTime } from '../../../web/design/RelativeTime.tsx';
import { StateBadge } from '../../../web/design/StateBadge.tsx';
import { useSearchState } from '../../../web/search-state.ts';
import { Severity } from '../../products/pages/Severity.tsx';
import type { FindingDetail } from '../api.ts';
import { DecisionPanel } from './DecisionPanel.tsx';
import { FindingHistory } from './FindingHistory.tsx';
import { decisionWord, otherIds } from './finding-words.ts';
import type { FindingPlace } from './findings-queries.ts';
import { findingQuery } from './findings-queries.ts';
import { MatchReasons, Paths } from './MatchReasons.tsx';
import { SaidSection, SupplierFixes } from './SaidSection.tsx';
import { Signals } from './Signals.tsx';
import { Statements } from './Statements.tsx';
import './findings.css';

export function Page() {
  const { release } = useParams({ strict: false }) as { release: string };
  const [search] = useSearchState();
  const { vulnerability, place } = search;
  if (!vulnerability || !place)
    return (
      <PageFrame title="Finding">
        <EmptyState
          what="The address does not say which finding"
          why="A finding is a vulnerability at a place in a release."
          action={
            <AppLink to="/findings" search={{ release }}>
              Findings of {release}
            </AppLink>
          }
        />
      </PageFrame>
    );
  return <OneFinding at={{ release, vulnerability, place }} />;
}

function OneFinding({ at }: { readonly at: FindingPlace }) {
  const detail = useQuery(findingQuery(at));
  if (detail.data) return <Loaded at={at} detail={detail.data} />;
  return (
    <PageFrame title={at.vulnerability}>
      {detail.error ? (
        <ProblemNotice error={detail.error} onRetry={() => void detail.refetch()} />
      ) : (
        <Loading lines={14} label={`Loading ${at.vulnerability}`} />
      )}
    </PageFrame>
  );
}

function Loaded({ at, detail }: { readonly at: FindingPlace; readonly detail: FindingDetail }) {
  const [search] = useSearchState();
  const { finding, statements } = detail;
  const word = decisionWord(finding);
  const others = otherIds(finding);
  return (
    <PageFrame
      title={`${finding.vulnerability} in ${finding.component}`}
      wide={true}
      state={<StateBadge tone={word.tone}>{word.title}</StateBadge>}
      meta={
        <>
          <Severity level={finding.level} />
          <span>{finding.score === null ? 'No CVSS score' : `CVSS ${finding.score.toFixed(1)}`}</span>
          <AppLink to={`/releases/${finding.release.key}`}>{finding.release.title}</AppLink>
          <TimeLimit day={finding.decideBy} />
          <span>
            First seen <RelativeTime at={finding.firstSeen} />
          </span>
          <AppLink
            to={`/releases/${finding.release.key}/reach`}
            search={{ vulnerability: finding.vulnerability }}
          >
            What it reaches
          </AppLink>
          <AppLink to="/findings" search={{ release: finding.release.key }}>
            All findings of this release
          </AppLink>
        </>
      }
    >
      <div className="finding">
        <div>
          <Section title="In short">
            <div className="stack">
              {finding.summary === '' ? (
                <p className="muted">The sources give no summary; their texts stand below.</p>
              ) : (
                <p>{finding.summary}</p>
              )}
              <dl className="facts">
                <dt>Component</dt>
                <dd>
                  {finding.component} {finding.versions.join(', ') || 'without a version'}
                </dd>
                <dt>Fixed in</dt>
                <dd>
                  {finding.fixed.length > 0 ? (
                    finding.fixed.join(', ')
                  ) : (
                    <span className="muted">No fix is known</span>
                  )}
                  <SupplierFixes said={detail.said} />
                </dd>
                {others.length > 0 ? (
                  <>
                    <dt>Also known as</dt>
                    <dd>{others.join(', ')}</dd>
                  </>
                ) : null}
              </dl>
            </div>
          </Section>
          <Section title="Why it matched">
            <MatchReasons statements={statements} />
          </Section>
          <SaidSection at={at} detail={detail} />
          <Section title="Where it sits">
            <Paths statements={statements} />
          </Section>
          <Section title="Signs of exploitation">
            <Signals signals={detail.signals} />
          </Section>
          <Section title="What the sources say">
            <Statements statements={statements} />
          </Section>
          <Section title="Who decided what">
            <FindingHistory finding={finding} />
          </Section>
        </div>
        <aside className="finding__decision" aria-label="Decision">
          <DecisionPanel key={search.from ?? ''} at={at} detail={detail} />
        </aside>
      </div>
    </PageFrame>
  );
}

/** Day by which it should be decided; over is said in words too. */
function TimeLimit({ day }: { readonly day: string | null }) {
  if (day === null) return null;
  const over = day < new Date().toISOString().slice(0, 10);
  return over ? (
    <StateBadge tone="danger">Should have been decided by {day}</StateBadge>
  ) : (
    <span>Decide by {day}</span>
  );
}

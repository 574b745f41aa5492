import { useQuery } from '@tanstack/react-query';
import type { RecordView } from '../../../kernel/records/contract.ts';
import { Answer } from '../../../web/design/Answer.tsx';
import { AppLink } from '../../../web/design/AppLink.tsx';
import { Section } from '../../../web/design/PageFrame.tsx';
import { CoverageSummary } from '../../components/pages/CoverageSummary.tsx';
import { PlatformSection } from '../../components/pages/PlatformSection.tsx';
import { LevelBar, Severity } from '../../products/pages/Severity.tsx';
import { levelCounts } from '../../products/pages/severity.ts';
import { findingCountsQuery } from './findings-queries.ts';
import './findings.css';

const DATES = [
  ['plannedOn', 'Planned'],
  ['releasedOn', 'Released'],
  ['endOfSupportOn', 'End of support'],
  ['endOfLifeOn', 'End of life'],
] as const;

/** The state of a release at a glance: dates, how much is watched, what waits for a decision. */
export function ReleaseSummary({ release }: { readonly release: RecordView }) {
  const description = String(release.body.description ?? '');
  return (
    <div className="release-summary">
      <div>
        <Section title="What is watched">
          <CoverageSummary release={release.key} />
        </Section>
        <Section title="Findings to decide">
          <Undecided release={release.key} />
        </Section>
      </div>
      <div>
        <Section title="Release">
          <div className="stack">
            {description === '' ? null : <p>{description}</p>}
            <dl className="facts">
              {DATES.map(([field, title]) => (
                <div key={field} style={{ display: 'contents' }}>
                  <dt>{title}</dt>
                  <dd>
                    {typeof release.body[field] === 'string' ? (
                      (release.body[field] as string)
                    ) : (
                      <span className="muted">Not set</span>
                    )}
                  </dd>
                </div>
              ))}
            </dl>
          </div>
        </Section>
        <PlatformSection release={release.key} />
      </div>
    </div>
  );
}

function Undecided({ release }: { readonly release: string }) {
  const counts = useQuery(findingCountsQuery({ release, state: 'undecided' }));
  const all = useQuery(findingCountsQuery({ release }));
  return (
    <Answer query={counts} lines={3}>
      {({ undecided, byLevel }) =>
        undecided === 0 ? (
          <p className="muted">
            None waits.{' '}
            {all.data && all.data.total > 0 ? `${all.data.total} are decided.` : 'No advisory matches.'}
          </p>
        ) : (
          <div className="stack">
            <p>
              {undecided} of {all.data?.total ?? undecided} findings are undecided.
            </p>
            <LevelBar byLevel={byLevel} />
            <ul className="row">
              {levelCounts(byLevel).map(({ level, count }) => (
                <li key={level.id}>
                  <AppLink
                    to={`/releases/${release}`}
                    search={{ tab: 'findings', state: 'undecided', level: level.id }}
                    className="levels__one"
                  >
                    <span className="levels__count">{count}</span> <Severity level={level.id} />
                  </AppLink>
                </li>
              ))}
            </ul>
          </div>
        )
      }
    </Answer>
  );
}

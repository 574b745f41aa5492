// What Ward knows of the world: how much, of what, how old; imports and their problems.
import { IconDatabaseImport } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { roleTitle } from '../../../kernel/people/roles.ts';
import type { KnowledgeView } from '../../../knowledge/api.ts';
import { Answer } from '../../../web/design/Answer.tsx';
import { EmptyState } from '../../../web/design/EmptyState.tsx';
import { PageFrame, Section } from '../../../web/design/PageFrame.tsx';
import { RelativeTime } from '../../../web/design/RelativeTime.tsx';
import { StateBadge } from '../../../web/design/StateBadge.tsx';
import { WarningList } from '../../components/pages/WarningList.tsx';
import { Aliases } from './Aliases.tsx';
import { Feeds } from './Feeds.tsx';
import { KnowledgeUpload } from './KnowledgeUpload.tsx';
import { knowledgeQuery } from './knowledge-queries.ts';
import { ageOf, ageWords, ecosystemTitle, importWords } from './knowledge-words.ts';
import './findings.css';

export function Page() {
  const knowledge = useQuery(knowledgeQuery);
  return (
    <PageFrame
      title="Knowledge"
      meta={
        <span>
          Facts from outside that components are compared with. Ward knows only what was fetched or imported.
        </span>
      }
    >
      <Answer query={knowledge} lines={12}>
        {(known) => (
          <>
            <Feeds />
            <Section title="Import a file">
              {known.mayImport ? (
                <KnowledgeUpload />
              ) : (
                <p className="muted">
                  Importing needs one of:{' '}
                  {(['security-lead', 'release-manager', 'administrator'] as const).map(roleTitle).join(', ')}
                  .
                </p>
              )}
            </Section>
            {known.advisories === 0 ? (
              <EmptyState
                icon={<IconDatabaseImport size={28} aria-hidden="true" />}
                what="Nothing is known yet"
                why="Without advisories no component can be watched, and no finding will appear. Turn a feed on, or import files here: OSV's all.zip of an ecosystem, NVD's JSON feeds, CSAF documents."
              />
            ) : (
              <Coverage known={known} />
            )}
            <Aliases />
            <Runs runs={known.runs} />
          </>
        )}
      </Answer>
    </PageFrame>
  );
}

function Coverage({ known }: { readonly known: KnowledgeView }) {
  const now = new Date();
  return (
    <Section title="What is known">
      <div className="stack">
        <p>
          {known.advisories.toLocaleString('en')} records, of which {known.withdrawn.toLocaleString('en')}{' '}
          withdrawn by their source (they match nothing).
        </p>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box must be reachable by keys */}
        <section className="small-table" aria-label="By ecosystem" tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">Ecosystem</th>
                <th scope="col" className="number">
                  Records
                </th>
                <th scope="col">Newest record</th>
                <th scope="col">Age</th>
              </tr>
            </thead>
            <tbody>
              {known.coverage.map((row) => {
                const age = ageOf(row.newest, now);
                return (
                  <tr key={row.ecosystem}>
                    <td>{ecosystemTitle(row.ecosystem)}</td>
                    <td className="number">{row.records.toLocaleString('en')}</td>
                    <td>
                      {row.newest === null ? <span className="muted">unknown</span> : row.newest.slice(0, 10)}
                    </td>
                    <td>
                      {age.kind === 'fresh' ? (
                        ageWords(age)
                      ) : (
                        <StateBadge tone={age.kind === 'stale' ? 'stale' : 'question'}>
                          {ageWords(age)}
                        </StateBadge>
                      )}
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </section>
      </div>
    </Section>
  );
}

const RUN_WORDS = {
  running: { title: 'Running', tone: 'open' },
  done: { title: 'Done', tone: 'settled' },
  failed: { title: 'Failed', tone: 'danger' },
} as const;

function Runs({ runs }: { readonly runs: KnowledgeView['runs'] }) {
  return (
    <Section title="Imports">
      {runs.length === 0 ? <p className="muted">Nothing was imported yet.</p> : null}
      <ul className="lines">
        {runs.map((run) => {
          const word = RUN_WORDS[run.status];
          return (
            <li key={run.id}>
              <p className="row">
                <StateBadge tone={word.tone}>{word.title}</StateBadge>
                <span className="grow">{run.source}</span>
                <span className="muted small">
                  <RelativeTime at={run.startedAt} />
                </span>
              </p>
              <p className="small muted">
                {importWords(run)}
                {run.problems > 0 ? `, ${run.problems.toLocaleString('en')} not readable` : ''}
                {run.notMatched > 0
                  ? `, ${run.notMatched.toLocaleString('en')} products that nothing identifies are not compared`
                  : ''}
                {run.status === 'running' && run.bytesTotal > 0
                  ? `, ${Math.floor((run.bytesRead / run.bytesTotal) * 100)} % of the files`
                  : ''}
              </p>
              {run.message === null ? null : <p>{run.message}</p>}
              <WarningList warnings={run.firstProblems} />
            </li>
          );
        })}
      </ul>
    </Section>
  );
}

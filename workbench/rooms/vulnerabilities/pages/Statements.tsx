// What every source says about the flaw, word for word; records that were derived from another source say so.
import { RelativeTime } from '../../../web/design/RelativeTime.tsx';
import { StateBadge } from '../../../web/design/StateBadge.tsx';
import type { FindingDetail } from '../api.ts';
import { SafeLink } from './SafeLink.tsx';
import '../../components/pages/components.css';

type Statement = FindingDetail['statements'][number];

export function Statements({ statements }: { readonly statements: readonly Statement[] }) {
  return (
    <ul className="lines">
      {uniqueRecords(statements).map((statement) => (
        <li key={`${statement.source} ${statement.id}`} className="stack">
          <OneStatement statement={statement} />
        </li>
      ))}
    </ul>
  );
}

/** One record can match in several places; what it says is shown once. */
export function uniqueRecords(statements: readonly Statement[]): readonly Statement[] {
  return [...new Map(statements.map((one) => [`${one.source} ${one.id}`, one])).values()];
}

function OneStatement({ statement }: { readonly statement: Statement }) {
  return (
    <>
      <p className="row">
        <strong>{statement.id}</strong>
        <span className="muted">{statement.source}</span>
        {statement.derived ? <StateBadge tone="ended">Derived from another source</StateBadge> : null}
        <span className="muted small">
          {statement.published === null ? null : <>published {statement.published.slice(0, 10)}, </>}changed{' '}
          <RelativeTime at={statement.modified} />
        </span>
      </p>
      {statement.summary === '' ? null : <p>{statement.summary}</p>}
      {statement.details === '' ? null : (
        <details className="more">
          <summary>The whole text</summary>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box must be reachable by keys */}
          <section className="statement__text" tabIndex={0} aria-label={`Text of ${statement.id}`}>
            {statement.details}
          </section>
        </details>
      )}
      {statement.severities.length === 0 && statement.cwes.length === 0 ? null : (
        <ul>
          {statement.severities.map((severity) => (
            <li key={`${severity.by} ${severity.vector}`}>
              {severity.score === null ? 'No score can be computed' : severity.score.toFixed(1)}{' '}
              <code>{severity.vector}</code> <span className="muted">by {severity.by || 'the source'}</span>
            </li>
          ))}
          {statement.cwes.length > 0 ? <li className="muted">{statement.cwes.join(', ')}</li> : null}
        </ul>
      )}
      {statement.references.length === 0 ? null : (
        <details className="more">
          <summary>
            {statement.references.length} {statement.references.length === 1 ? 'reference' : 'references'}
          </summary>
          <ul>
            {[...new Set(statement.references.map((reference) => reference.url))].map((url) => (
              <li key={url}>
                <SafeLink address={url} />
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

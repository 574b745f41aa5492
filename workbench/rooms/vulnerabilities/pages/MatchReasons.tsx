// Why the flaw was found here: one sentence a source, with the range and the order that decided; and where it sits.
import { IconChevronRight } from '@tabler/icons-react';
import { StateBadge } from '../../../web/design/StateBadge.tsx';
import type { FindingDetail } from '../api.ts';
import { outcomeWord } from './finding-words.ts';

type Statement = FindingDetail['statements'][number];

export function MatchReasons({ statements }: { readonly statements: readonly Statement[] }) {
  return (
    <div className="stack">
      {uniqueReasons(statements).map((statement) => {
        const outcome = outcomeWord(statement.outcome);
        return (
          <div key={reasonKey(statement)} className="why">
            <p className="row">
              <StateBadge tone={outcome.tone}>{outcome.title}</StateBadge>
              <span className="muted small">
                {statement.id} ({statement.source})
              </span>
            </p>
            <p>{statement.why.sentence}</p>
            <p className="muted small">
              {statement.why.range === '' ? 'No range' : <>Range {statement.why.range}</>}
              {statement.why.scheme === '' ? null : <>, compared as {statement.why.scheme}</>}
              {statement.why.fixed.length === 0
                ? ', no fixed version named'
                : `, fixed in ${statement.why.fixed.join(', ')}`}
            </p>
            {statement.why.criteria === null ? null : (
              <p className="small">
                <code>{statement.why.criteria}</code>
              </p>
            )}
          </div>
        );
      })}
    </div>
  );
}

/** The same record can match the same component in several parts for the same reason; it is said once. */
export function uniqueReasons(statements: readonly Statement[]): readonly Statement[] {
  return [...new Map(statements.map((one) => [reasonKey(one), one])).values()];
}

function reasonKey({ source, id, outcome, why }: Statement): string {
  return `${source} ${id} ${outcome} ${why.sentence}`;
}

export function Paths({ statements }: { readonly statements: readonly Statement[] }) {
  const places = uniquePlaces(statements);
  return (
    <ul className="lines">
      {places.map(({ component, paths }) => (
        <li key={`${component.part} ${component.purl} ${component.version}`} className="stack">
          <p>
            {component.name} <span className="muted">{component.version ?? 'no version'}</span>{' '}
            <span className="muted">in {component.part === '' ? 'the whole release' : component.part}</span>
          </p>
          {component.purl === null ? null : <code>{component.purl}</code>}
          {paths.every((path) => path.length < 2) ? (
            <p className="muted">The SBOM does not say what uses it.</p>
          ) : null}
          {paths
            .filter((path) => path.length > 1)
            .map((path) => (
              <ol key={path.join(' ')} className="path small">
                {path.map((ref, index) => (
                  <li key={ref}>
                    {index > 0 ? <IconChevronRight size={13} aria-label="uses" className="muted" /> : null}
                    {ref}
                  </li>
                ))}
              </ol>
            ))}
        </li>
      ))}
    </ul>
  );
}

type Place = Pick<Statement, 'component' | 'paths'>;

/** Components, each once, however many records speak of it. */
export function uniquePlaces(statements: readonly Statement[]): readonly Place[] {
  return [...new Map(statements.map((one) => [JSON.stringify([one.component, one.paths]), one])).values()];
}

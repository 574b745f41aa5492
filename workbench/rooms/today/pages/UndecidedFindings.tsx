import { AppLink } from '../../../web/design/AppLink.tsx';
import { Section } from '../../../web/design/PageFrame.tsx';
import { LevelBar, Severity } from '../../products/pages/Severity.tsx';
import { levelCounts } from '../../products/pages/severity.ts';
import type { TodayView } from '../api.ts';

/** Findings that nobody decided, by severity; each line leads to the list of just these. */
export function UndecidedFindings({ findings }: { readonly findings: TodayView['findings'] }) {
  const { undecided, byLevel, contradicted } = findings;
  return (
    <Section title="Findings to decide" id="undecided">
      {contradicted === 0 ? null : (
        <p>
          <AppLink to="/findings" search={{ state: 'contradicted' }}>
            {contradicted === 1
              ? 'One finding is contradicted by a supplier'
              : `${contradicted.toLocaleString('en')} findings are contradicted by a supplier`}
          </AppLink>
        </p>
      )}
      {undecided === 0 ? (
        <p className="muted">
          None waits. New ones appear when <AppLink to="/knowledge">advisories are imported</AppLink> or an
          SBOM is.
        </p>
      ) : (
        <>
          <LevelBar byLevel={byLevel} />
          <ul className="waiting">
            {levelCounts(byLevel).map(({ level, count }) => (
              <li key={level.id}>
                <AppLink to="/findings" search={{ state: 'undecided', level: level.id }}>
                  <Severity level={level.id} />
                  <span>{count.toLocaleString('en')}</span>
                </AppLink>
              </li>
            ))}
          </ul>
        </>
      )}
    </Section>
  );
}

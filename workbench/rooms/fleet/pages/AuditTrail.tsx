// The verified audit trail of a unit, newest first.
import { NativeSelect } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Section } from '../../../web/design/PageFrame.tsx';
import { ProblemNotice } from '../../../web/design/ProblemNotice.tsx';
import { RelativeTime } from '../../../web/design/RelativeTime.tsx';
import { StateBadge, type Tone } from '../../../web/design/StateBadge.tsx';
import { useSearchState } from '../../../web/search-state.ts';
import type { AuditLineView, UnitDetail } from '../contract.ts';
import { auditQuery } from './fleet-queries.ts';

const TONES: Readonly<Record<string, Tone>> = { done: 'settled', refused: 'attention', failed: 'danger' };

export function AuditTrail({ unit }: { readonly unit: UnitDetail }) {
  const [search, set] = useSearchState();
  const trail = useInfiniteQuery(auditQuery(unit.serial, search.outcome));
  const lines = trail.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Section
      title="Audit trail"
      aside={
        unit.audit.lines > 0 ? (
          <a href={`/api/fleet/units/${unit.serial}/audit/fhir`} download={true}>
            Export as FHIR AuditEvent
          </a>
        ) : null
      }
    >
      {trail.error ? <ProblemNotice error={trail.error} onRetry={() => void trail.refetch()} /> : null}
      {unit.audit.lines === 0 ? (
        <p className="muted">
          Nothing yet. The unit hands over its log at each report; every line is verified before it is shown
          here.
        </p>
      ) : (
        <>
          <NativeSelect
            label="Outcome"
            style={{ maxWidth: '14rem' }}
            data={[
              { value: '', label: 'All' },
              { value: 'done', label: 'Done' },
              { value: 'refused', label: 'Refused' },
              { value: 'failed', label: 'Failed' },
            ]}
            value={search.outcome ?? ''}
            onChange={(event) => set({ outcome: event.currentTarget.value || undefined })}
          />
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
          <section className="fleet-trail" tabIndex={0} aria-label="Lines of the audit trail">
            <table>
              <thead>
                <tr>
                  <th scope="col">Line</th>
                  <th scope="col">When, by the unit</th>
                  <th scope="col">What</th>
                  <th scope="col">Who</th>
                  <th scope="col">Detail</th>
                </tr>
              </thead>
              <tbody>
                {lines.map((line) => (
                  <Line key={`${line.part}-${line.sequence}`} line={line} />
                ))}
              </tbody>
            </table>
          </section>
          {trail.hasNextPage ? (
            <button type="button" className="link-button" onClick={() => void trail.fetchNextPage()}>
              Show older lines
            </button>
          ) : null}
        </>
      )}
    </Section>
  );
}

function Line({ line }: { readonly line: AuditLineView }) {
  const detail = Object.entries(line.detail);
  return (
    <tr>
      <td className="number">{line.sequence}</td>
      <td>
        <RelativeTime at={line.at} />
      </td>
      <td>
        <StateBadge tone={TONES[line.outcome] ?? 'question'}>{line.what}</StateBadge>
        {line.code ? <span className="code small"> {line.code}</span> : null}
      </td>
      <td>
        {line.who ?? (
          <span className="muted">{line.outcome === 'refused' ? 'not known' : 'the unit itself'}</span>
        )}
        {line.role ? <span className="muted small"> as {line.role}</span> : null}
      </td>
      <td className="small">
        {line.on ? <span className="code">{line.on} </span> : null}
        <span className="muted">{detail.map(([name, value]) => `${name}: ${short(value)}`).join(', ')}</span>
      </td>
    </tr>
  );
}

const LONGEST = 64;

/** Signatures and hashes tell nobody anything in a table; the export has them whole. */
function short(value: string | number | boolean | null): string {
  const text = String(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST / 2)}…` : text;
}

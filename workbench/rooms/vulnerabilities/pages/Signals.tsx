// Signs of exploitation and how they went over time: CISA's catalogue, the forecast with its curve, what CISA states.
import { StateBadge } from '../../../web/design/StateBadge.tsx';
import type { FindingDetail } from '../api.ts';
import { chartOf, percent } from './epss-chart.ts';

type Known = FindingDetail['signals'];

export function Signals({ signals }: { readonly signals: Known }) {
  const newest = signals.epss.at(-1);
  return (
    <div className="stack">
      <dl className="facts">
        <dt>Known to be exploited</dt>
        <dd>
          <KevWords kev={signals.kev} />
        </dd>
        <dt>Forecast (EPSS)</dt>
        <dd>
          {newest === undefined ? (
            <span className="muted">No score is known</span>
          ) : (
            <>
              {percent(newest.score)} within 30 days
              {newest.percentile === null ? '' : `; higher than ${percent(newest.percentile)} of all`}
              {newest.day === null ? '' : ` (${newest.day})`}
            </>
          )}
        </dd>
        <dt>CISA's statement (SSVC)</dt>
        <dd>
          {signals.ssvc === null ? (
            <span className="muted">None is known</span>
          ) : (
            Object.entries(signals.ssvc)
              .map(([option, value]) => `${option}: ${value}`)
              .join('; ')
          )}
        </dd>
      </dl>
      <EpssCurve epss={signals.epss} />
    </div>
  );
}

function KevWords({ kev }: { readonly kev: Known['kev'] }) {
  if (kev === null)
    return <span className="muted">No entry is known in CISA's catalogue; that is no sign of safety</span>;
  if (kev.removedAt !== null)
    return (
      <>
        Was in CISA's catalogue from {kev.addedOn}; taken out on {kev.removedAt.slice(0, 10)}
      </>
    );
  return (
    <>
      <StateBadge tone="danger">Exploited</StateBadge> {kev.id} in CISA's catalogue since {kev.addedOn}
      {kev.ransomware === 'known' ? ', also for ransomware' : ''}
      {kev.dueOn === null ? '' : `; US agencies fix it by ${kev.dueOn}`}. {kev.action}
    </>
  );
}

const WIDTH = 320;
const HEIGHT = 72;

function EpssCurve({ epss }: { readonly epss: Known['epss'] }) {
  const chart = chartOf(epss, WIDTH, HEIGHT);
  if (chart === null) return null;
  const first = epss[0]!;
  const last = epss.at(-1)!;
  return (
    <figure className="curve">
      <svg
        viewBox={`-4 -6 ${WIDTH + 8} ${HEIGHT + 12}`}
        role="img"
        aria-label={`Forecast of exploitation from ${percent(first.score)} on ${first.day ?? 'the first day'} to ${percent(last.score)} on ${last.day ?? 'the last day'}; scale from 0 to ${percent(chart.top)}`}
      >
        <path
          className="curve__scale"
          d={`M0 0 H${WIDTH} M0 ${HEIGHT / 2} H${WIDTH} M0 ${HEIGHT} H${WIDTH}`}
        />
        <path className="curve__line" d={chart.line} />
        {chart.dots.length > 40
          ? null
          : chart.dots.map(({ x, y }) => <circle key={x} className="curve__dot" cx={x} cy={y} r={2} />)}
      </svg>
      <figcaption className="small muted">
        {first.day ?? '?'} to {last.day ?? '?'}, lines at 0, {percent(chart.top / 2)} and {percent(chart.top)}
      </figcaption>
      <details className="more">
        <summary>The numbers</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box must be reachable by keys */}
        <section className="small-table curve__table" tabIndex={0} aria-label="Forecast by day">
          <table>
            <thead>
              <tr>
                <th scope="col">Day</th>
                <th scope="col" className="number">
                  Score
                </th>
                <th scope="col" className="number">
                  Percentile
                </th>
              </tr>
            </thead>
            <tbody>
              {epss.toReversed().map((point) => (
                <tr key={point.day ?? 'none'}>
                  <td>{point.day ?? 'Not said'}</td>
                  <td className="number">{percent(point.score)}</td>
                  <td className="number">{point.percentile === null ? '' : percent(point.percentile)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      </details>
    </figure>
  );
}

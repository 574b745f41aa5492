// How the level of a risk went: a small chart, and the same as a table.
import { PersonName } from '../../../web/design/PersonName.tsx';
import { RelativeTime } from '../../../web/design/RelativeTime.tsx';
import type { RiskDetail } from '../contract.ts';
import { levelLine } from './level-chart.ts';
import { TableBox } from './TableBox.tsx';
import { ZoneTag } from './ZoneTag.tsx';

const [WIDTH, HEIGHT] = [320, 80];
const ACTS: Readonly<Record<string, string>> = { edit: 'Written', link: 'Links changed', assess: 'Assessed' };

export function LevelHistory({ history }: { readonly history: RiskDetail['history'] }) {
  if (history.length === 0) return <p className="muted">Nobody has judged it yet.</p>;
  const line = (of: 'exploitabilityBefore' | 'exploitabilityAfter') =>
    levelLine(
      history.map((one) => ({ at: one.at, level: one[of] })),
      WIDTH,
      HEIGHT,
    );
  const [before, after] = [line('exploitabilityBefore'), line('exploitabilityAfter')];
  return (
    <div className="stack">
      {history.length > 1 ? (
        <svg
          className="level-chart"
          viewBox={`-16 -6 ${WIDTH + 24} ${HEIGHT + 12}`}
          role="img"
          aria-label="Exploitability over time; the table below says the same"
        >
          {[1, 2, 3, 4, 5].map((level) => {
            const y = HEIGHT - ((level - 1) / 4) * HEIGHT;
            return (
              <g key={level}>
                <line x1={0} x2={WIDTH} y1={y} y2={y} />
                <text x={-14} y={y + 4}>
                  {level}
                </text>
              </g>
            );
          })}
          <path className="level-chart__before" d={before.path} />
          <path d={after.path} />
          {after.dots.map(({ x, y, at }) => (
            <circle key={`${at} ${x}`} cx={x} cy={y} r={3} />
          ))}
        </svg>
      ) : null}
      <p className="small muted">Exploitability: dashed before controls, solid with verified controls.</p>
      <TableBox label="Judgements">
        <table>
          <thead>
            <tr>
              <th scope="col">When</th>
              <th scope="col">What</th>
              <th scope="col">By</th>
              <th scope="col">Before controls</th>
              <th scope="col">Verified</th>
            </tr>
          </thead>
          <tbody>
            {[...history]
              .reverse()
              .slice(0, 20)
              .map((one) => (
                <tr key={`${one.at} ${one.revision} ${one.act}`}>
                  <td>
                    <RelativeTime at={one.at} />
                  </td>
                  <td>
                    {ACTS[one.act] ?? one.act}, revision {one.revision}
                  </td>
                  <td>
                    <PersonName person={one.by} />
                  </td>
                  <td>
                    <ZoneTag zone={one.before} />
                  </td>
                  <td>
                    <ZoneTag zone={one.after} />
                  </td>
                </tr>
              ))}
          </tbody>
        </table>
      </TableBox>
    </div>
  );
}

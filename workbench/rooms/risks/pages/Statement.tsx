// The overall residual risk: counts and the highest risks, no sum. What is claimed only, not judged or flagged is said.
import { KeyLink } from '../../../web/design/KeyLink.tsx';
import type { AnyZone } from '../../products/pages/zone-words.ts';
import type { StatementView } from '../contract.ts';
import { TableBox } from './TableBox.tsx';
import { ZoneTag } from './ZoneTag.tsx';

const ORDER: readonly AnyZone[] = ['unacceptable', 'not judged', 'reduce', 'acceptable'];

export function Statement({ statement }: { readonly statement: StatementView }) {
  const { total, safety, privacy, undecided, flagged, claimedOnly, highest } = statement;
  return (
    <div className="stack">
      <TableBox label="Risks by level">
        <table>
          <thead>
            <tr>
              <th scope="col">With verified controls</th>
              <th scope="col">Safety</th>
              <th scope="col">Privacy</th>
            </tr>
          </thead>
          <tbody>
            {ORDER.map((zone) => (
              <tr key={zone}>
                <th scope="row">
                  <ZoneTag zone={zone} />
                </th>
                <td>{safety[zone] ?? 0}</td>
                <td>{privacy[zone] ?? 0}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableBox>
      <p className="small">
        {total} risks. {undecided} wait for a decision; {flagged} rest on something that moved; {claimedOnly}{' '}
        would be milder if the controls that are claimed were verified.
      </p>
      {highest.length > 0 ? (
        <>
          <p className="small muted">Highest now:</p>
          <ol className="small risk-lines">
            {highest.map((risk) => (
              <li key={risk.key}>
                <KeyLink recordKey={risk.key} title={risk.title} />
              </li>
            ))}
          </ol>
        </>
      ) : null}
    </div>
  );
}

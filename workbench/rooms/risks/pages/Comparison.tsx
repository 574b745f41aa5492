// Levels before controls, as claimed and as verified, side by side, for both verdicts; and what each was made of.
import type { RiskPolicy } from '../../products/policy.ts';
import type { Judgement, Verdict } from '../judge.ts';
import { exploitabilityWord, severityWord, VIEWS } from './risk-words.ts';
import { TableBox } from './TableBox.tsx';
import { ZoneTag } from './ZoneTag.tsx';

export function Comparison({
  judgement,
  policy,
}: {
  readonly judgement: Judgement;
  readonly policy: RiskPolicy;
}) {
  return (
    <div className="stack">
      <One title="Safety and effectiveness" verdict={judgement.safety} policy={policy} />
      <One title="Privacy and confidentiality" verdict={judgement.privacy} policy={policy} />
      {judgement.notes.length > 0 ? (
        <ul className="small">
          {judgement.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}

function One({
  title,
  verdict,
  policy,
}: {
  readonly title: string;
  readonly verdict: Verdict;
  readonly policy: RiskPolicy;
}) {
  return (
    <div>
      <h3>{title}</h3>
      <TableBox label={title}>
        <table className="compare">
          <thead>
            <tr>
              <td />
              {VIEWS.map(({ id, title: view }) => (
                <th key={id} scope="col">
                  {view}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <tr>
              <th scope="row">Level</th>
              {VIEWS.map(({ id }) => (
                <td key={id}>
                  <ZoneTag zone={verdict[id].zone} />
                </td>
              ))}
            </tr>
            <tr>
              <th scope="row">Severity</th>
              {VIEWS.map(({ id }) => (
                <td key={id}>{severityWord(verdict[id], policy)}</td>
              ))}
            </tr>
            <tr>
              <th scope="row">Exploitability</th>
              {VIEWS.map(({ id }) => (
                <td key={id}>
                  {exploitabilityWord(verdict[id].exploitability, policy)}
                  <span className="muted small"> · {verdict[id].exploitability.points} points</span>
                </td>
              ))}
            </tr>
          </tbody>
        </table>
      </TableBox>
      <details className="more">
        <summary>What it is made of</summary>
        <div className="file-parts">
          {(['before', 'after'] as const).map((id) => (
            <div key={id}>
              <p className="small muted">{VIEWS.find((view) => view.id === id)?.title}</p>
              <ul className="small">
                {verdict[id].because.map((line) => (
                  <li key={line}>{line}</li>
                ))}
              </ul>
            </div>
          ))}
        </div>
      </details>
    </div>
  );
}

// On a risk's record: what moved, the levels side by side, the judgement to give, what a decision still lacks, the history.
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { RecordView } from '../../../kernel/records/contract.ts';
import { Answer } from '../../../web/design/Answer.tsx';
import { KeyLink } from '../../../web/design/KeyLink.tsx';
import { Section } from '../../../web/design/PageFrame.tsx';
import { Notice } from '../../../web/design/ProblemNotice.tsx';
import { StateBadge } from '../../../web/design/StateBadge.tsx';
import { useKind } from '../../../web/queries.ts';
import type { RiskPolicy } from '../../products/policy.ts';
import type { RiskDetail } from '../contract.ts';
import { FACTORS, NOT_ANSWERED } from '../exploitability.ts';
import type { Judgement } from '../judge.ts';
import { type RiskBody, riskBody } from '../model.ts';
import { Comparison } from './Comparison.tsx';
import { decisionLacks } from './decision-lacks.ts';
import { JudgementForm } from './JudgementForm.tsx';
import { LevelHistory } from './LevelHistory.tsx';
import { riskQuery } from './risk-queries.ts';
import './risks.css';

export function Panel({ record }: { readonly record: RecordView }) {
  const risk = useQuery(riskQuery(record.key));
  return (
    <Answer query={risk} lines={8}>
      {(found) => <Loaded risk={found} />}
    </Answer>
  );
}

function Loaded({ risk }: { readonly risk: RiskDetail }) {
  const kind = useKind('risk');
  const [judging, setJudging] = useState(false);
  const needsReason =
    kind !== undefined && kind.editReason !== 'never' && kind.editReason.includes(risk.state);
  const policy = risk.policy as unknown as RiskPolicy;
  const judged = (risk.judged ?? risk.now) as Judgement;
  return (
    <>
      <Moved risk={risk} policy={policy} />
      <Section
        title="Levels"
        aside={
          risk.plan ? (
            <span className="small muted risk-lines">
              Policy of <KeyLink recordKey={risk.plan.key} /> revision {risk.plan.revision}
            </span>
          ) : (
            <StateBadge tone="attention">Ward's default policy</StateBadge>
          )
        }
      >
        <Comparison judgement={judged} policy={policy} />
      </Section>
      <Section
        title="Judgement"
        aside={
          risk.mayEdit && !judging ? (
            <Button variant="filled" onClick={() => setJudging(true)}>
              Judge
            </Button>
          ) : null
        }
      >
        {judging ? (
          <JudgementForm risk={risk} needsReason={needsReason} onDone={() => setJudging(false)} />
        ) : (
          <Given body={riskBody(risk.body)} risk={risk} />
        )}
      </Section>
      <Decision risk={risk} />
      <Section title="History of the level">
        <LevelHistory history={risk.history} />
      </Section>
    </>
  );
}

/** Never scored anew behind somebody's back: what moved is said, and what the same answers would give now. */
function Moved({ risk, policy }: { readonly risk: RiskDetail; readonly policy: RiskPolicy }) {
  const reasons = [...new Set([...risk.flags.map(({ reason }) => reason), ...risk.moved])];
  if (reasons.length === 0) return null;
  const now = risk.now as Judgement;
  const was = risk.judged as Judgement | null;
  const differs = was !== null && was.safety.after.zone !== now.safety.after.zone;
  return (
    <Notice tone="attention" title="Something that this judgement rests on has moved">
      <ul>
        {reasons.slice(0, 10).map((reason) => (
          <li key={reason}>{reason}</li>
        ))}
        {reasons.length > 10 ? <li>And {reasons.length - 10} more.</li> : null}
      </ul>
      <p>
        The level stays as it was judged.{' '}
        {differs
          ? `With the facts of now the same answers give "${now.safety.after.zone}" instead of "${was.safety.after.zone}".`
          : 'With the facts of now the same answers give the same level.'}{' '}
        Look at it, then assess it again.
      </p>
      <details className="more">
        <summary>The levels of now</summary>
        <Comparison judgement={now} policy={policy} />
      </details>
    </Notice>
  );
}

function Given({ body, risk }: { readonly body: RiskBody; readonly risk: RiskDetail }) {
  return (
    <div className="stack">
      <dl className="facts">
        {FACTORS.map((factor) => {
          const value = body.exploitability[factor.id];
          const answer = factor.answers.find((one) => one.value === value);
          return (
            <div key={factor.id} style={{ display: 'contents' }}>
              <dt>{factor.title}</dt>
              <dd>{answer ? answer.title : <span className="not-assessed">Not answered</span>}</dd>
            </div>
          );
        })}
        <dt>Known to be exploited</dt>
        <dd>
          {risk.kev ? (
            'Yes, by CISA KEV for a linked finding'
          ) : body.exploitability.exploited === NOT_ANSWERED ? (
            <span className="not-assessed">Not answered</span>
          ) : (
            body.exploitability.exploited
          )}
        </dd>
        {body.cvss?.score ? (
          <>
            <dt>CVSS in context</dt>
            <dd>
              {body.cvss.score.toFixed(1)} <code className="small">{body.cvss.vector}</code>
            </dd>
          </>
        ) : null}
      </dl>
      {body.controls.length > 0 ? (
        <ul className="lines risk-lines">
          {body.controls.map((entry) => {
            const control = risk.controls.find(({ key }) => key === entry.control);
            return (
              <li key={entry.control}>
                <KeyLink recordKey={entry.control} title={control?.title} />{' '}
                <span className="muted small">
                  {entry.order}
                  {entry.independent ? ', independent' : ''} · {control?.state ?? 'not linked'}
                </span>
                {entry.effects.map((effect) => (
                  <p key={`${effect.factor} ${effect.to}`} className="small">
                    {effect.factor} → {effect.to}
                    {effect.why ? `: ${effect.why}` : ''}
                  </p>
                ))}
                {entry.newRisks ? <p className="small muted">New risks: {entry.newRisks}</p> : null}
              </li>
            );
          })}
        </ul>
      ) : null}
    </div>
  );
}

function Decision({ risk }: { readonly risk: RiskDetail }) {
  const lacks = decisionLacks(risk);
  return (
    <Section title="Decision">
      {lacks.length === 0 ? (
        <p>
          Everything that a decision asks for is there. Somebody who did not write it decides, with the steps
          at the side.
        </p>
      ) : (
        <ul>
          {lacks.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
      {risk.premisesHash ? (
        <p className="small muted">
          A decision holds for these premises: <code>{risk.premisesHash.slice(0, 16)}</code> (plan, harms,
          threats, controls, findings and exposures as they were judged).
        </p>
      ) : null}
    </Section>
  );
}

// The decision beside the evidence: the assessment with its next step, or the form to make one, or who can.
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { roleTitle } from '../../../kernel/people/roles.ts';
import type { ActionView, RecordView } from '../../../kernel/records/contract.ts';
import { Answer } from '../../../web/design/Answer.tsx';
import { AppLink } from '../../../web/design/AppLink.tsx';
import { KeyLink } from '../../../web/design/KeyLink.tsx';
import { Section } from '../../../web/design/PageFrame.tsx';
import { PersonName } from '../../../web/design/PersonName.tsx';
import { Notice } from '../../../web/design/ProblemNotice.tsx';
import { RecordState } from '../../../web/design/RecordState.tsx';
import { recordQuery, useKind } from '../../../web/queries.ts';
import { RecordSignatures } from '../../../web/record/RecordSignatures.tsx';
import { RecordSteps } from '../../../web/record/RecordSteps.tsx';
import { StepDialog } from '../../../web/record/StepDialog.tsx';
import type { FindingDetail } from '../api.ts';
import type { Environment, Ssvc } from '../model.ts';
import { assessment } from '../model.ts';
import type { RubricAnswers } from '../rubric.ts';
import { askedQuestions } from '../rubric.ts';
import { ssvcTree } from '../ssvc.ts';
import { AssessForm } from './AssessForm.tsx';
import { JUSTIFICATION_WORDS, statusTitle } from './finding-words.ts';
import type { FindingPlace } from './findings-queries.ts';
import { SsvcOutcome } from './SsvcPath.tsx';

export interface DecisionPanelProps {
  readonly at: FindingPlace;
  readonly detail: FindingDetail;
}

/** When the form has become a decision, the focus goes to the decision. */
export function DecisionPanel(props: DecisionPanelProps) {
  const panel = useRef<HTMLDivElement>(null);
  const decided = props.detail.finding.assessment !== null;
  const before = useRef(decided);
  useEffect(() => {
    if (decided && !before.current) panel.current?.focus();
    before.current = decided;
  }, [decided]);
  return (
    <div ref={panel} tabIndex={-1} className="finding__focus">
      <Content {...props} onTurn={() => panel.current?.focus()} />
    </div>
  );
}

function Content({ at, detail, onTurn }: DecisionPanelProps & { readonly onTurn: () => void }) {
  const { finding, mayAssess } = detail;
  if (finding.assessment)
    return <Assessed at={at} assessmentKey={finding.assessment.key} detail={detail} onTurn={onTurn} />;
  return (
    <Section title="Assess" aside={finding.finding ? <KeyLink recordKey={finding.finding.key} /> : undefined}>
      {mayAssess ? (
        <AssessForm key={`${at.release} ${at.vulnerability} ${at.place}`} at={at} detail={detail} />
      ) : (
        <p className="muted">
          Nobody has assessed it yet. It can be done by: {assessment.rights.create.map(roleTitle).join(', ')}.
        </p>
      )}
    </Section>
  );
}

function Assessed({
  at,
  assessmentKey,
  detail,
  onTurn,
}: DecisionPanelProps & {
  readonly assessmentKey: string;
  /** The panel shows something else now: the focus follows. */
  readonly onTurn: () => void;
}) {
  const record = useQuery(recordQuery(assessmentKey));
  const [editing, setEditing] = useState(false);
  const edit = (begin: boolean) => {
    setEditing(begin);
    onTurn();
  };
  return (
    <Answer query={record}>
      {(shown) =>
        editing && shown.mayEdit ? (
          <Section title={`Edit ${shown.key}`}>
            <AssessForm at={at} detail={detail} record={shown} onDone={() => edit(false)} />
          </Section>
        ) : (
          <>
            <Judgement record={shown} detail={detail} onEdit={() => edit(true)} />
            <RecordSteps record={shown} />
            <RecordSignatures record={shown} />
          </>
        )
      }
    </Answer>
  );
}

function Judgement({
  record,
  detail,
  onEdit,
}: {
  readonly record: RecordView;
  readonly detail: FindingDetail;
  readonly onEdit: () => void;
}) {
  const kind = useKind('assessment');
  const [step, setStep] = useState<ActionView | null>(null);
  const steps = record.actions.filter((action) => action.allowed);
  const unjudged = record.body.safety === 'not assessed' || record.body.privacy === 'not assessed';
  const finding = detail.finding.finding;
  return (
    <Section title="Decision" aside={<RecordState kind={kind} state={record.state} />}>
      <div className="stack">
        {record.state === 'reopened' ? (
          <Notice title="The facts have moved">
            <p>
              What this rests on has changed since it was approved; its{' '}
              <AppLink to={`/r/${record.key}`}>history</AppLink> says how. Edit it, then have it signed again.
            </p>
          </Notice>
        ) : null}
        {record.state === 'draft' && unjudged ? (
          <Notice title="Not ready to be signed" tone="plain">
            <p>Safety and privacy both need a verdict first.</p>
          </Notice>
        ) : null}
        <dl className="facts assess__facts">
          <dt>Assessment</dt>
          <dd>
            <KeyLink recordKey={record.key} /> <span className="muted">revision {record.revision}</span>
          </dd>
          {finding ? (
            <>
              <dt>Finding</dt>
              <dd>
                <KeyLink recordKey={finding.key} />
              </dd>
            </>
          ) : null}
          <dt>Status</dt>
          <dd>
            <strong>{statusTitle(String(record.body.status))}</strong>
          </dd>
          <Fact title="Justification" text={justificationTitle(record.body.justification)} />
          <Fact title="Rationale" text={record.body.rationale} />
          <Fact title="What users should do" text={record.body.actionStatement} />
          <Verdict title="Safety" verdict={record.body.safety} why={record.body.safetyRationale} />
          <Verdict title="Privacy" verdict={record.body.privacy} why={record.body.privacyRationale} />
          <Reach body={record.body} />
          <ScoredFacts body={record.body} />
          <Fact title="Look again on" text={record.body.reviewOn} />
          <dt>Written by</dt>
          <dd>
            <PersonName person={record.author} />
          </dd>
        </dl>
        <div className="row">
          {steps.map((action) => (
            <Button key={action.id} variant="filled" onClick={() => setStep(action)}>
              {action.title}
            </Button>
          ))}
          {record.mayEdit ? <Button onClick={onEdit}>Edit assessment</Button> : null}
        </div>
      </div>
      {step && kind ? (
        <StepDialog record={record} kind={kind} action={step} onClose={() => setStep(null)} />
      ) : null}
    </Section>
  );
}

function Fact({ title, text }: { readonly title: string; readonly text: unknown }) {
  if (typeof text !== 'string' || text === '') return null;
  return (
    <>
      <dt>{title}</dt>
      <dd>{text}</dd>
    </>
  );
}

function Verdict({
  title,
  verdict,
  why,
}: {
  readonly title: string;
  readonly verdict: unknown;
  readonly why: unknown;
}) {
  return (
    <>
      <dt>{title}</dt>
      <dd>
        {verdict === 'not assessed' ? (
          <span className="not-assessed">Not assessed</span>
        ) : (
          <>
            Effect: {String(verdict)}
            {typeof why === 'string' && why !== '' ? `. ${why}` : ''}
          </>
        )}
      </dd>
    </>
  );
}

function Reach({ body }: { readonly body: RecordView['body'] }) {
  const why = typeof body.reachRationale === 'string' ? body.reachRationale : '';
  return (
    <>
      <dt>Reaches a safety function</dt>
      <dd>
        {body.reach === 'yes' || body.reach === 'no' ? (
          `${body.reach === 'yes' ? 'Yes' : 'No'}${why === '' ? '' : `. ${why}`}`
        ) : (
          <span className="not-assessed">Not answered</span>
        )}
      </dd>
    </>
  );
}

/** Scores in the device and the priority, as they were saved with their answers. */
function ScoredFacts({ body }: { readonly body: RecordView['body'] }) {
  const environment = body.environment as Environment | null | undefined;
  const ssvc = body.ssvc as Ssvc | null | undefined;
  const open = environment ? openQuestions(environment.answers) : 0;
  return (
    <>
      <dt>Score in this device</dt>
      <dd>
        {environment ? (
          <>
            {environment.scores.map(({ version, score, vector }) => (
              <p key={version}>
                <strong>{score.toFixed(1)}</strong> (CVSS {version}) <code className="small">{vector}</code>
              </p>
            ))}
            {environment.scores.length === 0 ? <p>Answered, but no score follows.</p> : null}
            {open > 0 ? (
              <p className="not-assessed">
                {open} {open === 1 ? 'question is' : 'questions are'} not answered
              </p>
            ) : null}
          </>
        ) : (
          <span className="not-assessed">Not answered</span>
        )}
      </dd>
      <dt>Priority (SSVC)</dt>
      <dd>
        {ssvc ? (
          <>
            <p className="muted small">{ssvcTree(ssvc.tree).title}</p>
            <SsvcOutcome tree={ssvc.tree} points={ssvc.points} />
          </>
        ) : (
          <span className="not-assessed">Not answered</span>
        )}
      </dd>
    </>
  );
}

function openQuestions(answers: RubricAnswers): number {
  return askedQuestions(answers).filter(({ id }) => answers[id] === undefined).length;
}

function justificationTitle(value: unknown): string {
  if (typeof value !== 'string') return '';
  return (JUSTIFICATION_WORDS as Readonly<Record<string, string>>)[value] ?? value;
}

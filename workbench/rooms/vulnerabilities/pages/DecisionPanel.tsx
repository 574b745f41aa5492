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
import { assessment } from '../model.ts';
import { AssessForm } from './AssessForm.tsx';
import { JUSTIFICATION_WORDS, statusTitle } from './finding-words.ts';
import type { FindingPlace } from './findings-queries.ts';

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
      <Content {...props} />
    </div>
  );
}

function Content({ at, detail }: DecisionPanelProps) {
  const { finding, mayAssess } = detail;
  if (finding.assessment) return <Assessed assessmentKey={finding.assessment.key} detail={detail} />;
  return (
    <Section title="Assess" aside={finding.finding ? <KeyLink recordKey={finding.finding.key} /> : undefined}>
      {mayAssess ? (
        <AssessForm key={`${at.release} ${at.vulnerability} ${at.place}`} at={at} />
      ) : (
        <p className="muted">
          Nobody has assessed it yet. It can be done by: {assessment.rights.create.map(roleTitle).join(', ')}.
        </p>
      )}
    </Section>
  );
}

function Assessed({
  assessmentKey,
  detail,
}: {
  readonly assessmentKey: string;
  readonly detail: FindingDetail;
}) {
  const record = useQuery(recordQuery(assessmentKey));
  return (
    <Answer query={record}>
      {(shown) => (
        <>
          <Judgement record={shown} detail={detail} />
          <RecordSteps record={shown} />
          <RecordSignatures record={shown} />
        </>
      )}
    </Answer>
  );
}

function Judgement({ record, detail }: { readonly record: RecordView; readonly detail: FindingDetail }) {
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
          {record.mayEdit ? (
            <AppLink to={`/r/${record.key}`} search={{ edit: '1' }}>
              Edit assessment
            </AppLink>
          ) : null}
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

function justificationTitle(value: unknown): string {
  if (typeof value !== 'string') return '';
  return (JUSTIFICATION_WORDS as Readonly<Record<string, string>>)[value] ?? value;
}

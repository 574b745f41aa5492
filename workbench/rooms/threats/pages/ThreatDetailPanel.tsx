// One result: what it says, why it is so, what would answer it, what stands behind it, and the decision about it.
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ActionView } from '../../../kernel/records/contract.ts';
import { Answer } from '../../../web/design/Answer.tsx';
import { AppLink } from '../../../web/design/AppLink.tsx';
import { SidePanel } from '../../../web/design/Dialog.tsx';
import { KeyLink } from '../../../web/design/KeyLink.tsx';
import { RecordState } from '../../../web/design/RecordState.tsx';
import { RelativeTime } from '../../../web/design/RelativeTime.tsx';
import { StateBadge } from '../../../web/design/StateBadge.tsx';
import { recordQuery, useKind } from '../../../web/queries.ts';
import { StepDialog } from '../../../web/record/StepDialog.tsx';
import type { ThreatDetail } from '../views.ts';
import { StaleNotice } from './StaleNotice.tsx';
import { REFERENCE_TITLES, referenceAddress, SAFETY_WORDS, stateWord } from './threat-words.ts';
import { detailQuery } from './threats-queries.ts';

export interface ThreatDetailPanelProps {
  readonly model: string;
  readonly rule: string;
  readonly target: string;
  readonly onClose: () => void;
}

export function ThreatDetailPanel({ model, rule, target, onClose }: ThreatDetailPanelProps) {
  const query = useQuery(detailQuery(model, rule, target));
  const title = query.data ? `${query.data.row.title}: ${query.data.row.targetTitle}` : rule;
  return (
    <SidePanel title={title} opened={true} onClose={onClose} size="lg">
      <Answer query={query} lines={10}>
        {(detail) => <Detail detail={detail} />}
      </Answer>
    </SidePanel>
  );
}

function Detail({ detail }: { readonly detail: ThreatDetail }) {
  const { row, model } = detail;
  const word = stateWord(row);
  return (
    <div className="stack threat-detail">
      <p>{row.statement}</p>
      <p className="row">
        <StateBadge tone={word.tone}>{word.title}</StateBadge>
        <span className="muted">{row.categories.join(', ')}</span>
      </p>
      {row.state === 'answered' && row.verifiedBy.length === 0 ? (
        <p className="small">An answer is a claim: no verified control stands at this place.</p>
      ) : null}
      {row.verifiedBy.length > 0 ? (
        <p className="small">
          Verified controls here:{' '}
          {row.verifiedBy.map((key) => (
            <KeyLink key={key} recordKey={key} />
          ))}
        </p>
      ) : null}
      <Decision detail={detail} />
      {detail.changes.length > 0 ? (
        <section aria-label="Changed since it was accepted">
          <h3>Changed since it was accepted</h3>
          <ul>
            {detail.changes.map((change) => (
              <li key={change}>{change}</li>
            ))}
          </ul>
        </section>
      ) : null}
      <section aria-label="Why">
        <h3>Why</h3>
        <ul className="threat-facts">
          {detail.facts.map((fact) => (
            <li key={`${fact.target} ${fact.fact}`}>
              {fact.text === '' ? (
                <>
                  <code>{fact.fact}</code> of {fact.title} is <strong>{fact.value}</strong>
                </>
              ) : (
                <>
                  {fact.title}: {fact.text} <strong>{fact.value}</strong>
                </>
              )}
              <span className="muted small">
                {' '}
                ({fact.origin}
                {fact.by === '' ? '' : ` by ${fact.by}`}
                {fact.at === '' ? null : (
                  <>
                    , <RelativeTime at={fact.at} />
                  </>
                )}
                {fact.evidence === '' ? '' : `; evidence: ${fact.evidence}`})
              </span>
            </li>
          ))}
        </ul>
      </section>
      <section aria-label="What would answer it">
        <h3>What would answer it</h3>
        {detail.questions.length > 0 ? (
          <ul>
            {detail.questions.map((question) => (
              <li key={`${question.target} ${question.key}`}>
                <AppLink to="/questions" search={{ model: model.key, q: question.key }}>
                  {question.text}
                </AppLink>{' '}
                <span className="muted">{question.title}</span>
              </li>
            ))}
          </ul>
        ) : null}
        {detail.requirements.length > 0 ? (
          <p>
            Requirements of the library:{' '}
            {detail.requirements.map((id, index) => (
              <span key={id}>
                {index === 0 ? '' : ', '}
                <code>{id}</code>
              </span>
            ))}
          </p>
        ) : detail.questions.length === 0 ? (
          <p className="muted">The rule names no requirement.</p>
        ) : null}
      </section>
      <section aria-label="What stands behind it">
        <h3>What stands behind it</h3>
        <p>
          Safety: {SAFETY_WORDS[row.safetyRelevance] ?? row.safetyRelevance}. Exploitability proposed:{' '}
          {row.exploitability ?? 'not stated'} of 5.
        </p>
        {detail.functions.length === 0 ? (
          <p className="muted">No safety function lies behind this place along the flows.</p>
        ) : (
          <ul>
            {detail.functions.map((fn) => (
              <li key={fn.id}>
                {fn.title}
                {fn.harms.length > 0
                  ? `: ${fn.harms.map((harm) => `${harm.title} (severity ${harm.severity || 'not known'})`).join(', ')}`
                  : ': names no harm'}
              </li>
            ))}
          </ul>
        )}
        <p>
          <AppLink to={`/r/${model.key}`} search={{ focus: row.target }}>
            The place in the model
          </AppLink>
        </p>
      </section>
      <References references={detail.references} />
      <section className="threat-rule" aria-label="Rule">
        <h3>Rule</h3>
        <p>
          <code>{row.rule}</code> version {row.ruleVersion}
        </p>
        <p className="small">
          When <code>{detail.when}</code>
          <br />
          Unless <code>{detail.unless}</code>
        </p>
        <p className="muted small">
          {detail.accepted === null ? (
            'This result was not accepted yet.'
          ) : (
            <>
              Accepted as {detail.accepted.state} by {detail.accepted.by},{' '}
              <RelativeTime at={detail.accepted.at} />.
            </>
          )}
        </p>
      </section>
    </div>
  );
}

function Decision({ detail }: { readonly detail: ThreatDetail }) {
  const { threat } = detail.row;
  if (threat === null)
    return (
      <p className="muted">
        {detail.row.state === 'raised' && detail.row.mergedInto === null
          ? 'It becomes a threat that can be decided when the difference is accepted.'
          : 'There is nothing to decide: it is not raised.'}
      </p>
    );
  return <DecisionOf threat={threat} />;
}

function DecisionOf({ threat }: { readonly threat: NonNullable<ThreatDetail['row']['threat']> }) {
  const kind = useKind('threat');
  const record = useQuery(recordQuery(threat.key));
  const [step, setStep] = useState<ActionView | null>(null);
  return (
    <section aria-label="Decision">
      <h3>Decision</h3>
      <p className="row threat-decision">
        <KeyLink recordKey={threat.key} />
        <RecordState kind={kind} state={threat.state} />
      </p>
      <Answer query={record} lines={2}>
        {(view) => (
          <>
            {threat.stale.length > 0 ? <StaleNotice record={view} reasons={threat.stale} /> : null}
            <div className="row">
              {view.actions.map((action) => (
                <Button
                  key={action.id}
                  disabled={!action.allowed}
                  title={action.whyNot?.message}
                  onClick={() => setStep(action)}
                >
                  {action.title}
                </Button>
              ))}
            </div>
            {step && kind ? (
              <StepDialog record={view} kind={kind} action={step} onClose={() => setStep(null)} />
            ) : null}
          </>
        )}
      </Answer>
    </section>
  );
}

function References({ references }: { readonly references: ThreatDetail['references'] }) {
  const kinds = (['cwe', 'capec', 'attackIcs', 'emb3d'] as const).filter(
    (kind) => references[kind].length > 0,
  );
  if (kinds.length === 0) return null;
  return (
    <section aria-label="References">
      <h3>References</h3>
      <ul>
        {kinds.map((kind) => (
          <li key={kind}>
            {REFERENCE_TITLES[kind]}:{' '}
            {references[kind].map((id, index) => {
              const address = referenceAddress(kind, id);
              return (
                <span key={id}>
                  {index === 0 ? '' : ', '}
                  {address === null ? (
                    id
                  ) : (
                    <a href={address} target="_blank" rel="noreferrer noopener">
                      {id}
                    </a>
                  )}
                </span>
              );
            })}
          </li>
        ))}
      </ul>
    </section>
  );
}

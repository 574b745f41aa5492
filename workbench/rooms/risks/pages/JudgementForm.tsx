// The judgement as people give it: answers, losses and the effect of controls. The level moves as they answer, with its reason.
import { Button, Checkbox, NativeSelect, Textarea, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { recordsClient } from '../../../web/client.ts';
import { KeyLink } from '../../../web/design/KeyLink.tsx';
import { ProblemNotice } from '../../../web/design/ProblemNotice.tsx';
import { ReasonField } from '../../../web/design/ReasonField.tsx';
import { showToast } from '../../../web/design/toasts.ts';
import { useRequest } from '../../../web/use-request.ts';
import { type RiskPolicy, zoneOf } from '../../products/policy.ts';
import { RubricQuestions } from '../../vulnerabilities/pages/RubricQuestions.tsx';
import { contextScore, RUBRIC_EDITION, type RubricAnswers } from '../../vulnerabilities/rubric.ts';
import type { RiskDetail } from '../contract.ts';
import { EXPLOITED, FACTORS, type FactorId, NOT_ANSWERED } from '../exploitability.ts';
import { type Judgement, judge, type LinkedHarm } from '../judge.ts';
import {
  CONTROL_ORDERS,
  LOSSES,
  type RiskBody,
  type RiskControl,
  riskBody,
  SCALES,
  SEVERITIES,
} from '../model.ts';
import { refreshRisks } from './risk-queries.ts';
import { exploitabilityWord, severityWord } from './risk-words.ts';
import { ZoneTag } from './ZoneTag.tsx';

export interface JudgementFormProps {
  readonly risk: RiskDetail;
  readonly needsReason: boolean;
  readonly onDone: () => void;
}

export function JudgementForm({ risk, needsReason, onDone }: JudgementFormProps) {
  const policy = risk.policy as unknown as RiskPolicy;
  const begin = useMemo(() => riskBody(risk.body), [risk.body]);
  const [body, setBody] = useState<RiskBody>(begin);
  const [reason, setReason] = useState('');
  const { busy, error, run } = useRequest();
  const change = (patch: Partial<RiskBody>) => setBody({ ...body, ...patch });
  const judgement = judge(
    {
      body,
      harms: risk.harms as readonly LinkedHarm[],
      controls: risk.controls,
      kev: risk.kev,
      policy,
    },
    zoneOf,
  );
  const save = () =>
    run(async () => {
      await recordsClient.records[':key'].$put({
        param: { key: risk.key },
        json: {
          seenRevision: risk.revision,
          body: JSON.parse(JSON.stringify(body)) as Record<string, unknown>,
          reason: reason.trim() || null,
        },
      });
      await refreshRisks();
      showToast(`${risk.key} is judged anew.`);
      onDone();
    });
  const unchanged = JSON.stringify(body) === JSON.stringify(begin);
  return (
    <form
      className="stack"
      aria-label="Judgement"
      onSubmit={(event) => {
        event.preventDefault();
        if (!unchanged && !(needsReason && reason.trim() === '')) void save();
      }}
    >
      <LevelNow judgement={judgement} policy={policy} />
      <h3>How exploitable is it, before controls?</h3>
      {risk.kev ? (
        <p className="small">
          A linked finding is known to be exploited, which lifts the level whatever is answered.
        </p>
      ) : null}
      <Factors body={body} change={change} />
      <Textarea
        label="Why"
        autosize={true}
        minRows={2}
        maxLength={4_000}
        value={body.rationale}
        onChange={(event) => change({ rationale: event.currentTarget.value })}
      />
      <Losses body={body} change={change} risk={risk} />
      <Controls body={body} change={change} risk={risk} />
      <Rubric body={body} change={change} />
      {needsReason ? (
        <ReasonField
          label="Reason for the change"
          description="Stays with the history; the decision is taken back."
          value={reason}
          onChange={setReason}
        />
      ) : null}
      {error ? <ProblemNotice error={error} /> : null}
      <div className="form__foot row">
        <Button
          type="submit"
          variant="filled"
          loading={busy}
          disabled={unchanged || (needsReason && reason.trim() === '')}
        >
          Save judgement
        </Button>
        <Button onClick={onDone}>Cancel</Button>
      </div>
    </form>
  );
}

interface PartProps {
  readonly body: RiskBody;
  readonly change: (patch: Partial<RiskBody>) => void;
}

function LevelNow({ judgement, policy }: { readonly judgement: Judgement; readonly policy: RiskPolicy }) {
  const { before, after } = judgement.safety;
  return (
    <div className="level-now" aria-live="polite" role="status">
      <span>
        Before: <ZoneTag zone={before.zone} />
      </span>
      <span>
        Verified: <ZoneTag zone={after.zone} />
      </span>
      <span className="small">
        Exploitability {exploitabilityWord(before.exploitability, policy)}, severity{' '}
        {severityWord(before, policy)}
        {before.exploitability.open.length > 0 ? ` · ${before.exploitability.open.length} open` : ''}
      </span>
      <span>
        Privacy: <ZoneTag zone={judgement.privacy.before.zone} />
      </span>
    </div>
  );
}

function Factors({ body, change }: PartProps) {
  const set = (id: FactorId | 'exploited', value: string) =>
    change({ exploitability: { ...body.exploitability, [id]: value } as RiskBody['exploitability'] });
  return (
    <div>
      {FACTORS.map((factor) => (
        <Question
          key={factor.id}
          name={factor.id}
          question={factor.question}
          value={body.exploitability[factor.id] ?? NOT_ANSWERED}
          answers={factor.answers.map(({ value, title, points }) => ({ value, title, note: String(points) }))}
          onAnswer={(value) => set(factor.id, value)}
        />
      ))}
      <Question
        name="exploited"
        question="Is it known that somebody does it?"
        value={body.exploitability.exploited}
        answers={EXPLOITED.filter((value) => value !== NOT_ANSWERED).map((value) => ({
          value,
          title: value === 'yes' ? 'Yes: one level higher' : 'No',
          note: '',
        }))}
        onAnswer={(value) => set('exploited', value)}
      />
    </div>
  );
}

function Question({
  name,
  question,
  value,
  answers,
  onAnswer,
}: {
  readonly name: string;
  readonly question: string;
  readonly value: string;
  readonly answers: readonly { readonly value: string; readonly title: string; readonly note: string }[];
  readonly onAnswer: (value: string) => void;
}) {
  return (
    <fieldset className="factor">
      <legend>{question}</legend>
      <div className="factor__answers">
        {[...answers, { value: NOT_ANSWERED, title: 'Not answered', note: '' }].map((answer) => (
          <label key={answer.value}>
            <input
              type="radio"
              name={`risk-${name}`}
              checked={value === answer.value}
              onChange={() => onAnswer(answer.value)}
            />
            <span>
              {answer.title} {answer.note === '' ? null : <span className="muted small">{answer.note}</span>}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function Losses({ body, change, risk }: PartProps & { readonly risk: RiskDetail }) {
  const loss = (name: 'effectivenessLoss' | 'confidentialityLoss' | 'privacyLoss', label: string) => (
    <NativeSelect
      label={label}
      value={body[name]}
      onChange={(event) => change({ [name]: event.currentTarget.value as RiskBody['privacyLoss'] })}
      data={LOSSES.map((value) => ({ value, label: value.charAt(0).toUpperCase() + value.slice(1) }))}
    />
  );
  return (
    <>
      <h3>What is lost?</h3>
      {risk.harms.length > 0 ? (
        <ul className="small risk-lines">
          {risk.harms.map((harm) => (
            <li key={harm.key}>
              <KeyLink recordKey={harm.key} title={harm.title} />: severity {harm.severity}, by the safety
              file
              {harm.gone ? '; gone from the file' : ''}
            </li>
          ))}
        </ul>
      ) : (
        <p className="muted small">
          No harm of the safety file is linked. A severity is never typed by hand where a harm is reached:
          link it with "Link", type "Harms".
        </p>
      )}
      <div className="mapping">
        {loss('effectivenessLoss', 'Loss of effectiveness')}
        {loss('confidentialityLoss', 'Loss of confidentiality')}
        {loss('privacyLoss', 'Loss of privacy')}
        <NativeSelect
          label="How many patients at once"
          value={body.scale}
          onChange={(event) => change({ scale: event.currentTarget.value as RiskBody['scale'] })}
          data={SCALES.map((value) => ({ value, label: value.charAt(0).toUpperCase() + value.slice(1) }))}
        />
      </div>
    </>
  );
}

function Controls({ body, change, risk }: PartProps & { readonly risk: RiskDetail }) {
  const set = (key: string, entry: RiskControl) => {
    const known = body.controls.some(({ control }) => control === key);
    change({
      controls: known
        ? body.controls.map((one) => (one.control === key ? entry : one))
        : [...body.controls, entry],
    });
  };
  return (
    <>
      <h3>What do controls change?</h3>
      {risk.controls.length === 0 ? (
        <p className="muted small">
          No control is linked. Link one with "Link", type "Reduced by"; here you then say what it changes and
          why.
        </p>
      ) : null}
      {risk.controls.map((control) => {
        const entry = body.controls.find((one) => one.control === control.key) ?? {
          control: control.key,
          order: 'protective measure' as const,
          independent: false,
          effects: [],
          newRisks: '',
        };
        return (
          <ControlEntry
            key={control.key}
            title={control.title}
            state={control.state}
            entry={entry}
            onChange={(next) => set(control.key, next)}
          />
        );
      })}
    </>
  );
}

function ControlEntry({
  title,
  state,
  entry,
  onChange,
}: {
  readonly title: string;
  readonly state: string;
  readonly entry: RiskControl;
  readonly onChange: (entry: RiskControl) => void;
}) {
  const effect = (index: number, patch: Partial<RiskControl['effects'][number]>) =>
    onChange({
      ...entry,
      effects: entry.effects.map((one, position) => (position === index ? { ...one, ...patch } : one)),
    });
  return (
    // biome-ignore lint/a11y/useSemanticElements: a heading with a link names it, which a legend cannot hold well
    <div role="group" aria-label={`${entry.control} ${title}`} className="risk-control risk-lines stack">
      <p>
        <KeyLink recordKey={entry.control} title={title} />{' '}
        <span className="muted small">
          {state === 'verified' ? 'verified: it counts' : `${state}: a claim`}
        </span>
      </p>
      <div className="row">
        <NativeSelect
          aria-label={`${entry.control}: kind of measure`}
          value={entry.order}
          onChange={(event) =>
            onChange({ ...entry, order: event.currentTarget.value as RiskControl['order'] })
          }
          data={CONTROL_ORDERS.map((value) => ({
            value,
            label: value.charAt(0).toUpperCase() + value.slice(1),
          }))}
        />
        <Checkbox
          label="In hardware, or independent of what is attacked"
          checked={entry.independent}
          onChange={(event) => onChange({ ...entry, independent: event.currentTarget.checked })}
        />
      </div>
      {entry.effects.map((one, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an effect has no name but its place
        <div key={index} className="effect">
          <NativeSelect
            label="It changes"
            value={one.factor}
            onChange={(event) => {
              const factor = event.currentTarget.value as typeof one.factor;
              effect(index, { factor, to: answersOf(factor)[0]?.value ?? '' });
            }}
            data={[
              ...FACTORS.map(({ id, title: name }) => ({ value: id, label: name })),
              { value: 'severity', label: 'Severity' },
            ]}
          />
          <NativeSelect
            label="To"
            value={one.to}
            onChange={(event) => effect(index, { to: event.currentTarget.value })}
            data={answersOf(one.factor).map(({ value, label }) => ({ value, label }))}
          />
          <TextInput
            label="Why"
            maxLength={1_000}
            value={one.why}
            onChange={(event) => effect(index, { why: event.currentTarget.value })}
          />
          <Button
            aria-label={`Remove effect ${index + 1} of ${entry.control}`}
            onClick={() => onChange({ ...entry, effects: entry.effects.filter((_one, at) => at !== index) })}
          >
            <IconTrash size={15} aria-hidden="true" />
          </Button>
        </div>
      ))}
      <div>
        <Button
          leftSection={<IconPlus size={15} aria-hidden="true" />}
          disabled={entry.effects.length >= 10}
          onClick={() =>
            onChange({
              ...entry,
              effects: [...entry.effects, { factor: 'access', to: 'at the device', why: '' }],
            })
          }
        >
          Add effect
        </Button>
      </div>
      <Textarea
        label="New risks that it brings"
        description="Lock-out, alarm fatigue, delay in an emergency"
        autosize={true}
        minRows={1}
        maxLength={2_000}
        value={entry.newRisks}
        onChange={(event) => onChange({ ...entry, newRisks: event.currentTarget.value })}
      />
    </div>
  );
}

function answersOf(factor: RiskControl['effects'][number]['factor']) {
  if (factor === 'severity')
    return SEVERITIES.map((value, index) => ({ value: value as string, label: `${index + 1} ${value}` }));
  return (FACTORS.find(({ id }) => id === factor)?.answers ?? []).map(({ value, title }) => ({
    value,
    label: title,
  }));
}

/** The CVSS score in the device's context stands beside the level; it makes none, since it lacks harm and state. */
function Rubric({ body, change }: PartProps) {
  const answers = (body.cvss?.answers ?? {}) as RubricAnswers;
  const answer = (id: string, given: string | null) => {
    const { [id]: _before, ...others } = answers as Record<string, string>;
    const next = (given === null ? others : { ...others, [id]: given }) as RubricAnswers;
    const score = contextScore('3.1', body.cvss?.base ?? null, next, 'not assessed');
    change({
      cvss: {
        rubric: RUBRIC_EDITION,
        answers: { ...next },
        base: body.cvss?.base ?? null,
        vector: score?.vector ?? '',
        score: score?.score ?? null,
      },
    });
  };
  return (
    <details className="more">
      <summary>
        CVSS in the device's context, beside the level
        {body.cvss?.score ? `: ${body.cvss.score.toFixed(1)}` : ''}
      </summary>
      <p className="muted small">
        After the medical rubric. It is kept for those who ask for it; the level above comes from the answers
        and the harm.
      </p>
      <RubricQuestions
        answers={answers}
        ofProduct={{}}
        bases={{ '3.1': body.cvss?.base ?? null, '4.0': null }}
        safety="not assessed"
        onAnswer={answer}
      />
    </details>
  );
}

// The guided score: one question at a time or all of them, answered by a press or a key, with the score as it moves.
import { Button } from '@mantine/core';
import { useRef, useState } from 'react';
import type { ContextScore, RubricAnswer, RubricAnswers, RubricQuestion } from '../rubric.ts';
import {
  askedQuestions,
  contextScore,
  judgeMetrics,
  modifiedMetrics,
  RUBRIC_QUESTIONS,
  type SafetyVerdict,
} from '../rubric.ts';
import { answerOfStroke, answerWords, METRIC_WORDS, metricValue } from './rubric-words.ts';

export interface RubricQuestionsProps {
  /** What counts now: given by a person, or taken over from the product. */
  readonly answers: RubricAnswers;
  /** Answers that the product's facts give. */
  readonly ofProduct: RubricAnswers;
  readonly bases: Readonly<Record<'3.1' | '4.0', string | null>>;
  readonly safety: SafetyVerdict;
  readonly onAnswer: (id: string, answer: RubricAnswer | null) => void;
}

export function RubricQuestions(props: RubricQuestionsProps) {
  const { answers, ofProduct, onAnswer } = props;
  const asked = askedQuestions(answers);
  const [all, setAll] = useState(false);
  const [at, setAt] = useState<string | null>(null);
  const list = useRef<HTMLDivElement>(null);
  const openOnes = asked.filter(({ id }) => answers[id] === undefined);
  const current = asked.find(({ id }) => id === at) ?? openOnes[0] ?? asked[0]!;
  const index = asked.indexOf(current);

  const focus = (id: string) =>
    requestAnimationFrame(() => list.current?.querySelector<HTMLElement>(`[data-question="${id}"]`)?.focus());
  const show = (id: string) => {
    setAt(id);
    focus(id);
  };
  const answer = (question: RubricQuestion, given: RubricAnswer | null) => {
    onAnswer(question.id, given);
    if (given === null) return;
    const next = nextQuestion(question.id, { ...answers, [question.id]: given });
    if (next !== null) show(next);
    else if (!all) setAt(question.id);
  };
  const one = (question: RubricQuestion) => (
    <Question
      key={question.id}
      question={question}
      answer={answers[question.id]}
      ofProduct={ofProduct[question.id] !== undefined && ofProduct[question.id] === answers[question.id]}
      onAnswer={(given) => answer(question, given)}
    />
  );
  return (
    <div className="stack">
      <Scores {...props} />
      <div className="row rubric__head">
        <span className="muted small">
          {asked.length - openOnes.length} of {asked.length} answered
        </span>
        <button type="button" className="link-button" onClick={() => setAll(!all)}>
          {all ? 'One at a time' : 'Show all questions'}
        </button>
      </div>
      <div ref={list} className="stack">
        {all ? asked.map(one) : one(current)}
      </div>
      {all ? null : (
        <div className="row">
          <Button disabled={index <= 0} onClick={() => show(asked[index - 1]!.id)}>
            Back
          </Button>
          <Button disabled={index >= asked.length - 1} onClick={() => show(asked[index + 1]!.id)}>
            Next
          </Button>
          <span className="muted small">
            Question {index + 1} of {asked.length}
          </span>
        </div>
      )}
      <p className="muted small">
        Keys while a question has the focus: Y and N, or H, L and N; ? for not known; Backspace takes an
        answer back.
      </p>
      <Explanation {...props} onShow={show} />
    </div>
  );
}

/** The next one without an answer, after this one in the order of the rubric; null when none is left. */
function nextQuestion(id: string, answers: RubricAnswers): string | null {
  const open = askedQuestions(answers).filter((question) => answers[question.id] === undefined);
  const order = RUBRIC_QUESTIONS.map((question) => question.id);
  const later = open.find((question) => order.indexOf(question.id) > order.indexOf(id));
  return (later ?? open[0])?.id ?? null;
}

interface QuestionProps {
  readonly question: RubricQuestion;
  readonly answer: RubricAnswer | undefined;
  readonly ofProduct: boolean;
  readonly onAnswer: (answer: RubricAnswer | null) => void;
}

function Question({ question, answer, ofProduct, onAnswer }: QuestionProps) {
  const words = `rubric-${question.id}`;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot take the focus that the keys need
    <div
      role="group"
      aria-labelledby={words}
      data-question={question.id}
      tabIndex={-1}
      className="question"
      onKeyDown={(event) => {
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        const given = answerOfStroke(question, event.key);
        if (given === null) return;
        // The page's own keys ("?" lists them all) do not hear it.
        event.preventDefault();
        event.stopPropagation();
        onAnswer(given === 'clear' ? null : given);
      }}
    >
      <p id={words}>
        <span className="muted small">{METRIC_WORDS[question.metric]}</span>
        <br />
        {question.question}
      </p>
      <div className="row question__answers">
        {answerWords(question).map(({ value, title }) => (
          <button
            key={value}
            type="button"
            className="choice"
            aria-pressed={answer === value}
            onClick={() => onAnswer(answer === value ? null : value)}
          >
            {title}
          </button>
        ))}
      </div>
      {ofProduct ? <p className="muted small">Taken over from the facts of the product.</p> : null}
      {answer === undefined ? <p className="not-assessed small">Not answered</p> : null}
    </div>
  );
}

function Scores({ answers, bases, safety }: RubricQuestionsProps) {
  return (
    <div aria-live="polite" className="rubric__scores">
      {(['3.1', '4.0'] as const).map((version) => (
        <ScoreLine
          key={version}
          version={version}
          base={bases[version]}
          found={contextScore(version, bases[version], answers, safety)}
        />
      ))}
    </div>
  );
}

function ScoreLine({
  version,
  base,
  found,
}: {
  readonly version: '3.1' | '4.0';
  readonly base: string | null;
  readonly found: ContextScore | null;
}) {
  if (found === null)
    return base === null ? (
      <p className="muted small">CVSS {version}: no source gives a base vector.</p>
    ) : (
      <p className="muted small">CVSS {version}: nothing answered yet changes the base score.</p>
    );
  return (
    <div>
      <p>
        CVSS {version} in this device: <strong>{found.score.toFixed(1)}</strong>
      </p>
      <p className="small rubric__vector">
        <code>{found.vector}</code>
      </p>
    </div>
  );
}

function Explanation({
  answers,
  safety,
  onShow,
}: RubricQuestionsProps & { readonly onShow: (id: string) => void }) {
  const verdicts = judgeMetrics(answers);
  const open = verdicts.filter((verdict) => verdict.value === null);
  const unknown = verdicts.flatMap((verdict) => verdict.unknown);
  const set = [...modifiedMetrics('3.1', answers, safety), ...modifiedMetrics('4.0', answers, safety)].filter(
    ([metric], index, all) => all.findIndex(([other]) => other === metric) === index,
  );
  return (
    <details className="more">
      <summary>Which answer set what, and what is open</summary>
      <div className="stack">
        {set.length === 0 ? null : (
          <div className="small-table">
            <table>
              <thead>
                <tr>
                  <th scope="col">Metric</th>
                  <th scope="col">Value</th>
                  <th scope="col">Set by</th>
                </tr>
              </thead>
              <tbody>
                {set.map(([metric, value, by]) => (
                  <tr key={metric}>
                    <td>{metric}</td>
                    <td>{metricValue(metric, value)}</td>
                    <td>
                      <QuestionLinks ids={by} onShow={onShow} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
        {open.length === 0 ? null : (
          <div>
            <p>Stay as the source has them, because questions are not answered:</p>
            <ul>
              {open.map((verdict) => (
                <li key={verdict.metric}>
                  {METRIC_WORDS[verdict.metric]}: <QuestionLinks ids={verdict.open} onShow={onShow} />
                </li>
              ))}
            </ul>
          </div>
        )}
        {unknown.length === 0 ? null : (
          <p>
            Not known, so the worse value is taken; to be found out:{' '}
            <QuestionLinks ids={unknown} onShow={onShow} />
          </p>
        )}
        <p className="muted small">
          After the MITRE rubric for medical devices: the questions are worded and the decisions rebuilt by
          Ward, and not compared with the original. Metrics that begin with MS or MV, and MAT, are those of
          CVSS 4.0.
        </p>
      </div>
    </details>
  );
}

function QuestionLinks({
  ids,
  onShow,
}: {
  readonly ids: readonly string[];
  readonly onShow: (id: string) => void;
}) {
  return (
    <span className="row rubric__ids">
      {ids.map((id) => (
        <button
          key={id}
          type="button"
          className="link-button"
          title={RUBRIC_QUESTIONS.find((question) => question.id === id)?.question}
          onClick={() => onShow(id)}
        >
          {id}
        </button>
      ))}
    </span>
  );
}

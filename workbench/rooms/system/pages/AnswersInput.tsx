// The answers of one object: yes, no or not answered, each with its evidence. Not answered is never no.
import { useState } from 'react';
import { useMe } from '../../../web/session.ts';
import type { Answer, Answers } from '../metamodel.ts';
import { QuestionKey } from '../metamodel.ts';
import { setAnswer } from './editing/edit-model.ts';

export interface AskedQuestion {
  readonly key: string;
  readonly text: string;
}

export interface AnswersInputProps {
  readonly legend: string;
  readonly answers: Answers;
  /** What is asked here; answered keys that are not among them are shown too. */
  readonly asked: readonly AskedQuestion[];
  readonly readOnly: boolean;
  readonly onChange: (answers: Answers, label: string) => void;
}

const WAYS = [
  { value: 'yes', label: 'Yes' },
  { value: 'no', label: 'No' },
  { value: '', label: 'Not answered' },
] as const;

export function AnswersInput({ legend, answers, asked, readOnly, onChange }: AnswersInputProps) {
  const me = useMe();
  const [key, setKey] = useState('');
  // A question stays in sight after its answer was taken away, so that the way back is short.
  const [opened, setOpened] = useState<readonly string[]>([]);
  const texts = new Map(asked.map((one) => [one.key, one.text]));
  const keys = [...new Set([...asked.map((one) => one.key), ...Object.keys(answers), ...opened])];
  const open = keys.filter((one) => answers[one] === undefined).length;
  const give = (question: string, value: 'yes' | 'no' | '') => {
    const before = answers[question];
    const answer: Answer | null =
      value === ''
        ? null
        : {
            evidence: before?.evidence ?? '',
            note: before?.note ?? '',
            value,
            origin: 'person',
            by: me.name,
            at: new Date().toISOString(),
          };
    setOpened((now) => (now.includes(question) ? now : [...now, question]));
    onChange(setAnswer(answers, question, answer), `Answer ${question}`);
  };
  const wrongKey = key !== '' && !QuestionKey.safeParse(key).success;
  return (
    <fieldset className="answers">
      <legend>
        {legend}{' '}
        <span className="muted small">{keys.length === 0 ? 'none yet' : `${open} not answered`}</span>
      </legend>
      {keys.map((question) => {
        const answer = answers[question];
        return (
          <div key={question} className="answers__one">
            <div className="answer__text" id={`q-${question}`}>
              {texts.get(question) ?? <code>{question}</code>}
            </div>
            <div className="answer__ways" role="radiogroup" aria-labelledby={`q-${question}`}>
              {WAYS.map((way) => (
                <label key={way.value} className="answer__way">
                  <input
                    type="radio"
                    name={`${legend}-${question}`}
                    checked={(answer?.value ?? '') === way.value}
                    disabled={readOnly}
                    onChange={() => give(question, way.value)}
                  />
                  {way.label}
                </label>
              ))}
            </div>
            {answer ? (
              <>
                <input
                  className="mi__input"
                  aria-label={`Evidence for ${question}`}
                  placeholder="Evidence: report, drawing, configuration"
                  maxLength={1_000}
                  value={answer.evidence}
                  readOnly={readOnly}
                  onChange={(event) =>
                    onChange(
                      setAnswer(answers, question, { ...answer, evidence: event.currentTarget.value }),
                      `Evidence for ${question}`,
                    )
                  }
                />
                <span className="muted small">
                  {[answer.by, answer.at.slice(0, 10), answer.origin === 'person' ? '' : answer.origin]
                    .filter((part) => part !== '')
                    .join(' · ')}
                </span>
              </>
            ) : null}
          </div>
        );
      })}
      {readOnly ? null : (
        <form
          className="answer__add"
          onSubmit={(event) => {
            event.preventDefault();
            if (key === '' || wrongKey) return;
            setOpened((now) => [...now, key]);
            setKey('');
          }}
        >
          <input
            className="mi__input"
            aria-label={`${legend}: key of another question`}
            placeholder="Another question: flow.auth-source"
            aria-invalid={wrongKey || undefined}
            value={key}
            onChange={(event) => setKey(event.currentTarget.value)}
          />
          <button type="submit" className="small-button" disabled={key === '' || wrongKey}>
            Ask
          </button>
        </form>
      )}
    </fieldset>
  );
}

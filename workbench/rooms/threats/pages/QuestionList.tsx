// Questions in groups, walked and answered by keys: y and n answer and go on, space goes on, e gives evidence, u takes back.
import { Button, Checkbox, TextInput } from '@mantine/core';
import type { FormEvent, KeyboardEvent } from 'react';
import { useEffect, useRef, useState } from 'react';
import { Keys } from '../../../web/actions/ActionButton.tsx';
import { Dialog, DialogFoot } from '../../../web/design/Dialog.tsx';
import { focusIsNowhere } from '../../../web/design/focus.ts';
import { RelativeTime } from '../../../web/design/RelativeTime.tsx';
import { StateBadge } from '../../../web/design/StateBadge.tsx';
import type { QuestionRow } from '../views.ts';
import { type Grouping, originOf, type QuestionGroup, questionId, strokeOf } from './question-words.ts';
import { type Answering, answerNow } from './use-answers.ts';

type Value = 'yes' | 'no' | null;

export interface QuestionListProps {
  readonly groups: readonly QuestionGroup[];
  readonly by: Grouping;
  readonly mayAnswer: boolean;
  readonly answering: Answering;
  readonly selected: ReadonlySet<string>;
  readonly onSelect: (ids: ReadonlySet<string>) => void;
}

/** Drawn at once; the rest on demand, so that a model of thousands of questions opens quickly. */
const FIRST = 300;

export function QuestionList({ groups, by, mayAnswer, answering, selected, onSelect }: QuestionListProps) {
  const [active, setActive] = useState<string | null>(null);
  const [evidence, setEvidence] = useState<QuestionRow | null>(null);
  const [most, setMost] = useState(FIRST);
  const box = useRef<HTMLDivElement>(null);
  const moved = useRef(false);
  const last = useRef<string | null>(null);
  const all = groups.flatMap((group) => group.questions);
  const shown = all.slice(0, most);
  const visible = new Set(shown.map(questionId));
  const current = shown.find((one) => questionId(one) === active) ?? shown[0];
  const currentId = current === undefined ? null : questionId(current);

  // Rows come and go with each answer: the one that the keys are on keeps the focus, unless the reader went elsewhere.
  useEffect(() => {
    const changed = last.current !== currentId;
    last.current = currentId;
    if (!moved.current || currentId === null || evidence !== null) return;
    if (!changed && !focusIsNowhere()) return;
    const row = rowOf(box.current, currentId);
    if (row === null || document.activeElement === row) return;
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: 'nearest' });
  });

  const go = (step: number, from = currentId) => {
    const at = shown.findIndex((one) => questionId(one) === from);
    const next = shown[Math.min(Math.max(at + step, 0), shown.length - 1)];
    if (next === undefined) return;
    moved.current = true;
    setActive(questionId(next));
  };
  const answer = (question: QuestionRow, value: Value, proof?: string) => {
    const { target, key } = question;
    const before = answerNow(question, answering.pending);
    answering.give([{ target, key, value, before, ...(proof === undefined ? {} : { evidence: proof }) }]);
  };
  const toggle = (ids: readonly string[], on: boolean) => {
    const next = new Set(selected);
    for (const id of ids) {
      if (on) next.add(id);
      else next.delete(id);
    }
    onSelect(next);
  };
  const press = (event: KeyboardEvent, question: QuestionRow) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== event.currentTarget) return;
    const stroke = strokeOf(event.key);
    if (stroke === null) return;
    const writes =
      stroke === 'yes' || stroke === 'no' || stroke === 'clear' || stroke === 'evidence' || stroke === 'undo';
    if (writes && !mayAnswer) return;
    // The page's own keys do not hear it.
    event.preventDefault();
    event.stopPropagation();
    const id = questionId(question);
    switch (stroke) {
      case 'yes':
      case 'no':
        answer(question, stroke);
        return go(1, id);
      case 'clear':
        return answer(question, null);
      case 'skip':
      case 'next':
        return go(1, id);
      case 'previous':
        return go(-1, id);
      case 'evidence':
        return setEvidence(question);
      case 'select':
        return toggle([id], !selected.has(id));
      case 'select group': {
        const group = groups.find(({ questions }) => questions.includes(question));
        return toggle(group?.questions.map(questionId) ?? [], !selected.has(id));
      }
      case 'undo': {
        const [first] = answering.undo();
        if (first) setActive(questionId(first));
        return;
      }
    }
  };
  const leaveEvidence = () => {
    setEvidence(null);
    moved.current = true;
  };
  return (
    <>
      <p className="muted small question-keys">
        <Keys binding="j" /> <Keys binding="k" /> move
        {mayAnswer ? (
          <>
            {' '}
            · <Keys binding="y" /> yes · <Keys binding="n" /> no · <Keys binding="e" /> with evidence ·{' '}
            <Keys binding="u" /> undo
          </>
        ) : (
          ' · your roles do not allow to answer'
        )}{' '}
        · space skips · <Keys binding="x" /> selects, <Keys binding="a" /> the group
      </p>
      <div ref={box} className="question-groups">
        {groups.map((group) => {
          const rows = group.questions.filter((one) => visible.has(questionId(one)));
          if (rows.length === 0) return null;
          const ids = group.questions.map(questionId);
          const chosen = ids.filter((id) => selected.has(id)).length;
          return (
            <section key={group.id} className="question-group" aria-label={group.title || 'Questions'}>
              {group.title === '' ? null : (
                <div className="question-group__head">
                  <Checkbox
                    aria-label={`Select all of: ${group.title}`}
                    tabIndex={rows.some((one) => questionId(one) === currentId) ? 0 : -1}
                    checked={chosen === ids.length}
                    indeterminate={chosen > 0 && chosen < ids.length}
                    onChange={(event) => toggle(ids, event.currentTarget.checked)}
                  />
                  <h2>{group.title}</h2>
                  <span className="muted small">
                    {group.about} · {ids.length === 1 ? 'one' : ids.length}{' '}
                    {by === 'question'
                      ? ids.length === 1
                        ? 'place'
                        : 'places'
                      : ids.length === 1
                        ? 'question'
                        : 'questions'}
                    {group.decides > 0 ? ` · decides ${group.decides}` : ''}
                  </span>
                </div>
              )}
              {rows.map((question) => (
                <Row
                  key={questionId(question)}
                  question={question}
                  by={by}
                  value={answerNow(question, answering.pending)}
                  saving={answering.pending.has(questionId(question))}
                  active={questionId(question) === currentId}
                  selected={selected.has(questionId(question))}
                  mayAnswer={mayAnswer}
                  onSelect={(on) => toggle([questionId(question)], on)}
                  onAnswer={(value) => answer(question, value)}
                  onEvidence={() => setEvidence(question)}
                  onFocus={() => setActive(questionId(question))}
                  onKeyDown={(event) => press(event, question)}
                />
              ))}
            </section>
          );
        })}
      </div>
      {all.length > shown.length ? (
        <Button onClick={() => setMost(most + 1_000)}>Show {all.length - shown.length} more</Button>
      ) : null}
      {evidence === null ? null : (
        <EvidenceDialog
          question={evidence}
          onClose={leaveEvidence}
          onAnswer={(value, proof) => {
            answer(evidence, value, proof);
            leaveEvidence();
            go(1, questionId(evidence));
          }}
        />
      )}
    </>
  );
}

const rowOf = (box: HTMLElement | null, id: string) =>
  box?.querySelector<HTMLElement>(`[data-question="${CSS.escape(id)}"]`) ?? null;

function Row({
  question,
  by,
  value,
  saving,
  active,
  selected,
  mayAnswer,
  onSelect,
  onAnswer,
  onEvidence,
  onFocus,
  onKeyDown,
}: {
  readonly question: QuestionRow;
  readonly by: Grouping;
  readonly value: Value;
  readonly saving: boolean;
  readonly active: boolean;
  readonly selected: boolean;
  readonly mayAnswer: boolean;
  readonly onSelect: (on: boolean) => void;
  readonly onAnswer: (value: Value) => void;
  readonly onEvidence: () => void;
  readonly onFocus: () => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}) {
  const place = [question.title, question.zoneTitle].filter(Boolean).join(' · ');
  const id = questionId(question);
  const name = by === 'question' ? question.title : question.text;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot take the focus that the keys need
    <div
      role="group"
      aria-label={`${question.text} ${place}`}
      data-question={id}
      className="question-row"
      tabIndex={active ? 0 : -1}
      onFocus={(event) => {
        if (event.target === event.currentTarget) onFocus();
      }}
      onKeyDown={onKeyDown}
    >
      <Checkbox
        aria-label={`Select: ${name}`}
        tabIndex={-1}
        checked={selected}
        onChange={(event) => onSelect(event.currentTarget.checked)}
      />
      <div className="question-row__words">
        <p>{name}</p>
        <p className="muted small">
          {by === 'question' ? question.zoneTitle : place}
          {question.decides > 0
            ? ` · ${question.value === null ? 'decides' : 'bears'} ${question.decides}`
            : ''}
          {question.severity > 0 ? ` · harm ${question.severity} behind it` : ''}
          {question.safety && question.severity === 0 ? ' · safety' : ''}
        </p>
        {question.value === null ? null : (
          <p className="small">
            {originOf(question)}
            {question.at === '' ? null : (
              <>
                , <RelativeTime at={question.at} />
              </>
            )}
            {question.evidence === '' ? null : <> · Evidence: {question.evidence}</>}
          </p>
        )}
      </div>
      <div className="row question-row__answers">
        {saving ? <span className="muted small">saving</span> : null}
        {value === null ? <StateBadge tone="question">Not answered</StateBadge> : null}
        {(['yes', 'no'] as const).map((one) => (
          <button
            key={one}
            type="button"
            className="choice"
            tabIndex={active ? 0 : -1}
            aria-pressed={value === one}
            disabled={!mayAnswer}
            onClick={() => onAnswer(value === one ? null : one)}
          >
            {one === 'yes' ? 'Yes' : 'No'}
          </button>
        ))}
        <button
          type="button"
          className="link-button"
          tabIndex={active ? 0 : -1}
          disabled={!mayAnswer}
          onClick={onEvidence}
        >
          Evidence
        </button>
      </div>
    </div>
  );
}

function EvidenceDialog({
  question,
  onClose,
  onAnswer,
}: {
  readonly question: QuestionRow;
  readonly onClose: () => void;
  readonly onAnswer: (value: 'yes' | 'no', evidence: string) => void;
}) {
  const [evidence, setEvidence] = useState(question.evidence);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onAnswer('yes', evidence.trim());
  };
  return (
    <Dialog title="Answer with evidence" opened={true} onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <p>
          {question.text}
          <br />
          <span className="muted">{[question.title, question.zoneTitle].filter(Boolean).join(' · ')}</span>
        </p>
        <TextInput
          label="Evidence"
          description="What shows it: a test report, a section of the design, a schematic."
          data-autofocus="true"
          maxLength={1_000}
          value={evidence}
          onChange={(event) => setEvidence(event.currentTarget.value)}
        />
        <DialogFoot>
          <Button onClick={onClose}>Cancel</Button>
          <Button onClick={() => onAnswer('no', evidence.trim())}>No</Button>
          <Button type="submit" variant="filled">
            Yes
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}

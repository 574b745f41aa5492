// Answers as they are given: shown at once, sent together after a moment, undone by key. What was sent is one revision.
import { useCallback, useEffect, useRef, useState } from 'react';
import { showProblem, showToast } from '../../../web/design/toasts.ts';
import type { AnswersOutcome, QuestionRow } from '../views.ts';
import { questionId } from './question-words.ts';
import { refreshThreats, sendAnswers } from './threats-queries.ts';

type Value = 'yes' | 'no' | null;

export interface GivenAnswer {
  readonly target: string;
  readonly key: string;
  readonly value: Value;
  readonly evidence?: string;
  /** The target is a zone: for each of its elements that has no answer of its own. */
  readonly as?: 'zone default';
}

export interface Answering {
  /** Answers that are on their way, by question. */
  readonly pending: ReadonlyMap<string, Value>;
  readonly status: 'saved' | 'waiting' | 'saving' | 'failed' | 'nothing';
  readonly conflicts: AnswersOutcome['conflicts'];
  readonly give: (answers: readonly (GivenAnswer & { readonly before: Value })[]) => void;
  readonly undo: () => readonly GivenAnswer[];
  readonly forgetConflicts: () => void;
}

/** Long enough for the next key, so that a row of answers is one revision and not one each. */
const WAIT_MS = 2_000;

export function useAnswers(model: string, revision: number | undefined): Answering {
  const [pending, setPending] = useState<ReadonlyMap<string, Value>>(new Map());
  const [status, setStatus] = useState<Answering['status']>('nothing');
  const [conflicts, setConflicts] = useState<AnswersOutcome['conflicts']>([]);
  const waiting = useRef(new Map<string, GivenAnswer>());
  const done = useRef<(readonly GivenAnswer[])[]>([]);
  const seen = useRef(0);
  const chain = useRef(Promise.resolve());
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  // What the reader sees is never older than what this page itself has written.
  seen.current = Math.max(seen.current, revision ?? 0);

  const flush = useCallback(() => {
    clearTimeout(timer.current);
    const answers = [...waiting.current.values()];
    waiting.current.clear();
    if (answers.length === 0) return;
    setStatus('saving');
    chain.current = chain.current.then(async () => {
      try {
        const outcome = await sendAnswers(model, seen.current, answers);
        seen.current = Math.max(seen.current, outcome.revision);
        if (outcome.conflicts.length > 0) setConflicts(outcome.conflicts);
        await refreshThreats();
        setStatus(waiting.current.size === 0 ? 'saved' : 'waiting');
      } catch (error) {
        setStatus('failed');
        showProblem(error);
      } finally {
        setPending((before) => {
          const left = new Map(before);
          for (const one of answers) if (!waiting.current.has(questionId(one))) left.delete(questionId(one));
          return left;
        });
      }
    });
  }, [model]);

  useEffect(() => {
    const leave = () => flush();
    document.addEventListener('visibilitychange', leave);
    return () => {
      document.removeEventListener('visibilitychange', leave);
      flush();
    };
  }, [flush]);

  const put = (answers: readonly GivenAnswer[]) => {
    for (const one of answers) waiting.current.set(questionId(one), one);
    setPending((before) => {
      const next = new Map(before);
      for (const one of answers) next.set(questionId(one), one.value);
      return next;
    });
    setStatus('waiting');
    clearTimeout(timer.current);
    timer.current = setTimeout(flush, WAIT_MS);
  };

  return {
    pending,
    status,
    conflicts,
    give(answers) {
      done.current.push(answers.map(({ target, key, before }) => ({ target, key, value: before })));
      put(answers);
    },
    undo() {
      const last = done.current.pop();
      if (last === undefined) {
        showToast('There is nothing to undo.');
        return [];
      }
      put(last);
      return last;
    },
    forgetConflicts: () => setConflicts([]),
  };
}

export const statusWords: Readonly<Record<Answering['status'], string>> = {
  nothing: '',
  waiting: 'Answers wait to be saved…',
  saving: 'Saving…',
  saved: 'Saved.',
  failed: 'Not saved: see the message.',
};

/** What stands now: what is on its way before what the server said. */
export function answerNow(question: QuestionRow, pending: ReadonlyMap<string, Value>): Value {
  const id = questionId(question);
  return pending.has(id) ? (pending.get(id) ?? null) : question.value;
}

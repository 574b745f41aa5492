// The questions of a system model: what nobody has answered yet first, by how many threats each decides.
import { Button, Checkbox, NativeSelect, SegmentedControl, TextInput } from '@mantine/core';
import { IconDownload, IconMessageQuestion } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { ActionButton } from '../../../web/actions/ActionButton.tsx';
import { useActions } from '../../../web/actions/action.ts';
import type { Column } from '../../../web/data-table/columns.ts';
import { download, toCsv } from '../../../web/data-table/export.ts';
import { Answer } from '../../../web/design/Answer.tsx';
import { AppLink } from '../../../web/design/AppLink.tsx';
import { EmptyState } from '../../../web/design/EmptyState.tsx';
import { PageFrame } from '../../../web/design/PageFrame.tsx';
import { Notice } from '../../../web/design/ProblemNotice.tsx';
import { useSearchState } from '../../../web/search-state.ts';
import type { QuestionRow, Questions } from '../views.ts';
import { NoModel } from './NoModel.tsx';
import { QuestionList } from './QuestionList.tsx';
import {
  filterQuestions,
  type Grouping,
  groupQuestions,
  originOf,
  progressWords,
  questionId,
  type Shown,
} from './question-words.ts';
import { questionsQuery } from './threats-queries.ts';
import { statusWords, useAnswers } from './use-answers.ts';
import { ModelSelect, useModel } from './use-model.tsx';
import './threats.css';

export function Page() {
  const { model, models, error } = useModel();
  if (!model) return <NoModel title="Questions" model={model} error={error} />;
  return (
    <QuestionsOf key={model.model} model={model.model} title={model.title}>
      <ModelSelect model={model} models={models} />
    </QuestionsOf>
  );
}

function QuestionsOf({
  model,
  title,
  children,
}: {
  readonly model: string;
  readonly title: string;
  readonly children: React.ReactNode;
}) {
  const query = useQuery(questionsQuery(model));
  const { data } = query;
  const exporting = {
    id: 'questions.export',
    name: 'Export as CSV',
    section: 'These questions',
    icon: IconDownload,
    visibleWhen: () => data !== undefined,
    perform: () =>
      download(
        `questions-${model.toLowerCase()}.csv`,
        'text/csv;charset=utf-8',
        toCsv(data?.questions ?? [], COLUMNS),
      ),
  };
  useActions([exporting]);
  return (
    <PageFrame
      title="Questions"
      wide={true}
      meta={
        <>
          <AppLink to={`/r/${model}`}>{title}</AppLink>
          <AppLink to="/threats" search={{ model }}>
            Threats
          </AppLink>
        </>
      }
      actions={
        <>
          {children}
          <ActionButton action={exporting} />
        </>
      }
    >
      <Answer query={query} lines={12}>
        {(view) => <QuestionsBody model={model} view={view} />}
      </Answer>
    </PageFrame>
  );
}

/** Everything below the heading: this page and the tab of a model show it. */
export function QuestionsBody({ model, view }: { readonly model: string; readonly view: Questions }) {
  const [search, set] = useSearchState();
  const answering = useAnswers(model, view.model.revision);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const show = (['open', 'answered', 'all'] as const).find((one) => one === search.show) ?? 'open';
  const by = (['question', 'place', 'none'] as const).find((one) => one === search.by) ?? 'question';
  const filter = {
    show,
    text: search.q ?? '',
    zone: search.zone ?? '',
    part: search.part ?? '',
    category: search.category ?? '',
    safety: search.safety === '1',
  };
  const wanted = JSON.stringify(filter);
  const shown = useMemo(() => filterQuestions(view.questions, JSON.parse(wanted)), [view.questions, wanted]);
  const groups = useMemo(() => groupQuestions(shown, by), [shown, by]);
  const options = useMemo(() => optionsOf(view.questions), [view.questions]);
  const chosen = shown.filter((one) => selected.has(questionId(one)));
  const answerChosen = (value: 'yes' | 'no' | null) => {
    answering.give(chosen.map(({ target, key, value: before }) => ({ target, key, value, before })));
    setSelected(new Set());
  };
  // Where all that is chosen is asked of elements in zones, the zones may answer for them, and for those that come later.
  const zoned = chosen.filter(({ part, zone }) => part === 'element' && zone !== '');
  const answerZones = () => {
    const zones = new Map(zoned.map(({ zone, key }) => [`${zone} ${key}`, { target: zone, key }]));
    answering.give(
      [...zones.values()].map((one) => ({ ...one, value: 'yes', before: null, as: 'zone default' })),
    );
    setSelected(new Set());
  };
  if (view.questions.length === 0)
    return (
      <EmptyState
        icon={<IconMessageQuestion size={28} aria-hidden="true" />}
        what="No questions"
        why="The rules in use ask nothing of this model. Add elements, flows and zones; each brings the questions that decide its threats."
        action={<AppLink to={`/r/${model}`}>Open the model</AppLink>}
      />
    );
  return (
    <>
      <Progress view={view} />
      {answering.conflicts.length > 0 ? (
        <Notice
          title={
            answering.conflicts.length === 1
              ? 'Somebody answered this meanwhile'
              : `Somebody answered ${answering.conflicts.length} of these meanwhile`
          }
          action={<Button onClick={answering.forgetConflicts}>I have seen it</Button>}
        >
          <p>Their answers stand; yours to the other questions were saved. Answer again to change one.</p>
          <ul>
            {answering.conflicts.slice(0, 20).map(({ target, key, theirs, yours }) => (
              <li key={`${target} ${key}`}>
                <code>{key}</code> at {titleAt(view, target)}:{' '}
                {theirs === null
                  ? 'taken away'
                  : `${theirs.value}${theirs.by === '' ? '' : ` by ${theirs.by}`}`}
                ; you said {yours ?? 'to take it away'}.
              </li>
            ))}
          </ul>
        </Notice>
      ) : null}
      <div className="question-bar">
        <SegmentedControl
          aria-label="Show"
          size="xs"
          value={show}
          onChange={(value) => set({ show: value === 'open' ? '' : value })}
          data={[
            { value: 'open' satisfies Shown, label: `Open ${view.open}` },
            { value: 'answered' satisfies Shown, label: `Answered ${view.answered}` },
            { value: 'all' satisfies Shown, label: 'All' },
          ]}
        />
        <SegmentedControl
          aria-label="Group"
          size="xs"
          value={by}
          onChange={(value) => set({ by: value === 'question' ? '' : value })}
          data={[
            { value: 'question' satisfies Grouping, label: 'By question' },
            { value: 'place' satisfies Grouping, label: 'By place' },
            { value: 'none' satisfies Grouping, label: 'One list' },
          ]}
        />
        <TextInput
          aria-label="Filter questions"
          placeholder="Filter"
          value={filter.text}
          onChange={(event) => set({ q: event.currentTarget.value })}
        />
        <Choice name="zone" title="Zone" value={filter.zone} options={options.zones} />
        <Choice name="part" title="Kind of place" value={filter.part} options={options.parts} />
        <Choice name="category" title="Category" value={filter.category} options={options.categories} />
        <Checkbox
          label="Safety only"
          checked={filter.safety}
          onChange={(event) => set({ safety: event.currentTarget.checked ? '1' : '' })}
        />
        <span className="muted small grow" role="status">
          {shown.length} shown. {statusWords[answering.status]}
        </span>
      </div>
      {chosen.length > 0 ? (
        <div className="table-bulk question-bulk">
          <span role="status">{chosen.length} selected</span>
          <Button onClick={() => answerChosen('yes')}>Yes for all</Button>
          <Button onClick={() => answerChosen('no')}>No for all</Button>
          <Button onClick={() => answerChosen(null)}>Take answers away</Button>
          {zoned.length === chosen.length ? (
            <Button onClick={answerZones}>Yes as the default of their zones</Button>
          ) : null}
          <button type="button" className="link-button" onClick={() => setSelected(new Set())}>
            Clear selection
          </button>
        </div>
      ) : null}
      {shown.length === 0 ? (
        <EmptyState
          what={show === 'open' && view.open === 0 ? 'Every question is answered' : 'Nothing fits the filter'}
          why={
            show === 'open' && view.open === 0
              ? 'Answers are claims until a test or a review of the control stands behind them.'
              : `There are ${view.questions.length} questions without it.`
          }
          action={
            <button
              type="button"
              className="link-button"
              onClick={() => set({ show: 'all', q: '', zone: '', part: '', category: '', safety: '' })}
            >
              Show all
            </button>
          }
        />
      ) : (
        <QuestionList
          groups={groups}
          by={by}
          mayAnswer={view.model.mayAnswer}
          answering={answering}
          selected={selected}
          onSelect={setSelected}
        />
      )}
    </>
  );
}

function Progress({ view }: { readonly view: Questions }) {
  const total = view.open + view.answered;
  return (
    <div className="question-progress">
      <p>{progressWords(view.open, view.answered, view.openResults, view.quickest)}</p>
      <progress value={view.answered} max={total} aria-label="Questions answered" />
      {view.quickest.keys.length > 0 ? (
        <details className="more">
          <summary>Which to answer first</summary>
          <p className="small">
            {view.quickest.keys.map((key, index) => (
              <span key={key}>
                {index === 0 ? '' : ', '}
                <AppLink to="/questions" search={{ model: view.model.key, q: key }}>
                  {key}
                </AppLink>
              </span>
            ))}
          </p>
        </details>
      ) : null}
    </div>
  );
}

function Choice({
  name,
  title,
  value,
  options,
}: {
  readonly name: string;
  readonly title: string;
  readonly value: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
}) {
  const [, set] = useSearchState();
  if (options.length < 2) return null;
  return (
    <NativeSelect
      aria-label={title}
      value={value}
      onChange={(event) => set({ [name]: event.currentTarget.value })}
      data={[{ value: '', label: `${title}: all` }, ...options]}
    />
  );
}

function optionsOf(questions: readonly QuestionRow[]) {
  const zones = new Map(questions.filter(({ zone }) => zone !== '').map((one) => [one.zone, one.zoneTitle]));
  const plain = (words: Iterable<string>) =>
    [...new Set(words)].sort().map((word) => ({ value: word, label: word }));
  return {
    zones: [...zones].map(([value, label]) => ({ value, label })),
    parts: plain(questions.map(({ part }) => part)),
    categories: plain(questions.flatMap(({ categories }) => categories)),
  };
}

const titleAt = (view: Questions, target: string) =>
  view.questions.find((one) => one.target === target)?.title ?? target;

const COLUMNS: readonly Column<QuestionRow>[] = [
  { id: 'place', title: 'Place', value: (row) => row.title },
  { id: 'target', title: 'Id of the place', value: (row) => row.target },
  { id: 'part', title: 'Kind of place', value: (row) => row.part },
  { id: 'zone', title: 'Zone', value: (row) => row.zoneTitle },
  { id: 'key', title: 'Key', value: (row) => row.key },
  { id: 'text', title: 'Question', value: (row) => row.text },
  { id: 'answer', title: 'Answer', value: (row) => row.value ?? 'not answered' },
  { id: 'origin', title: 'Comes from', value: (row) => originOf(row) },
  { id: 'by', title: 'By', value: (row) => row.by },
  { id: 'at', title: 'At', value: (row) => row.at },
  { id: 'evidence', title: 'Evidence', value: (row) => row.evidence },
  { id: 'decides', title: 'Results', value: (row) => row.decides },
  { id: 'severity', title: 'Severity behind it', value: (row) => row.severity },
  { id: 'rules', title: 'Rules', value: (row) => row.rules.join(' ') },
];

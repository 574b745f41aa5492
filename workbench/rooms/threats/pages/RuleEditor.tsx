// A rule: read, or written with its check while one types and what it says of one's own model before it is saved.
import { Button, Checkbox, NativeSelect, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useMemo, useState } from 'react';
import { recordsClient } from '../../../web/client.ts';
import { DialogFoot } from '../../../web/design/Dialog.tsx';
import { ProblemNotice } from '../../../web/design/ProblemNotice.tsx';
import { StateBadge } from '../../../web/design/StateBadge.tsx';
import { showToast } from '../../../web/design/toasts.ts';
import { recordQuery } from '../../../web/queries.ts';
import { useRequest } from '../../../web/use-request.ts';
import { SystemModel } from '../../system/metamodel.ts';
import {
  type Question,
  RULE_SAFETY,
  RULE_TARGETS,
  type RuleTarget,
  STRIDE,
  type ThreatRule,
} from '../evaluate/contract.ts';
import type { RuleExample } from '../rule-pack.ts';
import type { PackDetail, RuleView } from '../views.ts';
import { keysAsked, nextVersion } from './rule-words.ts';
import { SAFETY_WORDS } from './threat-words.ts';
import { refreshThreats } from './threats-queries.ts';
import { checkRule, exampleModel } from './try-rule.ts';
import { useModel } from './use-model.tsx';
import { useRuleTrial } from './use-rule-trial.ts';

type Draft = Omit<RuleView, 'tested' | 'failures'>;

const EMPTY: Draft = {
  id: '',
  version: 1,
  title: '',
  statement: '',
  stride: ['tampering'],
  appliesTo: 'element',
  when: '',
  unless: '',
  exploitability: 3,
  safetyRelevance: 'none',
  requirements: [],
  references: { cwe: [], capec: [], attackIcs: [], emb3d: [] },
};

export interface RuleEditorProps {
  readonly detail: PackDetail;
  /** Undefined: a new one. */
  readonly rule: RuleView | undefined;
  readonly onDone: () => void;
}

export function RuleEditor({ detail, rule, onDone }: RuleEditorProps) {
  const [draft, setDraft] = useState<Draft>(() => (rule === undefined ? EMPTY : withoutTests(rule)));
  const [texts, setTexts] = useState<Readonly<Record<string, string>>>({});
  const [examples, setExamples] = useState<readonly RuleExample[]>([]);
  const { busy, error, run } = useRequest();
  const { mayEdit } = detail;
  const asked = keysAsked(draft.when, draft.unless);
  const missing = asked.filter((key) => detail.questions[key] === undefined);
  const questions = useMemo(() => {
    const own = Object.entries(texts).map(([key, text]): [string, Question] => [
      key,
      { appliesTo: draft.appliesTo, text },
    ]);
    return { ...detail.questions, ...Object.fromEntries(own.filter(([, { text }]) => text.trim() !== '')) };
  }, [detail.questions, texts, draft.appliesTo]);
  const written = draft.when.trim() !== '' && draft.unless.trim() !== '';
  const candidate = { ...draft, id: draft.id || 'new', version: nextVersion(rule, draft) } as ThreatRule;
  const problems = written ? checkRule(candidate, questions) : [];
  const change = (patch: Partial<Draft>) => setDraft((before) => ({ ...before, ...patch }));
  const complete =
    written &&
    problems.length === 0 &&
    draft.id.trim() !== '' &&
    draft.title.trim() !== '' &&
    draft.statement.trim() !== '';

  const save = async (event: FormEvent) => {
    event.preventDefault();
    const key = detail.summary.record;
    if (!complete || key === null) return;
    await run(async () => {
      const record = await (await recordsClient.records[':key'].$get({ param: { key } })).json();
      const body = record.body as Record<string, unknown> & {
        rules?: { id: string }[];
        examples?: RuleExample[];
      };
      const own = { ...candidate, id: draft.id.trim() };
      const rules = body.rules ?? [];
      const at = rules.findIndex(({ id }) => id === (rule?.id ?? own.id));
      const next = {
        ...body,
        rules: at < 0 ? [...rules, own] : rules.map((one, index) => (index === at ? own : one)),
        questions: { ...(body.questions as object), ...pick(questions, missing) },
        examples: [...(body.examples ?? []), ...examples.map((one) => ({ ...one, rule: own.id }))],
      };
      await recordsClient.records[':key'].$put({
        param: { key },
        json: { seenRevision: detail.revision ?? 1, body: next, reason: null } as never,
      });
      await refreshThreats();
      showToast(`The rule ${own.id} was saved. What it changes waits to be accepted.`);
      onDone();
    });
  };
  const problemAt = (place: 'when' | 'unless') =>
    problems.filter((problem) => problem.place === place).map(({ message }) => message);
  return (
    <form className="stack rule-editor" onSubmit={(event) => void save(event)}>
      {mayEdit ? null : (
        <p className="muted">
          {detail.summary.origin === 'shipped'
            ? 'A shipped rule is read here; write one of your own in a pack of the house.'
            : 'Your roles do not allow to edit rules.'}
        </p>
      )}
      <div className="row">
        <TextInput
          label="Id"
          withAsterisk={true}
          readOnly={!mayEdit || rule !== undefined}
          maxLength={80}
          value={draft.id}
          onChange={(event) => change({ id: event.currentTarget.value })}
        />
        <NativeSelect
          label="Applies to"
          disabled={!mayEdit}
          value={draft.appliesTo}
          onChange={(event) => change({ appliesTo: event.currentTarget.value as RuleTarget })}
          data={[...RULE_TARGETS]}
        />
        <NativeSelect
          label="Safety relevance"
          disabled={!mayEdit}
          value={draft.safetyRelevance}
          onChange={(event) => change({ safetyRelevance: event.currentTarget.value })}
          data={RULE_SAFETY.map((value) => ({
            value,
            label: SAFETY_WORDS[value] ?? value,
          }))}
        />
        <NativeSelect
          label="Exploitability"
          disabled={!mayEdit}
          value={String(draft.exploitability)}
          onChange={(event) => change({ exploitability: Number(event.currentTarget.value) })}
          data={['1', '2', '3', '4', '5']}
        />
      </div>
      <TextInput
        label="Title"
        withAsterisk={true}
        readOnly={!mayEdit}
        maxLength={300}
        value={draft.title}
        onChange={(event) => change({ title: event.currentTarget.value })}
      />
      <Textarea
        label="Statement"
        description="One sentence; {e}, {f}, {z}, {i} or {s} stands for the title of the place."
        withAsterisk={true}
        readOnly={!mayEdit}
        rows={2}
        maxLength={2_000}
        value={draft.statement}
        onChange={(event) => change({ statement: event.currentTarget.value.replace(/[\r\n]+/g, ' ') })}
      />
      <fieldset className="row" style={{ border: 0, padding: 0, margin: 0 }}>
        <legend className="small">Category</legend>
        {STRIDE.map((one) => (
          <Checkbox
            key={one}
            label={one}
            disabled={!mayEdit}
            checked={draft.stride.includes(one)}
            onChange={(event) =>
              change({
                stride: STRIDE.filter((word) =>
                  word === one ? event.currentTarget.checked : draft.stride.includes(word),
                ),
              })
            }
          />
        ))}
      </fieldset>
      {(['when', 'unless'] as const).map((place) => (
        <div key={place}>
          <Textarea
            label={
              place === 'when'
                ? 'When (does the structure make it possible?)'
                : 'Unless (is a sufficient control in place?)'
            }
            withAsterisk={true}
            readOnly={!mayEdit}
            rows={3}
            maxLength={4_000}
            spellCheck={false}
            aria-invalid={problemAt(place).length > 0}
            aria-describedby={`rule-${place}-problems`}
            value={draft[place]}
            onChange={(event) => change({ [place]: event.currentTarget.value })}
          />
          <div id={`rule-${place}-problems`} aria-live="polite">
            {problemAt(place).map((message) => (
              <p key={message} className="rule-problem small">
                {message}
              </p>
            ))}
          </div>
        </div>
      ))}
      {asked.map((key) =>
        detail.questions[key] === undefined ? (
          <TextInput
            key={key}
            label={`New question ${key}`}
            description="No rule of the pack asks this yet. Word it so that yes means: the control is there."
            readOnly={!mayEdit}
            maxLength={500}
            value={texts[key] ?? ''}
            onChange={(event) => setTexts({ ...texts, [key]: event.currentTarget.value })}
          />
        ) : (
          <p key={key} className="small">
            <code>{key}</code> {detail.questions[key]?.text}
          </p>
        ),
      )}
      {written ? (
        <Preview
          rule={candidate}
          questions={questions}
          protocolFacts={detail.protocolFacts}
          sound={problems.length === 0}
          kept={examples}
          onKeep={mayEdit ? (one) => setExamples([...examples, one]) : null}
        />
      ) : null}
      <Tests detail={detail} rule={rule} added={examples.length} />
      {error ? <ProblemNotice error={error} /> : null}
      {mayEdit ? (
        <DialogFoot>
          <Button onClick={onDone}>Cancel</Button>
          <Button type="submit" variant="filled" loading={busy} disabled={!complete}>
            Save rule
          </Button>
        </DialogFoot>
      ) : null}
    </form>
  );
}

function Tests({
  detail,
  rule,
  added,
}: {
  readonly detail: PackDetail;
  readonly rule: RuleView | undefined;
  readonly added: number;
}) {
  const own = detail.examples.filter((one) => one.rule === rule?.id);
  const count = (kind: 'positive' | 'negative') => own.filter((one) => one.kind === kind).length;
  return (
    <section aria-label="Tests of the rule">
      <h3>Tests</h3>
      <p>
        {count('positive')} positive, {count('negative')} negative
        {added > 0 ? `, ${added} to be saved` : ''}.
      </p>
      {rule?.failures.map((failure) => (
        <p key={failure} className="rule-problem small">
          {failure}
        </p>
      ))}
    </section>
  );
}

function Preview({
  rule,
  questions,
  protocolFacts,
  sound,
  kept,
  onKeep,
}: {
  readonly rule: ThreatRule;
  readonly questions: Readonly<Record<string, Question>>;
  readonly protocolFacts: PackDetail['protocolFacts'];
  readonly sound: boolean;
  readonly kept: readonly RuleExample[];
  readonly onKeep: ((example: RuleExample) => void) | null;
}) {
  const { model } = useModel();
  const key = model?.model ?? '';
  const record = useQuery({ ...recordQuery(key), enabled: key !== '' });
  const parsed = useMemo(() => {
    if (record.data === undefined) return null;
    const read = SystemModel.safeParse(record.data.body);
    return read.success ? read.data : null;
  }, [record.data]);
  const trial = useRuleTrial(sound && parsed ? { rule, questions, protocolFacts, model: parsed } : null);
  if (!model) return <p className="muted small">Make a system model, and the rule is tried on it here.</p>;
  if (!sound || parsed === null) return null;
  if (trial.kind === 'too slow')
    return (
      <p className="rule-problem" role="status">
        The rule takes too long on {model.title}; it was given up.
      </p>
    );
  if (trial.kind === 'waiting') return null;
  const { tried } = trial;
  const titles = titlesOf(parsed);
  const keep = (target: string, kind: RuleExample['kind']) =>
    onKeep?.({
      rule: rule.id,
      kind,
      target,
      model: exampleModel(parsed, target) as unknown as RuleExample['model'],
    });
  return (
    <section className="rule-preview" aria-label="On your model">
      <h3>On {model.title}</h3>
      <p role="status">
        {tried.raised} raised, {tried.open} open, {tried.answered} answered, {tried.notApplicable} do not
        apply.
      </p>
      <ul className="threat-facts">
        {tried.results.slice(0, 50).map(({ target, state }) => (
          <li key={target} className="row">
            <StateBadge tone={state === 'raised' ? 'danger' : state === 'open' ? 'question' : 'open'}>
              {state}
            </StateBadge>
            <span>{titles.get(target) ?? target}</span>
            {onKeep !== null && state !== 'open' ? (
              <button
                type="button"
                className="link-button"
                disabled={kept.some((one) => one.target === target)}
                onClick={() => keep(target, state === 'raised' ? 'positive' : 'negative')}
              >
                {kept.some((one) => one.target === target)
                  ? 'Kept as a test'
                  : `Keep as ${state === 'raised' ? 'positive' : 'negative'} test`}
              </button>
            ) : null}
          </li>
        ))}
      </ul>
      {tried.results.length > 50 ? (
        <p className="muted small">And {tried.results.length - 50} more.</p>
      ) : null}
    </section>
  );
}

function titlesOf(model: SystemModel): Map<string, string> {
  const parts = [model.elements, model.flows, model.interfaces, model.zones, model.safetyFunctions];
  return new Map(parts.flatMap((list) => list.map(({ id, title }) => [id, title] as const)));
}

function withoutTests({ tested: _tested, failures: _failures, ...rule }: RuleView): Draft {
  return rule;
}

const pick = (questions: Readonly<Record<string, Question>>, keys: readonly string[]) =>
  Object.fromEntries(keys.flatMap((key) => (questions[key] ? [[key, questions[key]]] : [])));

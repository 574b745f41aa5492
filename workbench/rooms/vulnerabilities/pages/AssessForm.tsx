// Judging a finding: status, what the status asks for, safety and privacy apart. Kept as a draft until it is saved.
import { Button, TextInput } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import type { RecordView } from '../../../kernel/records/contract.ts';
import { ProblemError, recordsClient } from '../../../web/client.ts';
import { Notice, ProblemNotice } from '../../../web/design/ProblemNotice.tsx';
import { ReasonField } from '../../../web/design/ReasonField.tsx';
import { RelativeTime } from '../../../web/design/RelativeTime.tsx';
import { showToast } from '../../../web/design/toasts.ts';
import { dropDraft, keepDraft, readDraft } from '../../../web/forms/draft.ts';
import type { Body } from '../../../web/forms/fields.ts';
import { complaintsOf } from '../../../web/forms/validate.ts';
import { recordQuery } from '../../../web/queries.ts';
import { queryClient } from '../../../web/query-client.ts';
import type { FindingDetail } from '../api.ts';
import { assessment } from '../model.ts';
import { answersOfProduct, baseVectors } from '../rubric.ts';
import { proposePoints } from '../ssvc.ts';
import type { AssessField, AssessFields } from './assess-form.ts';
import {
  askedFields,
  assessBody,
  assessComplaints,
  countedAnswers,
  EMPTY,
  fieldsFromDraft,
  treePoints,
} from './assess-form.ts';
import type { FindingPlace } from './findings-queries.ts';
import { refreshFindings, sendAssessment } from './findings-queries.ts';
import { JudgementFields } from './JudgementFields.tsx';
import { factsOf, ProductFacts, useProductRecord } from './ProductFacts.tsx';
import { RubricQuestions } from './RubricQuestions.tsx';
import { SsvcPath } from './SsvcPath.tsx';

export interface AssessFormProps {
  readonly at: FindingPlace;
  readonly detail: FindingDetail;
  /** The assessment that is written anew; without it a first one is made. */
  readonly record?: RecordView;
  readonly onDone?: () => void;
}

export function AssessForm({ at, detail, record, onDone }: AssessFormProps) {
  const draftPlace = record ? `assess.${record.key}` : `assess.${at.release}.${at.vulnerability}.${at.place}`;
  const [start] = useState(() => (record ? fieldsFromDraft(record.body) : EMPTY));
  const [draft] = useState(() => readDraft(draftPlace));
  const [fields, setFields] = useState<AssessFields>(() => (draft ? fieldsFromDraft(draft.body) : start));
  // What was written is about the revision and the facts that stood there when it began, however long the draft waited.
  const [revision, setRevision] = useState(draft?.revision ?? record?.revision ?? 0);
  const [seen, setSeen] = useState(textOf(draft?.base.seen) ?? detail.seen);
  const moved = seen !== detail.seen;
  const overtaken = record !== undefined && record.revision > revision;
  // Open from the start when there is something in them; later the reader opens and closes.
  const [opened] = useState({
    score: Object.keys(fields.answers).length > 0,
    ssvc: Object.keys(fields.points).length > 0,
  });
  const [reason, setReason] = useState('');
  const product = useProductRecord(at.release);
  const ofProduct = answersOfProduct(factsOf(product));
  const bases = baseVectors(detail.statements.flatMap((statement) => statement.severities));
  const answers = countedAnswers(fields, ofProduct);
  const needsReason =
    record !== undefined && (assessment.editReason as readonly string[]).includes(record.state);
  const [left, setLeft] = useState<ReadonlySet<AssessField>>(new Set());
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [refused, setRefused] = useState<ReadonlyMap<string, string>>(new Map());
  const form = useRef<HTMLFormElement>(null);
  const complaints = assessComplaints(fields);
  const asked = new Set(askedFields(fields));

  // After a save that was refused the focus goes to the first field that is wrong.
  const [refusals, setRefusals] = useState(0);
  useEffect(() => {
    if (refusals > 0)
      form.current
        ?.querySelector<HTMLElement>('[data-look-again] button, [aria-invalid="true"], [data-wrong] input')
        ?.focus();
  }, [refusals]);

  const change = (patch: Partial<AssessFields>) => {
    const next = { ...fields, ...patch };
    setFields(next);
    setRefused(new Map());
    keepDraft(draftPlace, {
      revision,
      base: { seen },
      body: { ...next } as unknown as Body,
      at: new Date().toISOString(),
    });
  };
  const leave = (field: AssessField) => setLeft(new Set(left).add(field));
  const complaint = (field: AssessField) =>
    refused.get(field) ?? (tried || left.has(field) ? complaints.get(field) : undefined);
  const save = async () => {
    setTried(true);
    setError(null);
    if (moved || overtaken) return setRefusals((before) => before + 1);
    if (complaints.size > 0 || (needsReason && reason.trim() === ''))
      return setRefusals((before) => before + 1);
    setBusy(true);
    try {
      const body = assessBody(fields, ofProduct, bases);
      const key = record
        ? await saveEdit(record, revision, body, reason)
        : (await sendAssessment(at, body, seen)).assessment;
      dropDraft(draftPlace);
      onDone?.();
      await refreshFindings();
      showToast(`${key} was saved. It counts once somebody else has signed it.`);
    } catch (refusal) {
      setError(refusal);
      if (refusal instanceof ProblemError) {
        setRefused(complaintsOf(refusal.problem.fields ?? []));
        setRefusals((before) => before + 1);
        if (refusal.status === 409) await refreshFindings();
      }
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      ref={form}
      className="stack"
      noValidate={true}
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void save();
      }}
    >
      {moved || overtaken ? (
        <div data-look-again={true}>
          <Notice
            title={moved ? 'The facts have changed since you began' : 'Somebody else wrote it anew meanwhile'}
            action={
              <Button
                onClick={() => {
                  setSeen(detail.seen);
                  setRevision(record?.revision ?? 0);
                  setError(null);
                }}
              >
                I have looked
              </Button>
            }
          >
            <p>
              {moved
                ? 'Look again at why it matched and at the signs of exploitation. What you wrote is kept.'
                : `Revision ${record?.revision} stands in its history. Saving puts what you wrote in its place.`}
            </p>
          </Notice>
        </div>
      ) : null}
      {draft ? (
        <p className="muted small">
          Your draft from <RelativeTime at={draft.at} /> was kept; it is in this browser only.
        </p>
      ) : null}
      <JudgementFields fields={fields} asked={asked} complaint={complaint} change={change} leave={leave} />
      {fields.status === '' ? null : (
        <>
          <details className="more assess__part" open={opened.score}>
            <summary>Score in this device</summary>
            <div className="stack">
              {product ? <ProductFacts product={product} /> : null}
              <RubricQuestions
                answers={answers}
                ofProduct={ofProduct}
                bases={bases}
                safety={fields.safety}
                onAnswer={(id, answer) => {
                  const { [id]: _before, ...others } = fields.answers;
                  change({ answers: answer === null ? others : { ...others, [id]: answer } });
                }}
              />
            </div>
          </details>
          <details className="more assess__part" open={opened.ssvc}>
            <summary>Priority (SSVC)</summary>
            <SsvcPath
              tree={fields.tree}
              points={treePoints(fields)}
              proposals={proposePoints({
                kev: detail.signals.kev,
                exploits: exploitsOf(detail),
                cisa: detail.signals.ssvc,
                networked: answers.XAVN === 'N' ? false : answers.XAVN === 'Y' ? true : null,
                safety: fields.safety,
              })}
              onTree={(tree) => change({ tree })}
              onPoints={(points) => change({ points: { ...otherPoints(fields), ...points } })}
            />
          </details>
        </>
      )}
      {asked.has('reviewOn') ? (
        <TextInput
          type="date"
          label="Look at it again on"
          description="Optional."
          className="form__short"
          value={fields.reviewOn}
          error={complaint('reviewOn')}
          onChange={(event) => change({ reviewOn: event.currentTarget.value })}
          onBlur={() => leave('reviewOn')}
        />
      ) : null}
      {needsReason ? (
        <ReasonField
          label="Reason for the change"
          description="It stays with the history; the signature stays with the revision that was signed."
          value={reason}
          error={tried && reason.trim() === '' ? 'Say why it is written anew.' : undefined}
          onChange={setReason}
        />
      ) : null}
      {error && !moved && !overtaken ? <ProblemNotice error={error} /> : null}
      <div className="row">
        <Button type="submit" variant="filled" loading={busy}>
          {record ? `Save revision ${record.revision + 1}` : 'Save assessment'}
        </Button>
        {record ? <Button onClick={onDone}>Close, keep draft</Button> : null}
        {fields === EMPTY || fields === start ? null : (
          <Button
            onClick={() => {
              dropDraft(draftPlace);
              setFields(start);
              setSeen(detail.seen);
              setTried(false);
              setLeft(new Set());
              onDone?.();
            }}
          >
            {record ? 'Throw draft away' : 'Empty the form'}
          </Button>
        )}
      </div>
    </form>
  );
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

async function saveEdit(
  record: RecordView,
  seenRevision: number,
  body: Record<string, unknown>,
  reason: string,
): Promise<string> {
  const answer = await recordsClient.records[':key'].$put({
    param: { key: record.key },
    json: { seenRevision, body: { ...body, title: record.title }, reason: reason.trim() || null },
  });
  queryClient.setQueryData(recordQuery(record.key).queryKey, await answer.json());
  return record.key;
}

/** Points answered in another tree: they stay for it. */
function otherPoints(fields: AssessFields): AssessFields['points'] {
  const shown = treePoints(fields);
  return Object.fromEntries(Object.entries(fields.points).filter(([id]) => !(id in shown)));
}

function exploitsOf(detail: FindingDetail): readonly string[] {
  return detail.statements.flatMap(({ references }) =>
    references.filter(({ type }) => type === 'EXPLOIT').map(({ url }) => url),
  );
}

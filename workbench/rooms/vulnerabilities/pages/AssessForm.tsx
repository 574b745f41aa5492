// Judging a finding: status, what the status asks for, safety and privacy apart. Kept as a draft until it is saved.
import { Button, NativeSelect, Radio, Textarea, TextInput } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { ProblemError } from '../../../web/client.ts';
import { ProblemNotice } from '../../../web/design/ProblemNotice.tsx';
import { RelativeTime } from '../../../web/design/RelativeTime.tsx';
import { showToast } from '../../../web/design/toasts.ts';
import { dropDraft, keepDraft, readDraft } from '../../../web/forms/draft.ts';
import type { Body } from '../../../web/forms/fields.ts';
import { complaintsOf } from '../../../web/forms/validate.ts';
import { refreshRecords } from '../../../web/queries.ts';
import { queryClient } from '../../../web/query-client.ts';
import { JUSTIFICATIONS, VERDICTS, VEX_STATUSES } from '../model.ts';
import type { AssessField, AssessFields } from './assess-form.ts';
import { askedFields, assessBody, assessComplaints, EMPTY, fieldsFromDraft } from './assess-form.ts';
import { JUSTIFICATION_WORDS, STATUS_WORDS } from './finding-words.ts';
import type { FindingPlace } from './findings-queries.ts';
import { sendAssessment } from './findings-queries.ts';

export function AssessForm({ at }: { readonly at: FindingPlace }) {
  const draftPlace = `assess.${at.release}.${at.vulnerability}.${at.place}`;
  const [draft] = useState(() => readDraft(draftPlace));
  const [fields, setFields] = useState<AssessFields>(() => (draft ? fieldsFromDraft(draft.body) : EMPTY));
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
      form.current?.querySelector<HTMLElement>('[aria-invalid="true"], [data-wrong] input')?.focus();
  }, [refusals]);

  const change = (patch: Partial<AssessFields>) => {
    const next = { ...fields, ...patch };
    setFields(next);
    setRefused(new Map());
    keepDraft(draftPlace, {
      revision: 0,
      base: {},
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
    if (complaints.size > 0) return setRefusals((before) => before + 1);
    setBusy(true);
    try {
      const made = await sendAssessment(at, assessBody(fields));
      dropDraft(draftPlace);
      showToast(`${made.assessment} was saved. It counts once somebody else has signed it.`);
      await refreshFindings();
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
  const long = (field: AssessField, label: string, description: string, needed = false) =>
    asked.has(field) ? (
      <Textarea
        label={label}
        description={description}
        withAsterisk={needed}
        autosize={false}
        rows={3}
        maxLength={field === 'rationale' ? 10_000 : 4_000}
        value={fields[field]}
        error={complaint(field)}
        onChange={(event) => change({ [field]: event.currentTarget.value })}
        onBlur={() => leave(field)}
      />
    ) : null;
  const verdict = (field: 'safety' | 'privacy', label: string) =>
    asked.has(field) ? (
      <NativeSelect
        label={label}
        description="Safety and privacy are judged apart. Both are needed before anyone can approve."
        value={fields[field]}
        onChange={(event) => change({ [field]: event.currentTarget.value as AssessFields['safety'] })}
        data={VERDICTS.map((value) => ({
          value,
          label: value === 'not assessed' ? 'Not assessed yet' : capital(value),
        }))}
      />
    ) : null;
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
      {draft ? (
        <p className="muted small">
          Your draft from <RelativeTime at={draft.at} /> was kept; it is in this browser only.
        </p>
      ) : null}
      <Radio.Group
        label="Status"
        withAsterisk={true}
        value={fields.status}
        error={complaint('status')}
        {...(complaint('status') ? { 'data-wrong': true } : {})}
        onChange={(status) => change({ status: status as AssessFields['status'] })}
      >
        <div className="stack assess__statuses">
          {VEX_STATUSES.map((status) => (
            <Radio
              key={status}
              value={status}
              label={STATUS_WORDS[status].title}
              description={STATUS_WORDS[status].means}
            />
          ))}
        </div>
      </Radio.Group>
      {asked.has('justification') ? (
        <NativeSelect
          label="Justification"
          description="This or a rationale is needed (OpenVEX 0.2)."
          value={fields.justification}
          error={complaint('justification')}
          onChange={(event) =>
            change({ justification: event.currentTarget.value as AssessFields['justification'] })
          }
          onBlur={() => leave('justification')}
          data={[
            { value: '', label: 'None of these: I give a rationale' },
            ...JUSTIFICATIONS.map((value) => ({ value, label: JUSTIFICATION_WORDS[value] })),
          ]}
        />
      ) : null}
      {long(
        'rationale',
        fields.status === 'under_investigation' ? 'What is being looked at' : 'Rationale',
        'Why, in this device. It goes out with VEX documents.',
      )}
      {long('actionStatement', 'What users should do', 'Goes out with VEX documents (OpenVEX 0.2).', true)}
      {verdict('safety', 'Effect on safety')}
      {long('safetyRationale', 'Why (safety)', 'Name the harm, or what keeps it away.', true)}
      {verdict('privacy', 'Effect on privacy')}
      {long('privacyRationale', 'Why (privacy)', 'Name the data, or why none is at risk.', true)}
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
      {error ? <ProblemNotice error={error} /> : null}
      <div className="row">
        <Button type="submit" variant="filled" loading={busy}>
          Save assessment
        </Button>
        {fields === EMPTY ? null : (
          <Button
            onClick={() => {
              dropDraft(draftPlace);
              setFields(EMPTY);
              setTried(false);
              setLeft(new Set());
            }}
          >
            Empty the form
          </Button>
        )}
      </div>
    </form>
  );
}

/** Findings, what waits for whom, and records all change with a decision. */
async function refreshFindings(): Promise<void> {
  await Promise.all([
    queryClient.invalidateQueries({ queryKey: ['findings'] }),
    queryClient.invalidateQueries({ queryKey: ['today'] }),
    refreshRecords(),
  ]);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

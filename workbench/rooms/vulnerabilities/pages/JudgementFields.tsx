// The fields of a judgement: status, what the status asks for, safety and privacy apart. For one finding and for a list.
import { NativeSelect, Radio, Textarea } from '@mantine/core';
import { JUSTIFICATIONS, REACH, VERDICTS, VEX_STATUSES } from '../model.ts';
import type { AssessField, AssessFields } from './assess-form.ts';
import { JUSTIFICATION_WORDS, STATUS_WORDS } from './finding-words.ts';

const REACH_WORDS: Readonly<Record<AssessFields['reach'], string>> = {
  'not answered': 'Not answered',
  yes: 'Yes, it can',
  no: 'No, it cannot',
};

export interface JudgementFieldsProps {
  readonly fields: AssessFields;
  /** What the status asks for. */
  readonly asked: ReadonlySet<AssessField>;
  readonly complaint: (field: AssessField) => string | undefined;
  readonly change: (patch: Partial<AssessFields>) => void;
  readonly leave: (field: AssessField) => void;
}

export function JudgementFields({ fields, asked, complaint, change, leave }: JudgementFieldsProps) {
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
    <>
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
      {asked.has('reach') ? (
        <NativeSelect
          label="Does it reach a safety function?"
          description="From the weak element, in this device. Not answered is not no."
          value={fields.reach}
          onChange={(event) => change({ reach: event.currentTarget.value as AssessFields['reach'] })}
          data={REACH.map((value) => ({ value, label: REACH_WORDS[value] }))}
        />
      ) : null}
      {long('reachRationale', 'Why (reach)', 'The way to it, or what stands in the way.', true)}
    </>
  );
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

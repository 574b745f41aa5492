// Emergencies in which patient data were opened on units: who, when, and the review by somebody else. No patient data reaches this page.
import { Button, Radio } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { AppLink } from '../../../web/design/AppLink.tsx';
import { Dialog, DialogFoot } from '../../../web/design/Dialog.tsx';
import { Section } from '../../../web/design/PageFrame.tsx';
import { ProblemNotice } from '../../../web/design/ProblemNotice.tsx';
import { ReasonField } from '../../../web/design/ReasonField.tsx';
import { RelativeTime } from '../../../web/design/RelativeTime.tsx';
import { StateBadge } from '../../../web/design/StateBadge.tsx';
import { showToast } from '../../../web/design/toasts.ts';
import { useRequest } from '../../../web/use-request.ts';
import type { EmergencyView, UnitDetail } from '../contract.ts';
import { MOST_COUNTED } from '../emergencies/most-counted.ts';
import { emergenciesClient, emergenciesQuery, refreshFleet } from './fleet-queries.ts';

/** It stops counting there. */
export const countWords = (many: number): string => (many > MOST_COUNTED ? '1,000+' : String(many));

/** On the unit's page: all of them, those to be reviewed first. */
export function EmergenciesSection({ unit }: { readonly unit: UnitDetail }) {
  const [reviewed, setReviewed] = useState<EmergencyView | null>(null);
  return (
    <Section title="Emergency accesses to patient data">
      {reviewed ? <ReviewDialog emergency={reviewed} onClose={() => setReviewed(null)} /> : null}
      {unit.toReview > unit.emergencies.length ? (
        <p className="muted">
          {countWords(unit.toReview)} are to be reviewed; the newest {unit.emergencies.length} are listed.
        </p>
      ) : null}
      {unit.emergencies.length === 0 ? (
        <p className="muted">
          None. Who opens patient data in an emergency types a reason at the console; it is listed here from
          the verified audit trail, and somebody else reviews it.
        </p>
      ) : (
        <ul className="fleet-list">
          {unit.emergencies.map((emergency) => (
            <Emergency
              key={emergency.line}
              emergency={emergency}
              onReview={unit.mayReview ? setReviewed : null}
            />
          ))}
        </ul>
      )}
    </Section>
  );
}

/** On the page of all units: those that nobody has reviewed; nothing when there are none. */
export function EmergenciesToReview({
  product,
  count,
  mayReview,
}: {
  readonly product: string;
  readonly count: number;
  readonly mayReview: boolean;
}) {
  const emergencies = useQuery(emergenciesQuery(product));
  // Here and not in the list: what is typed stays when the list is fetched again and looks different.
  const [reviewed, setReviewed] = useState<EmergencyView | null>(null);
  const open = emergencies.data?.items.filter(({ review }) => review === null) ?? [];
  return (
    <>
      {reviewed ? <ReviewDialog emergency={reviewed} onClose={() => setReviewed(null)} /> : null}
      {emergencies.error ? (
        <ProblemNotice error={emergencies.error} onRetry={() => void emergencies.refetch()} />
      ) : open.length === 0 ? null : (
        <Section title={`Emergency accesses to be reviewed (${countWords(Math.max(count, open.length))})`}>
          {count > open.length ? (
            <p className="muted">{open.length} are listed, of each unit its newest.</p>
          ) : null}
          <ul className="fleet-list">
            {open.map((emergency) => (
              <Emergency
                key={`${emergency.serial} ${emergency.line}`}
                emergency={emergency}
                onReview={mayReview ? setReviewed : null}
                withUnit={true}
              />
            ))}
          </ul>
        </Section>
      )}
    </>
  );
}

const VERDICTS = {
  justified: ['settled', 'Justified'],
  'not-justified': ['danger', 'Not justified'],
} as const;

function Emergency({
  emergency,
  onReview,
  withUnit = false,
}: {
  readonly emergency: EmergencyView;
  readonly onReview: ((emergency: EmergencyView) => void) | null;
  readonly withUnit?: boolean;
}) {
  const { serial, line, at, who, role, reasonKept, review } = emergency;
  const [tone, word] =
    review === null ? (['attention', 'To be reviewed'] as const) : VERDICTS[review.verdict];
  return (
    <li>
      <p className="row">
        <StateBadge tone={tone}>{word}</StateBadge>
        <span>
          {withUnit ? (
            <AppLink className="code" to={`/fleet/${serial}`}>
              {serial}
            </AppLink>
          ) : null}{' '}
          {who ?? 'somebody unknown'}
          {role ? <span className="muted"> as {role}</span> : null}, <RelativeTime at={at} />
        </span>
        {review === null && onReview ? (
          <Button
            size="xs"
            onClick={() => onReview(emergency)}
            aria-label={`Review line ${line} of ${serial}`}
          >
            Review
          </Button>
        ) : null}
      </p>
      <p className="muted small">
        Line {line.split('-')[1]} of the audit trail.{' '}
        {reasonKept === null
          ? 'The store was full: the typed reason was not kept.'
          : `The typed reason stays on the unit as ${reasonKept}; the clinic’s data protection reads it at the console.`}
      </p>
      {review === null ? null : (
        <p>
          {review.reason}{' '}
          <span className="muted small">
            {review.by}, <RelativeTime at={review.at} />
          </span>
        </p>
      )}
    </li>
  );
}

const LEAST = 10;

function ReviewDialog({
  emergency: { serial, line, who },
  onClose,
}: {
  readonly emergency: EmergencyView;
  readonly onClose: () => void;
}) {
  const [verdict, setVerdict] = useState<'justified' | 'not-justified' | ''>('');
  const [reason, setReason] = useState('');
  const { busy, error, run } = useRequest();
  const ready = verdict !== '' && reason.trim().length >= LEAST;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (verdict === '' || !ready) return;
    return run(async () => {
      await emergenciesClient.fleet.units[':serial'].emergencies[':line'].review.$post({
        param: { serial, line },
        json: { verdict, reason: reason.trim() },
      });
      await refreshFleet();
      showToast('The review stands in the ledger.');
      onClose();
    });
  };
  return (
    <Dialog title={`Review the emergency access on ${serial}`} opened={true} onClose={onClose}>
      <form className="stack" onSubmit={(event) => void submit(event)}>
        <p>
          {who ?? 'Somebody unknown'} opened patient data. Ask the clinic’s data protection for the reason
          that was typed; write no patient data here.
        </p>
        <Radio.Group
          label="Verdict"
          withAsterisk={true}
          value={verdict}
          onChange={(value) => setVerdict(value as 'justified' | 'not-justified')}
        >
          <div className="stack">
            <Radio value="justified" label="Justified: it was an emergency" data-autofocus="true" />
            <Radio value="not-justified" label="Not justified" />
          </div>
        </Radio.Group>
        <ReasonField
          description={`At least ${LEAST} letters. Stands in the ledger and stays as it is; without a name of a patient.`}
          value={reason}
          onChange={setReason}
        />
        {error ? <ProblemNotice error={error} /> : null}
        <DialogFoot>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="filled" loading={busy} disabled={!ready}>
            Record review
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}

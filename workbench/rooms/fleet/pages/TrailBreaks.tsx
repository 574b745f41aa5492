// Breaks of a unit's audit trail: what broke, what nobody verified, who looked and signed. A closed break stays for ever.
import { Button } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { Dialog, DialogFoot } from '../../../web/design/Dialog.tsx';
import { Section } from '../../../web/design/PageFrame.tsx';
import { ProblemNotice } from '../../../web/design/ProblemNotice.tsx';
import { ReasonField } from '../../../web/design/ReasonField.tsx';
import { RelativeTime } from '../../../web/design/RelativeTime.tsx';
import { StateBadge } from '../../../web/design/StateBadge.tsx';
import { showToast } from '../../../web/design/toasts.ts';
import { ProofFields, useProof } from '../../../web/pages/Proof.tsx';
import { useMe } from '../../../web/session.ts';
import { useRequest } from '../../../web/use-request.ts';
import { CLOSE_TRAIL } from '../audit/close-trail-act.ts';
import type { BreakView, UnitDetail } from '../contract.ts';
import { refreshFleet, trailClient } from './fleet-queries.ts';
import { auditProblemWords } from './fleet-words.ts';

/** Nothing for a trail that never broke. */
export function TrailBreaks({ unit }: { readonly unit: UnitDetail }) {
  if (unit.breaks.length === 0) return null;
  return (
    <Section title="Breaks of the audit trail">
      <ul className="fleet-list">
        {unit.breaks.map((one) => (
          <Break key={one.number} broken={one} unit={unit} />
        ))}
      </ul>
    </Section>
  );
}

function Break({ broken, unit }: { readonly broken: BreakView; readonly unit: UnitDetail }) {
  const [closing, setClosing] = useState(false);
  const { number, code, foundAt, verifiedTo, closing: closed } = broken;
  return (
    <li>
      {closing ? <CloseDialog broken={broken} unit={unit} onClose={() => setClosing(false)} /> : null}
      <p className="row">
        {closed === null ? (
          <StateBadge tone="danger">Open</StateBadge>
        ) : (
          <StateBadge tone="ended">Closed by a person</StateBadge>
        )}
        <span>
          Break {number}: {auditProblemWords(code)}
        </span>
        {closed === null && unit.mayClose && unit.claim !== null ? (
          <Button size="xs" onClick={() => setClosing(true)}>
            Close break {number}
          </Button>
        ) : null}
      </p>
      <p className="muted small">
        Found <RelativeTime at={foundAt} />; lines held up to {verifiedTo}.
      </p>
      {closed === null ? (
        <p>
          {unit.claim === null
            ? 'The unit has not signed yet where its log is now: wait for its next report. Nothing is taken before somebody has looked.'
            : `Nothing is taken before somebody has looked. The unit has signed its log up to line ${unit.claim.sequence}.`}
        </p>
      ) : (
        <>
          <p>{closed.lost}</p>
          <p>
            {closed.reason}{' '}
            <span className="muted small">
              Signed by {closed.by} ({closed.authentication}), <RelativeTime at={closed.at} />; the trail goes
              on after line {closed.start}.{' '}
              {closed.heard ? 'The unit has written it down.' : 'The unit has not heard it yet.'}
            </span>
          </p>
        </>
      )}
    </li>
  );
}

const LEAST = 10;
const MOST = 1_000;

function CloseDialog({
  broken: { number, verifiedTo },
  unit,
  onClose,
}: {
  readonly broken: BreakView;
  readonly unit: UnitDetail;
  readonly onClose: () => void;
}) {
  const me = useMe();
  const [reason, setReason] = useState('');
  const proof = useProof({ recordId: unit.id, revision: number, transition: CLOSE_TRAIL });
  const { busy, error, run } = useRequest();
  const length = reason.trim().length;
  const ready = length >= LEAST && length <= MOST && proof.complete;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!ready) return;
    return run(async () => {
      try {
        await trailClient.fleet.units[':serial'].audit.breaks[':number'].close.$post({
          param: { serial: unit.serial, number: String(number) },
          json: { reason: reason.trim(), ...(await proof.give()) },
        });
      } finally {
        proof.clear();
      }
      await refreshFleet();
      showToast(`You signed that break ${number} of ${unit.serial} was looked at.`);
      onClose();
    });
  };
  return (
    <Dialog title={`Close break ${number} of ${unit.serial}`} opened={true} onClose={onClose}>
      <form className="stack" onSubmit={(event) => void submit(event)}>
        <p>
          You say that you have looked at what happened. The trail goes on after line {unit.claim?.sequence},
          which the unit has signed. Nothing becomes whole by it: what was not verified after line{' '}
          {verifiedTo} stays unverified, and the break stays on this page with your name. The unit writes it
          into its log.
        </p>
        <dl className="facts">
          <dt>You sign as</dt>
          <dd>{me.name}</dd>
        </dl>
        <ReasonField
          label="What was found"
          description={`Between ${LEAST} and ${MOST} letters. Stands in the ledger and in the unit\u2019s log.`}
          first={true}
          value={reason}
          error={length > MOST ? `${length - MOST} letters too many.` : undefined}
          onChange={setReason}
        />
        <ProofFields
          proof={proof}
          why="A signature needs you to prove that it is you, now (21 CFR 11.200)."
          backupCodes={false}
        />
        {error ? <ProblemNotice error={error} /> : null}
        <DialogFoot>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="filled" loading={busy} disabled={!ready}>
            Sign: Close break {number}
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}

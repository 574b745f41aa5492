// One unit: what it runs and says, its identity, its updates, its service sessions, its verified audit trail.
import { Button } from '@mantine/core';
import { IconBroadcast } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { Answer } from '../../../web/design/Answer.tsx';
import { AppLink } from '../../../web/design/AppLink.tsx';
import { ConfirmDialog } from '../../../web/design/ConfirmDialog.tsx';
import { CopyField } from '../../../web/design/CopyField.tsx';
import { KeyLink } from '../../../web/design/KeyLink.tsx';
import { PageFrame, Section } from '../../../web/design/PageFrame.tsx';
import { ProblemNotice } from '../../../web/design/ProblemNotice.tsx';
import { ReasonField } from '../../../web/design/ReasonField.tsx';
import { RelativeTime } from '../../../web/design/RelativeTime.tsx';
import { StateBadge } from '../../../web/design/StateBadge.tsx';
import { showToast } from '../../../web/design/toasts.ts';
import { useRequest } from '../../../web/use-request.ts';
import type { UnitDetail } from '../contract.ts';
import { AuditTrail } from './AuditTrail.tsx';
import { EmergenciesSection } from './Emergencies.tsx';
import { enrolmentClient, refreshFleet, unitQuery } from './fleet-queries.ts';
import {
  AUDIT_VERDICTS,
  auditProblemWords,
  hasOtherHardware,
  STEPS,
  UNIT_STATES,
  VAULT_STATES,
  vaultWords,
} from './fleet-words.ts';
import { ServiceSection } from './ServiceSection.tsx';
import { TrailBreaks } from './TrailBreaks.tsx';
import { LastSeen } from './UnitsPage.tsx';
import './fleet.css';

export function Page() {
  const { serial = '' } = useParams({ strict: false }) as { serial?: string };
  const unit = useQuery(unitQuery(serial.toUpperCase()));
  const state = unit.data && UNIT_STATES[unit.data.state];
  return (
    <PageFrame
      title={serial.toUpperCase()}
      state={state ? <StateBadge tone={state[0]}>{state[1]}</StateBadge> : null}
      meta={
        <>
          <AppLink to="/fleet">Units</AppLink>
          {unit.data ? <KeyLink recordKey={unit.data.product.key} title={unit.data.product.title} /> : null}
          {unit.data?.site ? <span>{unit.data.site}</span> : null}
        </>
      }
      actions={unit.data?.mayChange ? <Revoke unit={unit.data} /> : null}
    >
      <Answer query={unit} lines={8}>
        {(data) => (
          <>
            <Now unit={data} />
            {data.state === 'expected' || data.state === 'revoked' ? <Enrolment unit={data} /> : null}
            <Updates unit={data} />
            <ServiceSection unit={data} />
            <TrailBreaks unit={data} />
            <EmergenciesSection unit={data} />
            <AuditTrail unit={data} />
          </>
        )}
      </Answer>
    </PageFrame>
  );
}

function Now({ unit }: { readonly unit: UnitDetail }) {
  const { runs, audit } = unit;
  const [tone, verdict] = AUDIT_VERDICTS[audit.verdict];
  return (
    <Section title="Now">
      <dl className="facts">
        <dt>Runs</dt>
        <dd>
          {runs === null ? (
            <StateBadge tone="question">Not known: it has never reported</StateBadge>
          ) : (
            <>
              {runs.version}{' '}
              {runs.release ? (
                <KeyLink recordKey={runs.release.key} title={runs.release.title} />
              ) : (
                <span className="muted">which is no known release of the product</span>
              )}
            </>
          )}
        </dd>
        <dt>Last report</dt>
        <dd>
          <LastSeen unit={unit} />
        </dd>
        <dt>Device</dt>
        <dd>
          {unit.deviceState ?? <span className="muted">not known</span>}
          {unit.startedAt && unit.slot ? (
            <span className="muted">
              {' '}
              started <RelativeTime at={unit.startedAt} /> from slot {unit.slot.toUpperCase()}
            </span>
          ) : null}
        </dd>
        <dt>Hardware</dt>
        <dd>
          {unit.hardwareId}
          {hasOtherHardware(unit) ? (
            <p>
              <StateBadge tone="danger">Other hardware</StateBadge> It was registered as {unit.hardwareId} and
              reports {unit.reportedHardwareId}. Updates are chosen for what was registered, and the unit
              takes none of them. Look at its type plate and at who enrolled it.
            </p>
          ) : null}
        </dd>
        <dt>Audit trail</dt>
        <dd>
          <StateBadge tone={tone}>{verdict}</StateBadge>{' '}
          {audit.problem === null ? (
            <span className="muted">
              up to line {audit.lines}
              {audit.verifiedAt ? (
                <>
                  , verified <RelativeTime at={audit.verifiedAt} />
                </>
              ) : null}
              {audit.breaks > 0
                ? `; broken ${audit.breaks === 1 ? 'once' : `${audit.breaks} times`} before, see below`
                : ''}
            </span>
          ) : (
            <span>
              {auditProblemWords(audit.problem)} Verified up to line {audit.lines}.
            </span>
          )}
          {unit.auditWritable === false ? (
            <p>
              <StateBadge tone="danger">Its log cannot be written</StateBadge> Remote functions are refused
              until it can; a treatment at the device goes on.
            </p>
          ) : null}
        </dd>
        <dt>Patient data on it</dt>
        <dd>
          {unit.vault === null ? (
            <span className="muted">not known: it has not said</span>
          ) : (
            <>
              <StateBadge tone={VAULT_STATES[unit.vault.state][0]}>
                {VAULT_STATES[unit.vault.state][1]}
              </StateBadge>{' '}
              <span className="muted">{vaultWords(unit.vault)}</span>
            </>
          )}
        </dd>
        <dt>Certificate</dt>
        <dd>
          {unit.certificateEndsAt ? (
            <>
              ends <RelativeTime at={unit.certificateEndsAt} />
            </>
          ) : (
            <span className="muted">none</span>
          )}
          {unit.keyThumbprint ? <span className="muted code small"> {unit.keyThumbprint}</span> : null}
        </dd>
      </dl>
    </Section>
  );
}

function Enrolment({ unit }: { readonly unit: UnitDetail }) {
  const { busy, error, run } = useRequest();
  const [code, setCode] = useState<{ code: string; endsAt: string } | null>(null);
  const make = () =>
    run(async () => {
      const answer = await enrolmentClient.fleet.units[':serial'].code.$post({
        param: { serial: unit.serial },
      });
      setCode(await answer.json());
      await refreshFleet();
    });
  return (
    <Section title="Enrolment">
      <p className="muted">
        A unit makes its key itself and is enrolled once, with a code that is used on the unit within its
        time. The code proves both ways: the unit to Ward, and Ward to the unit.
      </p>
      {code ? (
        <>
          <CopyField label="Enrolment code, shown once" text={code.code} />
          <p className="small muted">
            Ends <RelativeTime at={code.endsAt} />. On the unit: <code>ward-device enrol --code CODE</code>
          </p>
        </>
      ) : unit.code ? (
        <p>
          A code was made; it ends <RelativeTime at={unit.code.endsAt} />
          {unit.code.attempts > 0 ? `, and ${unit.code.attempts} wrong ones were tried` : ''}.
        </p>
      ) : null}
      {error ? <ProblemNotice error={error} /> : null}
      {unit.mayChange ? (
        <Button loading={busy} onClick={() => void make()}>
          {unit.code ? 'Make another code' : 'Make enrolment code'}
        </Button>
      ) : null}
    </Section>
  );
}

function Updates({ unit }: { readonly unit: UnitDetail }) {
  return (
    <Section title="Updates">
      {unit.campaigns.length === 0 ? (
        <p className="muted">No campaign has reached this unit.</p>
      ) : (
        <ul className="fleet-list">
          {unit.campaigns.map(({ key, title, step, changedAt, detail }) => (
            <li key={key}>
              <StateBadge tone={STEPS[step][0]}>{STEPS[step][1]}</StateBadge>{' '}
              <KeyLink recordKey={key} title={title} />{' '}
              <span className="muted small">
                <RelativeTime at={changedAt} />
                {detail ? `, ${detail}` : ''}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function Revoke({ unit }: { readonly unit: UnitDetail }) {
  const [asking, setAsking] = useState(false);
  const [why, setWhy] = useState('');
  if (unit.state !== 'enrolled') return null;
  return (
    <>
      <Button leftSection={<IconBroadcast size={16} aria-hidden="true" />} onClick={() => setAsking(true)}>
        Revoke unit
      </Button>
      <ConfirmDialog
        title={`Revoke ${unit.serial}`}
        verb="Revoke unit"
        danger={true}
        opened={asking}
        onClose={() => setAsking(false)}
        onConfirm={async () => {
          const answer = await enrolmentClient.fleet.units[':serial'].revoke.$post({
            param: { serial: unit.serial },
            json: { why },
          });
          const { listed } = await answer.json();
          await refreshFleet();
          showToast(
            listed
              ? `${unit.serial} is revoked.`
              : `${unit.serial} is revoked and refused here. Consoles were not told: the list of what was taken back is full. They are told when there is room.`,
          );
        }}
      >
        <p>
          None of its certificates is believed any longer, neither the newest nor those before: no update, no
          service session, no remote command reaches it. Treatment at the device goes on. It can be enrolled
          again with a new code.
        </p>
        <ReasonField description="Stands in the ledger." value={why} onChange={setWhy} />
      </ConfirmDialog>
    </>
  );
}

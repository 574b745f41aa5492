// Service sessions: asked for here, consented to at the device, limited, ended by either side, recorded in the unit's audit trail.
import { Button, Checkbox, NumberInput, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { Dialog, DialogFoot } from '../../../web/design/Dialog.tsx';
import { Section } from '../../../web/design/PageFrame.tsx';
import { ProblemNotice } from '../../../web/design/ProblemNotice.tsx';
import { RelativeTime } from '../../../web/design/RelativeTime.tsx';
import { StateBadge } from '../../../web/design/StateBadge.tsx';
import { showProblem, showToast } from '../../../web/design/toasts.ts';
import { useRequest } from '../../../web/use-request.ts';
import type { ServiceView, UnitDetail } from '../contract.ts';
import { SERVICE_VERBS } from '../service/verbs.ts';
import { refreshFleet, serviceClient } from './fleet-queries.ts';
import { SERVICE_STATES, SERVICE_VERB_WORDS } from './fleet-words.ts';

export function ServiceSection({ unit }: { readonly unit: UnitDetail }) {
  const [asking, setAsking] = useState(false);
  const live = unit.services.some(({ state }) => state === 'requested' || state === 'open');
  return (
    <Section
      title="Service sessions"
      aside={
        unit.mayService && unit.state === 'enrolled' && !live ? (
          <Button size="xs" onClick={() => setAsking(true)}>
            Ask for a session
          </Button>
        ) : null
      }
    >
      {asking ? <AskDialog serial={unit.serial} onClose={() => setAsking(false)} /> : null}
      {unit.services.length === 0 ? (
        <p className="muted">
          None. A session begins only when a person at the device consents to it, and ends by time, by either
          side, or when a treatment begins.
        </p>
      ) : (
        <ul className="fleet-list">
          {unit.services.map((session) => (
            <Session key={session.id} session={session} unit={unit} />
          ))}
        </ul>
      )}
    </Section>
  );
}

function Session({ session, unit }: { readonly session: ServiceView; readonly unit: UnitDetail }) {
  const [tone, word] = SERVICE_STATES[session.state];
  const live = session.state === 'requested' || session.state === 'open';
  const end = () =>
    serviceClient.fleet.services[':id'].end
      .$post({ param: { id: session.id } })
      .then(refreshFleet)
      .then(() => showToast('The session ends with the next report of the unit.'), showProblem);
  return (
    <li>
      <p className="row">
        <StateBadge tone={tone}>{word}</StateBadge>
        <span>{session.why}</span>
        {live && unit.mayService ? (
          <Button size="xs" onClick={() => void end()}>
            End session
          </Button>
        ) : null}
      </p>
      <p className="muted small">
        {session.askedBy}, <RelativeTime at={session.askedAt} />; {session.minutes} minutes;{' '}
        {session.verbs.map((verb) => SERVICE_VERB_WORDS[verb] ?? verb).join(', ')}
        {session.endedBecause ? `; ended: ${session.endedBecause}` : ''}
      </p>
      {session.state !== 'requested' ? null : session.code === null ? (
        <p className="muted">The unit is asked with its next report; then its code stands here.</p>
      ) : (
        <p>
          The device shows the code <strong className="code">{session.code}</strong>. Whoever consents there
          compares it with this one.
        </p>
      )}
    </li>
  );
}

function AskDialog({ serial, onClose }: { readonly serial: string; readonly onClose: () => void }) {
  const [verbs, setVerbs] = useState<readonly string[]>(['service.read-logs', 'service.self-test']);
  const [minutes, setMinutes] = useState<number | string>(30);
  const [why, setWhy] = useState('');
  const { busy, error, run } = useRequest();
  const fits = typeof minutes === 'number' && Number.isInteger(minutes) && minutes >= 1 && minutes <= 60;
  const ready = verbs.length > 0 && why.trim().length > 0 && fits;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    return run(async () => {
      await serviceClient.fleet.units[':serial'].services.$post({
        param: { serial },
        json: {
          verbs: [...verbs] as (typeof SERVICE_VERBS)[number][],
          minutes: Number(minutes),
          why: why.trim(),
        },
      });
      await refreshFleet();
      showToast('The session was asked for. It begins when somebody at the device consents.');
      onClose();
    });
  };
  return (
    <Dialog title={`Ask for a service session on ${serial}`} opened={true} onClose={onClose}>
      <form className="stack" onSubmit={(event) => void submit(event)}>
        <TextInput
          label="What for"
          description="One line, shown at the device before somebody consents; at most 200 letters."
          data-autofocus="true"
          withAsterisk={true}
          maxLength={200}
          value={why}
          onChange={(event) => setWhy(event.currentTarget.value)}
        />
        <fieldset className="stack">
          <legend>What is asked for</legend>
          {verbs.length === 0 ? <p role="alert">Choose at least one.</p> : null}
          {SERVICE_VERBS.map((verb) => (
            <Checkbox
              key={verb}
              label={SERVICE_VERB_WORDS[verb]}
              checked={verbs.includes(verb)}
              onChange={(event) =>
                setVerbs(
                  event.currentTarget.checked ? [...verbs, verb] : verbs.filter((other) => other !== verb),
                )
              }
            />
          ))}
        </fieldset>
        <NumberInput
          label="Minutes"
          description="It ends by itself then, at most 60."
          min={1}
          max={60}
          allowDecimal={false}
          // What was typed stays to be corrected; nobody asks for another time than they see.
          clampBehavior="none"
          value={minutes}
          error={fits ? null : 'A whole number from 1 to 60.'}
          onChange={setMinutes}
        />
        {error ? <ProblemNotice error={error} /> : null}
        <DialogFoot>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="filled" loading={busy} disabled={!ready}>
            Ask for session
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}

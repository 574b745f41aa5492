// Registering units by their serial numbers; each is expected until it is enrolled.
import { Button, Textarea, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { Dialog, DialogFoot } from '../../../web/design/Dialog.tsx';
import { ProblemNotice } from '../../../web/design/ProblemNotice.tsx';
import { showToast } from '../../../web/design/toasts.ts';
import { useRequest } from '../../../web/use-request.ts';
import { fleetClient, refreshFleet } from './fleet-queries.ts';
import { readSerials } from './read-serials.ts';

interface RegisterDialogProps {
  readonly product: string;
  readonly onClose: () => void;
}

export function RegisterDialog({ product, onClose }: RegisterDialogProps) {
  const [serials, setSerials] = useState('');
  const [hardwareId, setHardwareId] = useState('lumen-400');
  const [site, setSite] = useState('');
  const [clinic, setClinic] = useState('');
  const { busy, error, run } = useRequest();
  const { serials: list, problem } = readSerials(serials);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    return run(async () => {
      const answer = await fleetClient.fleet.units.$post({
        json: {
          product,
          units: list.map((serial) => ({
            serial,
            hardwareId: hardwareId.trim(),
            site,
            clinic: clinic.trim(),
          })),
        },
      });
      const { registered } = await answer.json();
      await refreshFleet();
      showToast(`${registered} ${registered === 1 ? 'unit is' : 'units are'} expected.`);
      onClose();
    });
  };
  return (
    <Dialog title="Register units" opened={true} onClose={onClose}>
      <form className="stack" onSubmit={(event) => void submit(event)}>
        <Textarea
          label="Serial numbers"
          description="As they stand on the units, with commas or line breaks between; up to 1,000 at once."
          data-autofocus="true"
          withAsterisk={true}
          rows={4}
          maxLength={45_000}
          value={serials}
          error={problem}
          onChange={(event) => setSerials(event.currentTarget.value)}
        />
        <TextInput
          label="Hardware"
          description="Updates are made for certain hardware; a unit takes no other."
          withAsterisk={true}
          maxLength={60}
          value={hardwareId}
          onChange={(event) => setHardwareId(event.currentTarget.value)}
        />
        <TextInput
          label="Clinic"
          description="Id of the clinic whose people the unit believes, e.g. st-mary; it is fixed at the enrolment. Empty: nobody's."
          maxLength={64}
          value={clinic}
          onChange={(event) => setClinic(event.currentTarget.value)}
        />
        <TextInput
          label="Site"
          maxLength={200}
          value={site}
          onChange={(event) => setSite(event.currentTarget.value)}
        />
        {error ? <ProblemNotice error={error} /> : null}
        <DialogFoot>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            variant="filled"
            loading={busy}
            disabled={list.length === 0 || problem !== null || hardwareId.trim() === ''}
          >
            {list.length > 1 ? `Register ${list.length} units` : 'Register unit'}
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}

// How far a campaign is: wave by wave, and the units that somebody has to look at first.
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { RecordView } from '../../../kernel/records/contract.ts';
import { Answer } from '../../../web/design/Answer.tsx';
import { AppLink } from '../../../web/design/AppLink.tsx';
import { ConfirmDialog } from '../../../web/design/ConfirmDialog.tsx';
import { KeyLink } from '../../../web/design/KeyLink.tsx';
import { Section } from '../../../web/design/PageFrame.tsx';
import { ReasonField } from '../../../web/design/ReasonField.tsx';
import { RelativeTime } from '../../../web/design/RelativeTime.tsx';
import { StateBadge } from '../../../web/design/StateBadge.tsx';
import { showToast } from '../../../web/design/toasts.ts';
import { UNIT_STEPS } from '../campaigns/next-step.ts';
import type { CampaignView } from '../contract.ts';
import { campaignQuery, fleetClient, refreshFleet } from './fleet-queries.ts';
import { STEPS } from './fleet-words.ts';
import './fleet.css';

export function Panel({ record }: { readonly record: RecordView }) {
  const progress = useQuery(campaignQuery(record.key));
  return (
    <Section title="Progress">
      <Answer query={progress} lines={4}>
        {(campaign) => <Progress campaign={campaign} />}
      </Answer>
    </Section>
  );
}

function Progress({ campaign }: { readonly campaign: CampaignView }) {
  const { target, rule, waves, says, units } = campaign;
  const [again, setAgain] = useState<string | null>(null);
  return (
    <>
      {again === null ? null : <TryAgain campaign={campaign} serial={again} onClose={() => setAgain(null)} />}
      {says ? (
        <p role="status">
          <StateBadge tone={campaign.state === 'halted' ? 'danger' : 'open'}>
            {campaign.state === 'halted' ? 'Halted' : 'Waits'}
          </StateBadge>{' '}
          {says}
        </p>
      ) : null}
      <dl className="facts">
        <dt>Update</dt>
        <dd>
          {target ? (
            <>
              {target.update ? <KeyLink recordKey={target.update} /> : null} version {target.version},{' '}
              {(target.length / 1_000_000).toFixed(1)} MB{' '}
              <span className="code small muted">SHA-256 {target.sha256.slice(0, 16)}…</span>
            </>
          ) : (
            <span className="muted">Fixed, with its units, when the campaign starts</span>
          )}
        </dd>
        <dt>Halts</dt>
        <dd>
          after {rule.haltAfterFailures} failed {rule.haltAfterFailures === 1 ? 'unit' : 'units'}
          {rule.haltAtPercent === null ? '' : `, or at ${rule.haltAtPercent} % of those that answered,`} in a
          wave
        </dd>
        <dt>Next wave</dt>
        <dd>
          {rule.nextWaveAfterHours} {rule.nextWaveAfterHours === 1 ? 'hour' : 'hours'} after one has ended
        </dd>
      </dl>
      <ol className="fleet-waves">
        {waves.map((wave, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a wave is its place
          <li key={at}>
            <Wave wave={wave} />
          </li>
        ))}
      </ol>
      {units.length > 0 ? (
        <ul className="fleet-list">
          {units.map(({ serial, wave, step, changedAt, detail }) => (
            <li key={serial}>
              <AppLink className="code" to={`/fleet/${serial}`}>
                {serial}
              </AppLink>{' '}
              <StateBadge tone={STEPS[step][0]}>{STEPS[step][1]}</StateBadge>{' '}
              <span className="muted small">
                wave {wave + 1}, <RelativeTime at={changedAt} />
                {detail ? `, ${detail}` : ''}
              </span>{' '}
              {step === 'failed' && campaign.mayTryAgain ? (
                <Button
                  size="compact-xs"
                  onClick={() => setAgain(serial)}
                  aria-label={`Try again on ${serial}`}
                >
                  Try again
                </Button>
              ) : null}
            </li>
          ))}
        </ul>
      ) : null}
      {campaign.unitsLeftOut > 0 ? <p className="muted">{campaign.unitsLeftOut} more units.</p> : null}
    </>
  );
}

/** The unit refuses what failed on it until the director says that this is another attempt. */
function TryAgain(props: {
  readonly campaign: CampaignView;
  readonly serial: string;
  readonly onClose: () => void;
}) {
  const { campaign, serial, onClose } = props;
  const [why, setWhy] = useState('');
  return (
    <ConfirmDialog
      title={`Try again on ${serial}`}
      verb="Try again"
      opened={true}
      onClose={onClose}
      onConfirm={async () => {
        await fleetClient.fleet.campaigns[':key'].units[':serial']['try-again'].$post({
          param: { key: campaign.key, serial },
          json: { why },
        });
        await refreshFleet();
        showToast(`${serial} is offered the update again.`);
      }}
    >
      <div className="stack">
        <p>
          {serial} refuses an update that has failed on it. It is told with its next report that this is
          another attempt, loads the update again and starts it when the device is in standby
          {campaign.state === 'paused' ? ', as soon as the campaign is resumed' : ''}. If it fails again, the
          last good version runs on.
        </p>
        <ReasonField
          description="What is different now; stands in the ledger."
          value={why}
          onChange={setWhy}
          first={true}
        />
      </div>
    </ConfirmDialog>
  );
}

function Wave({ wave }: { readonly wave: CampaignView['waves'][number] }) {
  const said = UNIT_STEPS.filter((step) => wave.steps[step] > 0).map(
    (step) => `${wave.steps[step]} ${STEPS[step][1].toLowerCase()}`,
  );
  return (
    <>
      <p>
        <strong>{wave.name}</strong>{' '}
        <span className="muted">{wave.total === 0 ? 'no unit yet' : said.join(', ')}</span>
      </p>
      {wave.total > 0 ? (
        <div className="fleet-bar" aria-hidden="true">
          {UNIT_STEPS.map((step) =>
            wave.steps[step] > 0 ? (
              <span
                key={step}
                className={`fleet-bar__part fleet-bar__part--${step}`}
                style={{ flexGrow: wave.steps[step] }}
              />
            ) : null,
          )}
        </div>
      ) : null}
    </>
  );
}

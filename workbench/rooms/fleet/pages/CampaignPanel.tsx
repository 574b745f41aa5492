// How far a campaign is: wave by wave, and the units that somebody has to look at first.
import { useQuery } from '@tanstack/react-query';
import type { RecordView } from '../../../kernel/records/contract.ts';
import { Answer } from '../../../web/design/Answer.tsx';
import { AppLink } from '../../../web/design/AppLink.tsx';
import { KeyLink } from '../../../web/design/KeyLink.tsx';
import { Section } from '../../../web/design/PageFrame.tsx';
import { RelativeTime } from '../../../web/design/RelativeTime.tsx';
import { StateBadge } from '../../../web/design/StateBadge.tsx';
import { UNIT_STEPS } from '../campaigns/next-step.ts';
import type { CampaignView } from '../contract.ts';
import { campaignQuery } from './fleet-queries.ts';
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
  return (
    <>
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
              </span>
            </li>
          ))}
        </ul>
      ) : null}
      {campaign.unitsLeftOut > 0 ? <p className="muted">{campaign.unitsLeftOut} more units.</p> : null}
    </>
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

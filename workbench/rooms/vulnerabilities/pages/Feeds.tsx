// Where Ward asks by itself: state in words, age, what came, what went wrong and what to do; on and off, now, own feeds.
import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { roleTitle } from '../../../kernel/people/roles.ts';
import type { Feed } from '../../../knowledge/api.ts';
import { Answer } from '../../../web/design/Answer.tsx';
import { ConfirmDialog } from '../../../web/design/ConfirmDialog.tsx';
import { Section } from '../../../web/design/PageFrame.tsx';
import { RelativeTime } from '../../../web/design/RelativeTime.tsx';
import { StateBadge } from '../../../web/design/StateBadge.tsx';
import { showProblem, showToast } from '../../../web/design/toasts.ts';
import { queryClient } from '../../../web/query-client.ts';
import { FeedDialog } from './FeedDialog.tsx';
import { FEED_STATES, feedCounts, shareOf, turnWords } from './feed-words.ts';
import { feedsQuery, knowledgeClient } from './knowledge-queries.ts';

export function Feeds() {
  const feeds = useQuery(feedsQuery);
  const [adding, setAdding] = useState(false);
  return (
    <Section
      title="Feeds"
      aside={
        feeds.data?.mayChange ? (
          <Button leftSection={<IconPlus size={16} aria-hidden="true" />} onClick={() => setAdding(true)}>
            Add a feed
          </Button>
        ) : null
      }
    >
      <Answer query={feeds} lines={6}>
        {({ feeds: list, mayChange, nvdKey }) => (
          <div className="stack">
            <p className="muted">
              {list.some(({ enabled }) => enabled)
                ? 'Ward asks these addresses by itself. '
                : 'All feeds are off: Ward asks nobody by itself. In a closed network leave them off and import files below. '}
              {mayChange
                ? null
                : `Turning feeds on or off needs one of: ${(['security-lead', 'administrator'] as const).map(roleTitle).join(', ')}.`}
            </p>
            <ul className="lines">
              {list.map((feed) => (
                <FeedLine key={feed.id} feed={feed} mayChange={mayChange} nvdKey={nvdKey} />
              ))}
            </ul>
          </div>
        )}
      </Answer>
      {adding ? <FeedDialog onClose={() => setAdding(false)} /> : null}
    </Section>
  );
}

async function act(work: () => Promise<unknown>, done: string): Promise<void> {
  try {
    await work();
    showToast(done);
  } catch (error) {
    showProblem(error);
  } finally {
    await queryClient.invalidateQueries({ queryKey: ['knowledge-feeds'] });
  }
}

interface FeedLineProps {
  readonly feed: Feed;
  readonly mayChange: boolean;
  readonly nvdKey: boolean;
}

function FeedLine({ feed, mayChange, nvdKey }: FeedLineProps) {
  const state = FEED_STATES[feed.state];
  const counts = feedCounts(feed);
  return (
    <li className="feed">
      <div className="feed__state">
        <StateBadge tone={state.tone}>{state.title}</StateBadge>
      </div>
      <div className="feed__what">
        <p>
          <strong>{feed.title}</strong>{' '}
          {!feed.enabled && feed.state !== 'off' ? <span className="muted">(turned off)</span> : null}
        </p>
        <p className="small muted feed__url">{feed.url}</p>
        <p className="small muted">
          {feed.lastGoodAt === null ? (
            'Not fetched yet'
          ) : (
            <>
              Last good <RelativeTime at={feed.lastGoodAt} />
            </>
          )}
          {counts === null ? null : `: ${counts}`}
          {feed.enabled ? `. ${sentence(turnWords(feed.everyMinutes))}` : ''}
          {feed.enabled && feed.nextRunAt !== null && !feed.running ? (
            <>
              , next <RelativeTime at={feed.nextRunAt} />
            </>
          ) : null}
          .
        </p>
        {feed.kind === 'nvd' && feed.enabled && !nvdKey ? (
          <p className="small muted">
            Without a key NVD answers slowly; set <code>WARD_NVD_API_KEY</code> for Ward.
          </p>
        ) : null}
        {feed.running ? <Running feed={feed} running={feed.running} /> : null}
        {feed.failing ? (
          <div className="feed__error">
            <p>
              Failing since <RelativeTime at={feed.failing.since} />
              {feed.failing.failures > 1 ? `, ${feed.failing.failures} times` : ''}: {feed.failing.message}
            </p>
            <p className="muted">{feed.failing.remedy}</p>
          </div>
        ) : null}
        {feed.leftOutCount > 0 ? (
          <details className="more">
            <summary>
              {feed.leftOutCount === 1 ? '1 document' : `${feed.leftOutCount} documents`} could not be read
              and will be tried again
            </summary>
            <ul>
              {feed.leftOut.map(({ name, since, message }) => (
                <li key={`${name} ${since}`} className="small">
                  Since <RelativeTime at={since} />: {message}
                </li>
              ))}
            </ul>
            {feed.leftOutCount > feed.leftOut.length ? (
              <p className="small muted">The first {feed.leftOut.length} are shown.</p>
            ) : null}
          </details>
        ) : null}
        {feed.counts && feed.counts.notes.length > 0 ? (
          <details className="more">
            <summary>What was left out</summary>
            <ul>
              {feed.counts.notes.map((text) => (
                <li key={text} className="small">
                  {text}
                </li>
              ))}
            </ul>
          </details>
        ) : null}
      </div>
      {mayChange ? <FeedActions feed={feed} /> : null}
    </li>
  );
}

function Running({ feed, running }: { readonly feed: Feed; readonly running: NonNullable<Feed['running']> }) {
  const share = shareOf(feed);
  return (
    <div className="upload">
      <p className="small">
        {running.step}
        {share === null ? '' : `, ${Math.floor(share * 100)} %`}
      </p>
      <progress
        className="upload__bar"
        aria-label={`Fetching ${feed.title}`}
        max={1}
        {...(share === null ? {} : { value: share })}
      />
    </div>
  );
}

function FeedActions({ feed }: { readonly feed: Feed }) {
  const [deleting, setDeleting] = useState(false);
  const one = knowledgeClient.knowledge.feeds[':feed'];
  const param = { feed: feed.id };
  return (
    <div className="row feed__actions">
      <Button
        onClick={() =>
          void act(
            () => one.$patch({ param, json: { enabled: !feed.enabled } }),
            feed.enabled ? `${feed.title} is off.` : `${feed.title} is on.`,
          )
        }
        aria-label={`${feed.enabled ? 'Turn off' : 'Turn on'}: ${feed.title}`}
      >
        {feed.enabled ? 'Turn off' : 'Turn on'}
      </Button>
      <Button
        disabled={feed.running !== null}
        onClick={() => void act(() => one.run.$post({ param }), `${feed.title} will be fetched at once.`)}
        aria-label={`Fetch now: ${feed.title}`}
      >
        Fetch now
      </Button>
      {feed.own ? (
        <Button onClick={() => setDeleting(true)} aria-label={`Delete: ${feed.title}`}>
          Delete
        </Button>
      ) : null}
      <ConfirmDialog
        title="Delete feed"
        verb="Delete feed"
        danger
        opened={deleting}
        onClose={() => setDeleting(false)}
        onConfirm={async () => {
          await one.$delete({ param });
          await queryClient.invalidateQueries({ queryKey: ['knowledge-feeds'] });
        }}
      >
        <p>
          Ward no longer asks {feed.url}. What <strong>{feed.title}</strong> brought stays.
        </p>
      </ConfirmDialog>
    </div>
  );
}

const sentence = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

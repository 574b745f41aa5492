// Links whose far end moved: what changed there, and one key to say that the link still holds. Also for many at once.
import { Button, Checkbox, Kbd } from '@mantine/core';
import { IconLink } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo, useRef, useState } from 'react';
import { useActions } from '../../../web/actions/action.ts';
import { AppLink } from '../../../web/design/AppLink.tsx';
import { EmptyState } from '../../../web/design/EmptyState.tsx';
import { KeyLink } from '../../../web/design/KeyLink.tsx';
import { Loading } from '../../../web/design/Loading.tsx';
import { ProblemNotice } from '../../../web/design/ProblemNotice.tsx';
import { RelativeTime } from '../../../web/design/RelativeTime.tsx';
import { StateBadge } from '../../../web/design/StateBadge.tsx';
import { showProblem, showToast } from '../../../web/design/toasts.ts';
import { Words } from '../../../web/design/Words.tsx';
import { refreshRecords } from '../../../web/queries.ts';
import type { SuspectView } from '../api.ts';
import { suspectsQuery, traceClient } from './trace-queries.ts';

export function SuspectList({ product }: { readonly product: string }) {
  const answer = useInfiniteQuery(suspectsQuery(product));
  const items = useMemo(() => answer.data?.pages.flatMap((page) => page.items) ?? [], [answer.data]);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [busy, setBusy] = useState(false);
  const list = useRef<HTMLUListElement>(null);

  const focused = () => {
    const id = document.activeElement?.closest<HTMLElement>('[data-link]')?.dataset.link;
    return items.find((item) => item.id === id);
  };
  const move = (by: number) => {
    const at = items.findIndex((item) => item.id === focused()?.id);
    const next = items[Math.min(items.length - 1, Math.max(0, at < 0 ? 0 : at + by))];
    if (next) list.current?.querySelector<HTMLElement>(`[data-link="${next.id}"] input`)?.focus();
  };
  const toggle = (id: string) =>
    setChosen((before) => {
      const next = new Set(before);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  /** The chosen ones; with none chosen the one that has the focus. */
  const meant = (): readonly SuspectView[] => {
    if (chosen.size > 0) return items.filter(({ id }) => chosen.has(id));
    const one = focused();
    return one ? [one] : [];
  };
  const confirm = async (links: readonly SuspectView[]) => {
    const possible = links.filter(({ mayConfirm }) => mayConfirm).slice(0, 500);
    if (busy) return;
    if (possible.length === 0) return showToast('Choose a link first: j and k move, x chooses.');
    const at = items.findIndex(({ id }) => id === possible[0]?.id);
    setBusy(true);
    try {
      const outcome = await (
        await traceClient.traceability.confirm.$post({
          json: { links: possible.map(({ id, to }) => ({ id, revision: to.revision })) },
        })
      ).json();
      const [first] = outcome.refused;
      showToast(
        `${outcome.confirmed.length} ${outcome.confirmed.length === 1 ? 'link holds' : 'links hold'}.${first ? ` ${outcome.refused.length} refused: ${first.message}` : ''}`,
      );
      setChosen(new Set());
      await refreshRecords();
      // The focus stays where the work is: on what took the place of the confirmed one, unless a key has moved it by then.
      setTimeout(() => {
        if (list.current?.contains(document.activeElement)) return;
        const inputs = list.current?.querySelectorAll<HTMLElement>('[data-link] input');
        inputs?.[Math.min(at, inputs.length - 1)]?.focus();
      }, 50);
    } catch (error) {
      showProblem(error);
    } finally {
      setBusy(false);
    }
  };
  const section = 'Suspect links';
  useActions([
    { id: 'suspects.next', name: 'Next link', keys: 'j', section, perform: () => move(1) },
    { id: 'suspects.before', name: 'Link before', keys: 'k', section, perform: () => move(-1) },
    {
      id: 'suspects.choose',
      name: 'Choose the link',
      keys: 'x',
      section,
      perform: () => {
        const one = focused();
        if (one) toggle(one.id);
      },
    },
    {
      id: 'suspects.confirm',
      name: 'Confirm: the link still holds',
      keys: 'c',
      section,
      perform: () => void confirm(meant()),
    },
  ]);

  if (answer.error && !answer.data)
    return <ProblemNotice error={answer.error} onRetry={() => void answer.refetch()} />;
  if (!answer.data) return <Loading lines={8} label="Loading suspect links" />;
  if (items.length === 0)
    return (
      <EmptyState
        icon={<IconLink size={28} aria-hidden="true" />}
        what="No suspect links"
        why="When a record changes, the links to it wait here until somebody has looked at the change."
      />
    );
  const total = answer.data.pages[0]?.total ?? items.length;
  const all = chosen.size === items.length;
  return (
    <>
      <div className="trace-bar">
        <Checkbox
          label={chosen.size === 0 ? `Choose all ${items.length}` : `${chosen.size} chosen`}
          checked={all}
          indeterminate={chosen.size > 0 && !all}
          onChange={() => setChosen(all ? new Set() : new Set(items.map(({ id }) => id)))}
        />
        <Button loading={busy} onClick={() => void confirm(meant())} disabled={chosen.size === 0}>
          Confirm {chosen.size > 1 ? `${chosen.size} links` : 'link'} <Kbd size="xs">C</Kbd>
        </Button>
        <span className="muted">{total} to look at</span>
      </div>
      <ul className="suspects" ref={list} aria-label="Suspect links">
        {items.map((item) => (
          <Suspect
            key={item.id}
            item={item}
            chosen={chosen.has(item.id)}
            onToggle={() => toggle(item.id)}
            onConfirm={() => void confirm([item])}
          />
        ))}
      </ul>
      {answer.hasNextPage ? (
        <Button onClick={() => void answer.fetchNextPage()} loading={answer.isFetchingNextPage}>
          Show more
        </Button>
      ) : null}
    </>
  );
}

function Suspect({
  item,
  chosen,
  onToggle,
  onConfirm,
}: {
  readonly item: SuspectView;
  readonly chosen: boolean;
  readonly onToggle: () => void;
  readonly onConfirm: () => void;
}) {
  return (
    <li className="suspect" data-link={item.id}>
      <Checkbox
        aria-label={`${item.from.key} ${item.typeTitle.toLowerCase()} ${item.to.key}`}
        checked={chosen}
        onChange={onToggle}
      />
      <div className="suspect__text">
        <p>
          <KeyLink recordKey={item.from.key} title={item.from.title} />{' '}
          <span className="muted">{item.typeTitle.toLowerCase()}</span>{' '}
          <KeyLink recordKey={item.to.key} title={item.to.title} />
        </p>
        <p className="muted small">
          Seen at revision {item.seenRevision}, now {item.to.revision}, changed{' '}
          <RelativeTime at={item.changedAt} /> by {item.changedBy ?? 'Ward'}.{' '}
          <AppLink to={`/r/${item.to.key}`} search={{ from: String(item.seenRevision) }}>
            Whole difference
          </AppLink>
        </p>
        <dl>
          {item.changes.map((change, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the changes of one revision never change
            <div key={at}>
              <dt className="small">{change.field}</dt>
              <dd>
                {change.words ? (
                  <Words words={change.words} />
                ) : (
                  <>
                    <del>{change.before || '(empty)'}</del> <ins>{change.after || '(empty)'}</ins>
                  </>
                )}
              </dd>
            </div>
          ))}
        </dl>
        {item.moreChanges > 0 ? <p className="muted small">{item.moreChanges} more changes.</p> : null}
        {item.changes.length === 0 ? (
          <p className="muted small">Its text is as it was when it was seen.</p>
        ) : null}
      </div>
      {item.mayConfirm ? (
        <Button onClick={onConfirm}>Confirm link</Button>
      ) : (
        <StateBadge tone="stale">For others to confirm</StateBadge>
      )}
    </li>
  );
}

// Notices as lines: what, where, since when; the first few things that each one touched.
import { TOPICS } from '../../kernel/notifications/topics.ts';
import { AppLink } from '../design/AppLink.tsx';
import { RelativeTime } from '../design/RelativeTime.tsx';
import { StateBadge } from '../design/StateBadge.tsx';
import type { NoticeRow } from '../notification-queries.ts';
import { linkParts } from './link-parts.ts';

const SHOWN = 5;

export function NoticeLines({
  notices,
  onRead,
}: {
  readonly notices: readonly NoticeRow[];
  /** Without it nothing can be marked. */
  readonly onRead?: (notice: NoticeRow) => void;
}) {
  return (
    <ul className="lines news">
      {notices.map((notice) => (
        <NoticeLine key={notice.id} notice={notice} {...(onRead ? { onRead } : {})} />
      ))}
    </ul>
  );
}

function NoticeLine({
  notice,
  onRead,
}: {
  readonly notice: NoticeRow;
  readonly onRead?: (notice: NoticeRow) => void;
}) {
  const topic = TOPICS.find((one) => one.id === notice.topic)?.title ?? 'News';
  const [only] = notice.items;
  const rest = notice.count - Math.min(notice.items.length, SHOWN);
  return (
    <li className={notice.unread ? 'news__line news__line--unread' : 'news__line'}>
      <p className="row">
        <span className="grow">
          {notice.unread ? <span className="unseen">Unread: </span> : null}
          {notice.count === 1 && only ? (
            <AppLink {...linkParts(only.link)}>{notice.title}</AppLink>
          ) : (
            <strong>{notice.title}</strong>
          )}
        </span>
        {notice.items.some((item) => item.urgent) ? <StateBadge tone="danger">Urgent</StateBadge> : null}
        {onRead && notice.unread ? (
          <button type="button" className="link-button" onClick={() => onRead(notice)}>
            Mark as read
          </button>
        ) : null}
      </p>
      <p className="muted small">
        {topic}
        {notice.count === 1 && only?.text ? `: ${only.text}` : ''} · <RelativeTime at={notice.at} />
      </p>
      {notice.count > 1 ? (
        <ul className="news__items">
          {notice.items.slice(0, SHOWN).map((item) => (
            <li key={item.id}>
              <AppLink {...linkParts(item.link)}>{item.title}</AppLink>{' '}
              <span className="muted small">{item.text}</span>
            </li>
          ))}
          {rest > 0 ? <li className="muted small">and {rest.toLocaleString('en')} more</li> : null}
        </ul>
      ) : null}
    </li>
  );
}

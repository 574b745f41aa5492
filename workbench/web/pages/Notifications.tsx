// What is new for me, of the last thirty days.
import { IconBell, IconChecks } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ActionButton } from '../actions/ActionButton.tsx';
import { useActions } from '../actions/action.ts';
import { Answer } from '../design/Answer.tsx';
import { AppLink } from '../design/AppLink.tsx';
import { EmptyState } from '../design/EmptyState.tsx';
import { PageFrame } from '../design/PageFrame.tsx';
import { showProblem } from '../design/toasts.ts';
import { NoticeLines } from '../notices/NoticeLines.tsx';
import '../notices/notices.css';
import { markRead, noticesQuery } from '../notification-queries.ts';
import { useMe } from '../session.ts';

export function Page() {
  const me = useMe();
  const notices = useQuery(noticesQuery);
  const [unreadOnly, setUnreadOnly] = useState(false);
  const unread = notices.data?.unread ?? 0;
  const readAll = {
    id: 'notifications.read-all',
    name: 'Mark all as read',
    keys: 'x',
    section: 'This page',
    icon: IconChecks,
    visibleWhen: () => unread > 0,
    perform: () => void markRead(null).catch(showProblem),
  };
  useActions([readAll]);
  const keeps = me.roles.some(({ role }) => role === 'administrator' || role === 'security-lead');
  return (
    <PageFrame
      title="Notifications"
      meta={
        <>
          <span>{unread === 0 ? 'None unread' : `${unread} unread`}</span>
          <AppLink to="/notifications/settings">What I am told, and how</AppLink>
          {keeps ? <AppLink to="/webhooks">Webhooks</AppLink> : null}
        </>
      }
      primary={<ActionButton action={readAll} />}
    >
      <Answer query={notices} lines={10}>
        {({ items }) => {
          const shown = unreadOnly ? items.filter((notice) => notice.unread) : items;
          if (items.length === 0)
            return (
              <EmptyState
                icon={<IconBell size={28} aria-hidden="true" />}
                what="No news"
                why="New findings, decisions that come back, approvals that wait for you and comments that name you stand here for thirty days."
                action={<AppLink to="/notifications/settings">What I am told, and how</AppLink>}
              />
            );
          return (
            <>
              <label className="row">
                <input
                  type="checkbox"
                  checked={unreadOnly}
                  onChange={(event) => setUnreadOnly(event.currentTarget.checked)}
                />
                Unread only
              </label>
              {shown.length === 0 ? (
                <p className="muted">You have read all of it.</p>
              ) : (
                <NoticeLines
                  notices={shown}
                  onRead={(notice) => void markRead([notice.id]).catch(showProblem)}
                />
              )}
            </>
          );
        }}
      </Answer>
    </PageFrame>
  );
}

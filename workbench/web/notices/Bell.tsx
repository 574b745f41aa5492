import { IconBell } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { AppLink } from '../design/AppLink.tsx';
import { noticesQuery } from '../notification-queries.ts';
import { useMe } from '../session.ts';
import './notices.css';

/** How many notices are unread; leads to them. */
export function Bell() {
  const me = useMe();
  const notices = useQuery({ ...noticesQuery, enabled: me.roles.length > 0 });
  const unread = notices.data?.unread ?? 0;
  const words = unread === 0 ? 'Notifications, none unread' : `Notifications, ${unread} unread`;
  return (
    <AppLink to="/notifications" className="icon-button bell" aria-label={words} title={`${words} (g n)`}>
      <IconBell size={18} aria-hidden="true" />
      {unread > 0 ? (
        <span className="bell__count" aria-hidden="true">
          {unread > 99 ? '99+' : unread}
        </span>
      ) : null}
    </AppLink>
  );
}

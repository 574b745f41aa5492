import { TOPICS } from '../../../kernel/notifications/topics.ts';
import { AppLink } from '../../../web/design/AppLink.tsx';
import { Section } from '../../../web/design/PageFrame.tsx';
import { RelativeTime } from '../../../web/design/RelativeTime.tsx';
import { NoticeLines } from '../../../web/notices/NoticeLines.tsx';
import '../../../web/notices/notices.css';
import type { TodayView } from '../api.ts';

const GROUPS = [
  { id: 'new', title: 'New' },
  { id: 'changed', title: 'Changed' },
  { id: 're-opened', title: 'Re-opened' },
  { id: 'waiting', title: 'For you' },
] as const;

/** What is new, changed and re-opened since the reader looked before; for a first look, since yesterday. */
export function News({ news }: { readonly news: TodayView['news'] }) {
  const groups = GROUPS.map((group) => ({
    ...group,
    items: news.items.filter(
      (notice) => TOPICS.find((topic) => topic.id === notice.topic)?.news === group.id,
    ),
  })).filter((group) => group.items.length > 0);
  return (
    <Section
      title="Since you looked"
      id="news"
      aside={<AppLink to="/notifications">All notifications</AppLink>}
    >
      {groups.length === 0 ? (
        <p className="muted">
          Nothing new, changed or re-opened since <RelativeTime at={news.since} />.
        </p>
      ) : (
        groups.map((group) => (
          <div key={group.id}>
            <h3>{group.title}</h3>
            <NoticeLines notices={group.items} />
          </div>
        ))
      )}
    </Section>
  );
}

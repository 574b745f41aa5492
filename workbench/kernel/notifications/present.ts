import type { NoticeView } from './contract.ts';
import type { ShownNotice } from './read-notices.ts';
import { noticeTitle, topicOf } from './topics.ts';

export function presentNotice(notice: ShownNotice): NoticeView {
  const { id, topic, unread, count, at } = notice;
  return {
    id,
    topic,
    title: noticeTitle(topic, count, notice.items[0]?.title ?? topicOf(topic).title),
    at: at.toISOString(),
    unread,
    count,
    items: notice.items.map((item) => ({ ...item })),
  };
}

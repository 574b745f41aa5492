// The words of mails and webhooks. Pure. Texts may come from advisories of others: escaped, one line, links to Ward only.
import { oneLine } from './tell.ts';
import { noticeTitle, type Topic, topicOf } from './topics.ts';

export interface MessageItem {
  readonly title: string;
  readonly text: string;
  readonly link: string;
  readonly level: string | null;
}

export interface MessageNotice {
  readonly id: string;
  readonly topic: Topic;
  readonly count: number;
  readonly items: readonly MessageItem[];
}

export interface Mail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** Shown of each notice; the rest is counted and found in Ward. */
export const SHOWN_ITEMS = 20;
const SUBJECT_MAX = 150;

export function noticesMail(notices: readonly MessageNotice[], baseUrl: string, name: string): Mail {
  const titles = notices.map(titleOf);
  const [first = 'News'] = titles;
  const subject = notices.length === 1 ? first : `${first}, and ${notices.length - 1} more`;
  const blocks = notices.map((notice, index) => ({ ...notice, title: titles[index] ?? '' }));
  return {
    subject: `Ward: ${oneLine(subject)}`.slice(0, SUBJECT_MAX),
    text: [
      `${oneLine(name)},`,
      ...blocks.map((block) => textOf(block, baseUrl)),
      `All of it: ${baseUrl}/notifications`,
      `What you are told, and how: ${baseUrl}/notifications/settings`,
      '',
    ].join('\n\n'),
    html: page(
      [
        `<p>${escapeHtml(oneLine(name))},</p>`,
        ...blocks.map((block) => htmlOf(block, baseUrl)),
        `<p><a href="${escapeHtml(baseUrl)}/notifications">All of it</a> · <a href="${escapeHtml(baseUrl)}/notifications/settings">What you are told, and how</a></p>`,
      ].join('\n'),
    ),
  };
}

export function testMail(baseUrl: string): Mail {
  const words = 'This is a test. Mail from Ward reaches you.';
  return {
    subject: 'Ward: test',
    text: `${words}\n\n${baseUrl}/notifications/settings\n`,
    html: page(`<p>${words}</p>`),
  };
}

export function invitationMail(url: string, inviter: string, until: Date): Mail {
  const by = oneLine(inviter);
  const day = until.toISOString().slice(0, 10);
  const what = 'Ward keeps the security work of medical device products.';
  return {
    subject: 'Ward: you are invited',
    text: `${by} invites you to Ward. ${what}\n\nSet your password here, until ${day}; the link works once:\n${url}\n\nIf you do not expect this, do nothing.\n`,
    html: page(
      `<p>${escapeHtml(by)} invites you to Ward. ${what}</p><p><a href="${escapeHtml(url)}">Set your password</a>, until ${day}; the link works once.</p><p>If you do not expect this, do nothing.</p>`,
    ),
  };
}

/** What a webhook is sent; bounded like a mail. */
export function webhookBody(
  notices: readonly MessageNotice[],
  baseUrl: string,
  at: Date,
): Record<string, unknown> {
  return {
    type: notices.length === 0 ? 'ward.test' : 'ward.notices',
    timestamp: at.toISOString(),
    data: {
      notices: notices.map((notice) => ({
        id: notice.id,
        topic: notice.topic,
        title: titleOf(notice),
        count: notice.count,
        items: notice.items
          .slice(0, SHOWN_ITEMS)
          .map(({ title, text, link, level }) => ({ title, text, level, url: `${baseUrl}${link}` })),
      })),
    },
  };
}

export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

function titleOf(notice: MessageNotice): string {
  const [first] = notice.items;
  const title = noticeTitle(notice.topic, notice.count, first?.title ?? topicOf(notice.topic).title);
  return notice.count === 1 ? `${topicOf(notice.topic).title}: ${title}` : title;
}

type Block = MessageNotice & { readonly title: string };
const levelWords = (item: MessageItem) => (item.level ? ` (${item.level})` : '');
const restOf = (block: Block) => block.count - Math.min(block.items.length, SHOWN_ITEMS);

function textOf(block: Block, baseUrl: string): string {
  const lines = block.items
    .slice(0, SHOWN_ITEMS)
    .map(
      (item) =>
        `- ${oneLine(item.title)}${levelWords(item)}\n  ${oneLine(item.text)}\n  ${baseUrl}${item.link}`,
    );
  const rest = restOf(block);
  return [
    oneLine(block.title),
    ...lines,
    ...(rest > 0 ? [`and ${rest.toLocaleString('en')} more`] : []),
  ].join('\n');
}

function htmlOf(block: Block, baseUrl: string): string {
  const lines = block.items
    .slice(0, SHOWN_ITEMS)
    .map(
      (item) =>
        `<li><a href="${escapeHtml(`${baseUrl}${item.link}`)}">${escapeHtml(item.title)}</a>${escapeHtml(levelWords(item))}<br>${escapeHtml(item.text)}</li>`,
    );
  const rest = restOf(block);
  return `<h2 style="font-size:16px">${escapeHtml(block.title)}</h2><ul>${lines.join('')}</ul>${rest > 0 ? `<p>and ${rest.toLocaleString('en')} more</p>` : ''}`;
}

function page(body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Ward</title></head><body style="font-family:system-ui,sans-serif;font-size:14px;line-height:1.5">${body}</body></html>`;
}

// What people can be told about, how, and what holds when they have chosen nothing. Pure: server and pages use it.
import { MAKER_ROLES, type Role } from '../people/roles.ts';

export const HOWS = [
  { id: 'at-once', title: 'Mail at once' },
  { id: 'urgent-at-once', title: 'Mail at once when critical or exploited, else daily' },
  { id: 'daily', title: 'Daily mail' },
  { id: 'page', title: 'In Ward only' },
  { id: 'off', title: 'Not at all' },
] as const;
export type How = (typeof HOWS)[number]['id'];
export const HOW_IDS = HOWS.map((how) => how.id) as [How, ...How[]];

const DECIDERS: readonly Role[] = ['security-lead', 'safety-risk-manager', 'developer', 'incident-handler'];

interface TopicDefinition {
  readonly id: string;
  readonly title: string;
  /** What stands over more than one item: `12 new findings`. */
  readonly many: string;
  readonly purpose: string;
  /** Under which heading of the news it stands. */
  readonly news: 'new' | 'changed' | 're-opened' | 'waiting';
  readonly usual: How;
  /** Whose work it is; others find it in Ward, without mail. Empty: whoever is addressed. */
  readonly roles: readonly Role[];
}

export const TOPICS = [
  {
    id: 'finding-new',
    title: 'New findings',
    many: 'new findings',
    purpose: 'A known flaw was found in a component of a release.',
    news: 'new',
    usual: 'urgent-at-once',
    roles: DECIDERS,
  },
  {
    id: 'finding-worsened',
    title: 'Findings got worse',
    many: 'findings got worse',
    purpose: 'The severity of a flaw that is in a release rose.',
    news: 'changed',
    usual: 'urgent-at-once',
    roles: DECIDERS,
  },
  {
    id: 'finding-exploited',
    title: 'Exploited in the field',
    many: 'flaws are exploited',
    purpose: 'A flaw that is in a release is known to be exploited.',
    news: 'changed',
    usual: 'at-once',
    roles: DECIDERS,
  },
  {
    id: 'fix-appeared',
    title: 'A fix appeared',
    many: 'flaws have a fix now',
    purpose: 'A version without the flaw is named now.',
    news: 'changed',
    usual: 'daily',
    roles: DECIDERS,
  },
  {
    id: 'decision-reopened',
    title: 'Decisions re-opened',
    many: 'decisions were re-opened',
    purpose: 'The facts behind a decision moved, so it waits to be decided again.',
    news: 're-opened',
    usual: 'urgent-at-once',
    roles: DECIDERS,
  },
  {
    id: 'decision-expired',
    title: 'Decisions expired',
    many: 'decisions are due for review',
    purpose: 'The day of review of a decision has come.',
    news: 're-opened',
    usual: 'daily',
    roles: DECIDERS,
  },
  {
    id: 'depth-fell',
    title: 'Defence in depth fell',
    many: 'targets lost depth',
    purpose: 'Fewer controls that count stand before a safety function or data than the policy asks for.',
    news: 'changed',
    usual: 'urgent-at-once',
    roles: DECIDERS,
  },
  {
    id: 'threats-differ',
    title: 'Threats to accept',
    many: 'models have other threats',
    purpose:
      'The rules say otherwise of a system model than what was accepted, or a decision lost its ground.',
    news: 'changed',
    usual: 'daily',
    roles: DECIDERS,
  },
  {
    id: 'approval-waits',
    title: 'Approvals that wait for me',
    many: 'records wait for approval',
    purpose: 'A record waits for a signature that you may give.',
    news: 'waiting',
    usual: 'daily',
    roles: [],
  },
  {
    id: 'feed-failing',
    title: 'Sources that fail',
    many: 'sources fail',
    purpose: 'Advisories of a source could not be read, so what is new there is not known.',
    news: 'changed',
    usual: 'at-once',
    roles: ['security-lead', 'administrator'],
  },
  {
    id: 'mentioned',
    title: 'Named or assigned',
    many: 'places name you',
    purpose: 'Somebody named you in a comment, or put you into a record.',
    news: 'waiting',
    usual: 'at-once',
    roles: [],
  },
] as const satisfies readonly TopicDefinition[];

export type Topic = (typeof TOPICS)[number]['id'];
export const TOPIC_IDS = TOPICS.map((topic) => topic.id) as [Topic, ...Topic[]];

export function topicOf(id: Topic): TopicDefinition {
  return TOPICS.find((topic) => topic.id === id) as TopicDefinition;
}

export interface Choice {
  readonly productId: string | null;
  readonly topic: Topic;
  readonly how: How;
}

/** How the person hears of a topic: the choice for the product, else for all products, else what is usual for the roles. */
export function howFor(
  topic: Topic,
  productId: string | null,
  choices: readonly Choice[],
  roles: readonly Role[],
): How {
  const chosen = (place: string | null) =>
    choices.find((choice) => choice.topic === topic && choice.productId === place)?.how;
  return (productId === null ? undefined : chosen(productId)) ?? chosen(null) ?? usualFor(topic, roles);
}

export function usualFor(topic: Topic, roles: readonly Role[]): How {
  const { usual, roles: wanted } = topicOf(topic);
  if (wanted.length > 0) return roles.some((role) => wanted.includes(role)) ? usual : 'page';
  return topic === 'mentioned' || roles.some((role) => MAKER_ROLES.includes(role)) ? usual : 'page';
}

/** Null: no mail. */
export function mailTiming(how: How, urgent: boolean): 'at-once' | 'daily' | null {
  switch (how) {
    case 'at-once':
    case 'daily':
      return how;
    case 'urgent-at-once':
      return urgent ? 'at-once' : 'daily';
    case 'page':
    case 'off':
      return null;
  }
}

/** One line for a notice: its only item, or how many there are. */
export function noticeTitle(topic: Topic, count: number, firstTitle: string): string {
  return count === 1 ? firstTitle : `${count.toLocaleString('en')} ${topicOf(topic).many}`;
}

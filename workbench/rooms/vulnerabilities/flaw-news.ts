// What is news about a flaw between what was last told and what is known now. Pure.

export interface FlawState {
  readonly level: string;
  readonly exploited: boolean;
  /** A version without it is named. */
  readonly fixed: boolean;
}

export interface FlawNews {
  readonly topic: 'finding-worsened' | 'finding-exploited' | 'fix-appeared';
  readonly text: string;
}

const LEVELS = ['none', 'unknown', 'low', 'medium', 'high', 'critical'];

export function flawNews(before: FlawState, now: FlawState): FlawNews[] {
  const news: FlawNews[] = [];
  if (LEVELS.indexOf(now.level) > LEVELS.indexOf(before.level))
    news.push({
      topic: 'finding-worsened',
      text: `Its severity rose from ${before.level} to ${now.level}.`,
    });
  if (now.exploited && !before.exploited)
    news.push({ topic: 'finding-exploited', text: 'It is known to be exploited.' });
  if (now.fixed && !before.fixed)
    news.push({ topic: 'fix-appeared', text: 'A version without it is named now.' });
  return news;
}

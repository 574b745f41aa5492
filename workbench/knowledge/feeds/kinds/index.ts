// Every kind of feed, by hand.
import type { JsonObject } from '../../../kernel/records/record.ts';
import type { FeedKindId } from '../../store/tables.ts';
import { refuseFeed } from '../errors.ts';
import type { FeedKind } from '../kind.ts';
import { csaf } from './csaf.ts';
import { nvd } from './nvd.ts';
import { osv } from './osv.ts';
import { eol, epss, kev } from './single-file.ts';

const KINDS: Readonly<Record<FeedKindId, FeedKind>> = {
  osv: osv as unknown as FeedKind,
  nvd: nvd as unknown as FeedKind,
  kev,
  epss,
  csaf,
  eol,
};

export function feedKind(id: FeedKindId): FeedKind {
  return KINDS[id];
}

/** The settings as the kind reads them; refuses `feed.wrong-settings`. */
export function feedSettings(kind: FeedKindId, settings: unknown): JsonObject {
  const parsed = feedKind(kind).settings.safeParse(settings ?? {});
  if (parsed.success) return parsed.data as JsonObject;
  const issue = parsed.error.issues[0];
  const at = `settings${(issue?.path ?? []).map((step) => `.${String(step)}`).join('')}`;
  throw refuseFeed('feed.wrong-settings', `${at}: ${issue?.message ?? 'is not right'}.`, { at });
}

// What waits for one person: signatures that they may give, re-opened decisions, undecided findings, suspect links, drafts.
import { sql } from 'kysely';
import type { Kernel } from '../../kernel/kernel.ts';
import { listNotices, lookedBefore, type ShownNotice } from '../../kernel/notifications/read-notices.ts';
import type { Principal } from '../../kernel/people/roles.ts';
import { canReadProduct, readableProducts, rolesFor } from '../../kernel/people/roles.ts';
import { authorsSinceApproval, toRecord } from '../../kernel/records/read.ts';
import type { WardRecord } from '../../kernel/records/record.ts';
import { flaggedRisks } from '../risks/index.ts';
import { type WaitingDifference, waitingDifferences } from '../threats/index.ts';
import { countContradicted, listFindings } from '../vulnerabilities/index.ts';

const LIMIT = 50;

export interface Today {
  /** Records with a signature step that this person may take. */
  readonly toSign: readonly { record: WardRecord; step: string }[];
  /** Decisions whose evidence moved. */
  readonly reopened: readonly WardRecord[];
  readonly findings: {
    readonly undecided: number;
    readonly byLevel: Readonly<Record<string, number>>;
    /** A statement of a supplier contradicts them. */
    readonly contradicted: number;
  };
  /** Risks whose premises moved, with the reasons. */
  readonly flagged: readonly { record: WardRecord; reasons: readonly string[] }[];
  /** Models of which the rules say otherwise than what was accepted. */
  readonly threats: readonly WaitingDifference[];
  readonly suspect: readonly { from: WardRecord; to: WardRecord; type: string }[];
  readonly drafts: readonly WardRecord[];
  readonly news: { readonly since: Date; readonly items: readonly ShownNotice[] };
}

type Row = Parameters<typeof toRecord>[0];

export async function readToday(kernel: Kernel, principal: Principal): Promise<Today> {
  const [toSign, reopened, findings, suspect, drafts, news, contradicted, flagged, threats] =
    await Promise.all([
      signable(kernel, principal),
      inState(kernel, principal, 'assessment', ['reopened']),
      listFindings(kernel.db, principal, { states: ['undecided'] }, 0, 1),
      suspectLinks(kernel, principal),
      ownDrafts(kernel, principal),
      newsFor(kernel, principal),
      countContradicted(kernel.db, principal),
      flaggedRisks(kernel.db, readableProducts(principal), LIMIT),
      waitingDifferences(kernel.db, readableProducts(principal), LIMIT),
    ]);
  return {
    toSign,
    reopened,
    findings: { undecided: findings.undecided, byLevel: findings.byLevel, contradicted },
    flagged,
    threats,
    suspect,
    drafts,
    news,
  };
}

const NEWS_MAX = 20;

/** A token leaves no trace of a look: it is no person at the page. */
async function newsFor(kernel: Kernel, principal: Principal): Promise<Today['news']> {
  const now = kernel.now();
  const since =
    principal.via === 'session' && principal.personId !== null
      ? await lookedBefore(kernel.db, principal.personId, now)
      : new Date(now.getTime() - 86_400_000);
  // Approvals stand in a list of their own.
  const items = await listNotices(kernel.db, principal, now, { limit: NEWS_MAX * 2, since });
  return { since, items: items.filter((notice) => notice.topic !== 'approval-waits').slice(0, NEWS_MAX) };
}

function visible(principal: Principal) {
  const products = readableProducts(principal);
  return products === 'all' ? sql`true` : sql`r.product_id = any(${[...products]}::uuid[])`;
}

async function signable(
  kernel: Kernel,
  principal: Principal,
): Promise<{ record: WardRecord; step: string }[]> {
  const wanted = kernel.kinds.all.flatMap((kind) =>
    kind.transitions
      .filter((step) => step.signature === 'approve' && !step.system)
      .flatMap((step) => step.from.map((state) => ({ kind: kind.kind, state, step }))),
  );
  const { rows } = await sql<Row>`select r.* from record r
    join unnest(${wanted.map((w) => w.kind)}::text[], ${wanted.map((w) => w.state)}::text[]) as w(kind, state) on w.kind = r.kind and w.state = r.state
    where ${visible(principal)} order by r.updated_at desc limit 500`.execute(kernel.db);
  const found: { record: WardRecord; step: string }[] = [];
  const seen = new Set<string>();
  for (const row of rows) {
    const record = toRecord(row);
    const roles = rolesFor(principal, record.productId);
    if (seen.has(record.id) || roles.includes('administrator')) continue;
    const step = wanted.find(
      (w) =>
        w.kind === record.kind &&
        w.state === record.state &&
        w.step.roles.some((role) => roles.includes(role)),
    )?.step;
    if (!step || (await authorsSinceApproval(kernel.db, record.id)).includes(principal.personId ?? ''))
      continue;
    seen.add(record.id);
    found.push({ record, step: step.title });
    if (found.length >= LIMIT) break;
  }
  return found;
}

async function inState(
  kernel: Kernel,
  principal: Principal,
  kind: string,
  states: readonly string[],
): Promise<WardRecord[]> {
  const { rows } =
    await sql<Row>`select r.* from record r where r.kind = ${kind} and r.state = any(${[...states]}::text[])
    and ${visible(principal)} order by r.updated_at desc limit ${LIMIT}`.execute(kernel.db);
  return rows.map(toRecord);
}

async function suspectLinks(
  kernel: Kernel,
  principal: Principal,
): Promise<{ from: WardRecord; to: WardRecord; type: string }[]> {
  const { rows } = await sql<{ type: string; from_row: Row; to_row: Row }>`
    select l.type, to_jsonb(r) as from_row, to_jsonb(t) as to_row from link l join record r on r.id = l.from_id join record t on t.id = l.to_id
    where l.ended_at is null and t.revision > l.seen_revision and ${visible(principal)} order by t.updated_at desc limit ${LIMIT}`.execute(
    kernel.db,
  );
  const dated = (row: Row): WardRecord =>
    toRecord({ ...row, created_at: new Date(row.created_at), updated_at: new Date(row.updated_at) });
  return rows
    .map((row) => ({ type: row.type, from: dated(row.from_row), to: dated(row.to_row) }))
    .filter(({ to }) => canReadProduct(principal, to.kind === 'product' ? to.id : to.productId));
}

async function ownDrafts(kernel: Kernel, principal: Principal): Promise<WardRecord[]> {
  if (principal.personId === null) return [];
  const { rows } =
    await sql<Row>`select r.* from record r where r.author_id = ${principal.personId}::uuid and r.state in ('draft', 'planned', 'revised')
    and ${visible(principal)} order by r.updated_at desc limit ${LIMIT}`.execute(kernel.db);
  return rows.map(toRecord);
}

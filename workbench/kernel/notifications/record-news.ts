// News that every kind of record has: an approval waits, somebody was named in a comment or put into a field.
import type { Transaction } from 'kysely';
import { sql } from 'kysely';
import type { Tables } from '../database/schema.ts';
import type { Role } from '../people/roles.ts';
import type { KindDefinition } from '../records/kind.ts';
import type { Kinds } from '../records/kinds.ts';
import type { Entry, LedgerReader } from './follow-ledger.ts';
import type { NoticeDraft, NoticeItem } from './tell.ts';

const dayOf = (at: Date) => at.toISOString().slice(0, 10);

export function recordNews(kinds: Kinds): LedgerReader {
  return async (tx, entries) => [
    ...(await approvals(tx, kinds, entries)),
    ...(await mentions(tx, entries)),
    ...(await assignments(tx, kinds, entries)),
  ];
}

/** Who may take the signature step that leads on from this state; null when there is none. */
export function approversOf(kind: KindDefinition, state: string): readonly Role[] | null {
  const steps = kind.transitions.filter(
    (step) => step.signature === 'approve' && !step.system && step.from.includes(state),
  );
  return steps.length === 0 ? null : [...new Set(steps.flatMap((step) => step.roles))];
}

interface Head {
  readonly id: string;
  readonly kind: string;
  readonly key: string;
  readonly product_id: string | null;
  readonly state: string;
  readonly title: string;
  readonly revision: number;
  readonly authors: string[];
}

async function headsOf(tx: Transaction<Tables>, ids: readonly string[]): Promise<Map<string, Head>> {
  const { rows } = await sql<Head>`
    select r.id, r.kind, r.key, r.product_id, r.state, r.title, r.revision,
      array(select distinct l.actor from ledger l where l.record = r.id and l.actor is not null
        and l.action in ('record.created', 'record.edited') and l.revision = r.revision) as authors
    from record r where r.id = any(${[...new Set(ids)]}::uuid[])`.execute(tx);
  return new Map(rows.map((row) => [row.id, row]));
}

async function approvals(
  tx: Transaction<Tables>,
  kinds: Kinds,
  entries: readonly Entry[],
): Promise<NoticeDraft[]> {
  const moved = entries.filter(
    (entry) =>
      entry.record !== null &&
      (entry.action === 'record.created' ||
        entry.action === 'record.edited' ||
        entry.action === 'record.transitioned'),
  );
  const heads = await headsOf(
    tx,
    moved.map((entry) => entry.record as string),
  );
  const byDay = new Map<string, NoticeItem[]>();
  for (const entry of moved) {
    const head = heads.get(entry.record as string);
    if (!head) continue;
    const kind = kinds.find(head.kind);
    const roles = kind ? approversOf(kind, head.state) : null;
    if (!kind || !roles) continue;
    const day = dayOf(entry.at);
    const item: NoticeItem = {
      subject: `${head.id}@${head.revision}:${head.state}`,
      productId: head.kind === 'product' ? head.id : head.product_id,
      recordId: head.id,
      whileState: head.state,
      roles,
      exceptIds: head.authors,
      title: `${head.key} ${head.title}`,
      text: `${kind.title} waits for approval.`,
      link: `/r/${head.key}`,
    };
    byDay.set(day, [...(byDay.get(day) ?? []), item]);
  }
  return [...byDay].map(([day, items]) => ({ topic: 'approval-waits', occasion: day, items }));
}

interface Named {
  readonly id: string;
  readonly name: string;
  readonly email: string;
}

/** `@Anna Berg`, `@anna.berg` (before the at sign of the address) or the whole address, not inside a longer word. */
export function namesPerson(text: string, person: Pick<Named, 'name' | 'email'>): boolean {
  const said = text.toLowerCase();
  return [person.email, person.name, person.email.split('@')[0] ?? ''].some((form) => {
    if (form === '') return false;
    const wanted = `@${form.toLowerCase()}`;
    for (let at = said.indexOf(wanted); at >= 0; at = said.indexOf(wanted, at + 1)) {
      const before = said[at - 1] ?? ' ';
      const after = said.slice(at + wanted.length, at + wanted.length + 2);
      // A full stop ends a sentence; one before a letter goes on with a name.
      if (!/[\p{L}\p{N}]/u.test(before) && !/^([\p{L}\p{N}_@-]|\.[\p{L}\p{N}])/u.test(after)) return true;
    }
    return false;
  });
}

async function mentions(tx: Transaction<Tables>, entries: readonly Entry[]): Promise<NoticeDraft[]> {
  const comments = entries.filter(
    (entry) =>
      entry.action === 'comment.made' && entry.record !== null && String(entry.content.text).includes('@'),
  );
  if (comments.length === 0) return [];
  const heads = await headsOf(
    tx,
    comments.map((entry) => entry.record as string),
  );
  const people = await tx
    .selectFrom('person')
    .select(['id', 'name', 'email'])
    .where('disabled_at', 'is', null)
    .limit(10_000)
    .execute();
  return comments.flatMap((entry) => {
    const head = heads.get(entry.record as string);
    if (!head) return [];
    const text = String(entry.content.text);
    const items = people
      .filter((person) => person.id !== entry.actor && namesPerson(text, person))
      .map((person) => addressed(person.id, head, 'You are named in a comment.', `comment:${entry.seq}`));
    return [{ topic: 'mentioned' as const, occasion: `comment:${entry.seq}`, items }];
  });
}

function addressed(personId: string, head: Head, text: string, subject: string): NoticeItem {
  return {
    subject: `${subject}:${personId}`,
    productId: head.kind === 'product' ? head.id : head.product_id,
    recordId: head.id,
    personId,
    title: `${head.key} ${head.title}`,
    text,
    link: `/r/${head.key}`,
  };
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Ids in the fields of a body: some are people. */
function idsIn(body: unknown): string[] {
  if (typeof body !== 'object' || body === null) return [];
  return Object.values(body)
    .flatMap((value) => (Array.isArray(value) ? value : [value]))
    .filter((value): value is string => typeof value === 'string' && UUID.test(value));
}

async function assignments(
  tx: Transaction<Tables>,
  kinds: Kinds,
  entries: readonly Entry[],
): Promise<NoticeDraft[]> {
  const written = entries.filter(
    (entry) =>
      (entry.action === 'record.created' || entry.action === 'record.edited') &&
      entry.record !== null &&
      idsIn(entry.content.body).length > 0,
  );
  if (written.length === 0) return [];
  const { rows: people } = await sql<{ id: string }>`select id from person where disabled_at is null
    and id = any(${[...new Set(written.flatMap((entry) => idsIn(entry.content.body)))]}::uuid[])`.execute(tx);
  const known = new Set(people.map((person) => person.id));
  const heads = await headsOf(
    tx,
    written.map((entry) => entry.record as string),
  );
  const drafts: NoticeDraft[] = [];
  for (const entry of written) {
    const head = heads.get(entry.record as string);
    const named = idsIn(entry.content.body).filter((id) => known.has(id) && id !== entry.actor);
    if (!head || named.length === 0) continue;
    const { rows } = await sql<{ body: unknown }>`select content->'body' as body from ledger
      where record = ${entry.record}::uuid and revision = ${(entry.revision ?? 1) - 1} and action in ('record.created', 'record.edited')`.execute(
      tx,
    );
    const before = idsIn(rows[0]?.body);
    const kind = kinds.find(head.kind)?.title.toLowerCase() ?? 'record';
    const items = [...new Set(named)]
      .filter((id) => !before.includes(id))
      .map((id) => addressed(id, head, `You were put into this ${kind}.`, `assigned:${entry.seq}`));
    drafts.push({ topic: 'mentioned', occasion: `assigned:${entry.seq}`, items });
  }
  return drafts;
}

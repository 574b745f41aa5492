// The kernel's tables: records, links, ledger. Histories, comments and signatures are read from the ledger itself.
import type { Migration } from '../migrations.ts';

export const kernel: Migration = {
  id: '0002-kernel',
  sql: /* sql */ `
create table setting (
  name text primary key,
  value jsonb not null
);

create table kind_counter (
  kind text primary key,
  last integer not null
);

create table record (
  id uuid primary key,
  kind text not null,
  number integer not null,
  key text not null unique,
  product_id uuid references record (id),
  revision integer not null check (revision >= 1),
  state text not null,
  title text not null,
  body jsonb not null,
  author_id uuid,
  created_at timestamptz not null,
  created_by uuid,
  updated_at timestamptz not null,
  updated_by uuid,
  search tsvector generated always as (
    setweight(to_tsvector('simple', title), 'A') || jsonb_to_tsvector('simple', body, '["string", "numeric"]')
  ) stored,
  unique (kind, number)
);
create index record_list on record (kind, product_id, state, number);
create index record_product on record (product_id, kind);
create index record_updated on record (updated_at desc);
create index record_search on record using gin (search);

create table link (
  id uuid primary key,
  type text not null,
  from_id uuid not null references record (id),
  to_id uuid not null references record (id),
  -- revision of the far end that the link's author (or the last confirmer) saw
  seen_revision integer not null,
  made_at timestamptz not null,
  made_by uuid,
  confirmed_at timestamptz,
  confirmed_by uuid,
  ended_at timestamptz,
  ended_by uuid
);
create unique index link_once on link (type, from_id, to_id) where ended_at is null;
create index link_from on link (from_id) where ended_at is null;
create index link_to on link (to_id) where ended_at is null;

create table ledger (
  seq bigint primary key,
  at timestamptz(3) not null,
  actor uuid,
  action text not null check (action ~ '^[a-z][a-z0-9.-]{0,63}$'),
  record uuid,
  revision integer,
  product uuid,
  content jsonb not null,
  content_hash bytea not null check (length(content_hash) = 32),
  previous bytea not null check (length(previous) = 32),
  hash bytea not null check (length(hash) = 32)
);
create index ledger_record on ledger (record, seq) where record is not null;
create unique index ledger_revision on ledger (record, revision) where action in ('record.created', 'record.edited');
create index ledger_at on ledger (at);
create index ledger_action on ledger (action, seq);
create index ledger_actor on ledger (actor, seq);

create table checkpoint (
  size bigint primary key,
  head bytea not null,
  note text not null,
  at timestamptz not null default now()
);

-- Nothing is updated in place, nothing deleted: not even by a mistake in our own code.
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'WA001';
end $$;
create trigger ledger_append_only before update or delete or truncate on ledger
  for each statement execute function refuse_change();
create trigger checkpoint_append_only before update or delete or truncate on checkpoint
  for each statement execute function refuse_change();
create trigger record_kept before delete or truncate on record
  for each statement execute function refuse_change();
create trigger link_kept before delete or truncate on link
  for each statement execute function refuse_change();

-- Appends entries in their order and chains them. One writer at a time: the lock is held until commit, so the
-- order of seq is the order of commits. The hashed text is the RFC 8785 form of the entry: keys sorted, no blanks;
-- every value is a number, a uuid, a hex string or an action that holds no character that JSON would escape.
create function ledger_append(entries jsonb) returns bigint language plpgsql as $$
declare
  item jsonb;
  next_seq bigint;
  prior bytea;
  own bytea;
  at_text text;
  quoted_actor text;
begin
  perform pg_advisory_xact_lock(8100151);
  select l.seq, l.hash into next_seq, prior from ledger l order by l.seq desc limit 1;
  if not found then
    next_seq := 0;
    prior := decode(repeat('00', 32), 'hex');
  end if;
  for item in select value from jsonb_array_elements(entries) loop
    next_seq := next_seq + 1;
    at_text := to_char((item->>'at')::timestamptz at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');
    quoted_actor := coalesce('"' || (item->>'actor')::uuid::text || '"', 'null');
    own := sha256(convert_to(
      '{"action":"' || (item->>'action') || '","actor":' || quoted_actor || ',"at":"' || at_text
      || '","content":"' || (item->>'contentHash') || '","previous":"' || encode(prior, 'hex')
      || '","product":' || coalesce('"' || (item->>'product')::uuid::text || '"', 'null')
      || ',"record":' || coalesce('"' || (item->>'record')::uuid::text || '"', 'null')
      || ',"revision":' || coalesce((item->>'revision')::integer::text, 'null')
      || ',"seq":' || next_seq::text || '}', 'UTF8'));
    insert into ledger (seq, at, actor, action, record, revision, product, content, content_hash, previous, hash)
    values (next_seq, at_text::timestamptz, (item->>'actor')::uuid, item->>'action', (item->>'record')::uuid,
      (item->>'revision')::integer, (item->>'product')::uuid, item->'content', decode(item->>'contentHash', 'hex'),
      prior, own);
    prior := own;
  end loop;
  perform pg_notify('ward_change', next_seq::text);
  return next_seq;
end $$;
`,
};

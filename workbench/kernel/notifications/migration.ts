// What people and programs are told: notices with their items, who wants what how, and each sending with its state.
import type { Migration } from '../database/migrations.ts';

export const notificationTables: Migration = {
  id: '0011-notifications',
  sql: /* sql */ `
-- One event as people speak of it: an import, a mass change. Its items name what it touched.
create table notice (
  id uuid primary key,
  topic text not null,
  -- what makes it one event: the same occasion again adds items and no second notice
  occasion text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique (topic, occasion)
);
create index notice_updated on notice (updated_at desc);

create table notice_item (
  id bigint generated always as identity primary key,
  notice_id uuid not null references notice (id) on delete cascade,
  subject text not null,
  product_id uuid,
  record_id uuid references record (id),
  -- told only while the record is in this state
  while_state text,
  -- only for this person, or only for holders of these roles; null is everyone who may read the product
  person_id uuid references person (id),
  roles text[],
  -- whoever caused it needs no word about it
  except_ids uuid[] not null default '{}',
  title text not null check (length(title) <= 300),
  text text not null check (length(text) <= 2000),
  -- path inside Ward
  link text not null check (starts_with(link, '/') and length(link) <= 1000),
  level text,
  urgent boolean not null default false,
  created_at timestamptz not null,
  -- when it was given to the deliveries of those who want it
  planned_at timestamptz,
  unique (notice_id, subject)
);
create index notice_item_waiting on notice_item (notice_id) where planned_at is null;
create index notice_item_created on notice_item (created_at);

create table notice_read (
  person_id uuid not null references person (id),
  notice_id uuid not null references notice (id) on delete cascade,
  item_id bigint not null,
  primary key (person_id, notice_id)
);
-- When the person last looked at the news, for what is new since.
create table notice_look (
  person_id uuid primary key references person (id),
  looked_at timestamptz not null,
  before_at timestamptz
);

create table subscription (
  person_id uuid not null references person (id),
  -- null: every product that the person may read
  product_id uuid references record (id),
  topic text not null,
  how text not null check (how in ('at-once', 'urgent-at-once', 'daily', 'page', 'off')),
  unique nulls not distinct (person_id, product_id, topic)
);

create table webhook (
  id uuid primary key,
  name text not null,
  product_id uuid references record (id),
  url text not null,
  -- sealed with the instance's secret; shown once, never again
  sealed_secret text not null,
  -- the one before the last rotation, valid beside it until the given time
  sealed_previous text,
  previous_until timestamptz,
  topics text[] not null,
  active boolean not null default true,
  -- what this person may read is what is sent
  owner_id uuid not null references person (id),
  created_at timestamptz not null,
  deleted_at timestamptz
);

-- One sending to one target. Each item reaches a target in one delivery only.
create table delivery (
  id uuid primary key,
  kind text not null check (kind in ('notices', 'test', 'invitation')),
  channel text not null check (channel in ('mail', 'webhook')),
  person_id uuid references person (id),
  webhook_id uuid references webhook (id),
  state text not null check (state in ('waiting', 'sending', 'handed-over', 'sent', 'failed', 'unknown', 'dropped')),
  -- the day of a digest, while it gathers
  digest_on date,
  due_at timestamptz not null,
  attempts integer not null default 0,
  claim uuid,
  claimed_at timestamptz,
  first_tried_at timestamptz,
  sent_at timestamptz,
  answer text,
  -- what an invitation needs once, sealed; emptied when it was sent
  sealed_content text,
  created_at timestamptz not null,
  check ((person_id is null) <> (webhook_id is null))
);
create index delivery_due on delivery (due_at) where state in ('waiting', 'sending', 'handed-over');
create index delivery_person on delivery (person_id, created_at desc);
create index delivery_webhook on delivery (webhook_id, created_at desc);
create unique index delivery_digest on delivery (person_id, digest_on) where state = 'waiting' and digest_on is not null;

create table delivery_item (
  delivery_id uuid not null references delivery (id) on delete cascade,
  item_id bigint not null references notice_item (id) on delete cascade,
  target uuid not null,
  primary key (delivery_id, item_id),
  unique (target, item_id)
);

-- How far the ledger has been read for news. What was there before is no news.
create table notice_cursor (only_one boolean primary key default true check (only_one), seq bigint not null);
insert into notice_cursor (seq) select coalesce(max(seq), 0) from ledger;

-- What was last told of a flaw, so that worse, exploited and fixed are told when they happen and once.
create table notice_flaw (
  ext_id text primary key,
  level text not null,
  exploited boolean not null,
  fixed boolean not null
);
`,
};

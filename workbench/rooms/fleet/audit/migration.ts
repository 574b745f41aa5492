// Breaks of units' audit trails, and how each was closed by a person who had looked. Both stay for ever.
import type { Migration } from '../../../kernel/database/migrations.ts';

export const trailTables: Migration = {
  id: '0029-trail-closings',
  sql: /* sql */ `
-- the part of the trail that is verified now; each closed break begins another
alter table unit add column audit_part integer not null default 0;
-- while the trail is broken: the newest line that the unit signed, from which it could go on; { sequence, hash, at }
alter table unit add column audit_claim jsonb;
create index unit_audit_closed on unit_audit (unit_id, part) where what = 'audit.closed';

create table unit_trail_break (
  unit_id uuid not null references unit (id),
  number integer not null,
  code text not null,
  found_at timestamptz not null,
  -- the part that broke, and the last line of it that held
  part integer not null,
  known_sequence bigint not null,
  known_hash text not null,
  primary key (unit_id, number)
);
create trigger unit_trail_break_append_only before update or delete or truncate on unit_trail_break
  for each statement execute function refuse_change();

create table unit_trail_closing (
  unit_id uuid not null,
  number integer not null,
  -- the part that begins with it, after this line
  part integer not null,
  start_sequence bigint not null,
  start_hash text not null,
  reason text not null,
  closed_at timestamptz not null,
  closed_by uuid not null,
  closed_by_name text not null,
  authentication text not null,
  -- what the unit is told, signed
  statement text not null,
  primary key (unit_id, number),
  unique (unit_id, part),
  foreign key (unit_id, number) references unit_trail_break (unit_id, number)
);
create trigger unit_trail_closing_append_only before update or delete or truncate on unit_trail_closing
  for each statement execute function refuse_change();

-- what was broken before breaks were numbered
insert into unit_trail_break (unit_id, number, code, found_at, part, known_sequence, known_hash)
select id, 1, audit_problem, coalesce(audit_problem_at, now()), 0, audit_sequence, coalesce(audit_head, '')
from unit where audit_problem is not null;
`,
};

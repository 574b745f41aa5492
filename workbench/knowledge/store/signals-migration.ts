// Signals beside the advisories: known exploitation, its forecast, the end of support; and the feeds that bring all of it.
import type { Migration } from '../../kernel/database/migrations.ts';

export const signalTables: Migration = {
  id: '0007-signals',
  sql: /* sql */ `
-- CISA's catalogue of known exploited vulnerabilities; an entry that it has dropped keeps its row
create table kev_entry (
  cve text primary key,
  added_on date not null,
  due_on date,
  ransomware text not null check (ransomware in ('known', 'unknown')),
  name text not null,
  product text not null,
  action text not null,
  source text not null,
  first_seen timestamptz not null,
  changed_at timestamptz not null,
  removed_at timestamptz
);

-- the newest score of every CVE; day is null where the source does not say it
create table epss_score (
  cve text primary key,
  score double precision not null,
  percentile double precision,
  day date,
  changed_at timestamptz not null
);

-- of CVEs with an open match only: the first score, then each one that moved by 0.005 or more, at most one a day
create table epss_history (
  cve text not null,
  day date not null,
  score double precision not null,
  percentile double precision,
  primary key (cve, day)
);

-- ended: null is not known; a day decides by itself
create table lifecycle (
  product text not null,
  cycle text not null,
  title text not null,
  released_on date,
  active_until date,
  active_ended boolean,
  life_until date,
  life_ended boolean,
  changed_at timestamptz not null,
  primary key (product, cycle)
);
create table lifecycle_identity (
  product text not null,
  ecosystem text not null,
  name text not null,
  stated text not null,
  primary key (product, ecosystem, name)
);
create index lifecycle_identity_name on lifecycle_identity (ecosystem, name);

-- what CISA says of a CVE in its container of the CVE record (SSVC options as they are)
create table ssvc_statement (
  cve text not null,
  role text not null,
  stated_at timestamptz,
  options jsonb not null,
  primary key (cve, role)
);

create table knowledge_feed (
  id text primary key,
  kind text not null,
  title text not null,
  url text not null,
  settings jsonb not null default '{}',
  enabled boolean not null default false,
  own boolean not null default false,
  every_minutes integer not null check (every_minutes between 5 and 43200),
  -- where the next run goes on: kind-specific, written after each step that is stored
  cursor jsonb not null default '{}',
  running_since timestamptz,
  step text,
  step_done bigint,
  step_total bigint,
  last_run_at timestamptz,
  last_good_at timestamptz,
  last_changed_at timestamptz,
  error_code text,
  error text,
  error_remedy text,
  failing_since timestamptz,
  failures integer not null default 0,
  next_run_at timestamptz,
  counts jsonb not null default '{}',
  bytes bigint not null default 0,
  created_at timestamptz not null
);

-- products of advisories (CSAF) that carry no identifier and are therefore not compared with components
alter table knowledge_run add column not_matched integer not null default 0;
`,
};

/** Flaws that a record passes on from the parts it carries, one row each: their signs of exploitation count for it, too. */
export const upstreamTables: Migration = {
  id: '0018-upstream',
  sql: /* sql */ `
create table advisory_upstream (
  advisory_id integer not null references advisory (id) on delete cascade,
  ext_id text not null,
  primary key (advisory_id, ext_id)
);
create index advisory_upstream_ext on advisory_upstream (ext_id);
insert into advisory_upstream (advisory_id, ext_id)
  select distinct a.id, u from advisory a cross join jsonb_array_elements_text(coalesce(a.doc->'upstream', '[]')) u;
`,
};

/**
 * The signs of exploitation by flaw: the worst of all ids of its group and of those that its records pass on. Triggers keep it, since
 * many ways change it. Whatever changes it takes one lock first: two that cannot see each other's rows would both miss a sign.
 */
export const flawSignalTables: Migration = {
  id: '0018-upstream-signals',
  sql: /* sql */ `
create table flaw_signal (
  group_id integer primary key,
  epss double precision,
  percentile double precision,
  kev boolean not null,
  kev_due date,
  ransomware boolean not null
);

create function renew_flaw_signals(groups integer[]) returns void language sql as $$
  with name as (
    select am.group_id, am.ext_id from alias_member am where am.group_id = any(groups)
    union
    select am.group_id, u.ext_id from alias_member am join advisory a on a.ext_id = am.ext_id
      join advisory_upstream u on u.advisory_id = a.id where am.group_id = any(groups)
  ), sign as (
    select n.group_id, max(s.score) as epss, max(s.percentile) as percentile, bool_or(k.cve is not null) as kev,
      min(k.due_on) as kev_due, coalesce(bool_or(k.ransomware = 'known'), false) as ransomware
    from name n left join epss_score s on s.cve = n.ext_id left join kev_entry k on k.cve = n.ext_id and k.removed_at is null
    where s.cve is not null or k.cve is not null group by 1
  ), gone as (
    delete from flaw_signal f where f.group_id = any(groups) and f.group_id not in (select group_id from sign)
  )
  insert into flaw_signal as f select * from sign
  on conflict (group_id) do update set epss = excluded.epss, percentile = excluded.percentile, kev = excluded.kev,
    kev_due = excluded.kev_due, ransomware = excluded.ransomware
  where (f.epss, f.percentile, f.kev, f.kev_due, f.ransomware)
    is distinct from (excluded.epss, excluded.percentile, excluded.kev, excluded.kev_due, excluded.ransomware);
$$;

create function follow_signs() returns trigger language plpgsql as $$
declare
  groups integer[];
begin
  perform pg_advisory_xact_lock(8100171);
  if tg_table_name = 'alias_member' then
    select array_agg(distinct group_id) into groups from touched;
  elsif tg_table_name = 'advisory_upstream' then
    select array_agg(distinct am.group_id) into groups
      from touched t join advisory a on a.id = t.advisory_id join alias_member am on am.ext_id = a.ext_id;
  else
    select array_agg(group_id) into groups from (
      select am.group_id from touched t join alias_member am on am.ext_id = t.cve
      union
      select am.group_id from touched t join advisory_upstream u on u.ext_id = t.cve join advisory a on a.id = u.advisory_id
        join alias_member am on am.ext_id = a.ext_id
    ) g;
  end if;
  if groups is not null then perform renew_flaw_signals(groups); end if;
  return null;
end $$;

create trigger signs_added after insert on alias_member referencing new table as touched for each statement execute function follow_signs();
create trigger signs_moved after update on alias_member referencing new table as touched for each statement execute function follow_signs();
create trigger signs_left after update on alias_member referencing old table as touched for each statement execute function follow_signs();
create trigger signs_gone after delete on alias_member referencing old table as touched for each statement execute function follow_signs();
create trigger signs_added after insert on advisory_upstream referencing new table as touched for each statement execute function follow_signs();
create trigger signs_gone after delete on advisory_upstream referencing old table as touched for each statement execute function follow_signs();
create trigger signs_added after insert on epss_score referencing new table as touched for each statement execute function follow_signs();
create trigger signs_moved after update on epss_score referencing new table as touched for each statement execute function follow_signs();
create trigger signs_gone after delete on epss_score referencing old table as touched for each statement execute function follow_signs();
create trigger signs_added after insert on kev_entry referencing new table as touched for each statement execute function follow_signs();
create trigger signs_moved after update on kev_entry referencing new table as touched for each statement execute function follow_signs();
create trigger signs_gone after delete on kev_entry referencing old table as touched for each statement execute function follow_signs();
select renew_flaw_signals(array(select id from alias_group));
analyze flaw_signal;
`,
};

// Where a finding record stands among the facts, and what each assessment rested on.
import type { Migration } from '../../kernel/database/migrations.ts';

export const vulnerabilityTables: Migration = {
  id: '0006-vulnerabilities',
  sql: /* sql */ `
create table finding_place (
  finding_id uuid primary key references record (id),
  release_id uuid not null references record (id),
  place text not null,
  -- an id of the flaw; its alias group is looked up, so a merge or split of groups moves nothing here
  ext_id text not null,
  unique (release_id, place, ext_id)
);
create index finding_place_ext on finding_place (ext_id);

create table assessment_evidence (
  id bigint generated always as identity primary key,
  assessment_id uuid not null references record (id),
  revision integer not null,
  finding_id uuid not null references record (id),
  evidence jsonb not null,
  at timestamptz not null
);
create index assessment_evidence_latest on assessment_evidence (assessment_id, id desc);
create index assessment_evidence_finding on assessment_evidence (finding_id);
create trigger assessment_evidence_append_only before update or delete or truncate on assessment_evidence
  for each statement execute function refuse_change();
`,
};

/** What lists of findings are filtered by, kept beside the match so that no explanation has to be unpacked for it. */
export const triageTables: Migration = {
  id: '0012-triage',
  sql: /* sql */ `
alter table match
  add column by_product boolean not null generated always as (why->>'criteria' is not null) stored,
  add column waits boolean not null generated always as (coalesce(why->>'reason' = 'platform', false)) stored,
  add column has_fix boolean not null generated always as (coalesce(jsonb_array_length(why->'fixed') > 0, false)) stored;
analyze match;

-- when a decision comes back by itself; written when it is approved
create table assessment_due (
  assessment_id uuid primary key references record (id),
  due_on date not null,
  told_at timestamptz
);
create index assessment_due_day on assessment_due (due_on);
`,
};

export const toldTables: Migration = {
  id: '0024-told',
  sql: /* sql */ `
-- flaws that the people of a product were told to have; what becomes visible later, since what decides about it changed, is new to them
create table notice_found (
  product_id uuid not null references record (id),
  -- an id of the flaw; any other id of its alias group means the same
  ext_id text not null,
  primary key (product_id, ext_id)
);
-- of an older Ward everything that matches counts as told
insert into notice_found (product_id, ext_id)
  select distinct r.product_id, a.ext_id from match m join advisory a on a.id = m.advisory_id
    join component_identity i on i.version_id = m.version_id
    join sbom s on s.id = i.sbom_id and s.superseded_at is null join record r on r.id = s.release_id
  where m.closed_at is null;
`,
};

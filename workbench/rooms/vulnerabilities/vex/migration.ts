// What others say of flaws in products: documents by their hash, statements, and which component versions they speak of.
import type { Migration } from '../../../kernel/database/migrations.ts';

export const vexTables: Migration = {
  id: '0014-vex',
  sql: /* sql */ `
create table vex_document (
  id uuid primary key,
  blob_hash text not null,
  size bigint not null,
  file_name text not null,
  format text not null,
  spec_version text not null,
  doc_id text not null,
  doc_version text not null,
  author text not null,
  issued_at timestamptz,
  tlp text,
  -- given: it speaks of this release only
  release_id uuid references record (id),
  -- given: it came from this supplier of the house; null is from somebody whom the house has not said to know
  supplier_id uuid references record (id),
  warnings jsonb not null,
  imported_at timestamptz not null,
  imported_by uuid,
  -- another version of the same document took its place
  superseded_at timestamptz
);
create unique index vex_document_once on vex_document (blob_hash, release_id, supplier_id) nulls not distinct;
create index vex_document_current on vex_document (author, doc_id) where superseded_at is null;
create index vex_document_release on vex_document (release_id);
create index vex_document_supplier on vex_document (supplier_id);

-- a product or component as a document names it
create table vex_ref (
  id bigint generated always as identity primary key,
  document_id uuid not null references vex_document (id),
  no integer not null,
  name text not null,
  -- what it is compared by where no purl and no CPE identifies it
  by_name text,
  doc jsonb not null,
  unique (document_id, no)
);
create index vex_ref_by_name on vex_ref (by_name) where by_name is not null;

create table vex_target (
  ref_id bigint not null references vex_ref (id),
  ecosystem text not null,
  name text not null,
  affected jsonb not null
);
create index vex_target_package on vex_target (ecosystem, name);
create index vex_target_ref on vex_target (ref_id);

-- versions in use that a reference speaks of: 'covers', or 'may' where that cannot be decided
create table vex_cover (
  ref_id bigint not null references vex_ref (id),
  version_id integer not null references component_version (id),
  outcome text not null check (outcome in ('covers', 'may')),
  by_name boolean not null,
  primary key (ref_id, version_id)
);
create index vex_cover_version on vex_cover (version_id);

-- references that are a release of the house
create table vex_release (
  ref_id bigint not null references vex_ref (id),
  release_id uuid not null references record (id),
  primary key (ref_id, release_id)
);
create index vex_release_release on vex_release (release_id);

create table vex_statement (
  id bigint generated always as identity primary key,
  document_id uuid not null references vex_document (id),
  at_path text not null,
  ids text[] not null,
  status text not null check (status in ('under_investigation', 'affected', 'not_affected', 'fixed')),
  own_status text not null,
  justification text,
  own_justification text,
  impact text not null,
  action text not null,
  fixed text[] not null,
  said_at timestamptz,
  subject_id bigint not null references vex_ref (id),
  -- the product that the subject is a part of
  context_id bigint references vex_ref (id)
);
create index vex_statement_document on vex_statement (document_id);
create index vex_statement_subject on vex_statement (subject_id);

create table vex_flaw (
  ext_id text not null,
  statement_id bigint not null references vex_statement (id),
  primary key (ext_id, statement_id)
);
create index vex_flaw_statement on vex_flaw (statement_id);

create index component_lower_name on component (lower(name));

create view vex_component as
select v.ref_id, b.release_id, c.place, bool_or(v.outcome = 'covers') as certain, bool_and(v.by_name) as by_name
from vex_cover v
join component_identity i on i.version_id = v.version_id
join sbom b on b.id = i.sbom_id and b.superseded_at is null
join component c on c.id = i.component_id
group by 1, 2, 3;

-- where a statement in force applies: a place of a release, or all of a release (place null). Certain: the reference covers the
-- very version, and the product that the subject is a part of is this release or stands in it.
create view vex_at as
select s.id as statement_id, s.document_id, o.release_id, o.place, o.by_name,
  (o.certain and (s.context_id is null or d.release_id is not null
    or exists (select 1 from vex_release x where x.ref_id = s.context_id and x.release_id = o.release_id)
    or exists (select 1 from vex_component x where x.ref_id = s.context_id and x.release_id = o.release_id and x.certain))) as certain
from vex_statement s
join vex_document d on d.id = s.document_id and d.superseded_at is null
join vex_component o on o.ref_id = s.subject_id and (d.release_id is null or d.release_id = o.release_id)
union all
select s.id, s.document_id, x.release_id, null, false, true
from vex_statement s
join vex_document d on d.id = s.document_id and d.superseded_at is null
join vex_release x on x.ref_id = s.subject_id and (d.release_id is null or d.release_id = x.release_id);

-- the same by flaw, for lists: join with release_id, group_id and (place is null or the place)
create view vex_word as
select distinct a.statement_id, a.document_id, a.release_id, a.place, a.certain, am.group_id, s.status, d.imported_at
from vex_at a
join vex_statement s on s.id = a.statement_id
join vex_document d on d.id = a.document_id
join vex_flaw f on f.statement_id = s.id
join alias_member am on am.ext_id = f.ext_id;
`,
};

// Views of lists that people keep: a page's address under a name.
import type { Migration } from '../migrations.ts';

export const savedViews: Migration = {
  id: '0013-saved-views',
  sql: /* sql */ `
create table saved_view (
  id uuid primary key,
  person_id uuid not null references person (id),
  page text not null,
  name text not null,
  query jsonb not null,
  -- every member sees it; only its maker changes it
  shared boolean not null,
  created_at timestamptz not null,
  unique (person_id, page, name)
);
create index saved_view_shared on saved_view (page) where shared;
`,
};

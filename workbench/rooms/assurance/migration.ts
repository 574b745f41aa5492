// What was last known of the depth of each release, so that a fall is seen and told once.
import type { Migration } from '../../kernel/database/migrations.ts';

export const assuranceTables: Migration = {
  id: '0023-assurance',
  sql: /* sql */ `
create table assurance_state (
  release_id uuid primary key references record (id),
  -- numbers by target and attacker, and the controls that counted; computed, so it may be thrown away
  depths jsonb not null,
  counted jsonb not null,
  at timestamptz not null
);
`,
};

// Emergencies in which patient data were opened, as verified audit trails tell them, and what the people found who looked.
import type { Migration } from '../../../kernel/database/migrations.ts';

export const emergencyTables: Migration = {
  id: '0028-emergency-reviews',
  sql: /* sql */ `
-- A trail that was broken and closed goes on in a part of its own, where the unit may give a number a second time.
alter table unit_audit add column part integer not null default 0;
alter table unit_audit drop constraint unit_audit_pkey;
alter table unit_audit add primary key (unit_id, part, sequence);
create index unit_audit_emergency on unit_audit (unit_id, part, sequence) where what = 'vault.opened-in-emergency' and outcome = 'done';

create table unit_emergency_review (
  unit_id uuid not null,
  part integer not null,
  sequence bigint not null,
  verdict text not null check (verdict in ('justified', 'not-justified')),
  reason text not null,
  reviewed_at timestamptz not null,
  reviewed_by uuid,
  reviewed_by_name text not null,
  primary key (unit_id, part, sequence),
  foreign key (unit_id, part, sequence) references unit_audit (unit_id, part, sequence)
);
create trigger unit_emergency_review_append_only before update or delete or truncate on unit_emergency_review
  for each statement execute function refuse_change();
`,
};

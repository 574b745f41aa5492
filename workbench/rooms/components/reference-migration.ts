// References of the large tables, held from their far end.
import type { Migration } from '../../kernel/database/migrations.ts';

/**
 * What the rows of an SBOM and of a match refer to is read, or written, in the transaction that writes them, and is never taken away
 * again: the second is held by a trigger here. A foreign key would look each of them up once more, which takes longer than
 * writing it (ten thousand components: fifty thousand look-ups).
 */
export const referencesKept: Migration = {
  id: '0017-references',
  sql: /* sql */ `
alter table component drop constraint component_sbom_id_fkey;
alter table component_identity drop constraint component_identity_version_id_fkey, drop constraint component_identity_component_id_fkey;
alter table component_dependency drop constraint component_dependency_sbom_id_fkey;
alter table component_version drop constraint component_version_package_id_fkey;
alter table affected drop constraint affected_advisory_id_fkey, drop constraint affected_package_id_fkey;
alter table alias_assertion drop constraint alias_assertion_advisory_id_fkey;
alter table match drop constraint match_advisory_id_fkey, drop constraint match_version_id_fkey;
create trigger sbom_kept before delete or truncate on sbom for each statement execute function refuse_change();
create trigger component_kept before delete or truncate on component for each statement execute function refuse_change();
create trigger package_kept before delete or truncate on package for each statement execute function refuse_change();
create trigger component_version_kept before delete or truncate on component_version for each statement execute function refuse_change();
create trigger advisory_kept before delete or truncate on advisory for each statement execute function refuse_change();
`,
};

/** The place of a component beside what it is matched as: lists of findings are grouped by it and need nothing else of the component. */
export const placesBeside: Migration = {
  id: '0017-places',
  sql: /* sql */ `
alter table component_identity add column place text;
update component_identity i set place = c.place from component c where c.id = i.component_id;
alter table component_identity alter column place set not null;
analyze component_identity;
`,
};

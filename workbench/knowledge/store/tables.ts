// The tables of knowledge as Kysely sees them.
import type { ColumnType, Generated } from 'kysely';
import type { JsonObject } from '../../kernel/records/record.ts';

type Instant = ColumnType<Date, Date | string, Date | string>;
type Json<T = JsonObject> = ColumnType<T, string, string>;

declare module '../../kernel/database/schema.ts' {
  interface Tables {
    package: { id: Generated<number>; ecosystem: string; name: string };
    component_version: {
      id: Generated<number>;
      package_id: number;
      version: string;
      scope: string;
      cpe: string;
      commit_id: string;
    };
    advisory: {
      id: Generated<number>;
      source: string;
      ext_id: string;
      digest: Buffer;
      modified: Instant;
      withdrawn: Instant | null;
      score: number | null;
      level: string;
      derived: boolean;
      summary: string;
      doc: Json;
      revision: Generated<number>;
      first_seen: Instant;
      last_changed: Instant;
    };
    affected: { id: Generated<number>; advisory_id: number; package_id: number; scope: string; doc: Json };
    alias_group: { id: Generated<number>; preferred: string };
    alias_member: { ext_id: string; group_id: number };
    alias_assertion: { advisory_id: number; a: string; b: string };
    match: {
      advisory_id: number;
      version_id: number;
      outcome: 'affected' | 'undetermined';
      why: Json;
      first_seen: Instant;
      changed_at: Instant;
      closed_at: Instant | null;
    };
    identity_alias: {
      id: string;
      purl: string;
      target: string;
      effect: 'joins' | 'parts';
      reason: string;
      added_at: Instant;
      added_by: string | null;
      ended_at: Instant | null;
      ended_by: string | null;
    };
    identity_state: { one: Generated<boolean>; curated_digest: string };
    git_history: { repo: string; commits: number; head: string; lines: Buffer; added_at: Instant };
    coverage: { ecosystem: string; records: number; newest: Instant | null };
    knowledge_run: {
      id: string;
      started_at: Instant;
      finished_at: Instant | null;
      actor_id: string | null;
      source: string;
      status: 'running' | 'done' | 'failed';
      cursor: string | null;
      fingerprint: Generated<string>;
      read_count: Generated<number>;
      added: Generated<number>;
      changed: Generated<number>;
      unchanged: Generated<number>;
      problems: Json<unknown>;
      problem_count: Generated<number>;
      bytes_read: ColumnType<string, number, number>;
      bytes_total: ColumnType<string, number, number>;
      message: string | null;
    };
  }
}

// The tables of knowledge as Kysely sees them.
import type { ColumnType, Generated } from 'kysely';
import type { JsonObject } from '../../kernel/records/record.ts';

type Instant = ColumnType<Date, Date | string, Date | string>;
type Json<T = JsonObject> = ColumnType<T, string, string>;
/** A day without a time; read with `::text`, because the driver would make an instant of it. */
type Day = ColumnType<unknown, string, string>;

export const FEED_KINDS = ['osv', 'nvd', 'kev', 'epss', 'csaf', 'eol'] as const;
export type FeedKindId = (typeof FEED_KINDS)[number];

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
    advisory_upstream: { advisory_id: number; ext_id: string };
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
      /** These three follow from the advisory: `match-facts.ts`. */
      group_id: number;
      rank: number;
      score: number | null;
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
      not_matched: Generated<number>;
    };
    kev_entry: {
      cve: string;
      added_on: Day;
      due_on: Day | null;
      ransomware: 'known' | 'unknown';
      name: string;
      product: string;
      action: string;
      source: string;
      first_seen: Instant;
      changed_at: Instant;
      removed_at: Instant | null;
    };
    epss_score: {
      cve: string;
      score: number;
      percentile: number | null;
      day: Day | null;
      changed_at: Instant;
    };
    epss_history: { cve: string; day: Day; score: number; percentile: number | null };
    lifecycle: {
      product: string;
      cycle: string;
      title: string;
      released_on: Day | null;
      active_until: Day | null;
      active_ended: boolean | null;
      life_until: Day | null;
      life_ended: boolean | null;
      changed_at: Instant;
    };
    lifecycle_identity: { product: string; ecosystem: string; name: string; stated: string };
    ssvc_statement: { cve: string; role: string; stated_at: Instant | null; options: Json };
    knowledge_feed: {
      id: string;
      kind: FeedKindId;
      title: string;
      url: string;
      settings: Json;
      enabled: Generated<boolean>;
      own: Generated<boolean>;
      every_minutes: number;
      cursor: Json;
      running_since: Instant | null;
      step: string | null;
      step_done: ColumnType<string | null, number | null, number | null>;
      step_total: ColumnType<string | null, number | null, number | null>;
      last_run_at: Instant | null;
      last_good_at: Instant | null;
      last_changed_at: Instant | null;
      error_code: string | null;
      error: string | null;
      error_remedy: string | null;
      failing_since: Instant | null;
      failures: Generated<number>;
      next_run_at: Instant | null;
      counts: Json;
      bytes: ColumnType<string, number | undefined, number>;
      created_at: Instant;
    };
  }
}

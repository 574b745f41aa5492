// The tables of components as Kysely sees them.
import type { ColumnType, Generated } from 'kysely';
import type { JsonObject } from '../../kernel/records/record.ts';
import type { Supplement } from './supplement.ts';

type Instant = ColumnType<Date, Date | string, Date | string>;
type Json<T> = ColumnType<T, string, string>;

declare module '../../kernel/database/schema.ts' {
  interface Tables {
    sbom: {
      id: string;
      release_id: string;
      part: string;
      blob_hash: string;
      size: ColumnType<string, number, number>;
      file_name: string;
      format: string;
      spec_version: string;
      serial_number: string | null;
      document_version: string | null;
      created_text: string | null;
      tools: Json<string[]>;
      subject: Json<JsonObject | null>;
      warnings: Json<{ at: string; message: string }[]>;
      component_count: number;
      watched_count: number;
      imported_at: Instant;
      imported_by: string | null;
      superseded_at: Instant | null;
    };
    component: {
      id: Generated<string>;
      sbom_id: string;
      position: number;
      ref: string;
      parent_ref: string | null;
      type: string;
      group_name: string | null;
      name: string;
      version: string | null;
      purl: string | null;
      cpes: string[];
      licences: string[];
      supplier: string | null;
      scope: string | null;
      commit_id: string | null;
      support_level: string | null;
      end_of_support: string | null;
      not_watched: string | null;
      identity_note: string;
      place: string;
      detail: Json<JsonObject>;
    };
    component_identity: {
      version_id: number;
      component_id: string;
      sbom_id: string;
      tied: Generated<boolean>;
      /** That of the component. */
      place: string;
    };
    platform_fact: {
      id: string;
      product_id: string;
      release_id: string | null;
      cpe: string;
      complete: boolean;
      note: string;
      added_at: Instant;
      added_by: string | null;
      ended_at: Instant | null;
      ended_by: string | null;
    };
    platform_verdict: {
      release_id: string;
      advisory_id: number;
      version_id: number;
      outcome: 'affected' | 'not-affected';
      why: Json<JsonObject>;
    };
    component_supplement: {
      id: string;
      product_id: string;
      place: string;
      version: string | null;
      body: Json<Supplement>;
      reason: string;
      made_at: Instant;
      made_by: string | null;
      ended_at: Instant | null;
      ended_by: string | null;
    };
    component_dependency: { sbom_id: string; from_ref: string; to_ref: string };
  }
}

// The tables of the fleet as Kysely sees them.
import type { ColumnType, Generated } from 'kysely';
import type { UnitStep } from './campaigns/next-step.ts';
import type { UnitReport } from './report.ts';

type Moment = ColumnType<Date, Date, Date>;
type MaybeMoment = ColumnType<Date | null, Date | null | undefined, Date | null>;
type Json<T> = ColumnType<T, string, string>;

export type UnitState = 'expected' | 'enrolled' | 'revoked' | 'retired';
/** The newest line that a unit with a broken trail has signed. */
export interface TrailClaim {
  readonly sequence: number;
  readonly hash: string;
  readonly at: string;
}
export type ServiceState = 'requested' | 'open' | 'refused' | 'ended' | 'expired';

declare module '../../kernel/database/schema.ts' {
  interface Tables {
    fleet_authority: {
      one: Generated<boolean>;
      root_certificate: string;
      issuing_certificate: string;
      keys: string;
      created_at: Moment;
    };
    unit: {
      id: string;
      product_id: string;
      serial: string;
      site: Generated<string>;
      hardware_id: string;
      clinic: Generated<string>;
      state: UnitState;
      registered_at: Moment;
      registered_by: string | null;
      enrolled_at: MaybeMoment;
      certificate: string | null;
      certificate_serial: string | null;
      certificate_ends_at: MaybeMoment;
      key_thumbprint: string | null;
      public_key: ColumnType<JsonWebKey | null, string | null, string | null>;
      thumbprint_before: string | null;
      public_key_before: ColumnType<JsonWebKey | null, string | null, string | null>;
      last_seen_at: MaybeMoment;
      runs_version: string | null;
      release_id: string | null;
      report: ColumnType<UnitReport | null, string | null, string | null>;
      /** int8: a string in the driver */
      audit_sequence: ColumnType<string, number | undefined, number>;
      audit_head: string | null;
      audit_signed_to: ColumnType<string, number | undefined, number>;
      audit_verified_at: MaybeMoment;
      audit_problem: string | null;
      audit_problem_at: MaybeMoment;
      audit_part: Generated<number>;
      audit_claim: ColumnType<TrailClaim | null, string | null | undefined, string | null>;
    };
    unit_code: {
      unit_id: string;
      pending: string;
      made_at: Moment;
      made_by: string | null;
      ends_at: Moment;
      attempts: Generated<number>;
      used_at: MaybeMoment;
    };
    unit_audit: {
      unit_id: string;
      part: ColumnType<number, number | undefined, never>;
      sequence: ColumnType<string, number, never>;
      at: ColumnType<Date, Date, never>;
      what: string;
      outcome: string;
      code: string | null;
      line: string;
    };
    unit_trail_break: {
      unit_id: string;
      number: number;
      code: string;
      found_at: ColumnType<Date, Date, never>;
      part: number;
      known_sequence: ColumnType<string, number, never>;
      known_hash: string;
    };
    unit_trail_closing: {
      unit_id: string;
      number: number;
      part: number;
      start_sequence: ColumnType<string, number, never>;
      start_hash: string;
      reason: string;
      closed_at: ColumnType<Date, Date, never>;
      closed_by: string;
      closed_by_name: string;
      authentication: string;
      statement: string;
    };
    unit_emergency_review: {
      unit_id: string;
      part: number;
      sequence: ColumnType<string, number, never>;
      verdict: 'justified' | 'not-justified';
      reason: string;
      reviewed_at: ColumnType<Date, Date, never>;
      reviewed_by: string | null;
      reviewed_by_name: string;
    };
    fleet_target: {
      sha256: string;
      path: string;
      length: ColumnType<string, number, number>;
      version: string;
      release_counter: number;
      hardware_ids: Json<readonly string[]>;
      update_id: string | null;
      release_id: string | null;
      added_at: Moment;
      added_by: string | null;
    };
    campaign_unit: {
      campaign_id: string;
      unit_id: string;
      wave: number;
      step: UnitStep;
      changed_at: Moment;
      detail: string | null;
    };
    campaign_target: { campaign_id: string; sha256: string };
    director_document: {
      unit_id: string;
      version: number;
      sha256: string | null;
      documents: Json<Readonly<Record<string, string>>>;
      signed_at: Moment;
      attempt: Generated<number>;
      online_key: string | null;
    };
    director_root: {
      version: number;
      document: string;
      online_key: string;
      made_at: Moment;
      ends_at: Moment;
    };
    unit_attempt: { unit_id: string; sha256: string; attempt: number; raised_at: Moment };
    service_request: {
      id: string;
      unit_id: string;
      state: ServiceState;
      why: string;
      verbs: Json<readonly string[]>;
      minutes: number;
      asked_at: Moment;
      asked_by: string | null;
      asked_by_name: string;
      engineer: string;
      challenge: string | null;
      request: string | null;
      opened_at: MaybeMoment;
      ended_at: MaybeMoment;
      ended_because: string | null;
    };
    fleet_revocation: {
      id: Generated<string>;
      kind: 'certificate' | 'token' | 'person';
      value: string;
      why: string;
      at: Moment;
      by_id: string | null;
      ends_at: MaybeMoment;
      left_at: MaybeMoment;
    };
    fleet_revocation_list: {
      one: Generated<boolean>;
      /** int8: a string in the driver */
      number: ColumnType<string, number, number>;
      changed_at: Moment;
    };
    fleet_certificate: {
      serial: string;
      role: 'unit' | 'console' | 'service' | 'issuer';
      holder: string;
      unit_id: string | null;
      issued_at: Moment;
      ends_at: Moment;
    };
    fleet_token: {
      jti: string;
      person: string;
      role: string;
      unit_id: string | null;
      issued_at: Moment;
      ends_at: Moment;
    };
  }
}

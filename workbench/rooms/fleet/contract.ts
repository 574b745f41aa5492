// What the fleet's routes take and give.
import { z } from '@hono/zod-openapi';
import { UNIT_STEPS } from './campaigns/next-step.ts';
import { SERIAL, SERIAL_WORDS } from './serial.ts';

const count = z.number().int();
const moment = z.iso.datetime();
const Named = z.object({ key: z.string(), title: z.string() });

/** As it stands on the unit: letters, digits, dashes. */
export const Serial = z
  .string()
  .trim()
  .toUpperCase()
  .regex(SERIAL, SERIAL_WORDS)
  .openapi({ example: 'L4-0007' });

/** Whose people the unit will believe from its enrolment on; empty: nobody's. */
export const Clinic = z
  .string()
  .regex(/^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$/)
  .openapi({ example: 'st-mary', description: 'Id of the clinic whose people the unit believes' });

export const SerialParameter = z.object({ serial: z.string().min(1).max(60) });

export const UnitView = z
  .object({
    serial: z.string(),
    site: z.string(),
    hardwareId: z.string().openapi({ description: 'As registered: updates are chosen by it' }),
    reportedHardwareId: z
      .string()
      .nullable()
      .openapi({ description: 'As the unit itself says; null: never reported' }),
    state: z.enum(['expected', 'enrolled', 'revoked', 'retired']),
    lastSeenAt: moment.nullable(),
    /** True when it should have reported by now. */
    silent: z.boolean(),
    runs: z
      .object({ version: z.string(), release: Named.nullable() })
      .nullable()
      .openapi({ description: 'As the unit itself says; null: never reported' }),
    deviceState: z.string().nullable(),
    slot: z.enum(['a', 'b']).nullable().openapi({ description: 'The slot that it was started from' }),
    startedAt: moment.nullable().openapi({ description: 'Start of its program, from its last report' }),
    auditWritable: z.boolean().nullable(),
    vault: z
      .object({
        state: z.enum(['whole', 'damaged', 'closed']),
        damagedRecords: count,
        code: z.string().nullable(),
      })
      .nullable()
      .openapi({
        description:
          'Of the patient data on it, as it says itself: whether all is there; no data. Null: not known',
      }),
    certificateEndsAt: moment.nullable(),
    audit: z.object({
      verdict: z.enum(['verified', 'broken', 'nothing yet']),
      lines: count,
      verifiedAt: moment.nullable(),
      problem: z.string().nullable(),
      problemAt: moment.nullable(),
      breaks: count.openapi({ description: 'How often it was broken, closed breaks with them' }),
    }),
    campaign: z
      .object({ key: z.string(), step: z.enum(UNIT_STEPS), detail: z.string().nullable() })
      .nullable(),
    service: z.enum(['requested', 'open']).nullable(),
    toReview: count.openapi({ description: 'Emergency accesses that nobody has reviewed' }),
  })
  .openapi('Unit');
export type UnitView = z.infer<typeof UnitView>;

export const UnitList = z
  .object({
    items: z.array(UnitView),
    next: z.string().nullable(),
    counts: z.object({
      units: count,
      enrolled: count,
      attention: count,
      audit: z.object({ verified: count, broken: count, none: count }),
      toReview: count,
      releases: z.array(z.object({ key: z.string().nullable(), title: z.string().nullable(), units: count })),
    }),
    /** False: no unit can be enrolled before there is an authority. */
    authority: z.boolean(),
    /** Soon nothing more can be taken back. */
    takenBackNearlyFull: z.boolean(),
  })
  .openapi('UnitList');
export type UnitList = z.infer<typeof UnitList>;

export const ServiceView = z
  .object({
    id: z.uuid(),
    state: z.enum(['requested', 'open', 'refused', 'ended', 'expired']),
    why: z.string(),
    verbs: z.array(z.string()),
    minutes: count,
    askedAt: moment,
    askedBy: z.string(),
    /** Subject of the engineer's token. */
    engineer: z.string(),
    /** The unit shows the same one; who consents compares them. Null until the unit has been told. */
    code: z.string().nullable(),
    openedAt: moment.nullable(),
    endedAt: moment.nullable(),
    endedBecause: z.string().nullable(),
  })
  .openapi('ServiceSession');
export type ServiceView = z.infer<typeof ServiceView>;

export const BreakView = z
  .object({
    number: count,
    code: z.string(),
    foundAt: moment,
    verifiedTo: count.openapi({ description: 'Last line that held' }),
    closing: z
      .object({
        at: moment,
        by: z.string(),
        reason: z.string(),
        authentication: z.string(),
        start: count.openapi({ description: 'The trail goes on after this line' }),
        lost: z.string().openapi({ description: 'What nobody has verified, in words' }),
        heard: z.boolean().openapi({ description: 'The unit has written the closing into its log' }),
      })
      .nullable(),
  })
  .openapi('TrailBreak');
export type BreakView = z.infer<typeof BreakView>;

export const EmergencyView = z
  .object({
    serial: z.string(),
    line: z.string().openapi({ description: 'Part of the audit trail and line in it' }),
    /** By the unit's clock. */
    at: moment,
    who: z.string().nullable(),
    role: z.string().nullable(),
    reasonKept: z.string().nullable().openapi({
      description: 'Under this name the typed reason is kept on the unit; null: the store was full',
    }),
    review: z
      .object({
        verdict: z.enum(['justified', 'not-justified']),
        reason: z.string(),
        by: z.string(),
        at: moment,
      })
      .nullable()
      .openapi({ description: 'Null: to be reviewed' }),
  })
  .openapi('EmergencyAccess');
export type EmergencyView = z.infer<typeof EmergencyView>;

export const UnitDetail = UnitView.extend({
  id: z.uuid(),
  product: z.object({ id: z.uuid(), key: z.string(), title: z.string() }),
  registeredAt: moment,
  registeredBy: z.string().nullable(),
  enrolledAt: moment.nullable(),
  keyThumbprint: z.string().nullable(),
  code: z.object({ endsAt: moment, attempts: count }).nullable(),
  campaigns: z.array(
    z.object({ ...Named.shape, step: z.enum(UNIT_STEPS), changedAt: moment, detail: z.string().nullable() }),
  ),
  services: z.array(ServiceView),
  breaks: z.array(BreakView),
  /** While the trail is broken: the newest line that the unit has signed, from which it could go on. */
  claim: z.object({ sequence: count, at: moment }).nullable(),
  mayClose: z.boolean(),
  emergencies: z.array(EmergencyView),
  mayReview: z.boolean(),
  mayChange: z.boolean(),
  mayService: z.boolean(),
}).openapi('UnitDetail');
export type UnitDetail = z.infer<typeof UnitDetail>;

export const AuditLineView = z
  .object({
    /** After a break that was closed the trail goes on in the next part; its numbers may stand in an earlier one too. */
    part: count,
    sequence: count,
    at: moment,
    what: z.string(),
    outcome: z.string(),
    code: z.string().nullable(),
    who: z.string().nullable(),
    role: z.string().nullable(),
    on: z.string().nullable(),
    detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  })
  .openapi('UnitAuditLine');
export type AuditLineView = z.infer<typeof AuditLineView>;

export const CampaignView = z
  .object({
    key: z.string(),
    title: z.string(),
    state: z.string(),
    target: z
      .object({ version: z.string(), sha256: z.string(), length: count, update: z.string().nullable() })
      .nullable(),
    rule: z.object({
      haltAfterFailures: count,
      haltAtPercent: count.nullable(),
      nextWaveAfterHours: count,
    }),
    waves: z.array(z.object({ name: z.string(), total: count, steps: z.record(z.enum(UNIT_STEPS), count) })),
    /** Why it halted or what it waits for; null when there is nothing to say. */
    says: z.string().nullable(),
    units: z.array(
      z.object({
        serial: z.string(),
        wave: count,
        step: z.enum(UNIT_STEPS),
        changedAt: moment,
        detail: z.string().nullable(),
      }),
    ),
    unitsLeftOut: count,
    /** This person may have a unit try again what failed on it; never in a campaign that was halted. */
    mayTryAgain: z.boolean(),
  })
  .openapi('CampaignProgress');
export type CampaignView = z.infer<typeof CampaignView>;

const RevocationKindView = z.enum(['certificate', 'token', 'person']);

export const TakenBackList = z
  .object({
    items: z.array(
      z.object({
        kind: RevocationKindView,
        value: z.string(),
        /** Of the certificate or of the person; null when Ward did not issue it. */
        role: z.string().nullable(),
        holder: z.string().nullable(),
        unit: z.string().nullable(),
        why: z.string(),
        at: moment,
        /** Null: at the command line, or by nobody who is known any more. */
        by: z.string().nullable(),
        /** From then on it cannot be used anyhow; null: never. */
        endsAt: moment.nullable(),
        /** Since then not in the list that units get. */
        leftAt: moment.nullable(),
      }),
    ),
    next: z.string().nullable(),
    fill: z.object({
      kinds: z.array(
        z.object({ kind: RevocationKindView, entries: count, most: count, nextLeaves: moment.nullable() }),
      ),
      /** Of the size that units take. */
      percent: count,
      nearlyFull: z.boolean(),
    }),
    mayTakeBack: z.boolean(),
  })
  .openapi('TakenBackList');
export type TakenBackList = z.infer<typeof TakenBackList>;

export const IssuedList = z
  .object({
    items: z.array(
      z.object({
        kind: z.enum(['certificate', 'token']),
        value: z.string(),
        role: z.string(),
        holder: z.string(),
        unit: z.string().nullable(),
        issuedAt: moment,
        endsAt: moment,
        mayTakeBack: z.boolean(),
      }),
    ),
  })
  .openapi('IssuedList');
export type IssuedList = z.infer<typeof IssuedList>;

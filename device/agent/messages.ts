// What a unit and the workbench say to each other at a check-in. The unit asks; the workbench only ever answers. Patient data has no field here.
import { z } from 'zod';

const line = (most: number) => z.string().max(most);
const word = z.string().regex(/^[A-Za-z0-9._:+-]{1,100}$/);

/** State of the unit in words that say nothing of a patient. */
export const UnitReport = z.object({
  /** Version of the application that runs, from the slot's verified target; `0.0.0` for what came from the factory. */
  version: word,
  /** SHA-256 of the running application. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** From which it was started. */
  slot: z.enum(['a', 'b']),
  /** As the factory wrote it; updates are made for certain hardware. */
  hardwareId: word,
  /** E.g. `standby`; the words are the device's own. */
  deviceState: word,
  /** Milliseconds since the agent started; a hundred years at most. */
  uptimeMs: z.number().int().min(0).max(3_155_760_000_000),
  /** What became of the newest update that was offered; null when none was. */
  update: z
    .object({
      version: word,
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
      step: z.enum(['offered', 'postponed', 'staged', 'confirmed', 'failed']),
      /** The director's number of what this tells of, so that the end of an earlier attempt is not taken for the end of a later one; 1 when absent. */
      attempt: z.number().int().min(1).max(1000).optional(),
      /** Reason code, e.g. `update.health-failed`; null when all is well. */
      code: word.nullable(),
    })
    .nullable(),
  /** The service session that is asked for or open; null when none is. */
  service: z
    .object({
      id: z.uuid(),
      state: z.enum(['waiting', 'open', 'refused', 'ended']),
      because: word.nullable(),
    })
    .nullable(),
  /** Of the unit's making: a request for service has to name it, so that an old one is nothing. Null: the unit takes none now. */
  serviceChallenge: z
    .string()
    .regex(/^[A-Za-z0-9_-]{43}$/)
    .nullable(),
  /** Ids of the newest ended service sessions, so that a lost message is made good. */
  endedServices: z.array(z.object({ id: z.uuid(), because: word })).max(20),
  /** False: the audit log cannot be written, and remote functions are refused. */
  auditWritable: z.boolean(),
  /** Whether everything is there that was kept of patients: a number and a code, nothing of anybody. Absent in reports of older units. */
  vault: z
    .object({
      state: z.enum(['whole', 'damaged', 'closed']),
      damagedRecords: z.number().int().min(0),
      code: word.nullable(),
    })
    .nullable()
    .default(null),
});
export type UnitReport = z.infer<typeof UnitReport>;

/** A place in the chain of the audit log. */
const Place = z.object({ sequence: z.number().int().min(0), hash: z.string().regex(/^[0-9a-f]{64}$/) });

/** Entries of the audit log on their way off the unit: the JSON of each exactly as it was hashed, oldest first. */
export const AuditUpload = z.object({
  lines: z.array(line(16_384)).max(500),
  /** The newest entry of the log, also when it is not among the lines. */
  last: Place,
  /** The newest signed checkpoint; null before the first. */
  checkpoint: line(8_192).nullable(),
});
export type AuditUpload = z.infer<typeof AuditUpload>;

export const CheckIn = z.object({
  report: UnitReport,
  audit: AuditUpload.nullable(),
  /** Number of the revocation list that the unit holds; 0 when it holds none. */
  revocations: z.number().int().min(0),
  /** Version of the director's word that the unit holds; 0 when it holds none. */
  director: z.number().int().min(0),
});
export type CheckIn = z.infer<typeof CheckIn>;

export const CheckInAnswer = z.object({
  /** JWS `ward-revocations+jwt`; it carries the time too, so it comes each time. */
  revocations: line(1_000_000),
  /** Names and contents of the director's metadata; null when the unit holds the newest. */
  director: z.record(word, line(256_000)).nullable(),
  /** Certificates (DER) of the issuer that signs requests for service: holder, issuing CA. */
  maker: z.array(z.base64().max(8_192)).min(2).max(3),
  /** JWS `ward-service-request+jwt` of sessions that wait for consent. */
  services: z.array(line(8_192)).max(5),
  /** Sessions that the workbench has ended. */
  endServices: z.array(z.uuid()).max(20),
  /** The last line that was verified: the unit sends from the next one on, and looks whether its own log goes through it. */
  auditKnown: Place,
  /** Why the audit trail is not believed; null when it is. Shown at the device, since a person has to look. */
  auditProblem: word.nullable(),
  /** JWS `ward-trail-closing+jwt`: a person has looked at the break of the trail, which goes on from a stated line. */
  auditClosing: line(8_192).nullable().default(null),
});
export type CheckInAnswer = z.infer<typeof CheckInAnswer>;

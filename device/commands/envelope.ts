// The command as it is signed by its holder, and what a session and a receipt say, signed by the unit. All ES256, each of its own type.
import { z } from 'zod';
import { type Sign, signJws } from '../signed/jws.ts';
import { MOST_SEALED_CHARACTERS } from './seal.ts';

export const COMMAND_TYP = 'ward-command+jwt';
export const RECEIPT_TYP = 'ward-receipt+jwt';
export const SESSION_TYP = 'ward-session+jwt';
export const MOST_COMMAND_CHARACTERS = 16_384;
export const MOST_RECEIPT_CHARACTERS = 1_048_576;

const Hash = z.string().regex(/^[A-Za-z0-9_-]{43}$/);
const Sequence = z.int().min(1).max(1e9);
const PublicKey = z.strictObject({ kty: z.literal('EC'), crv: z.literal('P-256'), x: Hash, y: Hash });

export const CommandClaims = z.strictObject({
  /** Id of the command, for the log and the record. */
  id: z.uuid(),
  unit: z.string().min(1).max(64),
  session: Hash,
  /** The unit's own challenge, from the session's opening or the receipt before. */
  challenge: Hash,
  /** 1 for the first command of a session, then one more each. */
  sequence: Sequence,
  /** SHA-256 of the capability token. */
  token: Hash,
  verb: z.string().min(1).max(40),
  body: z.record(z.string(), z.unknown()),
  /** Patient data for the unit alone (JWE). */
  sealed: z.string().max(MOST_SEALED_CHARACTERS).optional(),
  /** Key of the holder for this session to which patient data in the answer are sealed. */
  answerTo: PublicKey.optional(),
});
export type CommandClaims = z.infer<typeof CommandClaims>;

export const SessionClaims = z.object({
  unit: z.string(),
  session: Hash,
  token: Hash,
  /** The channel's exporter, so that an opening is of no use on another connection. */
  channel: z.string(),
  challenge: Hash,
  sequence: Sequence,
  /** Key of the unit to which patient data are sealed. */
  sealTo: PublicKey,
  limits: z.object({ idleMilliSecond: z.number(), endsInMilliSecond: z.number() }),
});
export type SessionClaims = z.infer<typeof SessionClaims>;

export const ReceiptClaims = z.object({
  unit: z.string(),
  session: Hash.nullable(),
  /** SHA-256 of the command as it came. */
  command: Hash,
  /** Null when the command could not be believed, so that nothing of it is repeated. */
  id: z.uuid().nullable(),
  outcome: z.enum(['done', 'refused', 'failed']),
  code: z.string().nullable(),
  detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  /** State of the device after it. */
  state: z.string(),
  /** Number of the entry in the unit's audit log; null when it could not be written or was not (flood). */
  audit: z.number().nullable(),
  next: z.object({ challenge: Hash, sequence: Sequence }).nullable(),
  answer: z.unknown(),
  sealed: z.string().nullable(),
});
export type ReceiptClaims = z.infer<typeof ReceiptClaims>;

export const signCommand = (claims: CommandClaims, sign: Sign) => signJws({ typ: COMMAND_TYP }, claims, sign);
export const signReceipt = (claims: ReceiptClaims, sign: Sign) => signJws({ typ: RECEIPT_TYP }, claims, sign);
export const signSession = (claims: SessionClaims, sign: Sign) => signJws({ typ: SESSION_TYP }, claims, sign);

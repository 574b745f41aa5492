// Whether a log is whole, told away from the device and without its secrets. Pure: bytes or lines in, findings out.
import { type CheckpointClaims, type CheckpointKey, readCheckpoint } from './checkpoint.ts';
import { beginningOf, type Head, MOST_LINE_BYTES, unframe } from './entry.ts';
import type { AuditCode } from './refusals.ts';
import { ChainWalk, type Finding, type SelfReport } from './walk.ts';

export const MOST_LOG_BYTES = 1024 * 1024 * 1024;
export const MOST_BATCH_LINES = 10_000;

export interface AuditVerdict {
  /** True when nothing was found. */
  readonly whole: boolean;
  /** The first finding's code, null when whole. */
  readonly code: AuditCode | null;
  readonly findings: readonly Finding[];
  readonly unit: string | null;
  readonly entries: number;
  /** Newest place in the chain, null for an empty log. */
  readonly head: Head | null;
  /** Up to this sequence the unit signed; entries after it are chained but not yet signed. 0 when nothing is. */
  readonly signedTo: number;
  /** What the unit itself reports: restarts, recovered tails, missed entries, damage it found. */
  readonly reports: readonly SelfReport[];
}

export interface VerifyOptions {
  /** Whose log it must be; taken from its checkpoints when null. */
  readonly unit?: string | null;
  /** Places that were verified before: the log must go through them. */
  readonly earlier?: readonly Head[];
  /** A checkpoint from elsewhere (the unit's anchor, the newest one that was uploaded): the log must reach it. */
  readonly checkpoint?: string | null;
}

/** Verifies a whole log: its file as bytes, or the JSON of its lines. Refuses nothing: what does not hold is a finding. */
export async function verifyAudit(
  log: Uint8Array | readonly string[],
  keys: readonly CheckpointKey[],
  { unit = null, earlier = [], checkpoint = null }: VerifyOptions = {},
): Promise<AuditVerdict> {
  const walk = new ChainWalk(null, unit);
  const tornBytes = log instanceof Uint8Array ? walkBytes(walk, log) : walkLines(walk, log);
  if (tornBytes > 0)
    walk.note({
      code: 'audit.torn',
      sequence: (walk.head?.sequence ?? 0) + 1,
      detail: { bytes: tornBytes },
    });
  const signed = await checkSignatures(walk, keys, unit, checkpoint);
  const knownUnit = unit ?? signed.unit;
  if (unit === null && knownUnit !== null) checkBeginning(walk, knownUnit);
  for (const place of earlier) checkEarlier(walk, place);
  if (signed.signedTo === 0 && signed.seen === 0)
    walk.note({ code: 'audit.unsigned', sequence: null, detail: {} });
  return verdict(walk, knownUnit, signed.signedTo);
}

/** What is known of a unit's log after the last batch that was verified. */
export interface KnownLog {
  readonly unit: string;
  readonly head: Head;
  readonly signedTo: number;
}

export const nothingKnown = (unit: string): KnownLog => ({ unit, head: beginningOf(unit), signedTo: 0 });

/** Some entries of a log on their way off the device. */
export interface AuditBatch {
  readonly unit: string;
  /** JSON of each entry, exactly as hashed. */
  readonly lines: readonly string[];
  /** Newest entry of the unit's log, also when it is not in this batch. */
  readonly last: Head;
  /** Newest checkpoint of the unit, null before the first. */
  readonly checkpoint: string | null;
}

export interface BatchVerdict extends AuditVerdict {
  /** What is known after it: unchanged when the batch is not whole. */
  readonly known: KnownLog;
}

/** Verifies that a batch continues what is known. Keep `known` of the verdict for the next one. */
export async function verifyBatch(
  batch: AuditBatch,
  known: KnownLog,
  keys: readonly CheckpointKey[],
): Promise<BatchVerdict> {
  const walk = new ChainWalk(known.head, known.unit);
  if (batch.unit !== known.unit)
    walk.note({ code: 'audit.wrong-unit', sequence: null, detail: { unit: batch.unit } });
  if (batch.lines.length > MOST_BATCH_LINES)
    walk.note({ code: 'audit.oversized', sequence: null, detail: { lines: batch.lines.length } });
  else walkLines(walk, batch.lines);
  if (batch.last.sequence < known.head.sequence)
    walk.note({
      code: 'audit.truncated',
      sequence: batch.last.sequence,
      detail: { known: known.head.sequence },
    });
  else if (batch.last.sequence === known.head.sequence && batch.last.hash !== known.head.hash)
    walk.note({ code: 'audit.forked', sequence: batch.last.sequence, detail: { known: known.head.hash } });
  const signed = await checkSignatures(walk, keys, known.unit, null);
  let signedTo = Math.max(known.signedTo, signed.signedTo);
  if (batch.checkpoint !== null) {
    // A log that was just signed ends with that checkpoint: it was read on the way.
    const claims =
      batch.checkpoint === signed.newest?.jws ? signed.newest.claims : readCheckpoint(batch.checkpoint, keys);
    const newest = judgeNewest(claims, batch, known, walk);
    if (typeof newest === 'number') signedTo = Math.max(signedTo, newest);
    else walk.note(newest);
  } else if (known.signedTo > 0)
    walk.note({ code: 'audit.truncated', sequence: null, detail: { signed: known.signedTo } });
  const outcome = verdict(walk, known.unit, signedTo);
  const head = walk.head ?? known.head;
  return { ...outcome, known: outcome.whole ? { unit: known.unit, head, signedTo } : known };
}

/** Up to where the newest checkpoint signs what was seen, or why it does not fit. */
function judgeNewest(
  claims: CheckpointClaims | null,
  batch: AuditBatch,
  known: KnownLog,
  walk: ChainWalk,
): number | Finding {
  if (!claims) return { code: 'audit.bad-signature', sequence: null, detail: {} };
  const { sequence, unit, head } = claims;
  if (unit !== known.unit) return { code: 'audit.wrong-unit', sequence, detail: { unit } };
  if (sequence < known.signedTo)
    return { code: 'audit.truncated', sequence, detail: { signed: known.signedTo } };
  if (sequence > batch.last.sequence)
    return { code: 'audit.truncated', sequence: batch.last.sequence, detail: { signed: sequence } };
  const seen = sequence === known.head.sequence ? known.head.hash : walk.hashAt(sequence);
  if (seen === undefined) return known.signedTo; // Further on than this batch, or between two that were seen.
  if (seen !== head) return { code: 'audit.forked', sequence, detail: { signed: head, found: seen } };
  return sequence;
}

function walkLines(walk: ChainWalk, lines: readonly string[]): 0 {
  for (const line of lines) walk.take(line);
  return 0;
}

/** Returns how many bytes at the end are no whole line. */
function walkBytes(walk: ChainWalk, bytes: Uint8Array): number {
  if (bytes.length > MOST_LOG_BYTES) {
    walk.note({ code: 'audit.oversized', sequence: null, detail: { bytes: bytes.length } });
    return 0;
  }
  let start = 0;
  for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, start)) {
    walk.take(end - start > MOST_LINE_BYTES ? null : unframe(bytes.subarray(start, end)));
    start = end + 1;
  }
  return bytes.length - start;
}

/** Checks the checkpoints that stand in the log, and one from elsewhere. */
export async function checkSignatures(
  walk: ChainWalk,
  keys: readonly CheckpointKey[],
  expectedUnit: string | null,
  outside: string | null,
): Promise<{
  unit: string | null;
  signedTo: number;
  seen: number;
  newest: { sequence: number; jws: string; claims: CheckpointClaims } | null;
}> {
  let unit = expectedUnit;
  let signedTo = 0;
  let newest: { sequence: number; jws: string; claims: CheckpointClaims } | null = null;
  for (const { sequence, before, jws } of walk.checkpoints) {
    const claims = readCheckpoint(jws, keys);
    if (!claims) {
      walk.note({ code: 'audit.bad-signature', sequence, detail: {} });
      continue;
    }
    unit ??= claims.unit;
    if (claims.unit !== unit)
      walk.note({ code: 'audit.wrong-unit', sequence, detail: { unit: claims.unit } });
    else if (claims.sequence !== sequence - 1 || claims.head !== before)
      walk.note({ code: 'audit.forked', sequence, detail: { signed: claims.head, found: before } });
    else {
      signedTo = Math.max(signedTo, claims.sequence);
      newest = { sequence: claims.sequence, jws, claims };
    }
  }
  let seen = walk.checkpoints.length;
  if (outside !== null) {
    seen += 1;
    const claims = readCheckpoint(outside, keys);
    const last = walk.head?.sequence ?? 0;
    if (!claims) walk.note({ code: 'audit.bad-signature', sequence: null, detail: { outside: true } });
    else {
      unit ??= claims.unit;
      const { sequence, head } = claims;
      if (claims.unit !== unit)
        walk.note({ code: 'audit.wrong-unit', sequence, detail: { unit: claims.unit } });
      else if (sequence > last)
        walk.note({ code: 'audit.truncated', sequence: last, detail: { signed: sequence } });
      else if (sequence > 0 && walk.hashAt(sequence) !== undefined && walk.hashAt(sequence) !== head)
        walk.note({
          code: 'audit.forked',
          sequence,
          detail: { signed: head, found: walk.hashAt(sequence) ?? null },
        });
      else signedTo = Math.max(signedTo, sequence);
    }
  }
  return { unit, signedTo, seen, newest };
}

/** The unit was told by a checkpoint only: the first entry must begin its chain. A beginning that is missing was found already. */
function checkBeginning(walk: ChainWalk, unit: string): void {
  const { beginning } = walk;
  if (beginning?.sequence === 1 && beginning.before !== beginningOf(unit).hash)
    walk.note({ code: 'audit.wrong-unit', sequence: 1, detail: { unit } });
}

function checkEarlier(walk: ChainWalk, { sequence, hash }: Head): void {
  const last = walk.head?.sequence ?? 0;
  if (sequence > last) walk.note({ code: 'audit.truncated', sequence: last, detail: { known: sequence } });
  else if (sequence > 0 && walk.hashAt(sequence) !== hash)
    walk.note({
      code: 'audit.forked',
      sequence,
      detail: { known: hash, found: walk.hashAt(sequence) ?? null },
    });
}

function verdict(walk: ChainWalk, unit: string | null, signedTo: number): AuditVerdict {
  const findings = walk.findings();
  return {
    whole: findings.length === 0,
    code: findings[0]?.code ?? null,
    findings,
    unit,
    entries: walk.lines,
    head: walk.head,
    signedTo,
    reports: walk.reports,
  };
}

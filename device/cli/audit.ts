// Verifies an audit log that was taken off a unit, and writes it as FHIR: works without a network and without the workbench.
import { createPublicKey } from 'node:crypto';
import { z } from 'zod';
import type { CheckpointKey } from '../audit/checkpoint.ts';
import { decodeEntry, type Head, hashOf, unframe } from '../audit/entry.ts';
import { fhirAuditEvent, fhirBundle, fhirNdjson } from '../audit/fhir.ts';
import { AUDIT_CODES } from '../audit/refusals.ts';
import { type AuditVerdict, verifyAudit } from '../audit/verify.ts';

/** What the command needs of the world. */
export interface CommandIo {
  readonly readFile: (path: string) => Promise<Uint8Array>;
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
}

export const AUDIT_USAGE = `Usage:
  audit verify FILE --key FILE [--unit NAME] [--anchor FILE] [--earlier SEQUENCE:HASH]
  audit export FILE --fhir [--unit NAME] [--bundle]
verify says whether the log is whole. --key: public key of the unit (PEM, JWK or JWKS). --anchor: the file "anchor" beside the log.
--earlier: a place that was verified before. export writes FHIR R4 AuditEvent, one a line, or one Bundle.
Exit codes: 0 whole, 1 not whole, 2 the command is wrong, 3 a file cannot be read.`;

/** 0: whole or written. 1: the log does not hold. 2: the command is wrong. 3: a file cannot be read or holds something else. */
export type ExitCode = 0 | 1 | 2 | 3;

/** Ends with this exit code and sentence. */
class Ends extends Error {
  readonly exit: ExitCode;
  constructor(exit: ExitCode, sentence: string) {
    super(sentence);
    this.exit = exit;
  }
}

export async function auditCommand(args: readonly string[], io: CommandIo): Promise<ExitCode> {
  try {
    const [verb, ...rest] = args;
    if (verb === 'verify')
      return await verify(readArguments(rest, ['key', 'unit', 'anchor', 'earlier'], []), io);
    if (verb === 'export') return await exportFhir(readArguments(rest, ['unit'], ['fhir', 'bundle']), io);
    throw new Ends(2, AUDIT_USAGE);
  } catch (error) {
    if (!(error instanceof Ends)) throw error;
    io.err(error.message);
    return error.exit;
  }
}

interface Arguments {
  readonly file: string;
  readonly values: Readonly<Record<string, string>>;
  readonly flags: ReadonlySet<string>;
}

function readArguments(
  args: readonly string[],
  withValue: readonly string[],
  without: readonly string[],
): Arguments {
  const values: Record<string, string> = {};
  const flags = new Set<string>();
  const files: string[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] as string;
    const name = word.startsWith('--') ? word.slice(2) : null;
    const value = args[at + 1];
    if (name === null) files.push(word);
    else if (without.includes(name)) flags.add(name);
    else if (withValue.includes(name) && value !== undefined) {
      values[name] = value;
      at += 1;
    } else throw new Ends(2, `${word} is not known, or needs a value.\n${AUDIT_USAGE}`);
  }
  const [file, ...more] = files;
  if (file === undefined || more.length > 0) throw new Ends(2, `Name one log file.\n${AUDIT_USAGE}`);
  return { file, values, flags };
}

async function verify({ file, values }: Arguments, io: CommandIo): Promise<ExitCode> {
  if (values.key === undefined)
    throw new Ends(2, `Without --key nobody can tell who signed the log.\n${AUDIT_USAGE}`);
  const keys = readKeys(await readFile(io, values.key), values.key);
  const places = values.earlier === undefined ? [] : [readHead(values.earlier)];
  const anchor =
    values.anchor === undefined ? null : readAnchor(await readFile(io, values.anchor), values.anchor);
  const log = await readFile(io, file);
  const verdict = await verifyAudit(log, keys, {
    unit: values.unit ?? null,
    earlier: anchor === null ? places : [...places, anchor.place],
    checkpoint: anchor?.checkpoint ?? null,
  });
  return tell(verdict, io);
}

function tell(verdict: AuditVerdict, io: CommandIo): ExitCode {
  const { findings, head, reports, signedTo } = verdict;
  const count = (number: number, one: string) => `${number} ${one}${number === 1 ? '' : 's'}`;
  if (verdict.whole) {
    const unsigned = (head?.sequence ?? 0) - signedTo;
    io.out(
      `Whole: the log of unit ${verdict.unit} holds ${verdict.entries} entries, signed up to entry ${signedTo}.`,
    );
    if (unsigned > 1)
      io.out(
        `The ${unsigned} entries after it hang together but are not signed yet: the unit signs them later.`,
      );
    if (head) io.out(`Newest entry ${head.sequence}:${head.hash}`);
  } else {
    io.out(
      `Not whole: ${count(findings.length, 'fault')} in the log${verdict.unit ? ` of unit ${verdict.unit}` : ''}.`,
    );
    for (const { code, sequence, detail } of findings.slice(0, 20)) {
      const where = sequence === null ? '' : ` at entry ${sequence}`;
      const known = Object.entries(detail).map(([name, value]) => `${name} ${value}`);
      io.out(
        `${code}${where}: ${AUDIT_CODES[code].plain}${known.length > 0 ? ` (${known.join(', ')})` : ''}`,
      );
    }
    if (findings.length > 20) io.out(`… and ${findings.length - 20} more.`);
  }
  for (const { what, sequence, detail } of reports) {
    if (what === 'audit.recovered')
      io.out(
        `The unit reports at entry ${sequence}: ${detail.bytes} bytes of an unfinished write were cut after a loss of power.`,
      );
    else if (what === 'audit.resumed')
      io.out(
        `The unit reports at entry ${sequence}: ${detail.missed} entries could not be written (${detail.reason}).`,
      );
    else if (what === 'audit.damaged')
      io.out(`The unit reports at entry ${sequence}: it found its log damaged.`);
    else if (what === 'unit.started' && detail.clean === false)
      io.out(`The unit reports at entry ${sequence}: a start after a run that was not ended.`);
  }
  return verdict.whole ? 0 : 1;
}

async function exportFhir({ file, values, flags }: Arguments, io: CommandIo): Promise<ExitCode> {
  if (!flags.has('fhir')) throw new Ends(2, `Say --fhir: it is the only form there is.\n${AUDIT_USAGE}`);
  const bytes = await readFile(io, file);
  const jsons: string[] = [];
  let unread = 0;
  let start = 0;
  for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, start)) {
    const json = unframe(bytes.subarray(start, end));
    if (json === null) unread += 1;
    else jsons.push(json);
    start = end + 1;
  }
  const unit = values.unit ?? unitOf(jsons);
  if (unit === null)
    throw new Ends(2, 'No checkpoint in the log says whose it is. Name the unit with --unit.');
  const resources = jsons.flatMap((json) => {
    const entry = decodeEntry(json);
    if (entry === null) unread += 1;
    return entry === null ? [] : [fhirAuditEvent(unit, json, entry)];
  });
  if (flags.has('bundle')) io.out(JSON.stringify(fhirBundle(resources)));
  else for (const line of fhirNdjson(resources).split('\n').filter(Boolean)) io.out(line);
  if (unread > 0 || start < bytes.length) {
    io.err(
      `${unread + (start < bytes.length ? 1 : 0)} lines of ${file} cannot be read and were left out: verify the log.`,
    );
    return 1;
  }
  return 0;
}

/** The unit that the log's own checkpoints name, unverified. */
function unitOf(jsons: readonly string[]): string | null {
  for (const json of jsons) {
    const jws = decodeEntry(json)?.detail.checkpoint;
    if (typeof jws !== 'string') continue;
    const claims = parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString());
    const named = z.object({ unit: z.string().min(1) }).safeParse(claims);
    if (named.success) return named.data.unit;
  }
  return null;
}

async function readFile(io: CommandIo, path: string): Promise<Uint8Array> {
  try {
    return await io.readFile(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new Ends(3, `${path} cannot be read (${code}).`);
  }
}

const Jwk = z.looseObject({ kty: z.literal('EC'), crv: z.literal('P-256'), x: z.string(), y: z.string() });
const Jwks = z.object({ keys: z.array(Jwk).min(1).max(100) });

function readKeys(bytes: Uint8Array, path: string): readonly CheckpointKey[] {
  const text = Buffer.from(bytes).toString('utf8');
  const value = parse(text);
  const one = Jwk.safeParse(value);
  if (one.success) return [publicOf(one.data)];
  // A unit keeps its own keys as a list, without the envelope of a JWKS.
  const several = Jwks.safeParse(Array.isArray(value) ? { keys: value } : value);
  if (several.success) return several.data.keys.map(publicOf);
  try {
    return [createPublicKey(text)];
  } catch {
    throw new Ends(3, `${path} holds no public key: PEM, a JWK (EC, P-256) or a JWKS is needed.`);
  }
}

/** Only what is public: a file with a private key is used as its public one. */
const publicOf = ({ kty, crv, x, y }: z.infer<typeof Jwk>) => ({ kty, crv, x, y });

function readHead(text: string): Head {
  const [, sequence, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (sequence === undefined || hash === undefined)
    throw new Ends(2, '--earlier is a number, a colon and 64 hexadecimal digits, as verify prints it.');
  return { sequence: Number(sequence), hash };
}

/** The anchor is the line of an entry that holds a checkpoint: both the signed place and the entry itself must be in the log. */
function readAnchor(bytes: Uint8Array, path: string): { checkpoint: string; place: Head } {
  const json = unframe(bytes.subarray(0, -1));
  const entry = json === null ? null : decodeEntry(json);
  const checkpoint = entry?.detail.checkpoint;
  if (json === null || !entry || typeof checkpoint !== 'string')
    throw new Ends(3, `${path} holds no checkpoint.`);
  return { checkpoint, place: { sequence: entry.sequence, hash: hashOf(json) } };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

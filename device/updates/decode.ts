// What may be read at all before a signature is looked at: TUF metadata as bytes from anybody → JSON of bounded size, depth and shape.
// The models of `@tufjs/models` are lenient where an attacker would profit (an `expires` that is no date never expires; thousands of keys
// take seconds), so this stands before them.
import { z } from 'zod';
import { isDeeperThan } from '../signed/json.ts';
import { refuseUpdate } from './refusals.ts';

export const ROLE_KINDS = ['root', 'timestamp', 'snapshot', 'targets'] as const;
export type RoleKind = (typeof ROLE_KINDS)[number];

/** Most bytes of one metadata file, as in tuf-js; targets are smaller here, since a unit reads them whole. */
export const MOST_BYTES: Readonly<Record<RoleKind, number>> = {
  root: 512_000,
  timestamp: 16_384,
  snapshot: 1_000_000,
  targets: 1_000_000,
};
const MOST_DEPTH = 16;
const MOST_KEYS = 128;
/** Models copy their tables once per entry: 2,000 entries cost some 50 ms, 50,000 would cost a minute. */
const MOST_ENTRIES = 2000;

/**
 * A role's name is a file name on the unit and a key of objects in the models: it begins with a letter, since objects put names that are
 * numbers first and the order of delegations is their rank.
 */
const RoleName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9._-]{0,63}$/)
  .refine((name) => !(name in {}), 'a name that every object has');
const DelegatedName = RoleName.refine(
  (name) => !(ROLE_KINDS as readonly string[]).includes(name),
  'a top-level role cannot be delegated',
);
const MetaName = z
  .string()
  .regex(/\.json$/)
  .transform((name) => name.slice(0, -5))
  .pipe(RoleName);
/** Within a folder of the repository, never out of it. */
const TargetPath = z
  .string()
  .max(255)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._+-]*(\/[A-Za-z0-9][A-Za-z0-9._+-]*)*$/)
  .refine((path) => !(path in {}));
/** Shell patterns without braces and brackets of alternatives: they are what makes matching slow. */
const PathPattern = z
  .string()
  .max(255)
  .regex(/^[A-Za-z0-9._+*?/-]+$/);

const Instant = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$/)
  .refine((text) => Number.isFinite(Date.parse(text)), 'no such instant');
const Version = z.number().int().min(1).max(Number.MAX_SAFE_INTEGER);
const Length = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const KeyId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/)
  .refine((id) => !(id in {}));
/** Strong hashes only (TUF 4.1 leaves the choice to the publisher). */
const Hashes = z
  .strictObject({
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .optional(),
    sha512: z
      .string()
      .regex(/^[0-9a-f]{128}$/)
      .optional(),
  })
  .refine((hashes) => hashes.sha256 !== undefined || hashes.sha512 !== undefined, 'no hash');

const Key = z.looseObject({
  keytype: z.string().max(64),
  scheme: z.string().max(64),
  keyval: z.looseObject({ public: z.string().max(4096) }),
});
const Keys = z.record(KeyId, Key).refine((keys) => Object.keys(keys).length <= MOST_KEYS, 'too many keys');
const signers = {
  keyids: z.array(KeyId).max(MOST_KEYS),
  threshold: z.number().int().min(1).max(MOST_KEYS),
};
const common = {
  spec_version: z.string().regex(/^1\.\d{1,4}(\.\d{1,4})?$/),
  version: Version,
  expires: Instant,
};
const MetaFile = z.looseObject({ version: Version, length: Length.optional(), hashes: Hashes.optional() });
const few = (table: object) => Object.keys(table).length <= MOST_ENTRIES;

const Root = z
  .looseObject({
    _type: z.literal('root'),
    ...common,
    consistent_snapshot: z.boolean(),
    keys: Keys,
    roles: z.strictObject({
      root: z.looseObject(signers),
      timestamp: z.looseObject(signers),
      snapshot: z.looseObject(signers),
      targets: z.looseObject(signers),
    }),
  })
  .refine(
    ({ keys, roles }) => Object.values(roles).every((role) => distinct(role.keyids, keys)),
    'one key counted twice',
  );
const Timestamp = z.looseObject({
  _type: z.literal('timestamp'),
  ...common,
  meta: z.strictObject({ 'snapshot.json': MetaFile }),
});
const Snapshot = z.looseObject({
  _type: z.literal('snapshot'),
  ...common,
  meta: z.record(MetaName, MetaFile).refine(few, 'too many files'),
});
const DelegatedRole = z
  .looseObject({
    ...signers,
    name: DelegatedName,
    terminating: z.boolean(),
    paths: z.array(PathPattern).max(256).optional(),
    path_hash_prefixes: z
      .array(z.string().regex(/^[0-9a-f]{1,64}$/))
      .max(1024)
      .optional(),
  })
  .refine((role) => (role.paths === undefined) !== (role.path_hash_prefixes === undefined));
const Delegations = z
  .looseObject({
    keys: Keys,
    roles: z.array(DelegatedRole).max(256).optional(),
    succinct_roles: z
      .looseObject({ ...signers, bit_length: z.number().int().min(1).max(16), name_prefix: DelegatedName })
      .optional(),
  })
  .refine(({ roles = [] }) => new Set(roles.map(({ name }) => name)).size === roles.length)
  .refine(
    ({ keys, roles = [], succinct_roles: bins }) =>
      [...roles, ...(bins ? [bins] : [])].every((role) => distinct(role.keyids, keys)),
    'one key counted twice',
  );
const Targets = z.looseObject({
  _type: z.literal('targets'),
  ...common,
  targets: z.record(TargetPath, z.looseObject({ length: Length, hashes: Hashes })).refine(few),
  delegations: Delegations.optional(),
});

const Signatures = z
  .array(
    z.looseObject({
      keyid: KeyId,
      sig: z
        .string()
        .max(4096)
        .regex(/^[0-9a-f]*$/),
    }),
  )
  .max(MOST_KEYS)
  .refine((all) => new Set(all.map(({ keyid }) => keyid)).size === all.length, 'a key signs twice');

const envelopeOf = {
  root: z.object({ signatures: Signatures, signed: Root }),
  timestamp: z.object({ signatures: Signatures, signed: Timestamp }),
  snapshot: z.object({ signatures: Signatures, signed: Snapshot }),
  targets: z.object({ signatures: Signatures, signed: Targets }),
} as const;

/** A key under two ids would count twice towards a threshold (TUF 5.3.4: unique keys). */
function distinct(ids: readonly string[], keys: Readonly<Record<string, { keyval: { public: string } }>>) {
  const publics = ids.flatMap((id) => (Object.hasOwn(keys, id) ? [keys[id]?.keyval.public.trim()] : []));
  return new Set(ids).size === ids.length && new Set(publics).size === publics.length;
}

/** What is read of every role before it is trusted; nothing of it is believed before the signatures are. */
export interface Decoded {
  readonly version: number;
  readonly expires: number;
  /** The signed part, with members that TUF does not know (`unit`, `issued`). */
  readonly signed: Readonly<Record<string, unknown>>;
}

/** Refuses `update.malformed` for anything that is not metadata of this kind within bounds. Costs at most some 100 ms. */
export function decodeMetadata(kind: RoleKind, bytes: Uint8Array): Decoded {
  const malformed = (why: string, cause?: unknown) =>
    refuseUpdate('update.malformed', { role: kind, why }, cause);
  if (bytes.length > MOST_BYTES[kind]) throw malformed('too large');
  // Canonical JSON is written recursively.
  if (isDeeperThan(MOST_DEPTH, bytes)) throw malformed('too deep');
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw malformed('not JSON', error);
  }
  const envelope = envelopeOf[kind].safeParse(json);
  if (!envelope.success) {
    const [issue] = envelope.error.issues;
    throw malformed(`${issue?.path.join('.').slice(0, 80)}: ${issue?.message.slice(0, 80)}`);
  }
  const { signed } = envelope.data;
  return { version: signed.version, expires: Date.parse(signed.expires), signed };
}

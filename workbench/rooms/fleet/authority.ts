// The authority of the fleet: an issuing CA below a root whose key Ward never keeps, and the keys with which Ward speaks to units.
// Private keys lie sealed in the database, so that every web process has them and a backup alone does not.

import { createPrivateKey, X509Certificate } from 'node:crypto';
import {
  type CertificateAuthority,
  issueCertificate,
  makeIssuingCa,
  makeRoot,
} from '@ward/device/identity/certificate-authority.ts';
import { makeCertificateRequest } from '@ward/device/identity/certificate-request.ts';
import type { Issuer } from '@ward/device/identity/issued.ts';
import { generateSoftwareKey, type SigningKey, softwareKeyFrom } from '@ward/device/identity/key.ts';
import type { PeerRole } from '@ward/device/identity/names.ts';
import { renewalDue } from '@ward/device/identity/renewal.ts';
import { makeDirectorRoot } from '@ward/device/updates/repository/director.ts';
import { type RoleKey, roleKey } from '@ward/device/updates/repository/keys.ts';
import { readRoot } from '@ward/device/updates/repository/metadata.ts';
import type { Kysely } from 'kysely';
import type { Tables } from '../../kernel/database/schema.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { Principal } from '../../kernel/people/roles.ts';
import type { Unit as Work } from '../../kernel/records/records.ts';
import { refuseFleet } from './errors.ts';

/** What Ward holds a key for. `director`: says which unit gets which update. */
const HOLDERS = ['issuing', 'gateway', 'maker', 'director'] as const;
type Holder = (typeof HOLDERS)[number];

const SEAL_PLACE = 'fleet-authority';
const ROOT_DAYS = 20 * 365;
export const DIRECTOR_ROOT_MS = 5 * 365 * 86_400_000;
const ISSUING_DAYS = 10 * 365;
/** Of Ward's own certificates, which each process makes for itself, and anew when two thirds of their time have passed. */
const HOLDER_DAYS = 398;

export interface Authority {
  /** DER; what a unit is given to trust. */
  readonly root: Uint8Array;
  readonly issuing: CertificateAuthority;
  readonly gateway: { readonly key: SigningKey; readonly certificate: Uint8Array };
  /** Signs capability tokens of service engineers and fleet operators, service requests and revocation lists. */
  readonly maker: Issuer;
  readonly director: DirectorKey;
}

/** Says which unit runs what (Uptane's director). */
export interface DirectorKey {
  readonly key: RoleKey;
  /** `1.root.json` and all that followed, each signed by the keys of the one before. */
  readonly roots: readonly string[];
}

export interface MadeAuthority {
  /** For the safe: PKCS #8 of the root, which is in no other place. */
  readonly rootKey: Uint8Array;
  readonly rootCertificate: Uint8Array;
  /** PKCS #8 of the director's root, `DIRECTOR_THRESHOLD` of which sign a new one. */
  readonly directorRootKeys: readonly Uint8Array[];
}

export const DIRECTOR_ROOT_KEYS = 3;
export const DIRECTOR_THRESHOLD = 2;

/**
 * Makes the authority once. Refuses `fleet.authority-exists`. The offline keys are handed to `keepOffline` before anything depends on them: when it
 * throws, no authority is made; Ward forgets them.
 */
export async function makeAuthority(
  kernel: Kernel,
  principal: Principal,
  name: string,
  keepOffline: (made: MadeAuthority) => Promise<void>,
): Promise<MadeAuthority> {
  await refuseSecond(kernel);
  const now = kernel.now().getTime();
  const root = await generateSoftwareKey();
  const rootCertificate = await makeRoot({
    name: `${name} product root`,
    key: root.key,
    now,
    days: ROOT_DAYS,
  });
  const made = Object.fromEntries(
    await Promise.all(HOLDERS.map(async (holder) => [holder, await generateSoftwareKey()] as const)),
  ) as Record<Holder, Awaited<ReturnType<typeof generateSoftwareKey>>>;
  const issuing: CertificateAuthority = {
    key: made.issuing.key,
    certificate: await makeIssuingCa(
      { key: root.key, certificate: rootCertificate },
      { name: `${name} units`, key: made.issuing.key, now, days: ISSUING_DAYS },
    ),
  };
  const directorRoots = await Promise.all(
    Array.from({ length: DIRECTOR_ROOT_KEYS }, () => generateSoftwareKey()),
  );
  const directorRoot = await makeDirectorRoot({
    version: 1,
    issued: now,
    expires: now + DIRECTOR_ROOT_MS,
    root: { keys: directorRoots.map(({ pkcs8 }) => roleKeyOf(pkcs8)), threshold: DIRECTOR_THRESHOLD },
    online: roleKeyOf(made.director.pkcs8).key,
  });
  const keys = Object.fromEntries(HOLDERS.map((holder) => [holder, encode(made[holder].pkcs8)]));
  const offline: MadeAuthority = {
    rootKey: root.pkcs8,
    rootCertificate,
    directorRootKeys: directorRoots.map(({ pkcs8 }) => pkcs8),
  };
  await keepOffline(offline);
  await kernel.records.write(principal, async (work) => {
    const kept = await work.db
      .insertInto('fleet_authority')
      .values({
        root_certificate: encode(rootCertificate),
        issuing_certificate: encode(issuing.certificate),
        keys: sealKeys(kernel, keys),
        created_at: work.now,
      })
      .onConflict((conflict) => conflict.doNothing())
      .returning('created_at')
      .executeTakeFirst();
    if (!kept) throw refuseFleet('fleet.authority-exists', 'The authority was made before.');
    await keepDirectorRoot(work, directorRoot);
    const thumbprint = root.key.thumbprint;
    await work.commit([
      {
        type: 'note',
        action: 'fleet.authority-made',
        productId: null,
        record: null,
        content: { name, rootKey: thumbprint },
      },
    ]);
  });
  return offline;
}

/** Refuses `fleet.authority-exists`. */
export async function refuseSecond({ db }: Kernel): Promise<void> {
  const found = await db.selectFrom('fleet_authority').select('created_at').executeTakeFirst();
  if (found) throw refuseFleet('fleet.authority-exists', 'The authority was made before.');
}

export const MAKER_ID = 'maker:ward';

/** Null before it was made. */
export async function findAuthority(kernel: Kernel): Promise<Authority | null> {
  const row = await kernel.db.selectFrom('fleet_authority').selectAll().executeTakeFirst();
  if (!row) return null;
  const roots = await kernel.db.selectFrom('director_root').select('document').orderBy('version').execute();
  const sealed = openKeys(kernel, row.keys);
  const key = (holder: Holder) => softwareKeyFrom(decode(sealed[holder]));
  const issuing = { key: key('issuing'), certificate: decode(row.issuing_certificate) };
  const now = kernel.now().getTime();
  const gateway = key('gateway');
  const maker = key('maker');
  return {
    root: decode(row.root_certificate),
    issuing,
    gateway: { key: gateway, certificate: await certify(issuing, gateway, 'gateway', 'ward', now) },
    maker: {
      key: maker,
      chain: [await certify(issuing, maker, 'issuer', MAKER_ID, now), issuing.certificate],
    },
    director: {
      key: roleKeyOf(decode(sealed.director)),
      roots: roots.map(({ document }) => document),
    },
  };
}

/** The authority as a process holds it that runs for long: its own certificates are made anew in time. */
export class HeldAuthority {
  readonly #kernel: Kernel;
  #found: Authority | null = null;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  /** Null before it was made, which another process may do. Another object than before when certificates were made anew, or the director has a new root. */
  async look(): Promise<Authority | null> {
    const found = this.#found;
    if (found && !(await this.#isOld(found))) return found;
    this.#found = await findAuthority(this.#kernel);
    return this.#found;
  }

  async #isOld({ gateway, director }: Authority): Promise<boolean> {
    const now = this.#kernel.now();
    // Made by a clock that was ahead: nobody believes it before its time.
    if (new Date(new X509Certificate(gateway.certificate).validFrom) > now) return true;
    if (renewalDue([gateway.certificate], now.getTime())) return true;
    const { version } = await newestDirectorRoot(this.#kernel.db);
    return version !== director.roots.length;
  }

  /** Refuses `fleet.no-authority`. */
  async require(): Promise<Authority> {
    return required(await this.look());
  }
}

/** Refuses `fleet.no-authority`. */
export async function requireAuthority(kernel: Kernel): Promise<Authority> {
  return required(await findAuthority(kernel));
}

function required(authority: Authority | null): Authority {
  if (authority) return authority;
  throw refuseFleet('fleet.no-authority', 'No unit can be enrolled before there is an authority.');
}

async function certify(
  issuing: CertificateAuthority,
  key: SigningKey,
  role: PeerRole,
  id: string,
  now: number,
): Promise<Uint8Array> {
  const csr = await makeCertificateRequest(key, id);
  return (await issueCertificate(issuing, { csr, role, id, now, days: HOLDER_DAYS })).certificate;
}

type SealedKeys = Readonly<Record<Holder, string>>;
export const openKeys = ({ vault }: Kernel, sealed: string): SealedKeys =>
  JSON.parse(vault.open(sealed, SEAL_PLACE).toString()) as SealedKeys;
export const sealKeys = ({ vault }: Kernel, keys: Readonly<Record<string, string>>): string =>
  vault.seal(Buffer.from(JSON.stringify(keys)), SEAL_PLACE);

/** In the transaction in which it begins to count. Two at once cannot have one version. */
export async function keepDirectorRoot({ db, now }: Work, document: Uint8Array): Promise<void> {
  const root = readRoot(Buffer.from(document).toString()).signed;
  await db
    .insertInto('director_root')
    .values({
      version: root.version,
      document: Buffer.from(document).toString(),
      online_key: root.roles.timestamp?.keyIDs[0] as string,
      made_at: now,
      ends_at: new Date(root.expires),
    })
    .execute();
}

export function newestDirectorRoot(db: Kysely<Tables>) {
  return db
    .selectFrom('director_root')
    .selectAll()
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow();
}

export const roleKeyOf = (pkcs8: Uint8Array): RoleKey =>
  roleKey(createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' }));

export const encode = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
export const decode = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'));

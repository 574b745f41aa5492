// What `ward fleet …` does: over the data folder, beside a Ward that runs on it.
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { issueCertificate } from '@ward/device/identity/certificate-authority.ts';
import { jwkThumbprint, type PublicJwk } from '@ward/device/identity/key.ts';
import { isIdOf, type PeerRole } from '@ward/device/identity/names.ts';
import { isRefusal } from '@ward/device/refusal.ts';
import { PERSON_ROLES, type PersonRole, ROLE_VERBS } from '@ward/device/rights/roles.ts';
import { issueToken } from '@ward/device/rights/token.ts';
import { type CommonOptions, EXIT, print } from '../../cli/output.ts';
import { readConfig } from '../../config.ts';
import { defineErrors } from '../../kernel/errors.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { type Grant, type Principal, SYSTEM } from '../../kernel/people/roles.ts';
import { findRecord } from '../../kernel/records/read.ts';
import { withWard } from '../../open-ward.ts';
import { closeBreak, MOST_REASON } from './audit/close-break.ts';
import { encode, MAKER_ID, makeAuthority, refuseSecond, requireAuthority } from './authority.ts';
import { tryAgain } from './campaigns/try-again.ts';
import { Clinic, Serial } from './contract.ts';
import { renewDirectorRoot } from './director-root.ts';
import { type End, newestRoot, readEnds } from './ends.ts';
import { makeCode } from './enrolment/enrol-unit.ts';
import { TRAIL_ROLES } from './fleet-roles.ts';
import { readGatewayPlace } from './gateway/gateway-place.ts';
import { keepCertificate } from './issued.ts';
import { makeKeysFolder, PUBLISH, REFRESH, ROTATED_ROLES, writeSecret } from './repository/keys-folder.ts';
import { FAMILY, publishTarget, publishTo, refreshRepository, renewImageRoot } from './repository/publish.ts';
import { findRepository, setRepository } from './repository/repository-place.ts';
import { namesRevocable, REVOCATION_KINDS } from './revocable.ts';
import { readFill, revoke } from './revocations.ts';
import { readUnit, registerUnits } from './units.ts';

const refuse = defineErrors({
  'fleet.wrong-use': {
    status: 422,
    exit: 2,
    title: 'The command cannot be understood',
    remedy: 'See what it takes with "ward fleet --help".',
  },
});

interface DataOptions extends CommonOptions {
  readonly data?: string;
}

const over = <T>(options: DataOptions, work: (ward: Kernel, dataDir: string) => Promise<T>): Promise<T> => {
  const config = readConfig(process.env, options);
  return withWard(config, (ward) => work(ward, config.dataDir));
};

/** The keys are written before the authority is: what fails in between leaves keys that belong to nothing, never an authority without them. */
export async function initCommand(
  options: DataOptions & { readonly root: string; readonly name: string; readonly repository?: string },
): Promise<number> {
  const root = resolve(options.root);
  await over(options, async (ward, dataDir) => {
    const repository = resolve(options.repository ?? join(dataDir, 'fleet-repository'));
    await refuseSecond(ward);
    const keys = await makeKeysFolder(root, FAMILY);
    const made = await makeAuthority(ward, SYSTEM, options.name, async ({ rootKey, directorRootKeys }) => {
      await writeSecret(join(root, 'product-root.pem'), pem(rootKey));
      for (const [at, key] of directorRootKeys.entries())
        await writeSecret(join(root, `director-root-${at + 1}.pem`), pem(key));
    });
    await publishTo(repository, keys, ward.now());
    await setRepository(ward.db, repository);
    print(
      options,
      { root: encode(made.rootCertificate), keys: root, repository },
      [
        `The authority of units is made. Its offline keys are in ${root}: keep the folder in a safe, and another copy in another.`,
        `Take ${join(root, PUBLISH)} and ${join(root, REFRESH)} out of it: the one goes to who publishes, the other to who refreshes daily.`,
        `Updates are published into ${repository}.`,
      ].join('\n'),
    );
  });
  return EXIT.ok;
}

const pem = (pkcs8: Uint8Array): string =>
  `-----BEGIN PRIVATE KEY-----\n${encode(pkcs8).replace(/.{64}(?=.)/g, '$&\n')}\n-----END PRIVATE KEY-----\n`;

export async function statusCommand(options: DataOptions): Promise<number> {
  await over(options, async (ward) => {
    const authority = await requireAuthority(ward);
    const folder = await findRepository(ward.db);
    const [gateway, imageRoot, ends, fill] = await Promise.all([
      readGatewayPlace(ward.db),
      folder === null ? null : newestRoot(folder),
      readEnds(ward),
      readFill(ward),
    ]);
    const url = gateway?.url ?? null;
    const repository = url === null ? null : `${url}/api/fleet/repository/`;
    const { kinds, bytes, mostBytes, nearlyFull } = fill;
    print(
      options,
      {
        gateway: gateway && { host: gateway.host, port: gateway.port },
        url,
        repository,
        folder,
        root: encode(authority.root),
        directorRoot: authority.director.roots.at(-1),
        imageRoot,
        ends: ends.map(presentEnd),
        revocations: { kinds, bytes, mostBytes, nearlyFull },
      },
      [
        gateway
          ? `Units call ${gateway.host}:${gateway.port}; updates are at ${repository}.`
          : 'No gateway is open: start Ward.',
        'Ends:',
        ...ends.map(endLine),
        `Revocations: ${kinds.map(({ kind, entries, most }) => `${entries} of ${most} entries of the kind ${kind}`).join(', ')}.`,
        ...(nearlyFull ? [NEARLY_FULL] : []),
      ].join('\n'),
    );
  });
  return EXIT.ok;
}

const NEARLY_FULL =
  '! The list of what was taken back is nearly full: soon nothing more can be taken back. Entries leave it when what they name has ended.';

export async function registerCommand(
  serials: readonly string[],
  options: DataOptions & {
    readonly product: string;
    readonly hardware: string;
    readonly site: string;
    readonly clinic: string;
  },
): Promise<number> {
  const units = serials.map((text) => ({
    serial: checked(Serial, text, 'serial'),
    hardwareId: options.hardware,
    site: options.site,
    clinic: checked(Clinic, options.clinic, '--clinic'),
  }));
  await over(options, async (ward) => {
    const product = await findRecord(ward.db, options.product);
    if (product?.kind !== 'product')
      throw refuse('fleet.wrong-use', `${options.product.slice(0, 40)} is no product.`, { at: '--product' });
    await registerUnits(ward, SYSTEM, product, units);
    print(options, { registered: units.map(({ serial }) => serial) }, `${units.length} units are expected.`);
  });
  return EXIT.ok;
}

export async function codeCommand(serials: readonly string[], options: DataOptions): Promise<number> {
  await over(options, async (ward) => {
    const codes = [];
    for (const serial of serials) {
      const unit = await readUnit(ward, SYSTEM, serial);
      const { code, endsAt } = await makeCode(ward, SYSTEM, unit);
      codes.push({ serial: unit.serial, code, endsAt: endsAt.toISOString() });
    }
    print(
      options,
      { codes, ...(codes.length === 1 ? codes[0] : {}) },
      codes.map(({ serial, code, endsAt }) => `${serial}  ${code}  until ${endsAt}`).join('\n'),
    );
  });
  return EXIT.ok;
}

const CERTIFIED = ['console', 'service', 'issuer'] as const satisfies readonly PeerRole[];

export async function certifyCommand(
  role: string,
  id: string,
  options: DataOptions & { readonly csr: string; readonly days: string },
): Promise<number> {
  const wanted = CERTIFIED.find((known) => known === role);
  // The maker's own issuer is Ward itself.
  if (!wanted || !isIdOf(wanted, id) || (wanted === 'issuer' && !id.startsWith('clinic:')))
    throw refuse('fleet.wrong-use', `No certificate is made for ${role} ${id}.`.slice(0, 200), {
      remedy: 'Give console or service with an id, or issuer with clinic:ID.',
    });
  const days = wholeNumber(options.days, '--days', 3_650);
  const csr = derOf(await readFile(options.csr));
  await over(options, async (ward) => {
    const authority = await requireAuthority(ward);
    const now = ward.now().getTime();
    const issued = await issueCertificate(authority.issuing, { csr, role: wanted, id, now, days }).catch(
      (error: unknown) => {
        if (!isRefusal(error)) throw error;
        throw refuse('fleet.wrong-use', error.plain, { at: options.csr });
      },
    );
    await ward.records.write(SYSTEM, async (work) => {
      await keepCertificate(work, issued.certificate, { role: wanted, holder: id, unitId: null });
      const content = { role: wanted, id, certificate: issued.serial, days };
      await work.commitLast([
        { type: 'note', action: 'fleet.certificate-issued', productId: null, record: null, content },
      ]);
    });
    const certificate = encode(issued.certificate);
    print(
      options,
      {
        certificate,
        issuing: encode(authority.issuing.certificate),
        root: encode(authority.root),
        serial: issued.serial,
      },
      certificate,
    );
  });
  return EXIT.ok;
}

function derOf(file: Buffer): Uint8Array {
  const text = /-----BEGIN [A-Z ]*CERTIFICATE REQUEST-----([A-Za-z0-9+/=\s]+)-----END/.exec(
    file.toString('latin1').slice(0, 20_000),
  )?.[1];
  return new Uint8Array(text === undefined ? file : Buffer.from(text, 'base64'));
}

export async function tokenCommand(
  options: DataOptions & {
    readonly person: string;
    readonly role: string;
    readonly unit: string;
    readonly holder: string;
    readonly channel: string;
    readonly verbs?: string;
    readonly purpose: string;
    readonly minutes: string;
  },
): Promise<number> {
  const role = PERSON_ROLES.find((known) => known === options.role);
  if (!role) throw refuse('fleet.wrong-use', `${options.role.slice(0, 40)} is no role.`, { at: '--role' });
  const minutes = wholeNumber(options.minutes, '--minutes', 720);
  const holder = JSON.parse(await readFile(options.holder, 'utf8')) as PublicJwk;
  await over(options, async (ward) => {
    const authority = await requireAuthority(ward);
    const unit = await readUnit(ward, SYSTEM, options.unit);
    const now = Math.floor(ward.now().getTime() / 1_000);
    const jti = ward.newId();
    const token = await issueToken(authority.maker, {
      iss: MAKER_ID,
      jti,
      sub: `person:${options.person}`,
      role,
      unit: unit.serial,
      verbs: options.verbs?.split(',') ?? verbsOf(role),
      cnf: { jkt: jwkThumbprint(holder) },
      channel: options.channel,
      purpose: options.purpose,
      iat: now,
      nbf: now,
      exp: now + minutes * 60,
    }).catch((error: unknown) => {
      throw refuse('fleet.wrong-use', isRefusal(error) ? error.plain : 'A value of the token is not right.', {
        cause: error,
      });
    });
    await ward.records.write(SYSTEM, async (work) => {
      const { person } = options;
      const ends_at = new Date((now + minutes * 60) * 1_000);
      await work.db
        .insertInto('fleet_token')
        .values({ jti, person, role, unit_id: unit.id, issued_at: work.now, ends_at })
        .execute();
      const content = { token: jti, person, role, serial: unit.serial, minutes };
      await work.commitLast([
        { type: 'note', action: 'fleet.token-issued', productId: unit.productId, record: null, content },
      ]);
    });
    print(options, { token, jti }, token);
  });
  return EXIT.ok;
}

export async function revokeCommand(
  kind: string,
  value: string,
  options: DataOptions & { readonly why: string },
): Promise<number> {
  const known = REVOCATION_KINDS.find((one) => one === kind);
  if (!known)
    throw refuse('fleet.wrong-use', `${kind.slice(0, 40)} is nothing that can be taken back.`, {
      remedy: `Say one of ${REVOCATION_KINDS.join(', ')}.`,
    });
  if (!namesRevocable(known, value))
    throw refuse('fleet.wrong-use', `"${value.slice(0, 60)}" names no ${kind}.`, {
      remedy: 'Give a serial number in lower-case hexadecimal, the id of a token, or person:ID.',
    });
  const why = requireReason(options.why);
  await over(options, async (ward) => {
    const isNew = await revoke(ward, SYSTEM, { kind: known, value, why });
    const said = isNew ? 'is taken back; units hear of it with their next report' : 'was taken back before';
    const { nearlyFull } = await readFill(ward);
    print(
      options,
      { kind, value, revoked: true, new: isNew, nearlyFull },
      [`${kind} ${value} ${said}.`, ...(nearlyFull ? [NEARLY_FULL] : [])].join('\n'),
    );
  });
  return EXIT.ok;
}

/** Whoever runs the command has the data folder; who signs is proven by their password, as on the page. */
export async function closeBreakCommand(
  serial: string,
  options: DataOptions & {
    readonly break: string;
    readonly reason: string;
    readonly person: string;
    readonly passwordFile: string;
    readonly totp?: string;
  },
): Promise<number> {
  const number = wholeNumber(options.break, '--break', 999_999);
  const reason = options.reason.trim();
  if (reason.length < 10 || reason.length > MOST_REASON)
    throw refuse('fleet.wrong-use', `The reason has between 10 and ${MOST_REASON} letters.`, {
      at: '--reason',
    });
  const file = options.passwordFile === '-' ? process.stdin.fd : options.passwordFile;
  const password = (await readFile(file as string, 'utf8')).replace(/\r?\n$/, '').slice(0, 200);
  await over(options, async (ward) => {
    const unit = await readUnit(ward, SYSTEM, serial);
    const signer = await findSigner(ward, options.person, unit.productId);
    const { totp } = options;
    const closed = await closeBreak(ward, signer, unit, { number, reason, credential: { password, totp } });
    print(
      options,
      { serial: unit.serial, break: number, start: closed.start },
      `Break ${number} of ${unit.serial} is closed, signed by ${signer.name}. The trail goes on after line ${closed.start}; the unit is told with its next report.`,
    );
  });
  return EXIT.ok;
}

/** Refuses `fleet.wrong-use` for who may not close breaks of this product. */
async function findSigner({ people }: Kernel, email: string, productId: string): Promise<Principal> {
  const grants: Grant[] = [];
  let signer: { readonly id: string; readonly name: string } | null = null;
  for (const role of TRAIL_ROLES) {
    const holder = (await people.holders([role], productId, [])).find((one) => one.email === email);
    if (!holder) continue;
    signer = holder;
    grants.push({ role, productId });
  }
  if (signer === null)
    throw refuse('fleet.wrong-use', `${email.slice(0, 100)} may not close breaks of this product.`, {
      at: '--person',
      remedy: 'Name a security lead or an incident handler of the product by their address.',
    });
  return {
    ...{ via: 'session', personId: signer.id, name: signer.name, grants },
    ...{ scopes: null, tokenProductId: null },
  };
}

const verbsOf = (role: PersonRole): string[] => [...ROLE_VERBS[role]];

export async function publishCommand(
  file: string,
  options: DataOptions & {
    readonly update: string;
    readonly software: string;
    readonly keys: readonly string[];
    readonly hardware: string;
    readonly counter: string;
  },
): Promise<number> {
  const releaseCounter = wholeNumber(options.counter, '--counter', 1_000_000);
  await over(options, async (ward) => {
    const done = await publishTarget(ward, {
      file,
      update: options.update,
      version: options.software,
      hardwareIds: options.hardware.split(',').map((id) => id.trim()),
      releaseCounter,
      keysFolders: options.keys.map((folder) => resolve(folder)),
    });
    print(options, done, `${done.path} is published (${done.length} bytes, SHA-256 ${done.sha256}).`);
  });
  return EXIT.ok;
}

export async function refreshCommand(
  options: DataOptions & { readonly keys: readonly string[] },
): Promise<number> {
  await over(options, async (ward) => {
    await refreshRepository(
      ward,
      options.keys.map((folder) => resolve(folder)),
    );
    const ends = (await readEnds(ward)).filter(({ isSoon }) => isSoon);
    print(
      options,
      { refreshed: true, endsSoon: ends.map(presentEnd) },
      ['The metadata of the repository is signed anew.', ...ends.map(endLine)].join('\n'),
    );
  });
  return EXIT.ok;
}

export async function imageRootCommand(
  options: DataOptions & { readonly keys: readonly string[]; readonly rotate?: readonly string[] },
): Promise<number> {
  const rotate = (options.rotate ?? []).map((name) => {
    const role = ROTATED_ROLES.find((known) => known === name);
    if (role) return role;
    throw refuse('fleet.wrong-use', `${name.slice(0, 40)} is no role.`, {
      at: '--rotate',
      remedy: `Give some of ${ROTATED_ROLES.join(', ')}.`,
    });
  });
  await over(options, async (ward) => {
    const folders = options.keys.map((folder) => resolve(folder));
    const { version, endsAt, replaced } = await renewImageRoot(ward, {
      folders,
      rotate: [...new Set(rotate)],
    });
    print(
      options,
      { version, endsAt: endsAt.toISOString(), replaced },
      [
        `Root ${version} of the repository holds until ${day(endsAt)}.`,
        ...replaced.map((file) => `No longer used, to be destroyed: ${file}`),
      ].join('\n'),
    );
  });
  return EXIT.ok;
}

const presentEnd = ({ what, endsAt, renew }: End) => ({ what, endsAt: endsAt.toISOString(), renew });
const endLine = ({ what, endsAt, renew, isSoon }: End) =>
  `${isSoon ? '! ' : '  '}${day(endsAt)}  ${what}: ${renew}`;

export async function directorRootCommand(
  options: DataOptions & {
    readonly keys: readonly string[];
    readonly newOnlineKey?: boolean;
    readonly newKeys?: string;
  },
): Promise<number> {
  await over(options, async (ward) => {
    const { version, endsAt, signedBy } = await renewDirectorRoot(ward, SYSTEM, {
      keys: options.keys.map((folder) => resolve(folder)),
      newOnlineKey: options.newOnlineKey === true,
      newKeys: options.newKeys === undefined ? null : resolve(options.newKeys),
    });
    print(
      options,
      { version, endsAt: endsAt.toISOString(), signedBy },
      [
        `Root ${version} of the director is signed by ${signedBy} keys and holds until ${day(endsAt)}. Units get it with the director's next word.`,
        ...(options.newKeys === undefined
          ? []
          : [`From now on the keys in ${resolve(options.newKeys)} sign for it: keep them apart, in safes.`]),
      ].join('\n'),
    );
  });
  return EXIT.ok;
}

const day = (at: Date) => at.toISOString().slice(0, 10);

export async function tryAgainCommand(
  key: string,
  serial: string,
  options: DataOptions & { readonly why: string },
): Promise<number> {
  const why = requireReason(options.why);
  await over(options, async (ward) => {
    const campaign = await findRecord(ward.db, key);
    if (campaign?.kind !== 'campaign')
      throw refuse('fleet.wrong-use', `${key.slice(0, 40)} is no campaign.`, { at: 'campaign' });
    const attempt = await tryAgain(ward, SYSTEM, campaign, { serial, why });
    print(options, { serial, attempt }, `${serial} is offered the update again, as attempt ${attempt}.`);
  });
  return EXIT.ok;
}

function requireReason(text: string): string {
  const why = text.trim().slice(0, 2_000);
  if (why !== '') return why;
  throw refuse('fleet.wrong-use', 'A reason is needed.', { at: '--why' });
}

function checked<T>(
  schema: { safeParse(value: unknown): { success: boolean; data?: T } },
  text: string,
  at: string,
): T {
  const parsed = schema.safeParse(text);
  if (parsed.success) return parsed.data as T;
  throw refuse('fleet.wrong-use', `"${text.slice(0, 60)}" is not right.`, { at });
}

function wholeNumber(text: string, at: string, most: number): number {
  const number = /^\d{1,7}$/.test(text) ? Number(text) : 0;
  if (number >= 1 && number <= most) return number;
  throw refuse('fleet.wrong-use', `${at} must be between 1 and ${most}.`, { at });
}

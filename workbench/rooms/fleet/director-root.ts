// A new root of the director: signed by enough of the offline keys of the one before, and by its own where those are new. It says which key of Ward speaks
// to units; with it a stolen key is put out of use, since units follow the roots one by one.
import { generateKeyPairSync } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isRefusal } from '@ward/device/refusal.ts';
import { makeDirectorRoot } from '@ward/device/updates/repository/director.ts';
import { absentKey, type RoleKey, roleKey } from '@ward/device/updates/repository/keys.ts';
import { readRoot } from '@ward/device/updates/repository/metadata.ts';
import { TrustedMetadata } from '@ward/device/updates/trusted-metadata.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { Principal } from '../../kernel/people/roles.ts';
import {
  DIRECTOR_ROOT_KEYS,
  DIRECTOR_ROOT_MS,
  DIRECTOR_THRESHOLD,
  encode,
  keepDirectorRoot,
  newestDirectorRoot,
  openKeys,
  requireAuthority,
  sealKeys,
} from './authority.ts';
import { refuseFleet } from './errors.ts';
import { readKeysIn, requireSignedByOne, writeSecret } from './repository/keys-folder.ts';

export interface RootOrder {
  /** Folders with offline keys of the root that counts now: enough of them, perhaps from several people. */
  readonly keys: readonly string[];
  /** Ward makes itself a new key for its words to units. */
  readonly newOnlineKey: boolean;
  /** Folder for new offline keys; null leaves those of before. */
  readonly newKeys: string | null;
}

export interface MadeRoot {
  readonly version: number;
  readonly endsAt: Date;
  /** Offline keys of the root before that signed it. */
  readonly signedBy: number;
}

/** Refuses `fleet.no-authority`, `fleet.keys` (not enough of the keys are there, or new ones would overwrite some). */
export async function renewDirectorRoot(
  kernel: Kernel,
  principal: Principal,
  order: RootOrder,
): Promise<MadeRoot> {
  const { director } = await requireAuthority(kernel);
  const before = await newestDirectorRoot(kernel.db);
  const known = readRoot(before.document);
  const { signed } = known;
  const role = signed.roles.root;
  if (!role) throw new Error('a root without a role of root was kept');

  const signers = (await readKeysIn(order.keys, 'director-root-')).filter(({ id }) =>
    role.keyIDs.includes(id),
  );
  if (signers.length < role.threshold)
    throw refuseFleet(
      'fleet.keys',
      `${signers.length} of the keys that sign the director's root are there; ${role.threshold} have to sign.`,
      {
        at: order.keys.join(', ').slice(0, 500),
        remedy: `Give folders that hold ${role.threshold} of director-root-1.pem, director-root-2.pem and so on, as they were made for root ${before.version}.`,
      },
    );
  requireSignedByOne(known, signers);
  const now = kernel.now().getTime();
  const root =
    order.newKeys === null
      ? {
          keys: role.keyIDs.map((id) => absentKey(signed.keys[id]!)),
          threshold: role.threshold,
        }
      : { keys: await makeRootKeys(order.newKeys), threshold: DIRECTOR_THRESHOLD };
  const online = order.newOnlineKey ? generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey : null;
  const expires = now + DIRECTOR_ROOT_MS;
  const document = await makeDirectorRoot({
    ...{ version: before.version + 1, issued: now, expires, root, before: { keys: signers } },
    online: online ? roleKey(online).key : director.key.key,
  });
  requireFollowed(before.document, document, now);

  await kernel.records.write(principal, async (work) => {
    const row = await work.db
      .selectFrom('fleet_authority')
      .select('keys')
      .forUpdate()
      .executeTakeFirstOrThrow();
    if ((await newestDirectorRoot(work.db)).version !== before.version)
      throw refuseFleet('fleet.keys', 'Somebody else made a new root meanwhile.', {
        remedy: 'Look at it with "ward fleet status".',
      });
    await keepDirectorRoot(work, document);
    if (online) {
      const pkcs8 = encode(online.export({ format: 'der', type: 'pkcs8' }));
      const keys = { ...openKeys(kernel, row.keys), director: pkcs8 };
      await work.db
        .updateTable('fleet_authority')
        .set({ keys: sealKeys(kernel, keys) })
        .execute();
    }
    const content = {
      version: before.version + 1,
      signedBy: signers.map(({ id }) => id),
      onlineKey: online ? roleKey(online).id : director.key.id,
      rootKeys: root.keys.map(({ id }) => id),
    };
    await work.commitLast([
      { type: 'note', action: 'fleet.director-root-made', productId: null, record: null, content },
    ]);
  });
  return { version: before.version + 1, endsAt: new Date(expires), signedBy: signers.length };
}

async function makeRootKeys(folder: string): Promise<RoleKey[]> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const keys: RoleKey[] = [];
  for (let at = 1; at <= DIRECTOR_ROOT_KEYS; at += 1) {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
    await writeSecret(join(folder, `director-root-${at}.pem`), pem);
    keys.push(roleKey(privateKey));
  }
  return keys;
}

/** As a unit will judge it: what no unit follows does not go out. */
function requireFollowed(before: string, document: Uint8Array, now: number): void {
  try {
    new TrustedMetadata(Buffer.from(before), now).updateRoot(document);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    throw refuseFleet('fleet.keys', `Units would refuse this root: ${error.plain}`, { cause: error });
  }
}

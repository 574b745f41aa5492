// `ward fleet …` over a database of its own: the authority with its offline keys, units and codes, certificates, tokens, publishing.

import { X509Certificate } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '@ward/device/clock.ts';
import { SimulatedDisk } from '@ward/device/disk/simulated-disk.ts';
import { makeCertificateRequest } from '@ward/device/identity/certificate-request.ts';
import { generateSoftwareKey } from '@ward/device/identity/key.ts';
import { TrustedTime } from '@ward/device/identity/trusted-time.ts';
import { SERVICE_VERBS as DEVICE_VERBS } from '@ward/device/service/request.ts';
import { refuseUpdate } from '@ward/device/updates/refusals.ts';
import { RepositoryClient } from '@ward/device/updates/repository-client.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Principal } from '../workbench/kernel/people/roles.ts';
import { readRevocations } from '../workbench/rooms/fleet/revocations.ts';
import { SERVICE_VERBS } from '../workbench/rooms/fleet/service/verbs.ts';
import { command } from './bad-input/files.ts';
import { type House, openHouse, PASSWORD } from './setup/actors.ts';
import { temporaryFolder } from './setup/temporary.ts';

let house: House;
let data: string;
let before: string | undefined;

beforeAll(async () => {
  house = await openHouse();
  data = temporaryFolder();
  before = process.env.DATABASE_URL;
  process.env.DATABASE_URL = house.ward.url;
}, 60_000);
afterAll(async () => {
  if (before === undefined) delete process.env.DATABASE_URL;
  else process.env.DATABASE_URL = before;
  await house.close();
});

async function fleet(...args: string[]) {
  const { exit, out, err } = await command(['fleet', ...args, '--data', data, '--json']);
  const read = (text: string): unknown => (text.trim().startsWith('{') ? JSON.parse(text) : null);
  return {
    exit,
    out: read(out) as Record<string, unknown> | null,
    code: (read(err) as { error?: { code: string } } | null)?.error?.code,
  };
}

async function requestFile(): Promise<string> {
  const { key } = await generateSoftwareKey();
  const file = join(temporaryFolder(), 'request.der');
  writeFileSync(file, await makeCertificateRequest(key, 'console'));
  return file;
}

const HARDWARE = ['--hardware', 'lumen-400'];

describe('before there is an authority', () => {
  it('no code is made, no certificate, nothing published', async () => {
    const product = ['--product', house.product.key];
    expect(await fleet('register', 'K-1', ...product, ...HARDWARE)).toMatchObject({ exit: 0 });

    expect(await fleet('code', 'K-1')).toMatchObject({ exit: 3, code: 'fleet.no-authority' });
    expect(await fleet('status')).toMatchObject({ code: 'fleet.no-authority' });
    expect(await fleet('refresh', '--keys', data)).toMatchObject({ code: 'fleet.no-repository' });
    const file = await requestFile();
    const named = ['--update', 'UPD-1', '--software', '4.2.0', '--keys', data, ...HARDWARE];
    expect(await fleet('publish', file, ...named)).toMatchObject({ exit: 3, code: 'fleet.no-repository' });
  });
});

describe('the authority', () => {
  it('is made once, and its offline keys are in the folder and nowhere else', async () => {
    const root = join(temporaryFolder(), 'offline');
    const made = await fleet('init', '--root', root, '--name', 'Lumen');

    expect(made).toMatchObject({ exit: 0 });
    const keys = ['', 'publish/', 'refresh/'].flatMap((place) =>
      readdirSync(join(root, place)).flatMap((name) => (name.endsWith('.pem') ? [`${place}${name}`] : [])),
    );
    expect(keys).toEqual([
      'director-root-1.pem',
      'director-root-2.pem',
      'director-root-3.pem',
      'image-root-1.pem',
      'image-root-2.pem',
      'image-root-3.pem',
      'product-root.pem',
      'publish/image-family-lumen-400.pem',
      'publish/image-targets.pem',
      'refresh/image-snapshot.pem',
      'refresh/image-timestamp.pem',
    ]);
    expect(keys.every((name) => (statSync(join(root, name)).mode & 0o077) === 0)).toBe(true);
    expect(existsSync(join(data, 'fleet-repository', 'metadata', 'timestamp.json'))).toBe(true);
    const again = await fleet('init', '--root', join(temporaryFolder(), 'other'));
    expect(again).toMatchObject({ exit: 3, code: 'fleet.authority-exists' });
    // As a folder was kept before hashes and roots were.
    const state = join(root, 'refresh', 'published.json');
    const { versions, entries } = JSON.parse(readFileSync(state, 'utf8'));
    writeFileSync(state, JSON.stringify({ versions, entries }));
    expect(await fleet('refresh', '--keys', join(root, 'refresh'))).toMatchObject({ code: 'fleet.keys' });
    expect(await fleet('refresh', '--keys', root)).toMatchObject({ exit: 0 });
    expect(await fleet('refresh', '--keys', join(root, 'refresh'))).toMatchObject({ exit: 0 });
    expect(await fleet('refresh', '--keys', join(root, 'publish'))).toMatchObject({ code: 'fleet.keys' });
    expect(await fleet('refresh', '--keys', temporaryFolder())).toMatchObject({
      exit: 3,
      code: 'fleet.keys',
    });
    const status = await fleet('status');
    expect(status.out).toMatchObject({ gateway: null, root: made.out?.root });
    expect(JSON.parse(String(status.out?.imageRoot))).toHaveProperty('signed._type', 'root');
  });

  it('signs the next root of the repository, with new keys for any role, and a unit of before follows it', async () => {
    const root = join(temporaryFolder(), 'offline');
    const metadata = join(data, 'fleet-repository', 'metadata');
    const follow = async () => {
      const client = new RepositoryClient({
        ...{ url: 'http://at/metadata', root: readFileSync(join(metadata, '1.root.json')), unit: null },
        ...{ disk, folder: 'updates/image', clock: systemClock, damaged: async () => undefined },
        time: TrustedTime.inMemory(systemClock),
        fetch: async function* (url) {
          const file = join(metadata, url.slice(url.lastIndexOf('/') + 1));
          if (!existsSync(file)) throw refuseUpdate('update.missing');
          yield readFileSync(file);
        },
      });
      await client.refresh();
      return client.findTarget('lumen-400/none');
    };
    const disk = new SimulatedDisk();
    await follow();

    expect(await fleet('image-root', '--keys', root)).toMatchObject({ out: { version: 2, replaced: [] } });
    await follow();
    const roles = ['targets', 'snapshot', 'timestamp', 'family'];
    const rotated = await fleet('image-root', '--keys', root, '--rotate', ...roles);
    expect(rotated).toMatchObject({ exit: 0, out: { version: 3 } });
    expect(rotated.out?.replaced).toHaveLength(4);
    await follow();
    expect(await fleet('image-root', '--keys', root, '--rotate', 'root')).toMatchObject({
      out: { version: 4 },
    });
    // Two of the three new ones, each with somebody else, and the folder of who refreshes.
    const [one, two] = [join(temporaryFolder(), 'safe-1'), join(temporaryFolder(), 'safe-2')];
    for (const [at, safe] of [one, two].entries()) {
      mkdirSync(safe);
      copyFileSync(join(root, `image-root-${at + 1}.v4.pem`), join(safe, `image-root-${at + 1}.v4.pem`));
    }
    const refresh = join(root, 'refresh');
    expect(await fleet('image-root', '--keys', one, refresh)).toMatchObject({ code: 'fleet.keys' });
    expect(await fleet('image-root', '--keys', one, two)).toMatchObject({ code: 'fleet.keys' });
    expect(await fleet('image-root', '--keys', one, two, refresh)).toMatchObject({ out: { version: 5 } });
    const family = ['--rotate', 'family'];
    expect(await fleet('image-root', '--keys', one, two, refresh, ...family)).toMatchObject({
      code: 'fleet.keys',
    });
    expect(await fleet('image-root', '--keys', root, '--rotate', 'console')).toMatchObject({ exit: 2 });
    expect(await fleet('refresh', '--keys', refresh)).toMatchObject({ exit: 0 });
    expect(await follow()).toBeNull();
    expect(existsSync(join(metadata, '5.root.json'))).toBe(true);
    const status = await fleet('status');
    expect(JSON.parse(String(status.out?.imageRoot))).toMatchObject({ signed: { version: 5 } });
    const { ends } = status.out as { ends: { what: string; endsAt: string }[] };
    expect(ends.map(({ endsAt }) => endsAt)).toEqual(ends.map(({ endsAt }) => endsAt).sort());
    expect(ends.map(({ what }) => what).sort()).toEqual([
      ...['Issuing CA', 'Product root', 'Repository: lumen-400', 'Repository: root', 'Repository: snapshot'],
      ...['Repository: targets', 'Repository: timestamp', 'Root of the director'],
    ]);
  });

  it('signs over no repository that is another than was published, nor with a folder that knows less', async () => {
    const root = join(temporaryFolder(), 'offline');
    const [metadata, state] = [
      join(data, 'fleet-repository', 'metadata'),
      join(root, 'refresh', 'published.json'),
    ];
    const { versions } = JSON.parse(readFileSync(state, 'utf8'));
    const file = join(metadata, `${versions['lumen-400']}.lumen-400.json`);
    const published = readFileSync(file);

    writeFileSync(file, readFileSync(join(metadata, '1.lumen-400.json')));
    expect(await fleet('refresh', '--keys', root)).toMatchObject({
      exit: 3,
      code: 'fleet.repository-differs',
    });
    writeFileSync(file, published);
    const known = readFileSync(state);
    await fleet('refresh', '--keys', root);
    writeFileSync(state, known);
    expect(await fleet('refresh', '--keys', root)).toMatchObject({ code: 'fleet.repository-differs' });
    writeFileSync(state, '{}');
    expect(await fleet('refresh', '--keys', root)).toMatchObject({ code: 'fleet.keys' });
    writeFileSync(state, known);
  });

  it('signs a new root of the director with two of its offline keys, and no other', async () => {
    const [keys, newKeys] = [join(temporaryFolder(), 'offline'), join(temporaryFolder(), 'director-2')];
    const made = await fleet('director-root', '--keys', keys, '--new-online-key', '--new-keys', newKeys);

    expect(made).toMatchObject({ exit: 0, out: { version: 2, signedBy: 3 } });
    expect(readdirSync(newKeys).sort()).toEqual([1, 2, 3].map((at) => `director-root-${at}.pem`));
    const status = await fleet('status');
    expect(JSON.parse(String(status.out?.directorRoot))).toMatchObject({ signed: { version: 2 } });
    expect(await fleet('director-root', '--keys', keys)).toMatchObject({ exit: 3, code: 'fleet.keys' });
    expect(await fleet('director-root', '--keys', join(keys, 'none'))).toMatchObject({ code: 'fleet.keys' });
    const again = ['director-root', '--keys', newKeys, '--new-keys', newKeys];
    expect(await fleet(...again)).toMatchObject({ exit: 3, code: 'fleet.keys' });
    expect(await fleet('director-root', '--keys', newKeys)).toMatchObject({ out: { version: 3 } });
    const why = ['--why', 'The power had failed.'];
    expect(await fleet('try-again', 'CMP-9', 'K-2', ...why)).toMatchObject({
      exit: 2,
      code: 'fleet.wrong-use',
    });
  });

  it('gives codes for units that are expected, and certificates for consoles and clinics', async () => {
    const product = ['--product', house.product.key];
    await fleet('register', 'K-2', 'K-3', ...product, ...HARDWARE, '--clinic', 'st-mary');
    const codes = await fleet('code', 'K-2', 'K-3');

    expect(codes.out?.codes).toMatchObject([
      { serial: 'K-2', code: expect.stringMatching(/^[0-9A-Z]{5}(-[0-9A-Z]{5}){3}$/) },
      { serial: 'K-3' },
    ]);
    const { out } = await fleet('certify', 'issuer', 'clinic:st-mary', '--csr', await requestFile());
    const certificate = new X509Certificate(Buffer.from(String(out?.certificate), 'base64'));
    expect(certificate.subjectAltName).toBe('URI:urn:ward:issuer:clinic:st-mary');
  });

  it('gives a service engineer a token for one unit, for minutes', async () => {
    const { key } = await generateSoftwareKey();
    const holder = join(temporaryFolder(), 'holder.jwk');
    writeFileSync(holder, JSON.stringify(key.jwk));
    const asked = (role: string, minutes: string) =>
      fleet(
        ...['token', '--person', 'jo', '--role', role, '--unit', 'K-2', '--holder', holder],
        ...['--channel', key.thumbprint, '--minutes', minutes],
      );
    const { exit, out } = await asked('service-engineer', '30');

    expect(exit).toBe(0);
    const [, claims] = String(out?.token).split('.');
    expect(JSON.parse(Buffer.from(claims as string, 'base64url').toString())).toMatchObject({
      iss: 'maker:ward',
      sub: 'person:jo',
      role: 'service-engineer',
      unit: 'K-2',
      cnf: { jkt: key.jkt },
    });
    // The maker vouches for no clinician.
    expect(await asked('clinician', '30')).toMatchObject({ exit: 2, code: 'fleet.wrong-use' });
    expect(await asked('service-engineer', '0')).toMatchObject({ exit: 2, code: 'fleet.wrong-use' });
  });

  it('takes back the certificate of a console that was lost, and a person who left', async () => {
    const { out } = await fleet('certify', 'console', 'theatre-9', '--csr', await requestFile());
    const serial = String(out?.serial);
    const why = ['--why', 'Lost.'];

    expect((await fleet('revoke', 'certificate', serial, ...why)).out).toMatchObject({ new: true });
    expect((await fleet('revoke', 'person', 'person:jo', ...why)).out).toMatchObject({ new: true });
    expect((await fleet('revoke', 'person', 'person:jo', ...why)).out).toMatchObject({ new: false });
    const list = await readRevocations(house.ward);
    expect(list).toMatchObject({ certificates: [serial], persons: ['person:jo'] });
    for (const [kind, value] of [
      ['certificate', serial.toUpperCase().replace(/^/, 'X')],
      ['person', 'jo'],
      ['console', 'theatre-9'],
    ] as const)
      expect(await fleet('revoke', kind, value, ...why)).toMatchObject({ exit: 2, code: 'fleet.wrong-use' });
    expect(await readRevocations(house.ward)).toMatchObject({ number: list.number });
  });

  it.each([
    [
      'a serial number with a blank',
      ['register', 'K 4', '--product', 'PRD-1', ...HARDWARE],
      'fleet.wrong-use',
    ],
    ['a product that is none', ['register', 'K-4', '--product', 'THR-1', ...HARDWARE], 'fleet.wrong-use'],
    [
      'a serial number twice',
      ['register', 'K-5', 'K-5', '--product', 'PRD-1', ...HARDWARE],
      'fleet.serial-taken',
    ],
    ['a unit that is not there', ['code', 'K-99'], 'fleet.no-unit'],
  ])('refuses %s and keeps nothing', async (_what, args, code) => {
    const count = () => house.ward.db.selectFrom('unit').select('serial').execute();
    const units = await count();

    expect(await fleet(...args)).toMatchObject({ code });
    expect(await count()).toEqual(units);
  });
});

it('knows the same service verbs as a unit', () => {
  expect([...SERVICE_VERBS].sort()).toEqual([...DEVICE_VERBS].sort());
});

describe('a break of an audit trail', () => {
  it('is closed by who may, with their password, once', async () => {
    const product = ['--product', house.product.key];
    await fleet('register', 'K-9', ...product, ...HARDWARE);
    const { db } = house.ward;
    const code = 'audit.forked';
    const { id } = await db
      .updateTable('unit')
      .set({
        ...{ state: 'enrolled', audit_problem: code },
        audit_claim: JSON.stringify({ sequence: 12, hash: 'c'.repeat(64), at: '2026-11-26T09:00:00.000Z' }),
      })
      .where('serial', '=', 'K-9')
      .returning('id')
      .executeTakeFirstOrThrow();
    const known = { part: 0, known_sequence: 8, known_hash: 'b'.repeat(64) };
    await db
      .insertInto('unit_trail_break')
      .values({ unit_id: id, number: 1, code, found_at: new Date(), ...known })
      .execute();
    const file = join(temporaryFolder(), 'password');
    const email = async (name: 'security-lead' | 'developer') => {
      const { personId } = house.actor(name).principal as Principal;
      return (
        await db.selectFrom('person').select('email').where('id', '=', personId).executeTakeFirstOrThrow()
      ).email;
    };
    const close = async (
      who: 'security-lead' | 'developer',
      password: string,
      reason = 'Both disks were looked at.',
    ) => {
      writeFileSync(file, `${password}\n`);
      return fleet(
        ...['close-break', 'K-9', '--break', '1', '--reason', reason],
        ...['--person', await email(who), '--password-file', file],
      );
    };

    expect(await close('developer', PASSWORD)).toMatchObject({ exit: 2, code: 'fleet.wrong-use' });
    expect(await close('security-lead', PASSWORD, 'ok')).toMatchObject({ exit: 2, code: 'fleet.wrong-use' });
    expect(await close('security-lead', 'wrong')).toMatchObject({ code: 'people.wrong-credential' });
    expect(await close('security-lead', PASSWORD)).toMatchObject({ exit: 0, out: { start: 12 } });
    expect(await close('security-lead', PASSWORD)).toMatchObject({ exit: 3, code: 'fleet.break-closed' });
  });
});

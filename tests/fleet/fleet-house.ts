// A house with an authority, a repository and an open gateway; units enrol and report as in the field.

import { createHash, createPrivateKey } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Principal } from '../../workbench/kernel/people/roles.ts';
import { SYSTEM } from '../../workbench/kernel/people/roles.ts';
import { addLink, createRecord, makeTransition } from '../../workbench/kernel/records/operations.ts';
import { findRecord } from '../../workbench/kernel/records/read.ts';
import type { WardRecord } from '../../workbench/kernel/records/record.ts';
import { makeAuthority } from '../../workbench/rooms/fleet/authority.ts';
import { makeCode } from '../../workbench/rooms/fleet/enrolment/enrol-unit.ts';
import { type Gateway, openGateway } from '../../workbench/rooms/fleet/gateway/gateway.ts';
import { makeKeysFolder } from '../../workbench/rooms/fleet/repository/keys-folder.ts';
import { publishTarget, publishTo } from '../../workbench/rooms/fleet/repository/publish.ts';
import { setRepository } from '../../workbench/rooms/fleet/repository/repository-place.ts';
import { readUnit, registerUnits } from '../../workbench/rooms/fleet/units.ts';
import { type House, openHouse, PASSWORD } from '../setup/actors.ts';
import { FieldUnit, type Post } from './field-unit.ts';

export interface FleetHouse {
  readonly house: House;
  readonly folder: string;
  readonly gateway: Gateway;
  readonly post: Post;
  /** Registered, enrolled and connected. */
  unit(serial: string): Promise<FieldUnit>;
  /** An update with this content: released, published. */
  update(version: string, content: string): Promise<{ record: WardRecord; sha256: string }>;
  campaign(update: WardRecord, body: object): Promise<WardRecord>;
  move(who: Principal, key: string, transition: string): Promise<WardRecord>;
  now(key: string): Promise<WardRecord>;
  close(): Promise<void>;
}

/** `ago`: how long ago the house's clock says that it is, in milliseconds; `ward.advance` brings it on. */
export async function openFleetHouse({ ago = 0 } = {}): Promise<FleetHouse> {
  const house = await openHouse();
  const { ward, product } = house;
  ward.advance(-ago);
  const folder = mkdtempSync(join(tmpdir(), 'ward-fleet-'));
  const keysFolder = join(folder, 'keys');
  const repository = join(folder, 'repository');
  const keys = await makeKeysFolder(keysFolder, 'lumen-400');
  await makeAuthority(ward, SYSTEM, 'Lumen', async ({ directorRootKeys }) => {
    mkdirSync(join(folder, 'director-keys'));
    for (const [at, der] of directorRootKeys.entries()) {
      const key = createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' });
      const pem = key.export({ format: 'pem', type: 'pkcs8' });
      writeFileSync(join(folder, 'director-keys', `director-root-${at + 1}.pem`), pem);
    }
  });
  await publishTo(repository, keys, ward.now());
  await setRepository(ward.db, repository);
  const gateway = await openGateway(ward, { host: '127.0.0.1', port: 0, url: 'http://127.0.0.1:8100' });
  await ward.jobs.start(2);
  const units: FieldUnit[] = [];
  // Whoever wrote a campaign does not approve its start.
  const author = await ward.person('Carla Campaign', ['release-manager']);
  const who = (name: 'developer' | 'tester' | 'quality' | 'release-manager') =>
    house.actor(name).principal as Principal;

  const post: Post = async (path, body) => {
    const answer = await house.app.request(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: answer.status, body: await answer.json() };
  };
  const now = async (key: string) => (await findRecord(ward.db, key)) as WardRecord;
  const move = async (principal: Principal, key: string, transition: string) => {
    const { revision } = await now(key);
    return makeTransition(ward.records, principal, key, {
      seenRevision: revision,
      transition,
      reason: 'For the test.',
      credential: { password: PASSWORD },
    });
  };
  return {
    house,
    folder,
    gateway,
    post,
    now,
    move,
    async unit(serial) {
      const given = { serial, hardwareId: 'lumen-400', site: 'Ward 3', clinic: '' };
      await registerUnits(ward, SYSTEM, product, [given]);
      const { code } = await makeCode(ward, SYSTEM, await readUnit(ward, SYSTEM, serial));
      const unit = await FieldUnit.enrol(serial, code, post);
      await unit.connect(gateway.port() as number);
      units.push(unit);
      return unit;
    },
    async update(version, content) {
      const file = join(folder, `lumen-${version}.mjs`);
      writeFileSync(file, content);
      const sha256 = createHash('sha256').update(content).digest('hex');
      const release = await createRecord(ward.records, who('release-manager'), {
        kind: 'release',
        productId: product.id,
        body: { name: `Lumen ${version}`, version },
      });
      const record = await createRecord(ward.records, who('developer'), {
        kind: 'update',
        productId: product.id,
        body: { title: `Update to ${version}`, artefacts: [{ name: `lumen-${version}.mjs`, sha256 }] },
      });
      await addLink(ward.records, who('developer'), record.id, 'brings', release.id);
      await move(who('developer'), record.key, 'build');
      await move(who('tester'), record.key, 'verify');
      await move(who('quality'), record.key, 'release');
      await publishTarget(ward, {
        file,
        update: record.key,
        version,
        hardwareIds: ['lumen-400'],
        releaseCounter: 1,
        keysFolders: [keysFolder],
      });
      return { record, sha256 };
    },
    async campaign(update, body) {
      const record = await createRecord(ward.records, author, {
        kind: 'campaign',
        productId: product.id,
        body: { title: 'Security update', nextWaveAfterHours: 0, ...body },
      });
      await addLink(ward.records, author, record.id, 'deploys', update.id);
      return record;
    },
    async close() {
      for (const unit of units) unit.close();
      await gateway.close();
      await house.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

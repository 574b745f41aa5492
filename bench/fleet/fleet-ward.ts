// A workbench with an authority, a repository, an open gateway and as many enrolled units as wanted: rows and certificates made directly,
// since the way through the enrolment of each is not what is measured.
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { issueCertificate } from '@ward/device/identity/certificate-authority.ts';
import { makeCertificateRequest } from '@ward/device/identity/certificate-request.ts';
import { generateSoftwareKey } from '@ward/device/identity/key.ts';
import type { Ward } from '../../workbench/compose.ts';
import { storePassword } from '../../workbench/kernel/people/directory.ts';
import { hashPassword } from '../../workbench/kernel/people/password-hash.ts';
import { type Principal, type Role, SYSTEM } from '../../workbench/kernel/people/roles.ts';
import { addLink, createRecord, makeTransition } from '../../workbench/kernel/records/operations.ts';
import { findRecord } from '../../workbench/kernel/records/read.ts';
import type { WardRecord } from '../../workbench/kernel/records/record.ts';
import {
  type Authority,
  encode,
  makeAuthority,
  requireAuthority,
} from '../../workbench/rooms/fleet/authority.ts';
import { ofCertificate, UNIT_DAYS } from '../../workbench/rooms/fleet/enrolment/enrol-unit.ts';
import { openGateway } from '../../workbench/rooms/fleet/gateway/gateway.ts';
import { makeKeysFolder } from '../../workbench/rooms/fleet/repository/keys-folder.ts';
import { publishTarget, publishTo } from '../../workbench/rooms/fleet/repository/publish.ts';
import { setRepository } from '../../workbench/rooms/fleet/repository/repository-place.ts';
import type { UnitPapers } from './field-messages.ts';

export interface FleetWard {
  readonly ward: Ward;
  readonly authority: Authority;
  readonly port: number;
  /** Enrols so many more; gives their papers. */
  enrol(many: number): Promise<readonly UnitPapers[]>;
  /** A campaign for a released update, started. */
  campaign(body: object): Promise<WardRecord>;
  now(record: WardRecord): Promise<WardRecord>;
  close(): Promise<void>;
}

const AT_ONCE = 100;

export async function openFleetWard(ward: Ward, folder: string): Promise<FleetWard> {
  const keysFolder = join(folder, 'keys');
  const keys = await makeKeysFolder(keysFolder, 'lumen-400');
  await makeAuthority(ward, SYSTEM, 'Lumen', async () => undefined);
  const repository = join(folder, 'repository');
  await publishTo(repository, keys, ward.now());
  await setRepository(ward.db, repository);
  const product = await createRecord(ward.records, SYSTEM, {
    kind: 'product',
    productId: null,
    body: { name: 'Lumen' },
  });
  const gateway = await openGateway(ward, { host: '127.0.0.1', port: 0, url: 'http://127.0.0.1:8100' });
  await ward.jobs.start(2);
  const authority = await requireAuthority(ward);
  const create = (kind: string, body: object) =>
    createRecord(ward.records, SYSTEM, { kind, productId: product.id, body });
  const now = async ({ key }: WardRecord) => (await findRecord(ward.db, key)) as WardRecord;
  const signer = await signerOf(ward);
  const move = async (who: Principal, record: WardRecord, transition: string) => {
    const { key, revision } = await now(record);
    const signed = { seenRevision: revision, transition, reason: 'For the benchmark.' };
    await makeTransition(ward.records, who, key, { ...signed, credential: { password: PASSWORD } });
  };
  let enrolled = 0;
  return {
    ward,
    authority,
    port: gateway.port() as number,
    now,
    async enrol(many) {
      const papers: UnitPapers[] = [];
      for (let left = many; left > 0; left -= AT_ONCE) {
        const made = await papersOf(
          ward,
          authority,
          Array.from(
            { length: Math.min(AT_ONCE, left) },
            (_, at) => `L4-${String(enrolled + at + 1).padStart(5, '0')}`,
          ),
        );
        enrolled += made.length;
        await ward.db
          .insertInto('unit')
          .values(
            made.map(({ serial, certificate }) => ({
              id: ward.newId(),
              product_id: product.id,
              serial,
              hardware_id: 'lumen-400',
              state: 'enrolled' as const,
              registered_at: ward.now(),
              registered_by: null,
              enrolled_at: ward.now(),
              ...ofCertificate(new Uint8Array(Buffer.from(certificate, 'base64'))),
            })),
          )
          .execute();
        papers.push(...made);
      }
      await ward.pool.query('analyze unit');
      return papers;
    },
    async campaign(body) {
      const file = join(folder, 'lumen-4.2.0.mjs');
      const content = 'the application of the benchmark\n';
      writeFileSync(file, content);
      const sha256 = createHash('sha256').update(content).digest('hex');
      const release = await create('release', { name: 'Lumen 4.2.0', version: '4.2.0' });
      const update = await create('update', {
        title: 'Update to 4.2.0',
        artefacts: [{ name: 'lumen-4.2.0.mjs', sha256 }],
      });
      await addLink(ward.records, SYSTEM, update.id, 'brings', release.id);
      for (const step of ['build', 'verify', 'release']) await move(signer, update, step);
      const publication = { update: update.key, version: '4.2.0', hardwareIds: ['lumen-400'] };
      await publishTarget(ward, { ...publication, file, releaseCounter: 1, keysFolders: [keysFolder] });
      const campaign = await create('campaign', { title: 'Benchmark', nextWaveAfterHours: 0, ...body });
      await addLink(ward.records, SYSTEM, campaign.id, 'deploys', update.id);
      await move(signer, campaign, 'start');
      return now(campaign);
    },
    async close() {
      await gateway.close();
      await ward.jobs.stop();
      ward.feed.stop();
    },
  };
}

const PASSWORD = 'quiet Lanterns over seven harbours';
const ROLES: readonly Role[] = ['developer', 'tester', 'quality', 'release-manager'];

/** One person who may sign all that a campaign needs; what they sign is written by Ward itself. */
async function signerOf(ward: Ward): Promise<Principal> {
  const name = 'Rina Release';
  const personId = await ward.people.ensurePerson({ name, email: 'rina@example.org' });
  for (const role of ROLES)
    await createRecord(ward.records, SYSTEM, {
      kind: 'role-assignment',
      productId: null,
      body: { person: personId, role },
      reason: 'For the benchmark.',
    });
  const hash = await hashPassword(PASSWORD, { logN: 10, r: 8, p: 1 });
  await storePassword(ward.db, ward.people.context, personId, hash);
  const grants = ROLES.map((role) => ({ role, productId: null }));
  return { via: 'session', personId, name, grants, scopes: null, tokenProductId: null };
}

/** A certificate for each, over one key: making ten thousand keys and requests would take longer than all that is measured. */
async function papersOf(
  ward: Ward,
  authority: Authority,
  serials: readonly string[],
): Promise<readonly UnitPapers[]> {
  const { key, pkcs8 } = await generateSoftwareKey();
  const csr = await makeCertificateRequest(key, 'benchmark');
  const order = { csr, role: 'unit' as const, now: ward.now().getTime(), days: UNIT_DAYS };
  return Promise.all(
    serials.map(async (serial) => {
      const { certificate } = await issueCertificate(authority.issuing, { ...order, id: serial });
      return { serial, key: encode(pkcs8), certificate: encode(certificate) };
    }),
  );
}

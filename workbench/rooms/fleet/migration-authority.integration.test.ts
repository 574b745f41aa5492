// The ledger knew more than the tables did: certificates before a renewal come into the list with the migration.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../../tests/setup/fresh-database.ts';
import { migrate } from '../../kernel/database/migrations.ts';
import { allMigrations, loadRooms } from '../load.ts';
import { authorityTables } from './migration-authority.ts';

let database: FreshDatabase;
beforeAll(async () => {
  const before = allMigrations(await loadRooms()).filter(({ id }) => id < authorityTables.id);
  database = await freshDatabase(before);
});
afterAll(() => database.drop());

it('takes back what a unit had before its newest certificate, and knows the end of each entry', async () => {
  const client = await database.pool.connect();
  const [revoked, enrolled, product] = ['1', '2', '3'].map((n) => `00000000-0000-7000-8000-00000000000${n}`);
  await client.query(`set session_replication_role = replica;
    insert into unit (id, product_id, serial, hardware_id, state, registered_at, enrolled_at, certificate_serial, certificate_ends_at) values
      ('${revoked}', '${product}', 'U-1', 'lumen-400', 'revoked', now(), now(), 'b2', now() + interval '300 days'),
      ('${enrolled}', '${product}', 'U-2', 'lumen-400', 'enrolled', now(), now(), 'c1', now() + interval '300 days');
    insert into fleet_revocation (kind, value, why, at) values
      ('certificate', 'b2', 'Stolen.', now()), ('certificate', 'ee', 'A console.', now()),
      ('token', 't-1', 'Lost.', now()), ('person', 'person:eve', 'Left.', now());`);
  const note = (seq: number, action: string, days: number, content: object) =>
    client.query(
      `insert into ledger (seq, at, action, content, content_hash, previous, hash)
       values ($1, now() - $2 * interval '1 day', $3, $4, sha256('1'), sha256('2'), sha256('3'))`,
      [seq, days, action, content],
    );
  await note(1, 'fleet.unit-enrolled', 500, { serial: 'U-1', certificate: 'b0' });
  await note(2, 'fleet.certificate-renewed', 200, { serial: 'U-1', certificate: 'b1' });
  await note(3, 'fleet.certificate-renewed', 10, { serial: 'U-1', certificate: 'b2' });
  await note(4, 'fleet.certificate-issued', 10, { role: 'console', id: 'theatre-9', certificate: 'ee' });
  await note(5, 'fleet.token-issued', 0, {
    token: 't-1',
    person: 'jo',
    role: 'service-engineer',
    serial: 'U-2',
    minutes: 30,
  });

  await migrate(database.pool, allMigrations(await loadRooms()));

  const { rows } = await client.query<{ value: string; days: number | null }>(
    `select value, round(extract(epoch from ends_at - now()) / 86400)::int as days from fleet_revocation order by kind, value`,
  );
  client.release();
  expect(rows).toEqual([
    { value: 'b1', days: 198 },
    { value: 'b2', days: 300 },
    { value: 'ee', days: 3640 },
    { value: 'person:eve', days: null },
    { value: 't-1', days: 0 },
  ]);
});

import { afterEach, describe, expect, test } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../../tests/setup/fresh-database.ts';
import { openPool } from './connect.ts';
import { describeSchema } from './describe-schema.ts';
import { migrations } from './migrations/list.ts';
import { appliedMigrations, type Migration, migrate } from './migrations.ts';

const one: Migration = { id: '0001-one', sql: 'CREATE TABLE one (id int PRIMARY KEY)' };
const two: Migration = { id: '0002-two', sql: 'CREATE TABLE two (id int REFERENCES one)' };
const broken: Migration = { id: '0003-broken', sql: 'CREATE TABLE three (id int); SELECT 1 / 0' };

let database: FreshDatabase;
afterEach(() => database.drop());

describe('migrate', () => {
  test('runs what is missing, in order, and nothing the second time', async () => {
    database = await freshDatabase([]);

    expect(await migrate(database.pool, [one])).toEqual(['0001-one']);
    expect(await migrate(database.pool, [one, two])).toEqual(['0002-two']);
    expect(await migrate(database.pool, [one, two])).toEqual([]);
  });

  test('runs each step once when eight processes start together', async () => {
    database = await freshDatabase([]);
    const pools = Array.from({ length: 8 }, () => openPool({ database: database.url, max: 1 }));

    const ran = await Promise.all(pools.map((pool) => migrate(pool, [one, two])));
    await Promise.all(pools.map((pool) => pool.end()));

    expect(ran.flat().sort()).toEqual(['0001-one', '0002-two']);
  });

  test('keeps the finished steps and nothing of the one that failed', async () => {
    database = await freshDatabase([]);

    await expect(migrate(database.pool, [one, two, broken])).rejects.toMatchObject({
      code: 'database.migration-failed',
      at: '0003-broken',
    });

    expect((await appliedMigrations(database.pool)).map((step) => step.id)).toEqual(['0001-one', '0002-two']);
    const left = await database.pool.query("SELECT to_regclass('three') AS three");
    expect(left.rows[0].three).toBeNull();
  });

  test.each([
    [
      'an edited old step',
      [{ ...one, sql: 'CREATE TABLE one (id bigint PRIMARY KEY)' }, two],
      'database.migration-changed',
    ],
    ['a database of a newer Ward', [one], 'database.newer-ward'],
    [
      'a step slipped in before one that ran',
      [one, { id: '0001-slipped', sql: 'SELECT 1' }, two],
      'database.migration-order',
    ],
    ['a list out of order', [two, one], 'database.migration-order'],
  ])('refuses %s and changes nothing', async (_case, list, code) => {
    database = await freshDatabase([]);
    await migrate(database.pool, [one, two]);
    const before = await describeSchema(database.pool);

    await expect(migrate(database.pool, list)).rejects.toMatchObject({ code });

    expect(await describeSchema(database.pool)).toEqual(before);
  });

  test('takes a step with Windows line ends for the same step', async () => {
    database = await freshDatabase([]);
    await migrate(database.pool, [{ id: '0001-lines', sql: 'SELECT 1;\nSELECT 2;' }]);

    expect(await migrate(database.pool, [{ id: '0001-lines', sql: 'SELECT 1;\r\nSELECT 2;' }])).toEqual([]);
  });
});

describe('Ward’s own steps', () => {
  test('from every earlier version lead to the schema of a new database', async () => {
    database = await freshDatabase(migrations);
    const fresh = await describeSchema(database.pool);
    expect(fresh.length).toBeGreaterThan(3);

    for (let version = 1; version < migrations.length; version += 1) {
      const old = await freshDatabase(migrations.slice(0, version));
      await migrate(old.pool, migrations);
      expect(await describeSchema(old.pool), `from ${migrations[version - 1]?.id}`).toEqual(fresh);
      await old.drop();
    }
  });
});

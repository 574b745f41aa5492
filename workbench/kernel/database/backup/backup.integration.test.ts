import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { runMigrations } from 'graphile-worker';
import type { Pool } from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../../../tests/setup/fresh-database.ts';
import { openPool } from '../connect.ts';
import { describeSchema } from '../describe-schema.ts';
import { startEmbeddedServer } from '../embedded-server.ts';
import { silentLog } from '../log.ts';
import { type Migration, migrate } from '../migrations.ts';
import { backup } from './backup.ts';
import { checkBackup } from './open-backup.ts';
import { restore } from './restore.ts';

// Whatever makes restoring hard: a cycle of keys, insert-only tables, computed and identity columns, partitions, odd names.
const awkward: Migration = {
  id: '0001-awkward',
  sql: `
    CREATE TABLE "Odd ""name" (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, text text, bytes bytea, at timestamptz,
      document jsonb, doubled int GENERATED ALWAYS AS (id * 2) STORED, parent int REFERENCES "Odd ""name");
    CREATE TABLE hen (id int PRIMARY KEY, egg int);
    CREATE TABLE egg (id int PRIMARY KEY, hen int REFERENCES hen);
    ALTER TABLE hen ADD FOREIGN KEY (egg) REFERENCES egg DEFERRABLE INITIALLY DEFERRED;
    CREATE FUNCTION insert_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'insert only'; END $$;
    CREATE TABLE ledger (n bigserial PRIMARY KEY, text text NOT NULL, seeded boolean DEFAULT false);
    CREATE TRIGGER ledger_update BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger EXECUTE FUNCTION insert_only();
    CREATE FUNCTION count_up() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.text := NEW.text || '!'; RETURN NEW; END $$;
    CREATE TRIGGER ledger_insert BEFORE INSERT ON ledger FOR EACH ROW EXECUTE FUNCTION count_up();
    ALTER TABLE ledger ENABLE ALWAYS TRIGGER ledger_insert;
    INSERT INTO ledger (text, seeded) VALUES ('seed', true);
    CREATE TABLE reading (day date, value int) PARTITION BY RANGE (day);
    CREATE TABLE reading_2026 PARTITION OF reading FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
  `,
};
const later: Migration = {
  id: '0002-later',
  sql: `ALTER TABLE egg ADD COLUMN colour text NOT NULL DEFAULT 'white'`,
};

let base: string;
let source: FreshDatabase;
let target: FreshDatabase;
let file: string;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'ward backup '));
  file = join(base, 'ward.backup');
  source = await freshDatabase([awkward]);
  target = await freshDatabase([]);
  await fill(source.pool);
});
afterEach(async () => {
  await source.drop();
  await target.drop();
  await rm(base, { recursive: true, force: true });
});

async function fill(pool: Pool): Promise<void> {
  await pool.query(`
    INSERT INTO "Odd ""name" (text, bytes, at, document, parent)
      SELECT E'tab\\t, line\\n, \\\\ and ünï ' || n, decode(md5(n::text), 'hex'), now(), jsonb_build_object('n', n), NULLIF(n - 1, 0)
      FROM generate_series(1, 500) n;
    BEGIN; INSERT INTO hen VALUES (1, 1); INSERT INTO egg VALUES (1, 1); COMMIT;
    INSERT INTO ledger (text) VALUES ('first'), ('second');
    INSERT INTO reading VALUES ('2026-11-24', 7);`);
}

async function rowsOf(pool: Pool): Promise<unknown> {
  const answers: unknown[] = [];
  for (const query of [
    'SELECT * FROM "Odd ""name" ORDER BY id',
    'TABLE hen',
    'SELECT id, hen FROM egg',
    'TABLE ledger',
    'TABLE reading',
  ]) {
    answers.push((await pool.query(query)).rows);
  }
  return answers;
}

const save = (extra: { blobs?: string } = {}) =>
  backup({ pool: source.pool, target: file, wardVersion: '0.1.0', ...extra });

describe('backup and restore', () => {
  test('bring back all rows, sequences, rules and files, and run newer schema steps', async () => {
    await mkdir(join(base, 'blobs', 'ab'), { recursive: true });
    await writeFile(join(base, 'blobs', 'ab', `ab${'0'.repeat(62)}`), Buffer.alloc(300_000, 7));
    await writeFile(join(base, 'blobs', 'empty'), '');
    const saved = await save({ blobs: join(base, 'blobs') });

    await restore({ pool: target.pool, blobs: join(base, 'restored'), file, migrations: [awkward, later] });

    expect(saved.blobs).toMatchObject({ count: 2, bytes: 300_000 });
    expect(await rowsOf(target.pool)).toEqual(await rowsOf(source.pool));
    await migrate(source.pool, [awkward, later]);
    expect(await describeSchema(target.pool)).toEqual(await describeSchema(source.pool));
    expect(
      (await target.pool.query("INSERT INTO ledger (text) VALUES ('third') RETURNING n, text")).rows,
    ).toEqual([{ n: '4', text: 'third!' }]);
    await expect(target.pool.query('DELETE FROM ledger')).rejects.toThrow('insert only');
    await expect(target.pool.query('UPDATE egg SET hen = 99')).rejects.toThrow('foreign key');
    expect(await readFile(join(base, 'restored', 'ab', `ab${'0'.repeat(62)}`))).toEqual(
      Buffer.alloc(300_000, 7),
    );
    expect((await readdir(base)).sort()).toEqual(['blobs', 'restored', 'ward.backup']);
  });

  test('take one moment of a database that goes on changing', async () => {
    let writing = true;
    const writer = (async () => {
      while (writing) await source.pool.query("INSERT INTO ledger (text) VALUES ('more')");
    })();
    const saved = await save();
    writing = false;
    await writer;

    await restore({ pool: target.pool, file, migrations: [awkward] });

    const rows = await target.pool.query('SELECT count(*)::int AS rows, max(n)::int AS last FROM ledger');
    expect(rows.rows[0].rows).toBe(saved.tables.find((table) => table.name === 'ledger')?.rows);
    const next = await target.pool.query("INSERT INTO ledger (text) VALUES ('new') RETURNING n::int");
    expect(next.rows[0].n).toBeGreaterThan(rows.rows[0].last);
  });

  test('carry the job queue, whose schema has steps of its own', async () => {
    await runMigrations({ pgPool: source.pool });
    await source.pool.query("SELECT graphile_worker.add_job('remind', '{\"a\":1}')");
    await save();

    await restore({
      pool: target.pool,
      file,
      migrations: [awkward],
      prepare: (pool) => runMigrations({ pgPool: pool }),
    });

    const jobs = await target.pool.query('SELECT task_identifier FROM graphile_worker.jobs');
    expect(jobs.rows).toEqual([{ task_identifier: 'remind' }]);
  });

  test('survive the loss of the whole data folder of an embedded server, 100,000 rows', async () => {
    const dataDir = join(base, 'data');
    let server = await startEmbeddedServer({ dataDir, log: silentLog });
    let pool = openPool({ database: server.connectionString });
    await migrate(pool, [awkward]);
    await fill(pool);
    await pool.query(
      "INSERT INTO ledger (text) SELECT 'entry ' || md5(n::text) FROM generate_series(1, 100000) n",
    );
    const before = await rowsOf(pool);
    const memory = process.memoryUsage().rss;
    const began = performance.now();
    await backup({ pool, target: file, wardVersion: '0.1.0', blobs: server.folder.blobs });
    const saved = performance.now();
    await pool.end();
    await server.stop();
    await rm(dataDir, { recursive: true });

    server = await startEmbeddedServer({ dataDir, log: silentLog });
    pool = openPool({ database: server.connectionString });
    const restoring = performance.now();
    await restore({ pool, file, blobs: server.folder.blobs, migrations: [awkward] });
    const done = performance.now();
    const grown = Math.round((process.memoryUsage().rss - memory) / 1024 ** 2);
    console.info(
      `100,000 rows: backup ${Math.round(saved - began)} ms, restore ${Math.round(done - restoring)} ms, memory +${grown} MB`,
    );

    expect(await rowsOf(pool)).toEqual(before);
    await pool.end();
    await server.stop();
  });
});

describe('a backup is refused and leaves nothing', () => {
  async function refusal(migrations: readonly Migration[] = [awkward]) {
    const blobs = join(base, 'restored');
    const error = await restore({ pool: target.pool, blobs, file, migrations }).then(
      () => undefined,
      (thrown) => thrown,
    );
    expect(await describeSchema(target.pool)).toEqual([]);
    expect((await readdir(base)).filter((name) => name.startsWith('restored'))).toEqual([]);
    return error;
  }

  test('that was cut short, wherever', async () => {
    for (const share of [0.2, 0.5, 0.9, 0.999]) {
      await save();
      // Each backup has a length of its own: the time in it packs differently.
      const whole = (await readFile(file)).length;
      await truncate(file, Math.min(Math.floor(whole * share), whole - 1));
      expect(await refusal(), `cut at ${share}`).toMatchObject({ code: 'backup.altered' });
      await rm(file);
    }
  });

  test('that lacks its last bytes, however few', async () => {
    await save();
    const whole = await readFile(file);
    for (let lacking = 1; lacking <= 12; lacking += 1) {
      await writeFile(file, whole.subarray(0, whole.length - lacking));
      expect(await refusal(), `${lacking} bytes`).toMatchObject({ code: 'backup.altered' });
    }
    await rm(file);
  });

  test('whose bytes changed on the disk', async () => {
    await save();
    const bytes = await readFile(file);
    bytes[Math.floor(bytes.length / 2)]! ^= 0x10;
    await writeFile(file, bytes);

    expect(await refusal()).toMatchObject({ code: 'backup.altered' });
  });

  test.each([
    ['whose rows were edited', 'second', 'seconf', 'backup.altered'],
    ['whose counts were edited', '"rows":500', '"rows":501', 'backup.altered'],
    ['with an entry that leads out of the folder', 'blobs/inside', 'blobs/../out', 'backup.altered'],
    ['of a newer format', '{"format":1,"ward"', '{"format":2,"ward"', 'backup.newer-ward'],
    [
      'with a column that the schema lacks',
      '"columns":["day","value"]',
      '"columns":["day","VALUE"]',
      'backup.schema-differs',
    ],
  ])('%s', async (_case, from, to, code) => {
    await mkdir(join(base, 'blobs'));
    await writeFile(join(base, 'blobs', 'inside'), 'x');
    await save({ blobs: join(base, 'blobs') });
    const plain = gunzipSync(await readFile(file)).toString('latin1');
    expect(plain).toContain(from);
    await writeFile(file, gzipSync(Buffer.from(withChecksums(plain.replaceAll(from, to)), 'latin1')));

    expect(await refusal()).toMatchObject({ code });
  });

  test.each([
    ['that is not one', Buffer.from('PGDMP'), 'backup.not-a-backup'],
    ['that is some other archive', gzipSync(Buffer.alloc(2_048, 'x')), 'backup.not-a-backup'],
    ['that is empty', Buffer.alloc(0), 'backup.not-a-backup'],
  ])('%s', async (_case, content, code) => {
    await writeFile(file, content);

    expect(await refusal()).toMatchObject({ code });
  });

  test('that is not there, or is a folder', async () => {
    expect(await refusal()).toMatchObject({ code: 'backup.cannot-read' });
    file = base;
    expect(await refusal()).toMatchObject({ code: 'backup.cannot-read' });
  });

  test('of a Ward with more schema steps', async () => {
    await migrate(source.pool, [awkward, later]);
    await save();

    expect(await refusal()).toMatchObject({ code: 'backup.newer-ward' });
  });

  test('whose rows break a key of the schema', async () => {
    await source.pool.query('ALTER TABLE egg DROP CONSTRAINT egg_hen_fkey; UPDATE egg SET hen = 42');
    await save();

    expect(await refusal()).toMatchObject({
      code: 'backup.altered',
      message: expect.stringContaining('egg_hen_fkey'),
    });
  });
});

describe('nothing is overwritten', () => {
  test('neither a file by a backup, nor tables or files by a restore', async () => {
    await writeFile(file, 'mine');
    await expect(save()).rejects.toMatchObject({ code: 'backup.target-exists' });
    expect(await readFile(file, 'utf8')).toBe('mine');
    await rm(file);
    await mkdir(join(base, 'blobs'));
    await writeFile(join(base, 'blobs', 'mine'), '');
    await save();

    const before = await rowsOf(source.pool);
    await expect(restore({ pool: source.pool, file, migrations: [awkward] })).rejects.toMatchObject({
      code: 'backup.not-empty',
    });
    await expect(
      restore({ pool: target.pool, blobs: join(base, 'blobs'), file, migrations: [awkward] }),
    ).rejects.toMatchObject({
      code: 'backup.not-empty',
    });
    expect(await rowsOf(source.pool)).toEqual(before);
  });

  test('a backup that cannot be written leaves no half file and the pool in order', async () => {
    file = join(base, 'missing', 'ward.backup');
    await expect(save()).rejects.toMatchObject({ code: 'backup.cannot-write' });

    file = join(base, 'ward.backup');
    await save();
    expect((await checkBackup(file)).tables.length).toBe(5);
    expect(await readdir(base)).toEqual(['ward.backup']);
  });
});

/** Headers' sums made right again after an edit of a tar. */
function withChecksums(tar: string): string {
  const bytes = Buffer.from(tar, 'latin1');
  for (let at = 0; at + 512 <= bytes.length; at += 512) {
    if (bytes.toString('latin1', at + 257, at + 262) !== 'ustar') continue;
    bytes.write('        ', at + 148, 'latin1');
    const sum = bytes.subarray(at, at + 512).reduce((total, byte) => total + byte, 0);
    bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, at + 148, 'latin1');
  }
  return bytes.toString('latin1');
}

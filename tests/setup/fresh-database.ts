// A database of its own for a test file: a copy of a template that holds the whole schema.
import { createHash, randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { openPool } from '../../workbench/kernel/database/connect.ts';
import { migrations } from '../../workbench/kernel/database/migrations/list.ts';
import { checksumOf, type Migration, migrate } from '../../workbench/kernel/database/migrations.ts';

export interface FreshDatabase {
  readonly pool: pg.Pool;
  readonly url: string;
  drop(): Promise<void>;
}

/** With the schema of `list`; an empty list gives an empty database. */
export async function freshDatabase(list: readonly Migration[] = migrations): Promise<FreshDatabase> {
  const admin = inject('databaseUrl');
  const name = `ward_test_${randomBytes(6).toString('hex')}`;
  await withAdmin(admin, async (client) => {
    // CREATE DATABASE needs its template unused, so templates are made and copied one after the other.
    await client.query('SELECT pg_advisory_lock(7761726402)');
    const template = list.length === 0 ? 'template1' : await templateFor(admin, client, list);
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
  });
  const url = withDatabase(admin, name);
  const pool = openPool({ database: url, applicationName: 'ward tests' });
  return {
    pool,
    url,
    async drop() {
      if (!pool.ended) await pool.end();
      await withAdmin(admin, (client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
    },
  };
}

async function templateFor(admin: string, client: pg.Client, list: readonly Migration[]): Promise<string> {
  const digest = createHash('sha256')
    .update(list.map((step) => step.id + checksumOf(step)).join())
    .digest('hex');
  const name = `ward_template_${digest.slice(0, 12)}`;
  const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
  if (found.rowCount) return name;

  const draft = `${name}_draft`;
  await client.query(`DROP DATABASE IF EXISTS ${draft} WITH (FORCE)`);
  await client.query(`CREATE DATABASE ${draft}`);
  const pool = openPool({ database: withDatabase(admin, draft), max: 1 });
  try {
    await migrate(pool, list);
  } finally {
    await pool.end();
  }
  await client.query(`ALTER DATABASE ${draft} RENAME TO ${name}`);
  return name;
}

async function withAdmin(url: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

/** The URL with another database name; the host may be an encoded socket folder, which `URL` would not take. */
function withDatabase(url: string, name: string): string {
  return url.replace(/^(postgres(?:ql)?:\/\/[^/]*\/)[^?]*/, `$1${name}`);
}

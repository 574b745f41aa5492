// Bad input at every entry: each gets its refusal with code and remedy, says nothing of our insides, and stores nothing.
// WARD_UPDATE_GOLDEN=1 renews docs/bad-input.md, which is the same table for people.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { restore } from '../workbench/kernel/database/backup/restore.ts';
import { migrations } from '../workbench/kernel/database/migrations/list.ts';
import { isWardError, type WardError } from '../workbench/kernel/errors.ts';
import { threat } from '../workbench/rooms/threats/model.ts';
import { BAD_BACKUPS, BAD_FILES, command } from './bad-input/files.ts';
import { BAD_JSON, type BadRequest, withProduct } from './bad-input/requests.ts';
import { BAD_UPLOADS } from './bad-input/uploads.ts';
import { type House, openHouse } from './setup/actors.ts';
import { freshDatabase } from './setup/fresh-database.ts';
import { ROOT } from './setup/source-files.ts';
import { temporaryFolder, writeTemporary } from './setup/temporary.ts';

const BAD_REQUESTS = [...BAD_JSON, ...BAD_UPLOADS];
const PAGE = join(ROOT, 'docs/bad-input.md');

let house: House;
let session: Record<string, string>;

beforeAll(async () => {
  house = await openHouse();
  session = await house.headersOf(house.actor('security-lead'));
  await house.record('threat', { title: 'The first', category: 'spoofing' });
  await house.record('release', { name: 'The first release', version: '1.0' });
});
afterAll(() => house.close());

async function send(bad: BadRequest): Promise<Response> {
  const path = typeof bad.path === 'string' ? bad.path : bad.path(house);
  const given = bad.json === undefined ? bad.text : JSON.stringify(bad.json);
  const content = typeof given === 'function' ? given() : given;
  const body = typeof content === 'string' ? withProduct(content, house) : content;
  return house.app.request(path, {
    method: bad.method,
    headers: {
      ...(bad.stranger ? {} : session),
      ...(bad.json === undefined ? {} : { 'content-type': 'application/json' }),
      ...bad.headers,
    },
    ...(body === undefined ? {} : { body: body as BodyInit }),
  });
}

/** Rows of each table, without those that count attempts to guess. */
async function rows(): Promise<Record<string, number>> {
  const { rows: tables } = await sql<{ name: string }>`
    select tablename as name from pg_tables where schemaname = 'public'
      and tablename not in ('sign_in_attempt', 'knowledge_run') order by 1`.execute(house.ward.db);
  const counts: Record<string, number> = {};
  for (const { name } of tables) {
    const counted = await sql<{ n: string }>`select count(*) as n from ${sql.table(name)}`.execute(
      house.ward.db,
    );
    counts[name] = Number(counted.rows[0]?.n);
  }
  return counts;
}

/** Nothing of our files, our database, our stack. */
const INSIDES =
  /node_modules|\.ts\b|\bat [\w.]+ \(|select |insert |from "|pg_|relation|syntax error|ECONN|ENOENT|EISDIR|\[object|ZodError|SyntaxError|RangeError|TypeError|\/tmp\//;

describe.each([...new Set(BAD_REQUESTS.map((bad) => bad.where))])('%s', (where) => {
  it.each(BAD_REQUESTS.filter((bad) => bad.where === where).map((bad) => [bad.what, bad] as const))(
    'refuses %s',
    async (_what, bad) => {
      const before = await rows();

      const response = await send(bad);

      const text = await response.text();
      const problem = JSON.parse(text) as { code: string; remedy: string; status: number; title: string };
      expect([response.status, problem.code]).toEqual([bad.status, bad.code]);
      expect(response.headers.get('content-type')).toBe('application/problem+json');
      expect(problem.remedy).toMatch(/\.$/);
      expect(text.length).toBeLessThan(20_000);
      expect(text).not.toMatch(INSIDES);
      expect(await rows()).toEqual(before);
    },
  );
});

describe('a session', () => {
  it('that is over is as none', async () => {
    const headers = await house.headersOf(house.actor('developer'));
    house.ward.advance(31 * 86_400_000);
    const answer = await house.app.request('/api/records', { headers });
    house.ward.advance(-31 * 86_400_000);

    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ code: 'http.not-signed-in' });
  });
});

describe('a key called __proto__', () => {
  it('is left out, and touches no object', async () => {
    const text = `{"kind":"threat","productId":"${house.product.id}","body":{"__proto__":{"admin":true,"title":"b"},"title":"a","category":"spoofing"}}`;

    const answer = await house.app.request('/api/records', {
      method: 'POST',
      headers: { ...session, 'content-type': 'application/json' },
      body: text,
    });

    const { body } = (await answer.json()) as { body: object };
    expect(body).toMatchObject({ title: 'a', category: 'spoofing', steps: [] });
    expect(Object.keys(threat.schema.shape)).toEqual(expect.arrayContaining(Object.keys(body)));
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });
});

describe('advisories that cannot be read', () => {
  it.each([
    ['half an object', 'osv.json', '{"id": "GHSA-x",'],
    ['a zip that is none', 'osv.zip', 'not a zip'],
    ['a gzip that is none', 'osv.json.gz', 'not a gzip'],
    ['a record called __proto__', 'osv.json', '{"__proto__":{"id":"GHSA-3"}}'],
    ['a record 10,000 deep', 'osv.json', `{"id":"GHSA-4","x":${'['.repeat(10_000)}${']'.repeat(10_000)}}`],
  ])('%s is counted as a problem or left out, and no advisory is stored', async (_what, name, content) => {
    const before = await rows();

    const answer = await house.app.request(`/api/knowledge/upload?name=${name}`, {
      method: 'POST',
      headers: { ...session, 'content-type': 'application/octet-stream' },
      body: content,
    });

    const text = await answer.text();
    expect(answer.status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({ added: 0, changed: 0 });
    expect((JSON.parse(text) as { problems: number }).problems).toBeGreaterThan(0);
    expect(text).not.toMatch(INSIDES);
    // The import itself is noted in the ledger; nothing else has grown.
    const { ledger, ...others } = await rows();
    const { ledger: entries, ...unchanged } = before;
    expect(others).toEqual(unchanged);
    expect((ledger ?? 0) - (entries ?? 0)).toBe(1);
  });
});

describe('an advisory with what no database can hold', () => {
  it.each([
    ['a NUL', '{"id":"GHSA-6","modified":"2026-11-01T00:00:00Z","summary":"a\\u0000b"}'],
    ['half a surrogate pair', '{"id":"GHSA-7","modified":"2026-11-01T00:00:00Z","summary":"a\\ud800b"}'],
  ])('%s is taken without it', async (_what, content) => {
    const answer = await house.app.request('/api/knowledge/upload?name=osv.json', {
      method: 'POST',
      headers: { ...session, 'content-type': 'application/octet-stream' },
      body: content,
    });

    const { rows: stored } = await sql<{ summary: string }>`
      select summary from advisory where ext_id = ${(JSON.parse(content) as { id: string }).id}`.execute(
      house.ward.db,
    );
    expect(await answer.json()).toMatchObject({ added: 1, problems: 0 });
    expect(stored[0]?.summary).toMatch(/^a.?b$/);
    expect(stored[0]?.summary).not.toContain('\u0000');
    expect(stored[0]?.summary.isWellFormed()).toBe(true);
  });
});

describe.each([...new Set(BAD_FILES.map((bad) => bad.where))])('%s', (where) => {
  it.each(BAD_FILES.filter((bad) => bad.where === where).map((bad) => [bad.what, bad] as const))(
    'refuses %s',
    async (_what, bad) => {
      const path =
        bad.content === null
          ? join(temporaryFolder(), 'not-there.json')
          : await writeTemporary('bad.json', bad.content);
      const args = bad.args.map((arg) => (arg === 'FILE' ? path : arg));

      const { exit, err, out } = await command([...args]);

      const code = !err.startsWith('{') ? null : (JSON.parse(err) as { error: { code: string } }).error.code;
      expect([exit, code]).toEqual([bad.exit, bad.code]);
      expect((err + out).replaceAll(path, 'FILE')).not.toMatch(
        /node_modules|\bat [\w.]+ \(|SyntaxError|RangeError|TypeError/,
      );
      expect((err + out).length).toBeLessThan(20_000);
    },
  );
});

describe('ward restore', () => {
  it.each(BAD_BACKUPS.map((bad) => [bad.what, bad] as const))(
    'refuses %s and leaves the database empty',
    async (_what, bad) => {
      const database = await freshDatabase([]);
      const file =
        bad.content === null
          ? join(temporaryFolder(), 'not-there.ward')
          : await writeTemporary('bad.ward', bad.content);

      const error = await restore({ pool: database.pool, file, migrations }).then(
        () => null,
        (thrown: unknown) => thrown,
      );

      const tables = await database.pool.query("select 1 from pg_tables where schemaname = 'public'");
      await database.drop();
      expect(isWardError(error)).toBe(true);
      expect((error as WardError).code).toBe(bad.code);
      expect(tables.rowCount).toBe(0);
    },
  );
});

describe('the table for people', () => {
  it('says the same', () => {
    const text = pageText();
    if (process.env.WARD_UPDATE_GOLDEN === '1') writeFileSync(PAGE, text);

    expect(existsSync(PAGE) ? readFileSync(PAGE, 'utf8') : '').toBe(text);
  });
});

function pageText(): string {
  const lines = [
    '# Bad input and its answers',
    '',
    'Written by `tests/bad-input.test.ts`, which sends each of these and checks that nothing was stored and nothing of',
    "the program's insides is said. Renew it with",
    '`WARD_UPDATE_GOLDEN=1 npx vitest run --project integration tests/bad-input.test.ts`.',
  ];
  for (const where of new Set(BAD_REQUESTS.map((bad) => bad.where))) {
    lines.push('', `## ${where}`, '', '| given | status | code |', '| --- | --- | --- |');
    for (const bad of BAD_REQUESTS.filter((found) => found.where === where))
      lines.push(`| ${bad.what} | ${bad.status} | \`${bad.code}\` |`);
  }
  for (const where of new Set(BAD_FILES.map((bad) => bad.where))) {
    lines.push('', `## ${where}`, '', '| given | exit code | code |', '| --- | --- | --- |');
    for (const bad of BAD_FILES.filter((found) => found.where === where))
      lines.push(
        `| ${bad.what} | ${bad.exit} | ${bad.code === null ? 'none: the answer says it' : `\`${bad.code}\``} |`,
      );
  }
  lines.push('', '## ward restore', '', '| given | exit code | code |', '| --- | --- | --- |');
  for (const bad of BAD_BACKUPS) lines.push(`| ${bad.what} | 3 | \`${bad.code}\` |`);
  return `${lines.join('\n')}\n`;
}

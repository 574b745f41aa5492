// The example at first start: loaded once, never twice, and whole even when the start is killed in the middle.
import { afterEach, describe, expect, it } from 'vitest';
import { sql } from 'kysely';
import { loadExample } from '../example/load.ts';
import { makeProduct, type TestWard, testWard } from './setup/test-ward.ts';

const quiet = () => undefined;
let ward: TestWard;
afterEach(() => ward.close());

describe('probe', () => {
  it('loads', async () => {
    ward = await testWard();
    const began = performance.now();
    expect(await loadExample(ward, quiet)).toBe('loaded');
    console.log('ms', performance.now() - began);
    const { rows } = await sql<any>`
      select c.sbom_id, s.file_name, r.key, a.ext_id, a.level, a.score, m.outcome, c.name, c.version, m.why->>'sentence' as why
      from match m join advisory a on a.id=m.advisory_id join component_identity i on i.version_id=m.version_id join component c on c.id=i.component_id join sbom s on s.id=c.sbom_id join record r on r.id=s.release_id
      where m.closed_at is null order by r.key, a.ext_id`.execute(ward.db);
    for (const x of rows) console.log(x.key, x.file_name, x.ext_id, x.level, x.score, x.outcome, x.name, x.version, '|', x.why);
    const k = await sql<any>`select kind, count(*) n from record group by 1 order by 1`.execute(ward.db);
    console.log(k.rows.map((x) => `${x.kind} ${x.n}`).join(', '));
    const l = await sql<any>`select f.key f, l.type, t.key t, l.seen_revision, t.revision from link l join record f on f.id=l.from_id join record t on t.id=l.to_id where l.seen_revision < t.revision`.execute(ward.db);
    console.log(l.rows);
    const nw = await sql<any>`select name, not_watched from component where not_watched is not null`.execute(ward.db);
    console.log(nw.rows.map((x) => `${x.name} ${x.not_watched}`).join(', '));
  });
});

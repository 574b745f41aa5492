// The example at first start: loaded once, never twice, and whole even when the start is killed in the middle.
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadExample } from '../example/load.ts';
import { SYSTEM } from '../workbench/kernel/people/roles.ts';
import { runImport } from '../workbench/knowledge/run-import.ts';
import { readModel } from '../workbench/rooms/threats/read-model.ts';
import { judge } from '../workbench/rooms/threats/read-threats.ts';
import { rerunThreats } from '../workbench/rooms/threats/rerun.ts';
import { staleOf } from '../workbench/rooms/threats/threats-of-model.ts';
import { makeProduct, type TestWard, testWard } from './setup/test-ward.ts';

const quiet = () => undefined;
const LINES = 6;
let ward: TestWard;

beforeEach(async () => {
  ward = await testWard();
});
afterEach(() => ward.close());

/** Findings as people count them: one for each alias group and release, at the worst level that its records state. */
async function findings(): Promise<Record<string, Record<string, number>>> {
  const { rows } = await sql<{ release: string; outcome: string; level: string }>`
    select distinct on (r.title, m.outcome, coalesce(g.group_id::text, a.ext_id)) r.title as release, m.outcome, a.level
    from match m
      join advisory a on a.id = m.advisory_id
      left join alias_member g on g.ext_id = a.ext_id
      join component_identity i on i.version_id = m.version_id
      join sbom s on s.id = i.sbom_id and s.superseded_at is null
      join record r on r.id = s.release_id
    where m.closed_at is null
    order by r.title, m.outcome, coalesce(g.group_id::text, a.ext_id), a.score desc nulls last`.execute(
    ward.db,
  );
  const counts: Record<string, Record<string, number>> = {};
  for (const { release, outcome, level } of rows) {
    const name = outcome === 'affected' ? level : outcome;
    counts[release] = { ...counts[release], [name]: (counts[release]?.[name] ?? 0) + 1 };
  }
  return counts;
}

async function content() {
  const { rows: records } = await sql<{ key: string }>`select key from record order by kind, number`.execute(
    ward.db,
  );
  const { rows: counts } = await sql<Record<string, number>>`
    select (select count(*)::int from link) as links, (select count(*)::int from person) as people,
      (select count(*)::int from component) as components, (select count(*)::int from sbom) as sboms,
      (select count(*)::int from advisory) as advisories, (select count(*)::int from match) as matches,
      (select count(*)::int from knowledge_run) as runs, (select count(*)::int from ledger) as ledger`.execute(
    ward.db,
  );
  return { keys: records.map((row) => row.key), ...counts[0] };
}

const EXPECTED = {
  'Lumen 400 4.1': { critical: 2, high: 5, medium: 4, unknown: 5, undetermined: 1 },
  'Lumen 400 4.2': { medium: 1, unknown: 1 },
};

describe('loading the example', () => {
  it('gives a product file with findings, and the second time changes nothing', async () => {
    const began = performance.now();
    expect(await loadExample(ward, quiet)).toBe('loaded');
    const took = performance.now() - began;
    const first = await content();
    expect(await loadExample(ward, quiet)).toBe('present');

    expect(await content()).toEqual(first);
    expect(first).toMatchObject({ people: 6, sboms: 3, advisories: 32, runs: 1 });
    expect(first.keys).toEqual(
      expect.arrayContaining(['PRD-1', 'REL-2', 'THR-9', 'HRM-10', 'RES-12', 'INC-1']),
    );
    expect(await findings()).toEqual(EXPECTED);
    expect(took).toBeLessThan(20_000);
  });

  it('goes on after it was killed at any step, and ends the same', async () => {
    for (let at = 1; at <= LINES; at += 1) {
      let line = 0;
      const killed = loadExample(ward, () => {
        line += 1;
        if (line === at) throw new Error('killed');
      });
      await expect(killed).rejects.toThrow('killed');
    }
    expect(await loadExample(ward, quiet)).toBe('loaded');

    const whole = await testWard();
    try {
      await loadExample(whole, quiet);
      const interrupted = await content();
      const other = ward;
      ward = whole;
      expect(interrupted).toEqual(await content());
      ward = other;
    } finally {
      await whole.close();
    }
    expect(await findings()).toEqual(EXPECTED);
  });

  it('leaves no record behind when it ends among the records', async () => {
    let harms = 0;
    ward.records.addGuard('harm', async () => {
      harms += 1;
      if (harms === 5) throw new Error('killed');
    });
    await expect(loadExample(ward, quiet)).rejects.toThrow('killed');
    expect(await content()).toMatchObject({ keys: [], people: 0, ledger: 0 });

    expect(await loadExample(ward, quiet)).toBe('loaded');
    expect((await content()).keys).toContain('HRM-10');
  });

  it('is done once when two processes start at the same moment', async () => {
    const outcomes = await Promise.all([loadExample(ward, quiet), loadExample(ward, quiet)]);

    expect(outcomes.sort()).toEqual(['loaded', 'present']);
    expect(await content()).toMatchObject({ people: 6, sboms: 3, runs: 1 });
  });

  it('keeps away from an installation that has a product of its own', async () => {
    await makeProduct(ward, 'Own product');

    expect(await loadExample(ward, quiet)).toBe('skipped');
    expect((await content()).keys).toEqual(['PRD-1']);
  });
});

describe('the loaded example', () => {
  it('names people as authors who cannot sign in, and fakes no signature', async () => {
    await loadExample(ward, quiet);

    const { rows } = await sql<{ id: string }>`select id from person`.execute(ward.db);
    const people = await ward.people.find(rows.map((row) => row.id));
    expect([...people.values()].map((person) => person.canSignIn)).toEqual(Array(6).fill(false));
    const { rows: authored } = await sql<{ author: string | null; kinds: string[] }>`
      select p.email as author, array_agg(distinct r.kind order by r.kind) as kinds
      from record r left join person p on p.id = r.author_id group by 1 order by 1`.execute(ward.db);
    expect(authored.find(({ author }) => author === null)?.kinds).toEqual([
      'harm',
      'product',
      'role-assignment',
      'supplier',
      // What rules raised and nobody had written down.
      'threat',
    ]);
    const { rows: signed } = await sql`select 1 from ledger where action = 'signature.made'`.execute(ward.db);
    expect(signed).toEqual([]);
  });

  it('has every threat that the rules raise as a record, so that a run finds nothing new', async () => {
    await loadExample(ward, quiet);
    const {
      rows: [model],
    } = await sql<{ id: string }>`select id from record where kind = 'system-model'`.execute(ward.db);

    await rerunThreats(ward, null);
    const judged = await judge(ward.db, await readModel(ward.db, SYSTEM, model?.id ?? ''));
    const raised = judged.evaluation.results.filter(({ state }) => state === 'raised');
    const records = judged.threats.filter(({ rule }) => rule !== null);

    expect(judged.difference.counts).toEqual({ new: 0, gone: 0, changed: 0 });
    expect(raised.length).toBeGreaterThanOrEqual(9);
    for (const { rule, target } of raised)
      expect(
        records.find((one) => one.rule === rule && one.target === target)?.state,
        `${rule} ${target}`,
      ).toBe('open');
    // Both were decided on what the rules say now.
    expect(records.filter(({ decided }) => decided).map(({ state }) => state)).toEqual([
      'mitigated',
      'mitigated',
    ]);
    expect(judged.threats.flatMap((threat) => staleOf(threat, judged))).toEqual([]);
  });

  it('flags only the risks that something really moved under, with the reason', async () => {
    await loadExample(ward, quiet);
    await ward.jobs.start(1);
    await ward.notifications.follow();
    await ward.jobs.drain();
    await ward.jobs.drain();

    const { rows } = await sql<{ key: string; reasons: string[] }>`
      select r.key, array_agg(f.reason order by f.id) as reasons from risk_flag f join record r on r.id = f.risk_id
      where f.cleared_at is null group by r.key, r.number order by r.number`.execute(ward.db);
    expect(rows).toEqual([
      {
        key: 'RSK-1',
        reasons: ['THR-1 was changed (revision 2).'],
      },
      {
        key: 'RSK-2',
        reasons: ['CTL-7 Verified boot with a hardware root is planned now; it was implemented.'],
      },
    ]);
  });

  it('shows work: suspect links, components that are not watched', async () => {
    await loadExample(ward, quiet);

    const { rows } = await sql<{ suspect: number; watchless: string[] }>`
      select (select count(*)::int from link l join record r on r.id = l.to_id where l.seen_revision < r.revision) as suspect,
        (select array_agg(name order by name) from component where not_watched is not null) as watchless`.execute(
      ward.db,
    );
    expect(rows[0]).toEqual({
      suspect: 12,
      watchless: [
        'lumen-footswitch-firmware',
        'lumen-head-fpga',
        'lumen-safety-firmware',
        'lumen-treatment-service',
      ],
    });
  });

  it('lets the later state of an advisory reach the release that was thought to be fixed', async () => {
    await loadExample(ward, quiet);
    const path = fileURLToPath(new URL('../example/advisories/later', import.meta.url));

    const run = await runImport(ward, { paths: [path], source: 'later', actorId: null });

    expect(run).toMatchObject({ read: 1, changed: 1, problems: 0 });
    expect((await findings())['Lumen 400 4.2']).toEqual({ critical: 1, medium: 1, unknown: 1 });
    expect((await findings())['Lumen 400 4.1']).toEqual(EXPECTED['Lumen 400 4.1']);
  });
});

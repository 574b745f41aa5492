// After a restart: holds what is there against what was acknowledged, and the tables against the ledger.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { Pool } from 'pg';
import { canonicalText } from '../../workbench/kernel/ledger/canonical.ts';
import type { LedgerEntry } from '../../workbench/kernel/ledger/entry.ts';
import { verifyExport } from '../../workbench/kernel/ledger/verify-export.ts';
import type { House } from './house.ts';
import type { Journal } from './journal.ts';

export interface Examination {
  /** Acknowledged and not there, or there with another content. */
  readonly lost: string[];
  /** There more often than once. */
  readonly doubled: string[];
  /** There in part, or in the tables and not in the ledger, or the other way round. */
  readonly torn: string[];
  readonly entries: number;
}

interface Line {
  readonly entry: LedgerEntry;
  readonly content: Record<string, unknown>;
}

interface Told {
  readonly key: string;
  readonly revisions: Map<number, Record<string, unknown>>;
  state: string;
}

export async function examine(
  pool: Pool,
  url: string,
  data: string,
  house: House,
  journal: Journal,
): Promise<Examination> {
  const found: Examination = { lost: [], doubled: [], torn: [], entries: 0 };
  const lines: Line[] = [];
  const verdict = await verifyExport(keep(exportOf(url, house.auditorToken), lines), null);
  if (!verdict.ok)
    found.torn.push(`the ledger does not verify: ${verdict.problems[0]?.message ?? 'no reason given'}`);
  const told = readLedger(lines, found);
  await compareRecords(pool, told, found);
  compareJournal(told, lines, journal, found);
  await compareSboms(pool, data, lines, journal, found);
  await compareFeeds(pool, journal, found);
  return { ...found, entries: lines.length };
}

async function* exportOf(url: string, token: string): AsyncGenerator<string> {
  const answer = await fetch(`${url}/api/ledger/export`, { headers: { authorization: `Bearer ${token}` } });
  if (!answer.ok || !answer.body) throw new Error(`The export was refused with ${answer.status}.`);
  yield* createInterface({ input: Readable.fromWeb(answer.body as never), terminal: false });
}

async function* keep(source: AsyncIterable<string>, lines: Line[]): AsyncGenerator<string> {
  for await (const text of source) {
    if (text.startsWith('{"content"') || text.startsWith('{"entry"')) lines.push(JSON.parse(text) as Line);
    yield text;
  }
}

/** What the ledger alone says of every record; complains of revisions that are missing or there twice. */
function readLedger(lines: readonly Line[], found: Examination): Map<string, Told> {
  const records = new Map<string, Told>();
  for (const { entry, content } of lines) {
    if (entry.record === null) continue;
    if (entry.action === 'record.created' || entry.action === 'record.edited') {
      const known = records.get(entry.record) ?? {
        key: content.key as string,
        revisions: new Map(),
        state: '',
      };
      const revision = entry.revision ?? 0;
      if (known.revisions.has(revision)) found.doubled.push(`${known.key} revision ${revision}`);
      else if (revision !== known.revisions.size + 1)
        found.torn.push(`${known.key}: revision ${revision} follows ${known.revisions.size}`);
      known.revisions.set(revision, content);
      known.state = content.state as string;
      records.set(entry.record, known);
    } else if (entry.action === 'record.transitioned') {
      const known = records.get(entry.record);
      if (known) known.state = content.to as string;
    }
  }
  return records;
}

async function compareRecords(pool: Pool, told: Map<string, Told>, found: Examination): Promise<void> {
  const { rows } = await pool.query<{
    id: string;
    key: string;
    revision: number;
    state: string;
    title: string;
    body: unknown;
  }>('select id, key, revision, state, title, body from record');
  const present = new Set<string>();
  for (const row of rows) {
    present.add(row.id);
    const known = told.get(row.id);
    const head = known?.revisions.get(row.revision);
    if (!known || !head || known.revisions.size !== row.revision)
      found.torn.push(`${row.key} is at revision ${row.revision}; the ledger has ${known?.revisions.size}`);
    else if (
      head.key !== row.key ||
      head.title !== row.title ||
      known.state !== row.state ||
      canonicalText(head.body) !== canonicalText(row.body)
    )
      found.torn.push(`${row.key} is not what the ledger says`);
  }
  for (const [id, { key }] of told) if (!present.has(id)) found.torn.push(`${key} is only in the ledger`);
  const numbers = await pool.query<{ kind: string }>(
    'select c.kind from kind_counter c where c.last <> (select count(*) from record r where r.kind = c.kind)',
  );
  for (const { kind } of numbers.rows) found.torn.push(`numbers of ${kind} are missing`);
}

function compareJournal(
  told: Map<string, Told>,
  lines: readonly Line[],
  journal: Journal,
  found: Examination,
): void {
  const byKey = new Map([...told.values()].map((record) => [record.key, record]));
  const marks = new Map<string, number>();
  for (const { revisions } of told.values()) {
    for (const { body } of revisions.values()) {
      const mark = (body as { description?: string }).description ?? '';
      if (mark.startsWith('mark ')) marks.set(mark, (marks.get(mark) ?? 0) + 1);
    }
  }
  for (const [mark, times] of marks) if (times > 1) found.doubled.push(mark);
  for (const [key, revisions] of journal.revisions) {
    for (const [revision, mark] of revisions) {
      const body = byKey.get(key)?.revisions.get(revision)?.body as { description?: string } | undefined;
      if (body?.description !== mark) found.lost.push(`${key} revision ${revision}`);
    }
  }
  const said = new Map<string, number>();
  for (const { entry, content } of lines) {
    if (entry.action === 'comment.made')
      said.set(content.text as string, (said.get(content.text as string) ?? 0) + 1);
  }
  for (const [text, times] of said) if (times > 1) found.doubled.push(text);
  for (const text of journal.comments) if (!said.has(text)) found.lost.push(text);
}

async function compareSboms(
  pool: Pool,
  data: string,
  lines: readonly Line[],
  journal: Journal,
  found: Examination,
): Promise<void> {
  const { rows } = await pool.query<{ id: string; wanted: number; present: number; blob: string }>(`
    select s.id, s.component_count as wanted, s.blob_hash as blob,
      (select count(*)::int from component c where c.sbom_id = s.id) as present from sbom s`);
  const noted = new Set(
    lines.flatMap(({ entry, content }) => (entry.action === 'sbom.imported' ? [content.sbom as string] : [])),
  );
  const present = new Map(rows.map((row) => [row.id, row]));
  for (const row of rows) {
    if (row.wanted !== row.present)
      found.torn.push(`SBOM ${row.id} has ${row.present} of ${row.wanted} components`);
    if (!noted.has(row.id)) found.torn.push(`SBOM ${row.id} is not in the ledger`);
  }
  for (const id of noted) if (!present.has(id)) found.torn.push(`SBOM ${id} is only in the ledger`);
  for (const [id, count] of journal.sboms) {
    const row = present.get(id);
    if (row?.present !== count) found.lost.push(`SBOM ${id}`);
  }
  // The newest files; the older ones were looked at after the kill that could have touched them.
  for (const id of [...journal.sboms.keys()].slice(-20)) {
    const hash = present.get(id)?.blob ?? '';
    const bytes = await readFile(join(data, 'blobs', hash.slice(0, 2), hash)).catch(() => null);
    if (!bytes || createHash('sha256').update(bytes).digest('hex') !== hash)
      found.lost.push(`the file of SBOM ${id}`);
  }
}

async function compareFeeds(pool: Pool, journal: Journal, found: Examination): Promise<void> {
  const { rows } = await pool.query<{ seed: string; n: number }>(
    `select split_part(ext_id, '-', 2) as seed, count(*)::int as n from advisory where ext_id like 'SAMPLE-%' group by 1`,
  );
  const present = new Map(rows.map((row) => [row.seed, row.n]));
  for (const [name, { seed, records, whole }] of journal.feeds) {
    const n = present.get(String(seed)) ?? 0;
    if (whole && n !== records) found.lost.push(`${name}: ${n} of ${records} advisories`);
    if (n > records) found.doubled.push(name);
  }
  const halves = await pool.query<{ ext_id: string }>(
    `select ext_id from advisory a where ext_id like 'SAMPLE-%' and not exists (select 1 from affected f where f.advisory_id = a.id)`,
  );
  for (const { ext_id } of halves.rows) found.torn.push(`${ext_id} names no package`);
}

// Changes of records: how many a second, each durable before it is acknowledged; reading a long history; verifying.
import { join } from 'node:path';
import type { Ward } from '../../workbench/compose.ts';
import { verifyExport } from '../../workbench/kernel/ledger/verify-export.ts';
import { SYSTEM } from '../../workbench/kernel/people/roles.ts';
import { createRecord, editRecord } from '../../workbench/kernel/records/operations.ts';
import type { WardRecord } from '../../workbench/kernel/records/record.ts';
import type { Figure } from '../figure.ts';
import { timed } from '../figure.ts';
import { inWard, withFolder } from '../scratch.ts';
import { makeHouse } from '../soak/house.ts';
import { MAKERS } from '../soak/makers.ts';
import { median } from '../table.ts';
import { freePort, startWard } from '../ward-process.ts';

const REVISIONS = 1_000;
const MEASURE_MS = 3_000;

export function measureRecords(): Promise<Figure[]> {
  return withFolder(async (folder) => {
    const data = join(folder, 'data');
    const house = await makeHouse(data, MAKERS);
    const service = await inWard(data, (ward) => measureService(ward, house.productId));
    return [...service.figures, ...(await measureHttp(data, house.tokens[0] as string, service.keys))];
  });
}

async function measureService(ward: Ward, productId: string) {
  const figures: Figure[] = [];
  for (const writers of [1, 4, 16]) {
    const first = await editsPerSecond(ward, productId, writers);
    const again = await editsPerSecond(ward, productId, writers);
    figures.push({
      what: `record changes, ${writers} at once`,
      size: 'single edits, fsync on',
      value: first,
      twice: again,
      unit: '/s',
      ...(writers === 16 ? { goal: { atLeast: 1_000 } } : {}),
    });
  }
  const long = await recordWithRevisions(ward, productId, REVISIONS);
  const longer = await recordWithRevisions(ward, productId, 2 * REVISIONS);
  const history = async (record: WardRecord, n: number) => {
    const times: number[] = [];
    for (let turn = 0; turn < 9; turn += 1) {
      const { ms } = await timed(() => ward.ledger.list({ record: record.id, products: 'all' }, null, n));
      times.push(ms);
    }
    return median(times);
  };
  figures.push({
    what: 'history of a record, from the ledger',
    size: `${REVISIONS} revisions`,
    value: await history(long, REVISIONS),
    twice: await history(longer, 2 * REVISIONS),
    unit: 'ms',
    goal: { atMost: 50 },
  });
  figures.push(await measureVerify(ward));
  return { figures, keys: [long.key, longer.key] };
}

async function editsPerSecond(ward: Ward, productId: string, writers: number): Promise<number> {
  const records = await Promise.all(Array.from({ length: writers }, () => newThreat(ward, productId)));
  let done = 0;
  const until = performance.now() + MEASURE_MS;
  const { ms } = await timed(() =>
    Promise.all(
      records.map(async (record) => {
        let seen = record.revision;
        while (performance.now() < until) {
          seen = (await edit(ward, record, seen)).revision;
          done += 1;
        }
      }),
    ),
  );
  return done / (ms / 1_000);
}

function newThreat(ward: Ward, productId: string): Promise<WardRecord> {
  return createRecord(ward.records, SYSTEM, {
    kind: 'threat',
    productId,
    body: { title: 'Measured', category: 'tampering' },
  });
}

function edit(ward: Ward, record: WardRecord, seenRevision: number): Promise<WardRecord> {
  const body = {
    ...record.body,
    description: `Revision after ${seenRevision}. ${'Words as people write them. '.repeat(10)}`,
  };
  return editRecord(ward.records, SYSTEM, record.key, { seenRevision, body, reason: 'Measured' });
}

async function recordWithRevisions(ward: Ward, productId: string, revisions: number): Promise<WardRecord> {
  let record = await newThreat(ward, productId);
  while (record.revision < revisions) record = await edit(ward, record, record.revision);
  return record;
}

async function measureVerify(ward: Ward): Promise<Figure> {
  const lines: string[] = [];
  for await (const line of ward.ledger.export({ products: 'all' }, new Date())) lines.push(line);
  const { ms, result } = await timed(() => verifyExport(lines, ward.ledger.verifierKey));
  if (!result.ok) throw new Error('the ledger does not verify');
  return {
    what: 'ledger verified',
    size: `${result.entries.toLocaleString('en')} entries`,
    value: result.entries / (ms / 1_000),
    unit: '/s',
  };
}

async function measureHttp(data: string, token: string, keys: readonly string[]): Promise<Figure[]> {
  const port = await freePort();
  const ward = await startWard({ data, args: ['--no-example', '--port', String(port)] });
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const ask = async (path: string, init: RequestInit = {}) => {
    const answer = await fetch(`${ward.url}/api${path}`, { ...init, headers });
    if (!answer.ok) throw new Error(`${path} gave ${answer.status}`);
    return (await answer.json()) as { key: string; revision: number; next: number | null; body: object };
  };
  const readHistory = async (key: string) => {
    let before = '';
    for (;;) {
      const { next } = await ask(`/records/${key}/history?limit=500${before}`);
      if (next === null) return;
      before = `&before=${next}`;
    }
  };
  const historyMs = async (key: string) => {
    const times: number[] = [];
    for (let turn = 0; turn < 9; turn += 1) times.push((await timed(() => readHistory(key))).ms);
    return median(times);
  };
  try {
    const figures: Figure[] = [];
    for (const writers of [1, 16]) {
      const rate = async () => {
        let done = 0;
        const until = performance.now() + MEASURE_MS;
        const { ms } = await timed(() =>
          Promise.all(
            Array.from({ length: writers }, async () => {
              const { productId } = (await ask(`/records/${keys[0]}`)) as unknown as { productId: string };
              let seen = await ask('/records', {
                method: 'POST',
                body: JSON.stringify({
                  kind: 'threat',
                  productId,
                  body: { title: 'Over HTTP', category: 'tampering' },
                }),
              });
              while (performance.now() < until) {
                const body = { ...seen.body, description: `After ${seen.revision}` };
                seen = await ask(`/records/${seen.key}`, {
                  method: 'PUT',
                  body: JSON.stringify({ seenRevision: seen.revision, body }),
                });
                done += 1;
              }
            }),
          ),
        );
        return done / (ms / 1_000);
      };
      figures.push({
        what: `record changes over HTTP, ${writers} at once`,
        size: 'edit and read back',
        value: await rate(),
        twice: await rate(),
        unit: '/s',
      });
    }
    figures.push({
      what: 'history over HTTP, pages of 500',
      size: `${REVISIONS} revisions`,
      value: await historyMs(keys[0] as string),
      twice: await historyMs(keys[1] as string),
      unit: 'ms',
      goal: { atMost: 50 },
    });
    return figures;
  } finally {
    await ward.interrupt();
  }
}

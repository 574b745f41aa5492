// Advisories and SBOMs: imports, matching, the list of findings, and `ward scan` without a server.
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Ward } from '../../workbench/compose.ts';
import { SYSTEM } from '../../workbench/kernel/people/roles.ts';
import { createRecord } from '../../workbench/kernel/records/operations.ts';
import { runImport } from '../../workbench/knowledge/run-import.ts';
import { importSbom } from '../../workbench/rooms/components/import-sbom.ts';
import { listFindings } from '../../workbench/rooms/vulnerabilities/index.ts';
import type { Figure } from '../figure.ts';
import { timed } from '../figure.ts';
import { cycloneDx, osvRecords } from '../generate.ts';
import { withFolder, withScratchWard } from '../scratch.ts';
import { median } from '../table.ts';
import { runWard } from '../ward-process.ts';

const shared = (...names: string[]) => names.map((name) => resolve('../shared/data', name));
const OSV = shared('advisories/osv', 'advisories/osv-derived');
const NVD = shared('nvd/nvd-2.0-original.jsonl.gz', 'nvd/nvd-2.0-derived.jsonl.gz');
const isThere = (paths: readonly string[]) => paths.every((path) => existsSync(path));

export async function measureKnowledge(): Promise<Figure[]> {
  return [
    ...(await withScratchWard(measureImports)),
    ...(await withScratchWard(measureSboms)),
    ...(await measureScan()),
  ];
}

async function measureImports(ward: Ward): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const [what, paths] of [
    ['OSV records imported', OSV],
    ['NVD records imported', NVD],
  ] as const) {
    if (!isThere(paths)) {
      process.stderr.write(`${what}: skipped, ../shared is absent.\n`);
      continue;
    }
    const request = { paths, source: what, actorId: null };
    const first = await timed(() => runImport(ward, request));
    const again = await timed(() => runImport(ward, request));
    const size = `${first.result.read.toLocaleString('en')} records`;
    figures.push({ what, size, value: first.result.read / (first.ms / 1_000), unit: '/s' });
    figures.push({
      what: `${what} again, unchanged`,
      size,
      value: again.result.read / (again.ms / 1_000),
      unit: '/s',
    });
  }
  return figures;
}

async function measureSboms(ward: Ward): Promise<Figure[]> {
  await withFolder(async (folder) => {
    const file = join(folder, 'feed.json');
    await writeFile(file, osvRecords(20_000, 3));
    await runImport(ward, { paths: [file], source: 'bench', actorId: null });
  });
  const product = await createRecord(ward.records, SYSTEM, {
    kind: 'product',
    productId: null,
    body: { name: 'Measured' },
  });
  const release = async (n: number) =>
    createRecord(ward.records, SYSTEM, {
      kind: 'release',
      productId: product.id,
      body: { name: `Measured ${n}`, version: String(n) },
    });
  const releases = [await release(1), await release(2), await release(3), await release(4)];
  const time = async (index: number, count: number, seed: number) => {
    const bytes = Buffer.from(cycloneDx(count, seed, seed * 10_000));
    const key = releases[index]?.key as string;
    return (
      await timed(() => importSbom(ward, SYSTEM, { release: key, fileName: 'b.json', part: null, bytes }))
    ).ms;
  };
  const coldMs = await time(0, 10_000, 0);
  const coldTwice = await time(1, 20_000, 1);
  // The versions are known from the import before: nothing is left to match.
  const warmMs = await time(2, 10_000, 0);
  const warmTwice = await time(3, 20_000, 1);
  const found = async (releaseId: string | undefined) => {
    const times: number[] = [];
    let total = 0;
    for (let turn = 0; turn < 5; turn += 1) {
      const { ms, result } = await timed(() =>
        listFindings(ward.db, SYSTEM, releaseId ? { releaseId } : {}, 0, 100),
      );
      times.push(ms);
      total = result.total;
    }
    return { ms: median(times), total };
  };
  const one = await found(releases[0]?.id);
  const all = await found(undefined);
  return [
    {
      what: 'SBOM imported and matched, new versions',
      size: '10,000 components',
      value: coldMs,
      twice: coldTwice,
      unit: 'ms',
    },
    {
      what: 'SBOM imported and matched, known versions',
      size: '10,000 components',
      value: warmMs,
      twice: warmTwice,
      unit: 'ms',
    },
    {
      what: 'first page of findings, one release',
      size: `${one.total.toLocaleString('en')} findings`,
      value: one.ms,
      unit: 'ms',
    },
    {
      what: 'first page of findings, everything',
      size: `${all.total.toLocaleString('en')} findings`,
      value: all.ms,
      unit: 'ms',
    },
  ];
}

function measureScan(): Promise<Figure[]> {
  return withFolder(async (folder) => {
    const generated = join(folder, 'feed.json');
    const feeds = isThere(OSV) ? OSV : [generated];
    if (feeds !== OSV) await writeFile(generated, osvRecords(20_000, 3));
    const knowledge = join(folder, 'knowledge.ward');
    const built = await runWard(['knowledge', 'build', knowledge, '--from', ...feeds]);
    if (built.code !== 0) throw new Error(built.stderr);
    const scan = async (count: number) => {
      const bom = join(folder, `${count}.cdx.json`);
      await writeFile(bom, cycloneDx(count, 1));
      const times: number[] = [];
      for (let turn = 0; turn < 5; turn += 1) {
        const { ms, result } = await timed(() => runWard(['scan', bom, '--knowledge', knowledge, '--json']));
        if (result.code !== 0 && result.code !== 1) throw new Error(result.stderr);
        times.push(ms);
      }
      return median(times);
    };
    const [value, twice] = [await scan(1_000), await scan(2_000)];
    return [{ what: 'ward scan, from start to end', size: '1,000 components', value, twice, unit: 'ms' }];
  });
}

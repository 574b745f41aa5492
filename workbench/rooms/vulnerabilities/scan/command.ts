// What `ward scan FILE` does.
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { v4 } from 'uuid';
import { EXIT } from '../../../cli/output.ts';
import { readConfig } from '../../../config.ts';
import { defineErrors } from '../../../kernel/errors.ts';
import { openCompact, writeCompact } from '../../../knowledge/compact/compact-file.ts';
import { VERSION } from '../../../version.ts';
import { readSbom } from '../../components/index.ts';
import { FORMATS, type Format, format } from './formats.ts';
import { reaches, scan } from './scan.ts';

const refuse = defineErrors({
  'scan.no-file': {
    status: 422,
    exit: 3,
    title: 'The SBOM cannot be read',
    remedy: 'Give the path of a CycloneDX or SPDX file.',
  },
  'scan.bad-option': {
    status: 422,
    exit: 2,
    title: 'An option is not right',
    remedy: 'See `ward scan --help`.',
  },
});

const FAIL_ON = ['none', 'any', 'low', 'medium', 'high', 'critical'];
const MAX_BYTES = 256 * 1024 * 1024;

export interface ScanOptions {
  readonly knowledge?: string;
  readonly format: string;
  readonly json?: boolean;
  readonly failOn: string;
  readonly data?: string;
}

export async function scanCommand(file: string, options: ScanOptions): Promise<number> {
  const as = options.json ? 'json' : options.format;
  if (!(FORMATS as readonly string[]).includes(as))
    throw refuse('scan.bad-option', `There is no format "${as}"; there are ${FORMATS.join(', ')}.`, {
      at: '--format',
    });
  if (!FAIL_ON.includes(options.failOn))
    throw refuse(
      'scan.bad-option',
      `There is no level "${options.failOn}"; there are ${FAIL_ON.join(', ')}.`,
      { at: '--fail-on' },
    );
  const found = await stat(file).catch(() => null);
  if (!found?.isFile()) throw refuse('scan.no-file', `${file} is not a file.`, { at: file });
  if (found.size > MAX_BYTES)
    throw refuse('scan.no-file', `${file} has more than ${MAX_BYTES / 1024 / 1024} MiB.`, { at: file });
  const sbom = readSbom(await readFile(file), basename(file));
  const { knowledge, name, close } = await openKnowledge(options);
  try {
    const result = scan(sbom, knowledge);
    const age =
      knowledge.header.newest === null ? 'empty' : `newest record ${knowledge.header.newest.slice(0, 10)}`;
    process.stdout.write(
      format(result, as as Format, {
        file,
        version: VERSION,
        at: new Date().toISOString(),
        newId: v4,
        knowledge: `${name}, ${knowledge.header.records} records, ${age}`,
      }),
    );
    return reaches(result, options.failOn) ? EXIT.findings : EXIT.ok;
  } finally {
    await close();
  }
}

async function openKnowledge(options: ScanOptions) {
  const config = readConfig(process.env, { data: options.data });
  const given = options.knowledge ?? process.env.WARD_KNOWLEDGE;
  const usual = join(config.dataDir, 'knowledge.ward');
  const file = given ?? ((await stat(usual).catch(() => null)) ? usual : null);
  if (file !== null) {
    const knowledge = await openCompact(file);
    return { knowledge, name: basename(file), close: () => knowledge.close() };
  }
  process.stderr.write(
    'No knowledge file: only the few facts that ship with Ward are used. Make one with `ward knowledge build FILE --from PATH…`.\n',
  );
  const { shippedAdvisories } = await import('../../../../example/advisories.ts');
  const { readAdvisory } = await import('../../../knowledge/importers/read-advisory.ts');
  const folder = await mkdtemp(join(tmpdir(), 'ward-knowledge-'));
  const path = join(folder, 'shipped.ward');
  await writeCompact(path, shippedAdvisories().map(readAdvisory), new Date().toISOString());
  const knowledge = await openCompact(path);
  return {
    knowledge,
    name: 'shipped facts',
    async close() {
      await knowledge.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

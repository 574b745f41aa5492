// Follows docs/adding-a-room.md in a copy of the repository, to the letter: if the document is wrong, this fails.
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { filesBelow, ROOT, readSource } from './setup/source-files.ts';

const run = promisify(execFile);
const DOCUMENT = 'docs/adding-a-room.md';
const ROOM = 'workbench/rooms/exercises';

interface Block {
  readonly path: string;
  /** Line below which the block goes into a file that is there; null for a new file. */
  readonly below: string | null;
  readonly content: string;
}

/** A path in backquotes alone on its line (with where, for a file that is there), then the content. */
function blocksOf(text: string): Block[] {
  const pattern = /^`([^`\n]+)`(?:, below `([^`\n]+)`)?\n\n```\w+\n([\s\S]*?)^```$/gm;
  return [...text.matchAll(pattern)].map(([, path, below, content]) => ({
    path: path as string,
    below: below ?? null,
    content: content as string,
  }));
}

let copy: string;
const blocks = blocksOf(readSource(DOCUMENT));

beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'ward-new-room-'));
  const files = filesBelow().filter(
    (path) =>
      /^(workbench|example|regulation|requirement-library|threat-rules|tests\/setup)\//.test(path) ||
      !path.includes('/'),
  );
  for (const folder of new Set(files.map((path) => dirname(path))))
    await mkdir(join(copy, folder), { recursive: true });
  await Promise.all(files.map((path) => cp(join(ROOT, path), join(copy, path))));
  await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  for (const { path, below, content } of blocks) {
    const target = join(copy, path);
    if (below === null) {
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, content, { flag: 'wx' });
      continue;
    }
    const present = await readFile(target, 'utf8');
    const line = `  ${below}\n`;
    expect(present.split(line)).toHaveLength(2);
    await writeFile(target, present.replace(line, line + content));
  }
});
afterAll(() => rm(copy, { recursive: true, force: true }));

async function tool(name: string, args: readonly string[]): Promise<{ code: number; said: string }> {
  const paths: Record<string, string> = {
    biome: 'node_modules/@biomejs/biome/bin/biome',
    tsc: 'node_modules/typescript/bin/tsc',
    vitest: 'node_modules/vitest/vitest.mjs',
  };
  const options = {
    cwd: copy,
    timeout: 55_000,
    env: { ...process.env, WARD_TEST_DATABASE_URL: inject('databaseUrl'), NO_COLOR: '1' },
  };
  return run(process.execPath, [join(ROOT, paths[name] as string), ...args], options).then(
    ({ stdout, stderr }) => ({ code: 0, said: stdout + stderr }),
    (error: { code?: number; stdout?: string; stderr?: string }) => ({
      code: error.code ?? -1,
      said: `${error.stdout ?? ''}${error.stderr ?? ''}`,
    }),
  );
}

describe('the document', () => {
  it('gives every file that a room has', () => {
    expect(blocks.map(({ path }) => path)).toEqual([
      `${ROOM}/readme.md`,
      `${ROOM}/model.ts`,
      `${ROOM}/model.test.ts`,
      `${ROOM}/api.ts`,
      `${ROOM}/index.ts`,
      'workbench/rooms/order.ts',
      `${ROOM}/pages/index.tsx`,
      `${ROOM}/exercises.integration.test.ts`,
    ]);
  });

  it('needs one line in a file that is there, and no other', () => {
    expect(blocks.filter(({ below }) => below !== null).map(({ content }) => content)).toEqual([
      "  'exercises',\n",
    ]);
  });

  it('names tests that there are', () => {
    const named = [...readSource(DOCUMENT).matchAll(/`(tests\/[\w/.-]+\.ts)`/g)].map(
      (match) => match[1] as string,
    );

    expect(named.length).toBeGreaterThan(4);
    for (const path of named) expect(() => readSource(path)).not.toThrow();
  });
});

describe('a newcomer who follows it', () => {
  it('has code in the style of the house', async () => {
    // The copy is no repository; Git's list of ignored files does not apply there.
    const { code, said } = await tool('biome', ['check', '--vcs-enabled=false', ROOM]);

    expect(said).toContain('Checked');
    expect({ code, said: code === 0 ? '' : said }).toEqual({ code: 0, said: '' });
  });

  it('has types that fit', async () => {
    const config = {
      extends: './tsconfig.json',
      include: [`${ROOM}/**/*`, 'workbench/web/env.d.ts', 'tests/setup/database.ts'],
    };
    await writeFile(join(copy, 'tsconfig.room.json'), JSON.stringify(config));

    const { code, said } = await tool('tsc', ['--noEmit', '-p', 'tsconfig.room.json']);

    expect({ code, said }).toEqual({ code: 0, said: '' });
  });

  it('has a room whose model holds', async () => {
    const { code, said } = await tool('vitest', ['run', '--project', 'unit', ROOM]);

    expect(said).toMatch(/Tests\s+3 passed/);
    expect(code).toBe(0);
  });

  it('creates a record of the new kind over HTTP and reads it back', async () => {
    const { code, said } = await tool('vitest', ['run', '--project', 'integration', ROOM]);

    expect(said).toMatch(/Tests\s+2 passed/);
    expect(code).toBe(0);
  });
});

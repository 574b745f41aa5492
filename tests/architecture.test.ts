// Holds the house together: who imports whom, what a room shows, what must not stand in the files.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOMS } from '../workbench/rooms/order.ts';
import { filesBelow, type Import, importsOf, isTest, ROOT, readSource } from './setup/source-files.ts';

const sources = filesBelow('workbench').filter((path) => /\.tsx?$/.test(path) && !path.endsWith('.d.ts'));
const program = sources.filter((path) => !isTest(path));
const imports = program.flatMap((path) => importsOf(path));
const inside = imports.filter((edge) => edge.to.startsWith('workbench/'));
const show = (edges: readonly Import[]) => edges.map((edge) => `${edge.from} → ${edge.to} (${edge.how})`);
const below = (folder: string) => (path: string) => path.startsWith(`workbench/${folder}/`);
const roomOf = (path: string) => /^workbench\/rooms\/([^/]+)\//.exec(path)?.[1];

// What a command needs to speak and to start: used by each folder's commands, by nothing else of it.
const COMMAND_FILES = /\/(cli|commands|command)\.ts$|\/commands\/[^/]+\.ts$/;
const COMMAND_TOOLS = [
  'workbench/cli/ask-ward.ts',
  'workbench/cli/output.ts',
  'workbench/cli/program.ts',
  'workbench/config.ts',
  'workbench/open-ward.ts',
];
/** A constant that everyone may read. */
const VERSION_FILE = 'workbench/version.ts';
/** A form's field draws groups, lists and tables, whose cells are fields: the recursion of the data itself. */
const KNOWN_CYCLES = ['GroupInput', 'ListInput', 'TableInput'].map(
  (name) =>
    `workbench/web/forms/FieldInput.tsx → workbench/web/forms/${name}.tsx → workbench/web/forms/FieldInput.tsx`,
);
const place = (room: string | undefined) => (ROOMS as readonly (string | undefined)[]).indexOf(room);
const forCommands = (edge: Import) => COMMAND_FILES.test(edge.from) && COMMAND_TOOLS.includes(edge.to);

describe('imports go one way', () => {
  it('the kernel stands on nothing of ours', () => {
    const wrong = inside.filter((edge) => below('kernel')(edge.from) && !below('kernel')(edge.to));

    expect(show(wrong)).toEqual([]);
  });

  it('knowledge stands on the kernel; its commands also on the command line', () => {
    const wrong = inside.filter(
      (edge) =>
        below('knowledge')(edge.from) &&
        !below('knowledge')(edge.to) &&
        !below('kernel')(edge.to) &&
        !forCommands(edge),
    );

    expect(show(wrong)).toEqual([]);
  });

  it('a room stands on the kernel, on knowledge and on the faces of the rooms above it', () => {
    const wrong = inside.filter((edge) => {
      const room = roomOf(edge.from);
      if (room === undefined || isPage(edge.from)) return false;
      if (below('kernel')(edge.to) || below('knowledge')(edge.to) || forCommands(edge)) return false;
      if (edge.to === VERSION_FILE) return false;
      const other = roomOf(edge.to);
      if (other === room) return false;
      if (other === undefined || place(other) >= place(room)) return true;
      return !edge.to.endsWith('/index.ts');
    });

    expect(show(wrong)).toEqual([]);
  });

  it('pages use models, types of routes, the shell and pages of rooms above, and no face of a room', () => {
    const wrong = inside.filter((edge) => {
      if (!isPage(edge.from)) return false;
      const room = roomOf(edge.to);
      if (room === undefined) return false;
      if (isPage(edge.to)) return place(room) > place(roomOf(edge.from));
      if (edge.how === 'type') return edge.to.endsWith('/index.ts');
      return !/\/(model|[a-z-]*model|model-[a-z-]+)\.ts$/.test(edge.to) && reachesServer(edge.to);
    });

    expect(show(wrong)).toEqual([]);
  });

  it('nothing but the composition knows the composition', () => {
    const roots = ['workbench/main.ts', 'workbench/compose.ts'];
    const may = [...roots, 'workbench/open-ward.ts', 'workbench/cli/start.ts'];
    const wrong = inside.filter(
      (edge) => roots.includes(edge.to) && !may.includes(edge.from) && edge.how !== 'type',
    );

    expect(show(wrong)).toEqual([]);
  });

  it('no module waits for itself: no cycles of values', () => {
    expect(cycles(inside.filter((edge) => edge.how === 'value'))).toEqual(KNOWN_CYCLES);
  });

  it('between rooms there is no cycle of any kind', () => {
    const between = inside.flatMap((edge) => {
      const [from, to] = [roomOf(edge.from), roomOf(edge.to)];
      return from && to && from !== to ? [{ ...edge, from, to }] : [];
    });

    expect(cycles(between)).toEqual([]);
  });

  it('finds a cycle when there is one', () => {
    const edge = (from: string, to: string): Import => ({ from, to, how: 'value' });

    expect(cycles([edge('a', 'b'), edge('b', 'c'), edge('c', 'a'), edge('c', 'd')])).toEqual([
      'a → b → c → a',
    ]);
  });

  it('reads each way to import', () => {
    const text = [
      "import type { A } from './a.ts';",
      "import { b } from './b.ts';",
      "import './c.css';",
      "export { d,\n  e } from './d.ts';",
      "export type { F } from './f.ts';",
      "const g = await import('./g.ts');",
      "type H = typeof import('./h.ts').h;",
      "// import { i } from './i.ts';",
      "const text = 'import from';",
      "import type, { j } from './j.ts';",
    ].join('\n');

    expect(importsOf('x/y.ts', text).map((edge) => `${edge.to} ${edge.how}`)).toEqual([
      'x/a.ts type',
      'x/b.ts value',
      'x/c.css value',
      'x/d.ts value',
      'x/f.ts type',
      'x/j.ts value',
      'x/g.ts lazy',
    ]);
  });
});

describe('the browser', () => {
  it('gets no module of the server', () => {
    const entries = [
      'workbench/web/main.tsx',
      ...program.filter((path) => /\/pages\/index\.tsx$/.test(path)),
    ];
    const wrong = [...closure(entries)].filter((path) => serverOnly(path) !== null);

    expect(wrong.map((path) => `${path}: ${serverOnly(path)}`)).toEqual([]);
  });

  it.skipIf(!existsSync(join(ROOT, 'workbench/dist/web/assets')))(
    'got no module of the server in the last build (skipped when nothing is built)',
    () => {
      const folder = join(ROOT, 'workbench/dist/web/assets');
      const bundles = readdirSync(folder).filter((name) => name.endsWith('.js'));
      const marks = [
        'CREATE TABLE',
        'SASLInitialResponse',
        'KyselyPlugin',
        'graphile_worker',
        'pg_try_advisory',
        'node:crypto',
        'node:fs',
      ];
      const found = bundles.flatMap((name) => {
        const text = readFileSync(join(folder, name), 'utf8');
        return marks.filter((mark) => text.includes(mark)).map((mark) => `${name}: ${mark}`);
      });

      expect(bundles.length).toBeGreaterThan(0);
      expect(found).toEqual([]);
    },
  );
});

describe('rooms', () => {
  const folders = readdirSync(join(ROOT, 'workbench/rooms'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);

  it('each folder stands in the order, and each name of the order is a folder', () => {
    expect([...folders].sort()).toEqual([...ROOMS].sort());
  });

  it.each(ROOMS)(
    '%s shows one face: named exports, a first line that says what it is, 5 to 40 lines',
    (room) => {
      const text = readSource(`workbench/rooms/${room}/index.ts`);
      const lines = text.trimEnd().split('\n');

      expect(lines.length).toBeGreaterThanOrEqual(5);
      expect(lines.length).toBeLessThanOrEqual(40);
      expect(lines[0]).toMatch(/^\/\/ /);
      expect(text).not.toMatch(/export \*/);
      expect(text).toContain('export const room: Room = {');
      expect(text).toContain(`name: '${room}'`);
    },
  );
});

describe('files', () => {
  const written = filesBelow().filter((path) => !/\.(png|jpg|svg|ico|woff2|gz|zip|ttf)$/.test(path));

  it('export by name', () => {
    const wrong = sources
      .filter((path) => !/\.config\.ts$/.test(path))
      .filter((path) => /^\s*export\s+(default\b|\{[^}]*\bas default\b)/m.test(readSource(path)));

    expect(wrong).toEqual([]);
  });

  it('are named in lower case with dashes, components in Pascal case', () => {
    const wrong = sources.filter((path) => {
      const name = path.split('/').at(-1) as string;
      return (
        !/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)*\.(ts|tsx)$/.test(name) &&
        !/^[A-Z][A-Za-z0-9]*(\.[a-z]+)*\.tsx$/.test(name)
      );
    });

    expect(wrong).toEqual([]);
  });

  it('stand in no folder called utils, common, helpers or misc', () => {
    expect(written.filter((path) => /(^|\/)(utils?|common|helpers?|misc|lib)\//.test(path))).toEqual([]);
  });

  it('name no package registry', () => {
    // Written in parts, so that this file does not name one either.
    const hosts = [
      ['registry', 'npmjs', 'org'],
      ['registry', 'yarnpkg', 'com'],
      ['registry', 'npmmirror', 'com'],
      ['proxy', 'golang', 'org'],
      ['files', 'pythonhosted', 'org'],
    ].map((parts) => parts.join('.'));

    expect(written.filter((path) => hosts.some((host) => readSource(path).includes(host)))).toEqual([]);
  });

  it('name no place on the machine that they were written on', () => {
    const place = new RegExp(
      ['(?<![\\w.])/(?:work', 'home/[a-z]', 'root', 'Users/[A-Za-z]', 'tmp/[a-z])\\b'].join('|'),
    );
    const wrong = written.flatMap((path) => {
      const line = readSource(path)
        .split('\n')
        .findIndex((text) => place.test(text));
      return line === -1 ? [] : [`${path}:${line + 1}`];
    });

    expect(wrong.filter((found) => !MADE_UP_PLACES.some((file) => found.startsWith(file)))).toEqual([]);
  });
});

/** Files in which such a path is an example or an attack, not a place of ours. */
const MADE_UP_PLACES: readonly string[] = [];

function isPage(path: string): boolean {
  return /^workbench\/rooms\/[^/]+\/pages\//.test(path);
}

/** Why a module cannot run in a browser; null when it can. */
function serverOnly(path: string): string | null {
  const wrong = importsOf(path).find(
    (edge) =>
      edge.how !== 'type' &&
      (edge.to.startsWith('node:') ||
        /^(pg|kysely|pino|graphile-worker|better-auth|@hono\/(node-server|zod-openapi)|yauzl|pg-copy-streams)(\/|$)/.test(
          edge.to,
        )),
  );
  return wrong ? `imports ${wrong.to}` : null;
}

function closure(entries: readonly string[]): Set<string> {
  const known = new Set(program);
  const reached = new Set<string>();
  const waiting = [...entries];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (reached.has(path) || !known.has(path)) continue;
    reached.add(path);
    waiting.push(
      ...importsOf(path)
        .filter((edge) => edge.how !== 'type')
        .map((edge) => edge.to),
    );
  }
  return reached;
}

function reachesServer(path: string): boolean {
  return [...closure([path])].some((reached) => serverOnly(reached) !== null);
}

/** Each cycle once, as `a → b → a`. Depth first: a module that is met again on its own path closes one. */
function cycles(edges: readonly Import[]): string[] {
  const next = new Map<string, Set<string>>();
  for (const { from, to } of edges) next.set(from, (next.get(from) ?? new Set()).add(to));
  const done = new Set<string>();
  const found = new Set<string>();
  const path: string[] = [];
  const visit = (node: string): void => {
    const at = path.indexOf(node);
    if (at !== -1) {
      found.add([...path.slice(at), node].join(' → '));
      return;
    }
    if (done.has(node)) return;
    path.push(node);
    for (const target of next.get(node) ?? []) visit(target);
    path.pop();
    done.add(node);
  };
  for (const node of [...next.keys()].sort()) visit(node);
  return [...found].sort();
}

// A stylesheet stays loaded after its page was left. So a class is defined by one place only: by the pages' common ground or by one room.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';

const workbench = new URL('../..', import.meta.url).pathname;
const sheets = ['web', 'rooms'].flatMap((folder) =>
  readdirSync(`${workbench}${folder}`, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.css'))
    .map((file) => `${folder}/${file}`),
);

/** Selectors that hold on the screen. What is hidden in print is hidden on every page. */
function selectorsOf(css: string): string[] {
  const plain = css
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/@media print \{(?:[^{}]*\{[^{}]*\})*\s*\}/g, '');
  return [...plain.matchAll(/([^{}]+)\{/g)]
    .map(([, list]) => (list as string).trim())
    .filter((list) => !list.startsWith('@'))
    .flatMap((list) => list.split(/,(?![^(]*\))/).map((selector) => selector.trim()));
}

/** `.matrix tbody th` speaks of every matrix; `.plan-role > .form` only of forms in the own part. */
const definedBy = (selector: string): string | null => {
  const classes = [...new Set(selector.match(/\.[a-z][\w-]*/gi))];
  return classes.length === 1 ? (classes[0] as string) : null;
};

it('defines each class in one place', () => {
  const places = new Map<string, Set<string>>();
  for (const file of sheets) {
    const place = file.startsWith('web/') ? 'web' : file.split('/').slice(0, 2).join('/');
    for (const selector of selectorsOf(readFileSync(`${workbench}${file}`, 'utf8'))) {
      const name = definedBy(selector);
      if (name !== null) places.set(name, (places.get(name) ?? new Set()).add(place));
    }
  }
  expect(places.size).toBeGreaterThan(100);
  const twice = [...places].filter(([, where]) => where.size > 1);
  expect(twice.map(([name, where]) => `${name}: ${[...where].join(', ')}`)).toEqual([]);
});

it('brings the styles of each part of Mantine that a page uses', () => {
  const styles = dirname(createRequire(import.meta.url).resolve('@mantine/core/styles/Button.css'));
  const brought = readFileSync(`${workbench}web/design/mantine.css`, 'utf8');
  const used = new Set<string>();
  for (const folder of ['web', 'rooms'])
    for (const file of readdirSync(`${workbench}${folder}`, { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.tsx')) continue;
      const text = readFileSync(`${workbench}${folder}/${file}`, 'utf8');
      for (const [, names] of text.matchAll(/import \{([^}]*)\} from '@mantine\/core'/g))
        for (const name of (names as string).match(/\b[A-Z]\w+/g) ?? []) used.add(name);
    }
  // The mark that glides between its choices is a part of its own.
  if (used.has('SegmentedControl')) used.add('FloatingIndicator');

  expect(used.size).toBeGreaterThan(10);
  const missing = [...used].filter(
    (name) => existsSync(join(styles, `${name}.css`)) && !brought.includes(`/${name}.css"`),
  );
  expect(missing).toEqual([]);
});

import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PURPOSES } from './purposes.ts';

const page = readFileSync('docs/hipaa-gdpr.md', 'utf8');

describe('the page of HIPAA and GDPR', () => {
  it('cites tests and attacks that exist', () => {
    const cited = [...page.matchAll(/`([^`]+\.ts)`: “([^”]+)”/g)];
    const missing = cited.filter(
      ([, file = '', name = '']) => !existsSync(file) || !readFileSync(file, 'utf8').includes(name),
    );
    expect(missing.map(([citation]) => citation)).toEqual([]);
    expect(cited.length).toBeGreaterThan(40);
  });

  it('names files and folders that exist', () => {
    const named = [...page.matchAll(/`((?:device|laser|docs)\/[^`]*)`/g)].map(([, path = '']) => path);
    expect(named.filter((path) => !existsSync(path))).toEqual([]);
  });

  it('shows the purposes as the code has them', () => {
    const rows = Object.entries(PURPOSES).map(
      ([name, { means, roles, treatment, patient, evenRestricted }]) => {
        const may = Object.entries(roles).map(([role, actions]) => `${role}: ${actions.join(', ')}`);
        const fields = (some: 'all' | readonly string[]) =>
          some === 'all' ? 'all' : some.filter((field) => field !== 'kind').join(', ') || 'none';
        return `| \`${name}\` | ${means} | ${may.join('; ')} | ${fields(treatment)} | ${fields(patient)} | ${evenRestricted ? 'yes' : 'no'} |`;
      },
    );
    expect(page.split('\n').filter((line) => rows.includes(line))).toEqual(rows);
  });

  it('never claims that anything is fulfilled', () => {
    expect(page).not.toMatch(/complian/i);
    expect(page).toContain('secondary');
  });
});

import { describe, expect, it } from 'vitest';
import { ageOf, ageWords, ecosystemTitle, importWords, uploadName } from './knowledge-words.ts';

const now = new Date('2026-11-24T12:00:00Z');

describe('the age of what is known', () => {
  it.each([
    ['2026-11-24T00:00:00Z', 'fresh', 'Newest record from today'],
    ['2026-11-23T11:00:00Z', 'fresh', 'Newest record 1 day old'],
    ['2026-10-25T12:00:00Z', 'fresh', 'Newest record 30 days old'],
    ['2026-10-24T12:00:00Z', 'stale', 'Newest record 31 days old'],
  ])('%s is %s', (newest, kind, words) => {
    const age = ageOf(newest, now);

    expect(age.kind).toBe(kind);
    expect(ageWords(age)).toBe(words);
  });

  it('is unknown when it is not given or cannot be read, never fresh', () => {
    expect(ageOf(null, now)).toEqual({ kind: 'unknown' });
    expect(ageOf('yesterday', now)).toEqual({ kind: 'unknown' });
    expect(ageWords({ kind: 'unknown' })).toBe('Age unknown');
  });

  it('is not negative when a record is dated in the future', () => {
    expect(ageOf('2027-01-01T00:00:00Z', now)).toEqual({ kind: 'fresh', days: 0 });
  });
});

describe('words of knowledge', () => {
  it('name CPE for what it is', () => {
    expect(ecosystemTitle('cpe')).toBe('NVD (by CPE)');
    expect(ecosystemTitle('npm')).toBe('npm');
  });

  it('count an import', () => {
    expect(importWords({ read: 17_000, added: 16_990, changed: 7, unchanged: 3, problems: 0 })).toBe(
      '17,000 read: 16,990 new, 7 changed, 3 as before',
    );
  });

  it.each([
    ['all.zip', 'all.zip'],
    ['../../etc/passwd', 'etc-passwd'],
    ['Größe 2024.json', 'Gr--e 2024.json'],
    ['…', 'upload'],
  ])('the file %s is sent as %s', (name, sent) => {
    expect(uploadName(name)).toBe(sent);
    expect(uploadName(name)).toMatch(/^[\w][\w .()+-]{0,199}$/);
  });

  it('keeps the ending of a very long name', () => {
    expect(uploadName(`${'a'.repeat(300)}.json`)).toMatch(/^a{180}a*\.json$/);
    expect(uploadName(`${'a'.repeat(300)}.json`)).toHaveLength(200);
  });
});

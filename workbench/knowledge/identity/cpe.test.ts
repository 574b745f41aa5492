import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SHARED_DATA } from '../shared-data.fixture.ts';
import { cpeName, formatCpe, MAX_CPE_LENGTH, parseCpe, withValue } from './cpe.ts';
import { attributeRelation, cpeMatches } from './cpe-match.ts';

const FIXTURES = new URL('fixtures/cpe/', SHARED_DATA ?? import.meta.url);
const present = SHARED_DATA !== undefined;
const when = present ? '' : ' (skipped: ../shared is absent)';
const read = <T>(file: string): readonly T[] =>
  present ? (JSON.parse(readFileSync(new URL(file, FIXTURES), 'utf8')) as { cases: T[] }).cases : [];

describe.skipIf(!present)(`attribute relations of NISTIR 7696${when}`, () => {
  const cases = read<{ source: string; target: string; relation: string }>('attribute-relations.json');

  it('has 18 cases', () => expect(cases).toHaveLength(18));

  it.each(cases)('$source against $target is $relation', ({ source, target, relation }) => {
    expect(attributeRelation(source, target)).toBe(relation);
  });
});

interface MatchCase {
  readonly name: string;
  readonly match: Record<string, string> & { criteria: string };
  readonly component: string;
  readonly expected: boolean | 'review' | 'unknown';
}
const OUTCOME = {
  true: 'affected',
  false: 'not-affected',
  unknown: 'undetermined',
  review: 'undetermined',
} as const;

describe.skipIf(!present)(`NVD criteria against components${when}`, () => {
  const cases = read<MatchCase>('match-cases.json');

  it('has 24 cases', () => expect(cases).toHaveLength(24));

  it.each(cases.map((test) => [test.name, test] as const))('%s', (_, { match, component, expected }) => {
    const criteria = {
      criteria: match.criteria,
      startIncluding: match.versionStartIncluding ?? null,
      startExcluding: match.versionStartExcluding ?? null,
      endIncluding: match.versionEndIncluding ?? null,
      endExcluding: match.versionEndExcluding ?? null,
    };
    expect(cpeMatches(criteria, component).outcome).toBe(OUTCOME[String(expected) as keyof typeof OUTCOME]);
  });
});

describe('parseCpe', () => {
  it('reads both bindings into one form', () => {
    const full = 'cpe:2.3:a:gnu:libstdc\\+\\+:11.2:*:*:*:*:*:*:*';

    expect(formatCpe(parseCpe('CPE:2.3:a:GNU:libstdc\\+\\+:11.2:*:*:*:*:*:*:*')!)).toBe(full);
    expect(formatCpe(parseCpe('cpe:/a:gnu:libstdc%2b%2b:11.2')!)).toBe(full);
    expect(formatCpe(parseCpe('cpe:2.3:a:gnu:libstdc\\+\\+:11.2')!)).toBe(full);
  });

  it('reads the packed edition of the URI and its wildcards', () => {
    const cpe = parseCpe('cpe:/a:hp:insight:7.4.0.1570:-:~~online~win2003~x64~')!;

    expect(formatCpe(cpe)).toBe('cpe:2.3:a:hp:insight:7.4.0.1570:-:*:*:online:win2003:x64:*');
    expect(parseCpe('cpe:/a:hp:insight:7.4.%02')?.version).toBe('7.4.*');
  });

  it('splits only at unquoted colons and keeps quoted wildcards literal', () => {
    expect(parseCpe('cpe:2.3:a:vim:vim:2\\:9.0:*:*:*:*:*:*:*')?.version).toBe('2\\:9.0');
    expect(parseCpe('cpe:2.3:a:v:foo\\*:1:*:*:*:*:*:*:*')?.product).toBe('foo\\*');
    expect(cpeName(parseCpe('cpe:2.3:a:v:lib\\:x:1:*:*:*:*:*:*:*')!)).toBe('v:lib:x');
  });

  it.each([
    '',
    'openssl',
    'cpe:2.3:x:a:b:1',
    'cpe:2.3:a',
    'cpe:/',
    'cpe:2.3:a:b:c:1:*:*:*:*:*:*:*:*',
    `cpe:2.3:a:b:${'c'.repeat(MAX_CPE_LENGTH)}`,
  ])('refuses %j', (text) => expect(parseCpe(text)).toBeNull());

  it('gives back what it formatted, for any text in an attribute', () => {
    const base = parseCpe('cpe:2.3:a:v:p:*:*:*:*:*:*:*:*')!;
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 30 }), (text) => {
        const cpe = withValue(base, 'version', text);
        const again = parseCpe(formatCpe(cpe));
        // White space at the end of the whole text is trimmed; here other attributes follow.
        expect(again).toEqual(cpe);
      }),
    );
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        for (const prefix of ['cpe:2.3:', 'cpe:2.3:a:', 'cpe:/', 'cpe:/a:']) {
          const cpe = parseCpe(prefix + text);
          if (cpe) expect(parseCpe(formatCpe(cpe))).toEqual(cpe);
        }
      }),
    );
  });
});

describe('cpeMatches', () => {
  const bounds = { startIncluding: null, startExcluding: null, endIncluding: null, endExcluding: null };
  const against = (criteria: string, component: string, more = {}) =>
    cpeMatches({ criteria, ...bounds, ...more }, component);

  it('takes version and update as one text', () => {
    expect(against('cpe:2.3:a:ntp:ntp:4.2.8:p15', 'cpe:2.3:a:ntp:ntp:4.2.8p15').outcome).toBe('affected');
    expect(against('cpe:2.3:a:ntp:ntp:4.2.8:p14', 'cpe:2.3:a:ntp:ntp:4.2.8:p15').outcome).toBe(
      'not-affected',
    );
    expect(
      against('cpe:2.3:a:ntp:ntp:*', 'cpe:2.3:a:ntp:ntp:4.2.8:p15', { endExcluding: '4.2.8p16' }).outcome,
    ).toBe('affected');
  });

  it('excludes by platform only where both name one', () => {
    const criteria = 'cpe:2.3:a:v:p:*:*:*:*:*:wordpress:*:*';

    expect(against(criteria, 'cpe:2.3:a:v:p:1.0:*:*:*:*:joomla:*:*').outcome).toBe('not-affected');
    expect(against(criteria, 'cpe:2.3:a:v:p:1.0:*:*:*:*:-:*:*').outcome).toBe('affected');
  });

  it('matches a component whose vendor is not known', () => {
    expect(against('cpe:2.3:a:busybox:busybox:1.0', 'cpe:2.3:a:*:busybox:1.0').outcome).toBe('affected');
  });

  it('does not decide for a version that is a wildcard', () => {
    expect(against('cpe:2.3:a:v:p:*', 'cpe:2.3:a:v:p:1.*', { endExcluding: '2.0' })).toEqual({
      outcome: 'undetermined',
      why: 'wildcard',
    });
  });
});

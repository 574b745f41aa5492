import { describe, expect, it } from 'vitest';
import { isWardError } from '../../../kernel/errors.ts';
import { readVex } from './read-vex.ts';
import { csafSample, cycloneDxSample, openVexSample } from './samples.ts';
import type { VexClaim } from './statement.ts';

const read = (value: unknown) =>
  readVex(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)), 'vex.json');
const claimOf = (value: unknown): VexClaim => read(value).claims[0]!;

describe('one statement in three formats', () => {
  it.each([
    ['openvex', openVexSample],
    ['cyclonedx', cycloneDxSample],
    ['csaf', csafSample],
  ])('reads %s to the same meaning', (format, sample) => {
    const read_ = read(sample);

    expect(read_).toMatchObject({ format, author: 'Harbour Software', warnings: [] });
    expect(read_.claims).toHaveLength(1);
    expect(read_.claims[0]).toMatchObject({
      ids: ['CVE-2026-0001', 'GHSA-test-1111-2222'],
      status: 'not_affected',
      justification: 'vulnerable_code_not_in_execute_path',
      impact: 'The parser is never called.',
      saidAt: '2026-10-01T08:00:00.000Z',
      context: null,
    });
    expect(read_.refs[0]).toMatchObject({ purls: ['pkg:npm/left-hand@1.2.3'] });
  });
});

describe('OpenVEX', () => {
  const withStatement = (statement: object) => ({
    ...openVexSample,
    statements: [{ ...openVexSample.statements[0], ...statement }],
  });

  it('judges subcomponents within their product', () => {
    const sample = withStatement({
      products: [{ '@id': 'pkg:generic/lumen@1', subcomponents: [{ '@id': 'pkg:npm/left-hand' }] }],
    });

    expect(claimOf(sample)).toMatchObject({ subject: 'pkg:npm/left-hand', context: 'pkg:generic/lumen@1' });
  });

  it('reads the drafts where products and vulnerability are texts', () => {
    const sample = {
      '@context': 'https://openvex.dev/ns',
      author: 'Somebody',
      statements: [{ vulnerability: 'CVE-1', products: ['pkg:npm/a@1'], status: 'fixed' }],
    };

    expect(claimOf(sample)).toMatchObject({ ids: ['CVE-1'], fixed: ['1'], saidAt: null });
  });

  it('lets the later of two words count and says so', () => {
    const first = openVexSample.statements[0]!;
    const { claims, warnings } = read({
      ...openVexSample,
      statements: [
        { ...first, status: 'fixed', timestamp: '2026-10-03T08:00:00Z' },
        { ...first, timestamp: '2026-10-02T08:00:00Z' },
      ],
    });

    expect(claims.map((claim) => claim.status)).toEqual(['fixed']);
    expect(warnings[0]?.at).toBe('$.statements[1]');
  });
});

describe('CycloneDX', () => {
  const analysed = (analysis: object, affects: object[] = [{ ref: 'left-hand' }]) => ({
    ...cycloneDxSample,
    vulnerabilities: [{ ...cycloneDxSample.vulnerabilities[0], analysis, affects }],
  });

  it.each([
    ['resolved_with_pedigree', 'fixed'],
    ['exploitable', 'affected'],
    ['in_triage', 'under_investigation'],
  ])('reads %s as %s', (state, status) => {
    expect(claimOf(analysed({ state })).status).toBe(status);
  });

  it('reads a false positive as a component that is not there', () => {
    expect(claimOf(analysed({ state: 'false_positive' }))).toMatchObject({
      status: 'not_affected',
      ownStatus: 'false_positive',
      justification: 'component_not_present',
    });
  });

  it('does not guess what a required configuration means', () => {
    const claim = claimOf(analysed({ state: 'not_affected', justification: 'requires_configuration' }));

    expect(claim).toMatchObject({ justification: null, ownJustification: 'requires_configuration' });
  });

  it('keeps versions apart that are called unaffected', () => {
    const { claims } = read(
      analysed({ state: 'exploitable' }, [
        {
          ref: 'left-hand',
          versions: [
            { version: '1.2.3', status: 'affected' },
            { range: 'vers:npm/>=2.0.0', status: 'unaffected' },
          ],
        },
      ]),
    );

    expect(claims.map((claim) => claim.status)).toEqual(['affected', 'not_affected']);
  });
});

describe('CSAF', () => {
  it('judges what is a part of something within it', () => {
    const sample = structuredClone(csafSample) as unknown as {
      product_tree: { relationships?: unknown; full_product_names?: unknown };
      vulnerabilities: { product_status: object }[];
    };
    sample.product_tree.full_product_names = [{ product_id: 'W', name: 'Whole' }];
    sample.product_tree.relationships = [
      {
        category: 'default_component_of',
        product_reference: 'P1',
        relates_to_product_reference: 'W',
        full_product_name: { product_id: 'P1-W', name: 'Left hand in Whole' },
      },
    ];
    sample.vulnerabilities[0]!.product_status = { known_affected: ['P1-W'] };

    expect(claimOf(sample)).toMatchObject({ status: 'affected', subject: 'P1', context: 'W' });
  });
});

describe('refusals', () => {
  it.each([
    ['vex.not-json', '{"@context": '],
    ['vex.too-deep', `${'['.repeat(100)}${']'.repeat(100)}`],
    ['vex.unknown-format', '[]'],
    ['vex.unknown-format', '{"hello": 1}'],
    ['vex.wrong-shape', JSON.stringify({ ...openVexSample, statements: [{ status: 'maybe' }] })],
    ['vex.no-statements', JSON.stringify({ ...openVexSample, statements: [] })],
    ['vex.no-statements', JSON.stringify({ ...cycloneDxSample, vulnerabilities: [{ id: 'CVE-1' }] })],
  ])('are %s, with a place and a remedy', (code, text) => {
    let refusal: unknown;
    try {
      read(text);
    } catch (error) {
      refusal = error;
    }

    expect(refusal).toMatchObject({ code });
    expect(isWardError(refusal) && refusal.at && refusal.remedy).toBeTruthy();
  });

  it('are vex.not-text for bytes that are no UTF-8', () => {
    expect(() => readVex(Uint8Array.of(0xff, 0xfe, 0x7b), 'a')).toThrow(
      expect.objectContaining({ code: 'vex.not-text' }),
    );
  });

  it('are vex.too-large before anything is read', () => {
    expect(() => readVex(new Uint8Array(64 * 1024 * 1024 + 1), 'a')).toThrow(
      expect.objectContaining({ code: 'vex.too-large' }),
    );
  });

  it('are vex.too-many-statements when products and parts multiply', () => {
    const products = Array.from({ length: 300 }, (_, index) => ({
      '@id': `pkg:npm/p${index}`,
      subcomponents: Array.from({ length: 300 }, (_p, part) => ({ '@id': `pkg:npm/c${part}` })),
    }));

    expect(() =>
      read({ ...openVexSample, statements: [{ ...openVexSample.statements[0], products }] }),
    ).toThrow(expect.objectContaining({ code: 'vex.too-many-statements' }));
  });
});

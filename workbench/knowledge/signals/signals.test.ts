// Readers of KEV, EPSS and endoflife.date: what was written comes back, what is wrong is refused with its place.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isWardError } from '../../kernel/errors.ts';
import { CsvSplitter } from '../importers/csv-splitter.ts';
import { parseDay } from './day.ts';
import { epssBand, readEpss } from './epss.ts';
import { readKev } from './kev.ts';
import { cycleOf, readLifecycle } from './lifecycle.ts';

const kev = {
  cveID: 'CVE-2026-0001',
  dateAdded: '2026-03-01',
  dueDate: '2026-03-22',
  knownRansomwareCampaignUse: 'Known',
};

function rowsOf(text: string, cuts: readonly number[] = []) {
  const splitter = new CsvSplitter({ file: 'x.csv', maxElementBytes: 1 << 20 });
  const bytes = Buffer.from(text);
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  const pieces = [];
  let from = 0;
  for (const to of [...places, bytes.length]) {
    pieces.push(...splitter.push(bytes.subarray(from, to)));
    from = to;
  }
  return [...pieces, ...splitter.end()];
}

describe('a table', () => {
  const cell = fc.string({ maxLength: 12 }).map((text) => text.replace(/[\r\0]/g, ''));
  const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;

  it('gives back what was written, however it is cut into chunks', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(cell, cell), { maxLength: 8 }),
        fc.array(fc.nat(), { maxLength: 6 }),
        (rows, cuts) => {
          const text = `cveID,a,b\n${rows.map(([a, b]) => `CVE-1,${quote(a)},${quote(b)}`).join('\n')}\n`;
          const found = rowsOf(text, cuts).map((piece) =>
            'value' in piece ? piece.value : piece.problem.message,
          );
          expect(found).toEqual(rows.map(([a, b]) => ({ cveID: 'CVE-1', a, b })));
        },
      ),
    );
  });

  it('says which line is wrong, and reads the others', () => {
    const pieces = rowsOf('cve,epss\nCVE-1,0.1\nCVE-2\nCVE-3,0.3\n');

    expect(pieces.map((piece) => ('value' in piece ? 'row' : piece.problem.at))).toEqual([
      'row',
      'x.csv:3',
      'row',
    ]);
  });
});

describe('EPSS', () => {
  it('reads every score from 0 to 1, as number and as text', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean(), (score, asText) => {
        const read = readEpss({ cve: 'CVE-2026-0001', epss: asText ? String(score) : score, percentile: '' });
        expect(read).toEqual({ cve: 'CVE-2026-0001', score, percentile: null, day: null });
      }),
    );
  });

  it('reads or refuses everything else with its place', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (epss, percentile) => {
        try {
          const { score } = readEpss({ cve: 'CVE-2026-0001', epss, percentile });
          expect(score >= 0 && score <= 1).toBe(true);
        } catch (error) {
          if (!isWardError(error)) throw error;
          expect(error.at).toMatch(/^\$\.(epss|percentile)$/);
        }
      }),
    );
  });

  it.each([
    [0, 0],
    [0.0999, 0],
    [0.1, 1],
    [0.4999, 1],
    [0.5, 2],
    [0.9, 3],
    [1, 3],
  ])('%d lies in band %i', (score, band) => {
    expect(epssBand(score)).toBe(band);
  });
});

describe('KEV', () => {
  it('reads or refuses an entry after any field is replaced', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(kev)),
        fc.oneof(fc.jsonValue(), fc.string()),
        (field, value) => {
          try {
            const entry = readKev({ ...kev, [field]: value });
            expect(parseDay(entry.addedOn)).toBe(entry.addedOn);
            expect(['known', 'unknown']).toContain(entry.ransomware);
          } catch (error) {
            if (!isWardError(error)) throw error;
            expect(error.at).toBeTruthy();
          }
        },
      ),
    );
  });

  it('takes another word than Known for unknown, never for no', () => {
    expect(readKev({ ...kev, knownRansomwareCampaignUse: 'None' }).ransomware).toBe('unknown');
  });

  it.each(['2026-02-30', '01.03.2026', ''])('refuses the day %j', (dateAdded) => {
    expect(() => readKev({ ...kev, dateAdded })).toThrow(
      expect.objectContaining({ code: 'advisory.wrong-value', at: '$.dateAdded' }),
    );
  });
});

describe('the end of support', () => {
  it('reads days, flags and silence apart', () => {
    const { cycles } = readLifecycle({
      product: 'crane',
      releases: [
        { releaseCycle: '3', eol: '2027-01-01', eoas: true },
        { releaseCycle: '2', eol: true },
        { releaseCycle: '1', eol: false },
        { releaseCycle: '0' },
      ],
    });

    expect(cycles.map(({ endOfLife }) => endOfLife)).toEqual([
      { on: '2027-01-01', ended: null },
      { on: null, ended: true },
      { on: null, ended: false },
      { on: null, ended: null },
    ]);
    expect(cycles[0]?.activeSupport).toEqual({ on: null, ended: true });
  });

  it.each([
    ['3.0.11', ['3', '3.0', '3.1'], '3.0'],
    ['3.10.1', ['3.1', '3'], '3'],
    ['v2.4', ['2'], '2'],
    ['1.1.1k', ['1.1.1', '1.1'], '1.1.1'],
    ['5.0', ['4', '6'], null],
  ])('%s of %j belongs to %s', (version, cycles, cycle) => {
    expect(cycleOf(version, cycles)).toBe(cycle);
  });
});

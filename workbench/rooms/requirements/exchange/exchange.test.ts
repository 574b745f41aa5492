import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CATEGORIES } from '../categories.ts';
import { type ExchangedRequirement, FILE_LIMITS, NOTHING } from './contract.ts';
import { readRequirementsCsv, requirementsCsv } from './csv.ts';
import { readMarkdown, writeMarkdown } from './markdown.ts';
import { readRequirementFile } from './read-file.ts';
import { readReqif, writeReqif } from './reqif.ts';
import { writeXlsx } from './xlsx.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const meta = { product: 'Lumen <400> & more', productId: 'p', at: '2026-11-25T10:00:00.000Z' };
const read = (text: string, name = 'file') => readRequirementFile(bytes(text), name);
function codeOf(work: () => unknown): string {
  try {
    work();
    return 'taken';
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}

const sample: ExchangedRequirement = {
  key: 'REQ-1',
  source: 'SR-CMD-1',
  title: 'Commands "prove" <where> they come from, *really*',
  statement: 'The device shall verify the origin.\n## not a heading\n**Rationale**\n- Key: REQ-9',
  category: 'integrity',
  acceptance: '=1+1; of 40 messages, each is refused.',
  safetyRelevant: true,
  clauses: ['IEC 81001-5-1 5.2.1', 'FDA premarket: Integrity'],
  rationale: 'Größe, 尺寸, עברית',
  state: 'draft',
};

describe('round trips', () => {
  const line = fc
    .string({ minLength: 1, maxLength: 60, unit: 'grapheme' })
    .map((text) => text.replaceAll(/\s+/g, ' ').trim());
  const text = fc
    .array(fc.string({ maxLength: 60, unit: 'grapheme' }), { maxLength: 4 })
    .map((lines) => lines.join('\n').replaceAll(/[\r\u0085\u2028\u2029]/g, ' '));
  // What every reader takes away: characters of control, and space around a text.
  const clean = (given: string) =>
    given
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
      .replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f\ufffe\uffff]/g, '')
      .trim();
  const requirement = fc
    .record({
      key: fc.integer({ min: 1, max: 9_999 }).map((n) => `REQ-${n}`),
      source: line,
      title: line.map((given) => `T${given}`),
      statement: text,
      category: fc.constantFrom(...CATEGORIES),
      acceptance: text,
      safetyRelevant: fc.boolean(),
      clauses: fc.array(
        line.map((given) => `C${given.replaceAll(';', '')}`),
        { maxLength: 3 },
      ),
      rationale: text,
      state: fc.constant('draft'),
    })
    .map((one) => ({
      ...one,
      source: clean(one.source),
      title: clean(one.title),
      statement: clean(one.statement),
      acceptance: clean(one.acceptance),
      rationale: clean(one.rationale),
      clauses: one.clauses.map(clean),
    }));
  const list = fc.array(requirement, { minLength: 1, maxLength: 5 });

  it.each([
    ['CSV', (given: ExchangedRequirement[]) => readRequirementsCsv(requirementsCsv(given), 'f.csv')],
    ['Markdown', (given: ExchangedRequirement[]) => readMarkdown(writeMarkdown(given, 'Lumen'), 'f.md')],
    ['ReqIF', (given: ExchangedRequirement[]) => readReqif(writeReqif(given, meta), 'f.reqif')],
  ] as const)('%s gives back what was written', (_name, trip) => {
    fc.assert(
      fc.property(list, (given) => {
        expect(trip(given).requirements).toEqual(given);
      }),
      { numRuns: 150 },
    );
    expect(trip([sample])).toMatchObject({ requirements: [sample], losses: [] });
  });

  it('tells the formats apart by what they hold', () => {
    expect(read(requirementsCsv([sample])).format).toBe('csv');
    expect(read(writeMarkdown([sample], 'Lumen')).format).toBe('markdown');
    expect(read(writeReqif([sample], meta)).format).toBe('reqif');
  });

  it('writes a workbook', async () => {
    const file = await writeXlsx([sample]);
    expect(file.subarray(0, 2).toString()).toBe('PK');
  });

  it('writes the same ReqIF each time, with unique identifiers and references that lead somewhere', () => {
    const text = writeReqif([sample, { ...sample, key: 'REQ-2' }], meta);
    const ids = [...text.matchAll(/IDENTIFIER="([^"]+)"/g)].map((match) => match[1]);
    const references = [...text.matchAll(/<[A-Z-]+-REF>([^<]+)</g)].map((match) => match[1]);

    expect(writeReqif([sample, { ...sample, key: 'REQ-2' }], meta)).toBe(text);
    expect(new Set(ids).size).toBe(ids.length);
    expect(references.filter((id) => !ids.includes(id))).toEqual([]);
    for (const id of ids) expect(id).toMatch(/^[A-Za-z_][\w.-]*$/);
  });

  it('lets no cell become a formula', () => {
    expect(requirementsCsv([sample])).toContain(`"'=1+1;`);
  });
});

describe('files of others', () => {
  it('takes CSV with semicolons and German headings, and says what it left', () => {
    const file = read(
      'ID;Anforderung;Kategorie;Priorität\r\nA-1;Das Gerät muss prüfen.;Integrität;hoch\r\n',
      'a.csv',
    );

    expect(file.requirements).toEqual([
      { ...NOTHING, source: 'A-1', title: 'Das Gerät muss prüfen.', statement: 'Das Gerät muss prüfen.' },
    ]);
    expect(file.losses.map(({ message }) => message)).toEqual([
      'The column “Priorität” is not taken.',
      'The category “Integrität” is not known; it becomes “other”.',
    ]);
  });

  it('takes ReqIF with XHTML text, foreign names and relations', () => {
    const text = `<?xml version="1.0"?><REQ-IF xmlns="http://www.omg.org/spec/ReqIF/20110401/reqif.xsd" xmlns:xhtml="http://www.w3.org/1999/xhtml"><CORE-CONTENT><REQ-IF-CONTENT>
      <SPEC-TYPES><SPEC-OBJECT-TYPE IDENTIFIER="t"><SPEC-ATTRIBUTES>
        <ATTRIBUTE-DEFINITION-XHTML IDENTIFIER="a1" LONG-NAME="ReqIF.Text"/><ATTRIBUTE-DEFINITION-STRING IDENTIFIER="a2" LONG-NAME="Priority"/>
      </SPEC-ATTRIBUTES></SPEC-OBJECT-TYPE></SPEC-TYPES>
      <SPEC-OBJECTS><SPEC-OBJECT IDENTIFIER="o1" LONG-NAME="Origin"><VALUES>
        <ATTRIBUTE-VALUE-XHTML><THE-VALUE><xhtml:div><xhtml:p>The device <xhtml:b>shall</xhtml:b> verify</xhtml:p><xhtml:p>the origin.</xhtml:p></xhtml:div></THE-VALUE><DEFINITION><ATTRIBUTE-DEFINITION-XHTML-REF>a1</ATTRIBUTE-DEFINITION-XHTML-REF></DEFINITION></ATTRIBUTE-VALUE-XHTML>
        <ATTRIBUTE-VALUE-STRING THE-VALUE="high"><DEFINITION><ATTRIBUTE-DEFINITION-STRING-REF>a2</ATTRIBUTE-DEFINITION-STRING-REF></DEFINITION></ATTRIBUTE-VALUE-STRING>
      </VALUES></SPEC-OBJECT><SPEC-OBJECT IDENTIFIER="o2"/></SPEC-OBJECTS>
      <SPEC-RELATIONS><SPEC-RELATION IDENTIFIER="r"/></SPEC-RELATIONS></REQ-IF-CONTENT></CORE-CONTENT></REQ-IF>`;
    const file = read(text, 'b.reqif');

    expect(file.requirements).toEqual([
      { ...NOTHING, source: 'o1', title: 'Origin', statement: 'The device shall verify\nthe origin.' },
    ]);
    expect(file.losses.map(({ message }) => message)).toEqual([
      '1 relations between objects are not taken.',
      'The object o2 has neither a title nor a text.',
      'The attribute “Priority” is not taken.',
    ]);
  });
});

describe('hostile files', () => {
  it.each([
    [
      'an entity bomb',
      '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><REQ-IF>&b;</REQ-IF>',
      'requirements.broken-file',
    ],
    ['an external entity', '<!DOCTYPE x SYSTEM "file:///etc/passwd"><REQ-IF/>', 'requirements.broken-file'],
    ['XML that stops', '<REQ-IF><CORE-CONTENT>', 'requirements.broken-file'],
    ['XML of another kind', '<bom/>', 'requirements.unknown-format'],
    ['deep XML', '<a>'.repeat(5_000), 'requirements.broken-file'],
    ['a quote that does not close', 'Title,Requirement\n"open,text\n', 'requirements.broken-file'],
    ['text after a quote', 'Title,Requirement\n"a"b,text\n', 'requirements.broken-file'],
    ['a table without our columns', 'a,b\n1,2\n', 'requirements.unknown-format'],
    ['Markdown without headings', '# Title\n\ntext\n', 'requirements.unknown-format'],
    ['nothing', '  \n', 'requirements.unknown-format'],
    ['too many rows', `Title\n${'x\n'.repeat(FILE_LIMITS.requirements + 1)}`, 'requirements.too-large'],
    ['a row of very many fields', `Title\n${','.repeat(1_000)}\n`, 'requirements.broken-file'],
  ])('%s is refused', (_what, text, code) => {
    expect(codeOf(() => read(text))).toBe(code);
  });

  it('a workbook, broken text and a file beyond the bound are refused', () => {
    expect(codeOf(() => readRequirementFile(Buffer.from('PK\u0003\u0004'), 'a.xlsx'))).toBe(
      'requirements.unknown-format',
    );
    expect(codeOf(() => readRequirementFile(Uint8Array.from([0x54, 0xff, 0x0a]), 'a.csv'))).toBe(
      'requirements.broken-file',
    );
    expect(codeOf(() => readRequirementFile(new Uint8Array(FILE_LIMITS.bytes + 1), 'a.csv'))).toBe(
      'requirements.too-large',
    );
  });

  it('hostile texts are bounded and cleaned', () => {
    const file = read(`Title,Requirement\n${'x'.repeat(10_000)},a\u0000b\u202e<script>\n`);

    expect(file.requirements[0]?.title).toHaveLength(300);
    expect(file.requirements[0]?.statement).toBe('ab\u202e<script>');
    expect(file.losses[0]?.message).toContain('10000 characters');
  });

  it('any bytes are taken or refused by a code, and soon', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), (given) => {
        expect(codeOf(() => readRequirementFile(given, 'f'))).toMatch(/^(taken|requirements\.[a-z-]+)$/);
      }),
      { numRuns: 300 },
    );
  });
});

// Safety files of every form, good and hostile: what is read, what is refused and where.
import { deflateRawSync } from 'node:zlib';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import writeWorkbook from 'write-excel-file/node';
import { compareHarms, type KnownHarm } from './difference.ts';
import { readMapOption } from './map-option.ts';
import { guessLevel, guessMapping, harmsOf, type Mapping, severityWords } from './mapping.ts';
import { readTable } from './read-table.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const ENGLISH = [
  'ID;Hazardous situation;Harm;Severity',
  'H-01;"Emission without foot switch; armed state";Burn of the retina;5 - catastrophic',
  'H-01;Power other than shown;Burn of the retina;catastrophic',
  'H-08;Stolen disk;"Disclosure of ""health"" data";Minor',
  '',
].join('\r\n');

async function harms(text: string, change: Partial<Mapping> = {}) {
  const table = await readTable(bytes(text), 'harms.csv');
  return harmsOf(table, { ...guessMapping(table), ...change }, 'harms.csv');
}
async function workbook(rows: readonly (readonly string[])[]): Promise<Uint8Array> {
  const cells = rows.map((row) => row.map((value) => ({ value, type: String })));
  return new Uint8Array(await writeWorkbook(cells, { sheet: 'Harms' }).toBuffer());
}
/** A zip file as small as PKWARE's APPNOTE 6.3 allows; checksums are left out. */
function zip(parts: Record<string, string>): Uint8Array {
  const [files, directory]: [Buffer[], Buffer[]] = [[], []];
  let offset = 0;
  for (const [name, text] of Object.entries(parts)) {
    const packed = deflateRawSync(Buffer.from(text));
    const head = Buffer.alloc(30);
    head.writeUInt32LE(0x04034b50, 0);
    head.writeUInt16LE(8, 8);
    head.writeUInt32LE(packed.length, 18);
    head.writeUInt32LE(Buffer.byteLength(text), 22);
    head.writeUInt16LE(name.length, 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    head.copy(entry, 6, 4, 30);
    entry.writeUInt32LE(offset, 42);
    files.push(head, Buffer.from(name), packed);
    directory.push(entry, Buffer.from(name));
    offset += 30 + name.length + packed.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(directory.length / 2, 8);
  end.writeUInt16LE(directory.length / 2, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(offset, 16);
  return new Uint8Array(Buffer.concat([...files, ...directory, end]));
}
const refusal = (code: string, at: RegExp) =>
  expect.objectContaining({ code, at: expect.stringMatching(at), remedy: expect.any(String) });

describe('CSV', () => {
  it('is read with its quotes, and the rows of one harm become one', async () => {
    expect(await harms(ENGLISH)).toEqual([
      {
        sourceId: 'H-01',
        title: 'Burn of the retina',
        hazardousSituation: 'Emission without foot switch; armed state\nPower other than shown',
        severity: 5,
        affected: '',
        at: 'row 2',
      },
      {
        sourceId: 'H-08',
        title: 'Disclosure of "health" data',
        hazardousSituation: 'Stolen disk',
        severity: 2,
        affected: '',
        at: 'row 4',
      },
    ]);
  });

  it('guesses German headings below a title, in Windows-1252', async () => {
    const text =
      'Risikoakte Laser\n\nNr.,Gefährdungssituation,Schaden,Schweregrad,Betroffene\n7,Strahl,Verbrennung,Kritisch,Personal\n';
    const table = await readTable(
      Uint8Array.from(text, (letter) => letter.charCodeAt(0)),
      'akte.csv',
    );
    const mapping = guessMapping(table);

    expect(mapping).toMatchObject({
      headingRow: 3,
      columns: {
        sourceId: 'Nr.',
        hazardousSituation: 'Gefährdungssituation',
        title: 'Schaden',
        severity: 'Schweregrad',
        affected: 'Betroffene',
      },
      severities: { kritisch: 4 },
    });
    expect(harmsOf(table, mapping, 'akte.csv')[0]).toMatchObject({ sourceId: '7', severity: 4, at: 'row 4' });
  });

  it('keeps what looks like a formula as text', async () => {
    const [harm] = await harms('Id,Harm,Severity\n1,"=HYPERLINK(""http://x"",""y"")",3\n');

    expect(harm?.title).toBe('=HYPERLINK("http://x","y")');
  });

  it.each([
    ['a quote that never ends', 'Id,Harm,Severity\n1,"Burn,3\n', 'harms.broken-file', /row 2/],
    [
      'a cell of 10,000 characters',
      `Id,Harm,Severity\n1,${'x'.repeat(10_000)},3\n`,
      'harms.too-large',
      /row 2, column 2/,
    ],
    [
      'a harm of 301 characters',
      `Id,Harm,Severity\n1,${'x'.repeat(301)},3\n`,
      'harms.too-large',
      /row 2, column 2/,
    ],
    ['no harm', 'Id,Harm,Severity\n1,,3\n', 'harms.row-incomplete', /row 2, column 2/],
    ['no severity', 'Id,Harm,Severity\n1,Burn,\n', 'harms.row-incomplete', /row 2, column 3/],
    [
      'a severity off the scale',
      'Id,Harm,Severity\n1,Burn,purple\n',
      'harms.severity-unmapped',
      /row 2, column 3/,
    ],
    ['one id for two harms', 'Id,Harm,Severity\n1,Burn,3\n1,Delay,3\n', 'harms.twice', /row 3, column 1/],
    ['no headings', 'a\nb\n', 'harms.no-such-column', /row 1/],
    ['no rows', 'Id,Harm,Severity\n', 'harms.no-table', /row 2/],
    ['nothing', '  ', 'harms.no-table', /harms/],
    ['too many rows', `Id,Harm,Severity\n${'1,Burn,3\n'.repeat(5_001)}`, 'harms.too-large', /row 5001/],
    ['too many columns', `${'a,'.repeat(200)}\n`, 'harms.too-large', /column 121/],
    ['a half surrogate', '\ufeffId,Harm,Severity\n1,Burn\u0000,3\n', 'harms.unknown-format', /harms/],
  ])('is refused with %s', async (_words, text, code, at) => {
    await expect(harms(text)).rejects.toEqual(refusal(code, at));
  });

  it('never throws anything but a refusal (property)', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 300, unit: 'binary' }), async (text) => {
        await harms(text).catch((error: { code?: string }) => expect(error.code).toMatch(/^harms\./));
      }),
      { numRuns: 300 },
    );
  });
});

describe('XLSX', () => {
  it('is read like CSV', async () => {
    const table = await readTable(
      await workbook([
        ['Harm ID', 'Harm', 'Severity'],
        ['H-1', 'Burn', '4'],
        ['H-2', '=1+1', 'serious'],
      ]),
      'harms.xlsx',
    );

    expect(table.format).toBe('xlsx');
    expect(harmsOf(table, guessMapping(table), 'harms.xlsx')).toMatchObject([
      { sourceId: 'H-1', title: 'Burn', severity: 4, at: 'row 2' },
      { sourceId: 'H-2', title: '=1+1', severity: 3 },
    ]);
  });

  it('is refused when it unfolds beyond all bounds', async () => {
    const bomb = zip({
      'xl/workbook.xml': '<workbook/>',
      'xl/worksheets/sheet1.xml': 'x'.repeat(70 * 1024 * 1024),
    });

    expect(bomb.length).toBeLessThan(200_000);
    await expect(readTable(bomb, 'bomb.xlsx')).rejects.toEqual(refusal('harms.hostile-file', /bomb.xlsx/));
  });

  it.each([
    ['a cell at the end of the world', '<c r="XFD1048576"/>', /cell XFD1048576/],
    ['a row far below', '<row r="900000"/>', /cell 900000/],
    ['a reference in disguise', "<c r='&#88;FD1'/>", /&#88;/],
  ])('is refused with %s', async (_words, cell, at) => {
    const file = zip({
      'xl/workbook.xml': '<workbook/>',
      'xl/worksheets/sheet1.xml': `<sheetData>${cell}</sheetData>`,
    });

    await expect(readTable(file, 'far.xlsx')).rejects.toEqual(refusal('harms.too-large', at));
  });

  it('is refused when it is another zip, too many parts, or cut off', async () => {
    const many = Object.fromEntries(Array.from({ length: 600 }, (_one, index) => [`p${index}`, 'x']));
    const good = await workbook([['Harm', 'Severity']]);

    await expect(readTable(zip({ 'a.txt': 'x' }), 'a.zip')).rejects.toEqual(
      refusal('harms.unknown-format', /a.zip/),
    );
    await expect(readTable(zip(many), 'm.xlsx')).rejects.toEqual(refusal('harms.hostile-file', /m.xlsx/));
    await expect(readTable(good.slice(0, 400), 'cut.xlsx')).rejects.toEqual(
      refusal('harms.broken-file', /cut.xlsx/),
    );
    await expect(readTable(new Uint8Array(11 * 1024 * 1024), 'big')).rejects.toEqual(
      refusal('harms.too-large', /big/),
    );
    await expect(readTable(Uint8Array.of(0x89, 0x50, 0, 0), 'p.png')).rejects.toEqual(
      refusal('harms.unknown-format', /p.png/),
    );
  });
});

describe('JSON', () => {
  it('is a list of harms; hazardous situations that name them are added', async () => {
    const text = JSON.stringify({
      harms: [{ id: 'H-01', title: 'Burn', severity: 5, affected: 'patient' }],
      hazardousSituations: [{ id: 'HS-01', title: 'Emission', harms: ['H-01'] }],
    });

    expect(await harms(text)).toEqual([
      {
        sourceId: 'H-01',
        title: 'Burn',
        hazardousSituation: 'HS-01: Emission',
        severity: 5,
        affected: 'patient',
        at: 'row 2',
      },
    ]);
  });

  it.each([
    ['broken', '{"harms": [', 'harms.broken-file'],
    ['deep', `${'['.repeat(100_000)}`, 'harms.hostile-file'],
    ['something else', '{"a": 1}', 'harms.no-table'],
  ])('is refused when %s', async (_words, text, code) => {
    await expect(harms(text)).rejects.toMatchObject({ code });
  });
});

const reqif = (objects: string) => `<?xml version="1.0"?>
<REQ-IF xmlns="http://www.omg.org/spec/ReqIF/20110401/reqif.xsd" xmlns:x="http://www.w3.org/1999/xhtml"><CORE-CONTENT><REQ-IF-CONTENT>
<DATATYPES><DATATYPE-DEFINITION-ENUMERATION IDENTIFIER="d1"><SPECIFIED-VALUES><ENUM-VALUE IDENTIFIER="e5" LONG-NAME="Catastrophic"/></SPECIFIED-VALUES></DATATYPE-DEFINITION-ENUMERATION></DATATYPES>
<SPEC-TYPES><SPEC-OBJECT-TYPE IDENTIFIER="t"><SPEC-ATTRIBUTES>
<ATTRIBUTE-DEFINITION-XHTML IDENTIFIER="a1" LONG-NAME="Harm"/><ATTRIBUTE-DEFINITION-ENUMERATION IDENTIFIER="a2" LONG-NAME="Severity"/>
<ATTRIBUTE-DEFINITION-STRING IDENTIFIER="a3" LONG-NAME="Hazardous situation"/></SPEC-ATTRIBUTES></SPEC-OBJECT-TYPE></SPEC-TYPES>
<SPEC-OBJECTS>${objects}</SPEC-OBJECTS></REQ-IF-CONTENT></CORE-CONTENT></REQ-IF>`;
const OBJECT = `<SPEC-OBJECT IDENTIFIER="o1"><VALUES>
<ATTRIBUTE-VALUE-XHTML><DEFINITION><ATTRIBUTE-DEFINITION-XHTML-REF>a1</ATTRIBUTE-DEFINITION-XHTML-REF></DEFINITION><THE-VALUE><x:div>Burn of the <x:b>retina</x:b></x:div></THE-VALUE></ATTRIBUTE-VALUE-XHTML>
<ATTRIBUTE-VALUE-ENUMERATION><VALUES><ENUM-VALUE-REF>e5</ENUM-VALUE-REF></VALUES><DEFINITION><ATTRIBUTE-DEFINITION-ENUMERATION-REF>a2</ATTRIBUTE-DEFINITION-ENUMERATION-REF></DEFINITION></ATTRIBUTE-VALUE-ENUMERATION>
<ATTRIBUTE-VALUE-STRING THE-VALUE="Emission &amp; heat"><DEFINITION><ATTRIBUTE-DEFINITION-STRING-REF>a3</ATTRIBUTE-DEFINITION-STRING-REF></DEFINITION></ATTRIBUTE-VALUE-STRING>
</VALUES></SPEC-OBJECT>`;

describe('ReqIF', () => {
  it('is a row for each object, enumerations by their names', async () => {
    expect(await harms(reqif(OBJECT))).toEqual([
      {
        sourceId: 'o1',
        title: 'Burn of the retina',
        hazardousSituation: 'Emission & heat',
        severity: 5,
        affected: '',
        at: 'row 2',
      },
    ]);
  });

  it.each([
    ['an entity bomb', `<!DOCTYPE a [<!ENTITY b "c">]>${reqif(OBJECT)}`, 'harms.hostile-file'],
    ['endless nesting', '<a>'.repeat(50_000), 'harms.hostile-file'],
    ['broken XML', '<REQ-IF><a></REQ-IF>', 'harms.broken-file'],
    ['no objects', reqif(''), 'harms.no-table'],
  ])('is refused with %s', async (_words, text, code) => {
    await expect(harms(text)).rejects.toMatchObject({ code });
  });
});

describe('the mapping', () => {
  it.each([
    ['5', 5],
    ['S3', 3],
    ['2 - minor', 2],
    ['1.0', 1],
    ['Vernachlässigbar', 1],
    ['schwerwiegend', 4],
    ['Katastrophal', 5],
    ['purple', null],
    ['10', null],
  ])('reads %s as %s', (word, level) => {
    expect(guessLevel(word)).toBe(level);
  });

  it('takes the words that people mapped before its own guess', async () => {
    const text = 'Id,Harm,Severity\n1,Burn,High\n';
    const table = await readTable(bytes(text), 'harms.csv');

    expect(severityWords(table, guessMapping(table))).toEqual(['high']);
    await expect(harms(text)).rejects.toMatchObject({ code: 'harms.severity-unmapped' });
    expect(await harms(text, { severities: { high: 4 } })).toMatchObject([{ severity: 4 }]);
  });

  it('is typed on the command line as far as it differs', async () => {
    const suggested = guessMapping(await readTable(bytes(ENGLISH), 'harms.csv'));

    expect(readMapOption('title=Hazard, sourceId=, row=3, High=4', suggested)).toEqual({
      ...suggested,
      headingRow: 3,
      columns: { ...suggested.columns, title: 'Hazard', sourceId: null },
      severities: { ...suggested.severities, high: 4 },
    });
    expect(readMapOption(JSON.stringify(suggested), suggested)).toEqual(suggested);
    for (const wrong of ['title', 'row=x', 'high=9', '{'])
      expect(() => readMapOption(wrong, suggested)).toThrow(
        expect.objectContaining({ code: 'harms.no-such-column' }),
      );
  });
});

describe('the difference', () => {
  const known = (key: string, body: Partial<KnownHarm['body']>, state = 'imported'): KnownHarm => ({
    id: key,
    key,
    revision: 1,
    state,
    body: {
      title: 'Burn',
      sourceId: 'H-01',
      hazardousSituation: '',
      severity: 'catastrophic',
      affected: '',
      ...body,
    },
  });
  const now = {
    sourceId: 'H-01',
    title: 'Burn',
    hazardousSituation: '',
    severity: 5 as const,
    affected: '',
    at: 'row 2',
  };

  it('names what is new, changed, gone and back', () => {
    const difference = compareHarms(
      [
        known('HRM-1', { severity: 'critical' }),
        known('HRM-2', { sourceId: 'H-02' }),
        known('HRM-3', { sourceId: 'H-03' }, 'gone'),
      ],
      [now, { ...now, sourceId: 'H-03' }, { ...now, sourceId: 'H-04' }],
    );

    expect(difference.added.map(({ sourceId }) => sourceId)).toEqual(['H-04']);
    expect(difference.changed).toMatchObject([
      {
        known: { key: 'HRM-1' },
        fields: [{ name: 'severity', before: 'critical', now: 'catastrophic' }],
        returns: false,
      },
      { known: { key: 'HRM-3' }, fields: [], returns: true },
    ]);
    expect(difference.gone.map(({ key }) => key)).toEqual(['HRM-2']);
  });

  it('is empty for the same file, and goes by the words where there is no id', () => {
    expect(compareHarms([known('HRM-1', {})], [now])).toEqual({
      added: [],
      changed: [],
      gone: [],
      unchanged: 1,
    });
    expect(compareHarms([known('HRM-1', { sourceId: '' })], [{ ...now, sourceId: '' }]).unchanged).toBe(1);
  });
});

// Bad uploads: SBOMs and advisories.
import { gzipSync } from 'node:zlib';
import { type BadRequest, NUL } from './requests.ts';

const sbom = (
  what: string,
  text: NonNullable<BadRequest['text']>,
  status: number,
  code: string,
  query = 'release=REL-1&name=bom.json',
): BadRequest => ({
  where: 'POST /api/sboms/upload',
  what,
  method: 'POST',
  path: `/api/sboms/upload?${query}`,
  headers: { 'content-type': 'application/octet-stream' },
  text,
  status,
  code,
});
const cyclone = (more: object) =>
  JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1, ...more });
const xml = (before: string, name: string) =>
  `<?xml version="1.0"?>${before}<bom xmlns="http://cyclonedx.org/schema/bom/1.5"><components><component type="library"><name>${name}</name></component></components></bom>`;
const SBOMS: readonly BadRequest[] = [
  sbom('nothing', '', 422, 'sbom.empty'),
  sbom('half an object', '{"bomFormat": "CycloneDX",', 422, 'sbom.not-json'),
  sbom(
    'a picture',
    new Uint8Array([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13]),
    422,
    'sbom.broken-encoding',
  ),
  sbom('JSON of another kind', '{"hello": "world"}', 415, 'sbom.unknown-format'),
  sbom('a version to come', cyclone({ specVersion: '9.9' }), 415, 'sbom.unsupported-version'),
  sbom('100,000 brackets deep', () => '['.repeat(100_000), 422, 'sbom.too-deep'),
  sbom('components that are a text', cyclone({ components: 'many' }), 422, 'sbom.wrong-type'),
  sbom(
    'a component without a name',
    cyclone({ components: [{ type: 'library' }] }),
    422,
    'sbom.missing-field',
  ),
  sbom(
    'a text of 5 million letters',
    () => cyclone({ components: [{ type: 'library', name: 'x'.repeat(5_000_000) }] }),
    422,
    'sbom.string-too-long',
  ),
  sbom(
    'a billion laughs',
    xml(
      `<!DOCTYPE bom [<!ENTITY a "ha">${[...'bcdefghij'].map((name, at) => `<!ENTITY ${name} "${`&${'abcdefghi'[at]};`.repeat(10)}">`).join('')}]>`,
      '&j;',
    ),
    422,
    'sbom.doctype',
  ),
  sbom(
    'XML with an entity that names a file',
    xml('<!DOCTYPE bom [<!ENTITY x SYSTEM "file:///etc/passwd">]>', '&x;'),
    422,
    'sbom.doctype',
  ),
  sbom('XML that is not well-formed', xml('', '<a></b>'), 422, 'sbom.not-xml'),
  sbom('a million XML elements deep', () => xml('', '<a>'.repeat(1_000_000)), 422, 'sbom.too-deep'),
  sbom('XML of another kind', '<html/>', 415, 'sbom.unknown-format'),
  sbom(
    'YAML aliases that grow',
    `spdxVersion: SPDX-2.3\na: &a [x, x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b]\nd: [*c, *c, *c, *c, *c, *c, *c, *c]\n`,
    422,
    'sbom.too-many-aliases',
  ),
  sbom('a YAML list that holds itself', 'spdxVersion: SPDX-2.3\npackages: &a [*a]\n', 422, 'sbom.too-deep'),
  sbom('a key of YAML twice', 'spdxVersion: SPDX-2.3\nname: a\nname: b\n', 422, 'sbom.not-yaml'),
  sbom(
    'tag-value whose text never ends',
    'SPDXVersion: SPDX-2.3\nPackageName: a\nPackageComment: <text>a\n',
    422,
    'sbom.not-tag-value',
  ),
  sbom(
    'gzip of 64 MiB of blanks',
    () => gzipSync(Buffer.alloc(64 * 1024 * 1024, ' ')),
    413,
    'sbom.too-large',
  ),
  sbom('gzip that breaks off', () => gzipSync(cyclone({})).subarray(0, 30), 422, 'sbom.broken-archive'),
  sbom('a zip file', new Uint8Array([0x50, 0x4b, 3, 4, 0, 0]), 415, 'sbom.unknown-format'),
  sbom('a version of 10^400', cyclone({}).replace('"version":1', '"version":1e400'), 422, 'sbom.wrong-type'),
  sbom(
    'Latin 1 in place of Unicode',
    new Uint8Array(
      Buffer.from('<bom xmlns="http://cyclonedx.org/schema/bom/1.5"><a>\u00e9</a></bom>', 'latin1'),
    ),
    422,
    'sbom.broken-encoding',
  ),
  sbom(
    'half a character of UTF-16',
    new Uint8Array([0xff, 0xfe, 0x7b, 0x00, 0x00, 0xd8]),
    422,
    'sbom.broken-encoding',
  ),
  sbom('a release that there is not', cyclone({}), 404, 'record.not-found', 'release=REL-99&name=bom.json'),
  sbom(
    'a threat instead of a release',
    cyclone({}),
    422,
    'sbom.not-a-release',
    'release=THR-1&name=bom.json',
  ),
  {
    ...sbom('a length of 300 MiB', cyclone({}), 413, 'http.too-large'),
    headers: { 'content-type': 'application/octet-stream', 'content-length': String(300 * 1024 * 1024) },
  },
  sbom('no release', cyclone({}), 422, 'http.invalid', 'name=bom.json'),
  sbom('a name with NUL', cyclone({}), 422, 'http.invalid', 'release=REL-1&name=bom%00.json'),
  sbom('a part with NUL', cyclone({}), 422, 'http.invalid', 'release=REL-1&name=bom.json&part=a%00b'),
];

const knowledge = (
  what: string,
  name: string,
  text: NonNullable<BadRequest['text']>,
  status: number,
  code: string,
): BadRequest => ({
  where: 'POST /api/knowledge/upload',
  what,
  method: 'POST',
  path: `/api/knowledge/upload?name=${encodeURIComponent(name)}`,
  headers: { 'content-type': 'application/octet-stream' },
  text,
  status,
  code,
});
const KNOWLEDGE: readonly BadRequest[] = [
  knowledge('a name that is a path', '../../etc/passwd', '{}', 422, 'http.invalid'),
  knowledge('a name with NUL', `a${NUL}.json`, '{}', 422, 'http.invalid'),
];

const harms = (
  what: string,
  text: NonNullable<BadRequest['text']>,
  status: number,
  code: string,
  query = 'product=PRD-1&name=harms.csv',
): BadRequest => ({
  where: 'POST /api/harms/import',
  what,
  method: 'POST',
  path: `/api/harms/import?${query}`,
  headers: { 'content-type': 'application/octet-stream' },
  text,
  status,
  code,
});
const TABLE = 'ID,Harm,Severity\n1,Burn,5\n';
const HARMS: readonly BadRequest[] = [
  harms('nothing', '', 422, 'harms.no-table'),
  harms('a picture', new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 13]), 422, 'harms.unknown-format'),
  harms('a zip that is cut off', new Uint8Array([0x50, 0x4b, 3, 4, 0, 0]), 422, 'harms.broken-file'),
  harms(
    'a cell of 10,000 characters',
    `ID,Harm,Severity\n1,${'x'.repeat(10_000)},5\n`,
    413,
    'harms.too-large',
  ),
  harms('an entity bomb', '<!DOCTYPE a [<!ENTITY b "c">]><REQ-IF/>', 422, 'harms.hostile-file'),
  harms('100,000 brackets deep', () => '['.repeat(100_000), 422, 'harms.hostile-file'),
  harms('a severity off the scale', 'ID,Harm,Severity\n1,Burn,purple\n', 422, 'harms.severity-unmapped'),
  harms('a mapping that is none', TABLE, 422, 'harms.no-such-column', 'product=PRD-1&name=h.csv&map=%7B'),
  harms('a difference nobody saw', TABLE, 409, 'harms.moved', 'product=PRD-1&name=h.csv&seen=0000'),
  {
    ...harms('a length of 11 MiB', TABLE, 413, 'harms.too-large'),
    headers: { 'content-type': 'application/octet-stream', 'content-length': String(11 * 1024 * 1024) },
  },
];

export const BAD_UPLOADS: readonly BadRequest[] = [...SBOMS, ...KNOWLEDGE, ...HARMS];

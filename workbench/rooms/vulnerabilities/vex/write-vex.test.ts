import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { JUSTIFICATIONS, VEX_STATUSES } from '../model.ts';
import { cycloneDxVex, openVex, productPurl, type VexStatement } from './write-vex.ts';

const product = { name: 'Lumen 400', version: '4.1.0', supplier: '' };
const document = {
  id: 'urn:uuid:01a20b00-0000-7000-8000-000000000001',
  author: 'Lea Lead',
  at: '2026-11-24T08:00:00.000Z',
  version: 1,
  toolVersion: '0.1.0',
};
const base: VexStatement = {
  vulnerability: 'CVE-2023-36665',
  aliases: ['GHSA-h755-8qp9-cq85'],
  component: 'pkg:npm/protobufjs@7.2.3',
  componentName: 'protobufjs',
  componentVersion: '7.2.3',
  status: 'under_investigation',
  justification: null,
  rationale: '',
  actionStatement: '',
  at: '2026-11-24T08:00:00.000Z',
};
// Every status, and every justification where one is asked for.
const statements: VexStatement[] = [
  ...VEX_STATUSES.map((status, n) => ({
    ...base,
    vulnerability: `CVE-2099-${1000 + n}`,
    status,
    rationale: 'Why.',
    actionStatement: status === 'affected' ? 'Update to 4.2.' : '',
    justification: status === 'not_affected' ? JUSTIFICATIONS[0] : null,
  })),
  ...JUSTIFICATIONS.map((justification, n) => ({
    ...base,
    vulnerability: `CVE-2099-${2000 + n}`,
    status: 'not_affected' as const,
    justification,
  })),
  {
    ...base,
    vulnerability: 'CVE-2099-3000',
    component: 'name:board-support',
    componentName: 'board-support',
    componentVersion: '',
  },
];

const fixtures = join(process.cwd(), '..', 'shared', 'data', 'fixtures');
const present = existsSync(fixtures);
const read = (...path: string[]) =>
  JSON.parse(readFileSync(join(fixtures, ...path), 'utf8')) as Record<string, unknown>;

describe.skipIf(!present)(
  `VEX documents and the official schemas${present ? '' : ' (skipped: ../shared is absent)'}`,
  () => {
    it('OpenVEX is valid', () => {
      const ajv = new Ajv2020({ strict: false, allErrors: true, logger: false });
      addFormats(ajv);
      const validate = ajv.compile(read('openvex', 'schema', 'openvex_json_schema.json'));
      validate(openVex(product, statements, document));
      expect(validate.errors ?? []).toEqual([]);
    });

    it('CycloneDX 1.6 is valid', () => {
      const ajv = new Ajv({ strict: false, allErrors: true, logger: false });
      addFormats(ajv);
      for (const name of readdirSync(join(fixtures, 'cyclonedx', 'schema')).filter((file) =>
        /^(spdx|jsf).*\.json$/.test(file),
      ))
        ajv.addSchema(read('cyclonedx', 'schema', name));
      const validate = ajv.compile(read('cyclonedx', 'schema', 'bom-1.6.schema.json'));
      validate(cycloneDxVex(product, statements, document));
      expect(validate.errors ?? []).toEqual([]);
    });
  },
);

describe('a VEX document', () => {
  it('never says not affected of what is not', () => {
    const open = openVex(product, statements, document) as {
      statements: { status: string; justification?: string }[];
    };
    expect(open.statements.map((statement) => statement.status)).toEqual(
      statements.map((statement) => statement.status),
    );
    const cyclone = cycloneDxVex(product, statements, document) as {
      vulnerabilities: { analysis: { state: string } }[];
    };
    const states = cyclone.vulnerabilities.map((one) => one.analysis.state);
    expect(states.filter((state) => state === 'not_affected')).toHaveLength(
      statements.filter((statement) => statement.status === 'not_affected').length,
    );
  });

  it('calls the product by a package URL that a reader can take apart', () => {
    expect(productPurl(product)).toBe('pkg:generic/lumen-400@4.1.0');
    expect(productPurl({ ...product, name: 'Ω Läser / 2', version: '1 b' })).toMatch(
      /^pkg:generic\/[^/@ ]+@1%20b$/,
    );
  });
});

// Small VEX documents of our own that say one thing in three formats; tests and fuzz targets start from them.

export const openVexSample = {
  '@context': 'https://openvex.dev/ns/v0.2.0',
  '@id': 'https://harbour.example/vex/1',
  author: 'Harbour Software',
  timestamp: '2026-10-01T08:00:00Z',
  version: 1,
  statements: [
    {
      vulnerability: { name: 'CVE-2026-0001', aliases: ['GHSA-test-1111-2222'] },
      products: [{ '@id': 'pkg:npm/left-hand@1.2.3' }],
      status: 'not_affected',
      justification: 'vulnerable_code_not_in_execute_path',
      impact_statement: 'The parser is never called.',
    },
  ],
};

export const cycloneDxSample = {
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  serialNumber: 'urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79',
  version: 1,
  metadata: { timestamp: '2026-10-01T08:00:00Z', authors: [{ name: 'Harbour Software' }] },
  components: [
    {
      type: 'library',
      'bom-ref': 'left-hand',
      name: 'left-hand',
      version: '1.2.3',
      purl: 'pkg:npm/left-hand@1.2.3',
    },
  ],
  vulnerabilities: [
    {
      id: 'CVE-2026-0001',
      references: [{ id: 'GHSA-test-1111-2222', source: { name: 'GitHub' } }],
      analysis: {
        state: 'not_affected',
        justification: 'code_not_reachable',
        detail: 'The parser is never called.',
      },
      affects: [{ ref: 'left-hand' }],
    },
  ],
};

export const csafSample = {
  document: {
    category: 'csaf_vex',
    csaf_version: '2.0',
    title: 'Left hand and CVE-2026-0001',
    distribution: { tlp: { label: 'WHITE' } },
    publisher: { category: 'vendor', name: 'Harbour Software', namespace: 'https://harbour.example' },
    tracking: {
      id: 'HARBOUR-1',
      status: 'final',
      version: '1',
      initial_release_date: '2026-10-01T08:00:00Z',
      current_release_date: '2026-10-01T08:00:00Z',
      revision_history: [{ date: '2026-10-01T08:00:00Z', number: '1', summary: 'First' }],
    },
  },
  product_tree: {
    branches: [
      {
        category: 'vendor',
        name: 'Harbour Software',
        branches: [
          {
            category: 'product_name',
            name: 'Left hand',
            branches: [
              {
                category: 'product_version',
                name: '1.2.3',
                product: {
                  product_id: 'P1',
                  name: 'Left hand 1.2.3',
                  product_identification_helper: { purl: 'pkg:npm/left-hand@1.2.3' },
                },
              },
            ],
          },
        ],
      },
    ],
  },
  vulnerabilities: [
    {
      cve: 'CVE-2026-0001',
      ids: [{ system_name: 'GitHub', text: 'GHSA-test-1111-2222' }],
      product_status: { known_not_affected: ['P1'] },
      flags: [{ label: 'vulnerable_code_not_in_execute_path', product_ids: ['P1'] }],
      threats: [{ category: 'impact', details: 'The parser is never called.', product_ids: ['P1'] }],
    },
  ],
};

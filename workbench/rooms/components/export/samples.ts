// A CycloneDX file that uses what an export must keep, written for the tests.

const digest = (sign: string) => sign.repeat(64);

export const fullCycloneDx = JSON.stringify({
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  serialNumber: 'urn:uuid:3e671687-395b-41f5-a30f-a58921a69b70',
  version: 7,
  metadata: {
    timestamp: '2026-11-24T09:30:00Z',
    lifecycles: [{ phase: 'build' }],
    authors: [{ name: 'Build Team', email: 'build@example.org' }],
    tools: { components: [{ type: 'application', name: 'builder', version: '1' }] },
    component: { type: 'device', 'bom-ref': 'pump', name: 'Pump', version: '3.0' },
  },
  components: [
    {
      type: 'library',
      'bom-ref': 'pkg:maven/org.tls/tls@1.10?type=jar',
      supplier: {
        name: 'Tls Project',
        url: ['https://tls.example'],
        contact: [{ email: 'security@tls.example' }],
      },
      'mime-type': 'application/java-archive',
      publisher: 'Tls Press',
      group: 'org.tls',
      name: 'tls',
      version: '1.10',
      description: 'Transport security',
      scope: 'required',
      hashes: [
        { alg: 'SHA-256', content: digest('a') },
        { alg: 'SHA-512', content: digest('b') + digest('c') },
      ],
      licenses: [
        { license: { id: 'MIT', acknowledgement: 'declared', url: 'https://tls.example/licence' } },
        { license: { name: 'Tls Commercial Terms' } },
      ],
      copyright: '© the authors',
      cpe: 'cpe:2.3:a:tls:tls:1.10:*:*:*:*:*:*:*',
      purl: 'pkg:maven/org.tls/tls@1.10?type=jar',
      pedigree: {
        ancestors: [{ type: 'library', name: 'tls', version: '1.9' }],
        patches: [
          {
            type: 'backport',
            diff: { text: { content: `-${'x'.repeat(3_000)}` }, url: 'https://tls.example/patch' },
            resolves: [{ type: 'security', id: 'CVE-2099-0001' }],
          },
        ],
        notes: 'Patched for the pump',
      },
      externalReferences: [
        {
          type: 'vcs',
          url: 'https://git.example/tls.git',
          comment: 'main line',
          hashes: [{ alg: 'SHA-256', content: digest('d') }],
        },
        { type: 'website', url: 'https://tls.example/' },
      ],
      evidence: {
        identity: [
          { field: 'purl', confidence: 1, methods: [{ technique: 'manifest-analysis', confidence: 1 }] },
        ],
        occurrences: [{ location: '/lib/tls.jar' }],
      },
      properties: [
        { name: 'ward:element', value: 'SWI-1' },
        { name: 'internal:team', value: 'Connectivity' },
      ],
      components: [
        {
          type: 'library',
          'bom-ref': 'asn1',
          name: 'asn1',
          version: '2',
          licenses: [{ expression: 'Apache-2.0 OR (MIT AND BSD-3-Clause)' }],
          components: [
            {
              type: 'file',
              'bom-ref': 'table',
              name: 'table.bin',
              hashes: [{ alg: 'MD5', content: 'e'.repeat(32) }],
            },
          ],
        },
      ],
    },
    {
      type: 'operating-system',
      'bom-ref': 'rtos',
      name: 'rtos',
      version: '10.2',
      cpe: 'cpe:2.3:o:acme:rtos:10.2:*:*:*:*:*:*:*',
      purl: 'pkg:generic/rtos@10.2',
      swid: { tagId: 'acme-rtos', name: 'rtos' },
      tags: ['real-time'],
    },
  ],
  services: [{ 'bom-ref': 'cloud', name: 'Update service', endpoints: ['https://update.example'] }],
  dependencies: [
    { ref: 'pump', dependsOn: ['pkg:maven/org.tls/tls@1.10?type=jar', 'rtos', 'cloud'] },
    { ref: 'pkg:maven/org.tls/tls@1.10?type=jar', dependsOn: ['asn1'] },
    { ref: 'asn1' },
  ],
  compositions: [{ aggregate: 'incomplete', assemblies: ['pump'] }],
});

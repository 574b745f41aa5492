// One small bill of materials in every notation that Ward reads, written for the tests: a pump with a TLS library, a firmware
// part that only a commit and a digest identify, and a real-time system that only CPEs identify.

const COMMIT = '0123456789abcdef0123456789abcdef01234567';
const DIGEST = 'ab'.repeat(32);
const CPE23 = 'cpe:2.3:o:acme:rtos:10.2:*:*:*:*:*:*:*';
const CPE22 = 'cpe:/o:acme:rtos:10.2';

export const cycloneDxJson = JSON.stringify({
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  serialNumber: 'urn:uuid:3e671687-395b-41f5-a30f-a58921a69b70',
  version: 2,
  metadata: {
    timestamp: '2026-11-24T09:30:00Z',
    tools: { components: [{ type: 'application', name: 'builder', version: '1' }] },
    component: { 'bom-ref': 'pump', type: 'device', name: 'Pump', version: '3.0' },
  },
  components: [
    {
      'bom-ref': 'tls',
      type: 'library',
      supplier: { name: 'Tls Project' },
      group: 'org.tls',
      name: 'tls',
      version: '1.10',
      scope: 'required',
      hashes: [{ alg: 'SHA-256', content: DIGEST }],
      licenses: [{ license: { id: 'MIT' } }],
      copyright: '© the authors',
      purl: 'pkg:generic/tls@1.10',
      externalReferences: [{ type: 'website', url: 'https://tls.example/' }],
      evidence: { occurrences: [{ 'bom-ref': 'o1', location: '/lib/tls.so' }] },
      properties: [
        { name: 'ward:element', value: 'SWI-1' },
        { name: 'cdx:lifecycle:milestone:endOfSupport', value: '2030-06-30' },
      ],
      components: [{ 'bom-ref': 'asn1', type: 'library', name: 'asn1', version: '2' }],
    },
    {
      'bom-ref': 'boot',
      type: 'firmware',
      name: 'boot',
      hashes: [{ alg: 'SHA-256', content: DIGEST }],
      externalReferences: [{ type: 'vcs', url: `git+https://git.example/boot.git@${COMMIT}` }],
      pedigree: { patches: [{ type: 'backport', diff: { text: { content: '-a +b' } } }] },
    },
    { 'bom-ref': 'rtos', type: 'operating-system', name: 'rtos', version: '10.2', cpe: CPE23 },
  ],
  dependencies: [
    { ref: 'pump', dependsOn: ['tls', 'boot', 'rtos'] },
    { ref: 'tls', dependsOn: ['asn1'] },
  ],
});

export const cycloneDxXml = `<?xml version="1.0" encoding="UTF-8"?>
<bom xmlns="http://cyclonedx.org/schema/bom/1.6" serialNumber="urn:uuid:3e671687-395b-41f5-a30f-a58921a69b70" version="2">
  <metadata>
    <timestamp>2026-11-24T09:30:00Z</timestamp>
    <tools><components><component type="application"><name>builder</name><version>1</version></component></components></tools>
    <component type="device" bom-ref="pump"><name>Pump</name><version>3.0</version></component>
  </metadata>
  <components>
    <component type="library" bom-ref="tls">
      <supplier><name>Tls Project</name></supplier>
      <group>org.tls</group>
      <name>tls</name>
      <version>1.10</version>
      <scope>required</scope>
      <hashes><hash alg="SHA-256">${DIGEST}</hash></hashes>
      <licenses><license><id>MIT</id></license></licenses>
      <copyright>© the authors</copyright>
      <purl>pkg:generic/tls@1.10</purl>
      <externalReferences><reference type="website"><url>https://tls.example/</url></reference></externalReferences>
      <properties>
        <property name="ward:element">SWI-1</property>
        <property name="cdx:lifecycle:milestone:endOfSupport">2030-06-30</property>
      </properties>
      <components><component type="library" bom-ref="asn1"><name>asn1</name><version>2</version></component></components>
      <evidence><occurrences><occurrence bom-ref="o1"><location>/lib/tls.so</location></occurrence></occurrences></evidence>
    </component>
    <component type="firmware" bom-ref="boot">
      <name>boot</name>
      <hashes><hash alg="SHA-256">${DIGEST}</hash></hashes>
      <pedigree><patches><patch type="backport"><diff><text>-a +b</text></diff></patch></patches></pedigree>
      <externalReferences>
        <reference type="vcs"><url>git+https://git.example/boot.git@${COMMIT}</url></reference>
      </externalReferences>
    </component>
    <component type="operating-system" bom-ref="rtos"><name>rtos</name><version>10.2</version><cpe>${CPE23}</cpe></component>
  </components>
  <dependencies>
    <dependency ref="pump"><dependency ref="tls"/><dependency ref="boot"/><dependency ref="rtos"/></dependency>
    <dependency ref="tls"><dependency ref="asn1"/></dependency>
  </dependencies>
</bom>
`;

const NAMESPACE = 'https://acme.example/spdx/pump-3.0';

export const spdxJson = JSON.stringify({
  spdxVersion: 'SPDX-2.3',
  SPDXID: 'SPDXRef-DOCUMENT',
  name: 'pump',
  documentNamespace: NAMESPACE,
  creationInfo: { created: '2026-11-24T09:30:00Z', creators: ['Tool: builder-1'] },
  packages: [
    {
      SPDXID: 'SPDXRef-pump',
      name: 'Pump',
      versionInfo: '3.0',
      primaryPackagePurpose: 'DEVICE',
      downloadLocation: 'NOASSERTION',
    },
    {
      SPDXID: 'SPDXRef-tls',
      name: 'tls',
      versionInfo: '1.10',
      supplier: 'Organization: Tls Project (security@tls.example)',
      downloadLocation: 'https://tls.example/tls-1.10.tar.gz',
      licenseConcluded: '(MIT OR Apache-2.0)',
      copyrightText: 'by the authors,\nof whom there are two',
      validUntilDate: '2030-06-30T00:00:00Z',
      checksums: [{ algorithm: 'SHA256', checksumValue: DIGEST }],
      externalRefs: [
        {
          referenceCategory: 'PACKAGE-MANAGER',
          referenceType: 'purl',
          referenceLocator: 'pkg:generic/tls@1.10',
        },
      ],
    },
    {
      SPDXID: 'SPDXRef-boot',
      name: 'boot',
      primaryPackagePurpose: 'FIRMWARE',
      downloadLocation: `git+https://git.example/boot.git@${COMMIT}`,
      checksums: [{ algorithm: 'SHA256', checksumValue: DIGEST }],
    },
    {
      SPDXID: 'SPDXRef-rtos',
      name: 'rtos',
      versionInfo: '10.2',
      primaryPackagePurpose: 'OPERATING-SYSTEM',
      downloadLocation: 'NONE',
      externalRefs: [
        { referenceCategory: 'SECURITY', referenceType: 'cpe23Type', referenceLocator: CPE23 },
        { referenceCategory: 'SECURITY', referenceType: 'cpe22Type', referenceLocator: CPE22 },
      ],
    },
  ],
  relationships: [
    { spdxElementId: 'SPDXRef-DOCUMENT', relationshipType: 'DESCRIBES', relatedSpdxElement: 'SPDXRef-pump' },
    { spdxElementId: 'SPDXRef-pump', relationshipType: 'DEPENDS_ON', relatedSpdxElement: 'SPDXRef-tls' },
    { spdxElementId: 'SPDXRef-pump', relationshipType: 'CONTAINS', relatedSpdxElement: 'SPDXRef-boot' },
    {
      spdxElementId: 'SPDXRef-rtos',
      relationshipType: 'RUNTIME_DEPENDENCY_OF',
      relatedSpdxElement: 'SPDXRef-pump',
    },
  ],
});

export const spdxTagValue = `# written by hand
SPDXVersion: SPDX-2.3
DataLicense: CC0-1.0
SPDXID: SPDXRef-DOCUMENT
DocumentName: pump
DocumentNamespace: ${NAMESPACE}
Creator: Tool: builder-1
Created: 2026-11-24T09:30:00Z
Relationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-pump

PackageName: Pump
SPDXID: SPDXRef-pump
PackageVersion: 3.0
PrimaryPackagePurpose: DEVICE
PackageDownloadLocation: NOASSERTION
Relationship: SPDXRef-pump DEPENDS_ON SPDXRef-tls
Relationship: SPDXRef-pump CONTAINS SPDXRef-boot
Relationship: SPDXRef-rtos RUNTIME_DEPENDENCY_OF SPDXRef-pump

PackageName: tls
SPDXID: SPDXRef-tls
PackageVersion: 1.10
PackageSupplier: Organization: Tls Project (security@tls.example)
PackageDownloadLocation: https://tls.example/tls-1.10.tar.gz
PackageLicenseConcluded: (MIT OR Apache-2.0)
PackageCopyrightText: <text>by the authors,
of whom there are two</text>
ValidUntilDate: 2030-06-30T00:00:00Z
PackageChecksum: SHA256: ${DIGEST}
ExternalRef: PACKAGE-MANAGER purl pkg:generic/tls@1.10

PackageName: boot
SPDXID: SPDXRef-boot
PrimaryPackagePurpose: FIRMWARE
PackageDownloadLocation: git+https://git.example/boot.git@${COMMIT}
PackageChecksum: SHA256: ${DIGEST}

PackageName: rtos
SPDXID: SPDXRef-rtos
PackageVersion: 10.2
PrimaryPackagePurpose: OPERATING-SYSTEM
PackageDownloadLocation: NONE
ExternalRef: SECURITY cpe23Type ${CPE23}
ExternalRef: SECURITY cpe22Type ${CPE22}
`;

export const spdxYaml = `---
spdxVersion: SPDX-2.3
SPDXID: SPDXRef-DOCUMENT
name: pump
documentNamespace: ${NAMESPACE}
creationInfo:
  created: 2026-11-24T09:30:00Z
  creators:
    - "Tool: builder-1"
packages:
  - SPDXID: SPDXRef-pump
    name: Pump
    versionInfo: 3.0
    primaryPackagePurpose: DEVICE
    downloadLocation: NOASSERTION
    homepage: null
  - SPDXID: SPDXRef-tls
    name: tls
    versionInfo: 1.10
    supplier: "Organization: Tls Project (security@tls.example)"
    downloadLocation: https://tls.example/tls-1.10.tar.gz
    licenseConcluded: (MIT OR Apache-2.0)
    copyrightText: |-
      by the authors,
      of whom there are two
    validUntilDate: 2030-06-30T00:00:00Z
    checksums: &digest
      - algorithm: SHA256
        checksumValue: ${DIGEST}
    externalRefs:
      - { referenceCategory: PACKAGE-MANAGER, referenceType: purl, referenceLocator: "pkg:generic/tls@1.10" }
  - SPDXID: SPDXRef-boot
    name: boot
    primaryPackagePurpose: FIRMWARE
    downloadLocation: git+https://git.example/boot.git@${COMMIT}
    checksums: *digest
  - SPDXID: SPDXRef-rtos
    name: rtos
    versionInfo: 10.2
    primaryPackagePurpose: OPERATING-SYSTEM
    downloadLocation: NONE
    externalRefs:
      - { referenceCategory: SECURITY, referenceType: cpe23Type, referenceLocator: "${CPE23}" }
      - { referenceCategory: SECURITY, referenceType: cpe22Type, referenceLocator: "${CPE22}" }
relationships:
  - { spdxElementId: SPDXRef-DOCUMENT, relationshipType: DESCRIBES, relatedSpdxElement: SPDXRef-pump }
  - { spdxElementId: SPDXRef-pump, relationshipType: DEPENDS_ON, relatedSpdxElement: SPDXRef-tls }
  - { spdxElementId: SPDXRef-pump, relationshipType: CONTAINS, relatedSpdxElement: SPDXRef-boot }
  - { spdxElementId: SPDXRef-rtos, relationshipType: RUNTIME_DEPENDENCY_OF, relatedSpdxElement: SPDXRef-pump }
`;

export const spdxRdf = `<?xml version="1.0" encoding="UTF-8"?>
<rdf:RDF xmlns:spdx="http://spdx.org/rdf/terms#" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <spdx:SpdxDocument rdf:about="${NAMESPACE}#SPDXRef-DOCUMENT">
    <spdx:specVersion>SPDX-2.3</spdx:specVersion>
    <spdx:name>pump</spdx:name>
    <spdx:creationInfo>
      <spdx:CreationInfo>
        <spdx:created>2026-11-24T09:30:00Z</spdx:created>
        <spdx:creator>Tool: builder-1</spdx:creator>
      </spdx:CreationInfo>
    </spdx:creationInfo>
    <spdx:relationship>
      <spdx:Relationship>
        <spdx:relationshipType rdf:resource="http://spdx.org/rdf/terms#relationshipType_describes"/>
        <spdx:relatedSpdxElement>
          <spdx:Package rdf:about="${NAMESPACE}#SPDXRef-pump">
            <spdx:name>Pump</spdx:name>
            <spdx:versionInfo>3.0</spdx:versionInfo>
            <spdx:primaryPackagePurpose rdf:resource="http://spdx.org/rdf/terms#purpose_device"/>
            <spdx:downloadLocation rdf:resource="http://spdx.org/rdf/terms#noassertion"/>
            <spdx:relationship>
              <spdx:Relationship>
                <spdx:relationshipType rdf:resource="http://spdx.org/rdf/terms#relationshipType_dependsOn"/>
                <spdx:relatedSpdxElement rdf:resource="${NAMESPACE}#SPDXRef-tls"/>
              </spdx:Relationship>
            </spdx:relationship>
            <spdx:relationship>
              <spdx:Relationship>
                <spdx:relationshipType rdf:resource="http://spdx.org/rdf/terms#relationshipType_contains"/>
                <spdx:relatedSpdxElement rdf:resource="${NAMESPACE}#SPDXRef-boot"/>
              </spdx:Relationship>
            </spdx:relationship>
          </spdx:Package>
        </spdx:relatedSpdxElement>
      </spdx:Relationship>
    </spdx:relationship>
  </spdx:SpdxDocument>
  <spdx:Package rdf:about="${NAMESPACE}#SPDXRef-tls">
    <spdx:name>tls</spdx:name>
    <spdx:versionInfo>1.10</spdx:versionInfo>
    <spdx:supplier>Organization: Tls Project (security@tls.example)</spdx:supplier>
    <spdx:downloadLocation>https://tls.example/tls-1.10.tar.gz</spdx:downloadLocation>
    <spdx:licenseConcluded>
      <spdx:DisjunctiveLicenseSet>
        <spdx:member rdf:resource="http://spdx.org/licenses/MIT"/>
        <spdx:member><spdx:ListedLicense rdf:about="http://spdx.org/licenses/Apache-2.0"/></spdx:member>
      </spdx:DisjunctiveLicenseSet>
    </spdx:licenseConcluded>
    <spdx:copyrightText>by the authors,
of whom there are two</spdx:copyrightText>
    <spdx:validUntilDate>2030-06-30T00:00:00Z</spdx:validUntilDate>
    <spdx:checksum>
      <spdx:Checksum>
        <spdx:algorithm rdf:resource="http://spdx.org/rdf/terms#checksumAlgorithm_sha256"/>
        <spdx:checksumValue>${DIGEST}</spdx:checksumValue>
      </spdx:Checksum>
    </spdx:checksum>
    <spdx:externalRef>
      <spdx:ExternalRef>
        <spdx:referenceCategory rdf:resource="http://spdx.org/rdf/terms#referenceCategory_packageManager"/>
        <spdx:referenceType rdf:resource="http://spdx.org/rdf/references/purl"/>
        <spdx:referenceLocator>pkg:generic/tls@1.10</spdx:referenceLocator>
      </spdx:ExternalRef>
    </spdx:externalRef>
  </spdx:Package>
  <spdx:Package rdf:about="${NAMESPACE}#SPDXRef-boot">
    <spdx:name>boot</spdx:name>
    <spdx:primaryPackagePurpose rdf:resource="http://spdx.org/rdf/terms#purpose_firmware"/>
    <spdx:downloadLocation>git+https://git.example/boot.git@${COMMIT}</spdx:downloadLocation>
    <spdx:checksum>
      <spdx:Checksum>
        <spdx:algorithm rdf:resource="http://spdx.org/rdf/terms#checksumAlgorithm_sha256"/>
        <spdx:checksumValue>${DIGEST}</spdx:checksumValue>
      </spdx:Checksum>
    </spdx:checksum>
  </spdx:Package>
  <spdx:Package rdf:about="${NAMESPACE}#SPDXRef-rtos">
    <spdx:name>rtos</spdx:name>
    <spdx:versionInfo>10.2</spdx:versionInfo>
    <spdx:primaryPackagePurpose rdf:resource="http://spdx.org/rdf/terms#purpose_operatingSystem"/>
    <spdx:downloadLocation rdf:resource="http://spdx.org/rdf/terms#none"/>
    <spdx:externalRef>
      <spdx:ExternalRef>
        <spdx:referenceType rdf:resource="http://spdx.org/rdf/references/cpe23Type"/>
        <spdx:referenceLocator>${CPE23}</spdx:referenceLocator>
      </spdx:ExternalRef>
    </spdx:externalRef>
    <spdx:externalRef>
      <spdx:ExternalRef>
        <spdx:referenceType rdf:resource="http://spdx.org/rdf/references/cpe22Type"/>
        <spdx:referenceLocator>${CPE22}</spdx:referenceLocator>
      </spdx:ExternalRef>
    </spdx:externalRef>
    <spdx:relationship>
      <spdx:Relationship>
        <spdx:relationshipType rdf:resource="http://spdx.org/rdf/terms#relationshipType_runtimeDependencyOf"/>
        <spdx:relatedSpdxElement rdf:resource="${NAMESPACE}#SPDXRef-pump"/>
      </spdx:Relationship>
    </spdx:relationship>
  </spdx:Package>
</rdf:RDF>
`;

const id = (name: string) => `${NAMESPACE}/${name}`;
const relationship = (from: string, relationshipType: string, to: string, more: object = {}) => ({
  type: 'Relationship',
  spdxId: id(`${from}-${relationshipType}-${to}`),
  creationInfo: '_:info',
  from: id(from),
  relationshipType,
  to: [id(to)],
  ...more,
});

export const spdx3 = JSON.stringify({
  '@context': 'https://spdx.org/rdf/3.0.1/spdx-context.jsonld',
  '@graph': [
    {
      type: 'CreationInfo',
      '@id': '_:info',
      specVersion: '3.0.1',
      created: '2026-11-24T09:30:00Z',
      createdUsing: [id('tool')],
    },
    { type: 'Tool', spdxId: id('tool'), name: 'builder-1', creationInfo: '_:info' },
    { type: 'Organization', spdxId: id('supplier'), name: 'Tls Project', creationInfo: '_:info' },
    { type: 'SpdxDocument', spdxId: id('document'), creationInfo: '_:info', rootElement: [id('bom')] },
    { type: 'software_Sbom', spdxId: id('bom'), creationInfo: '_:info', rootElement: [id('pump')] },
    {
      type: 'software_Package',
      spdxId: id('pump'),
      creationInfo: '_:info',
      name: 'Pump',
      software_packageVersion: '3.0',
      software_primaryPurpose: 'device',
    },
    {
      type: 'software_Package',
      spdxId: id('tls'),
      creationInfo: '_:info',
      name: 'tls',
      software_packageVersion: '1.10',
      software_packageUrl: 'pkg:generic/tls@1.10',
      suppliedBy: id('supplier'),
      supportLevel: ['limitedSupport'],
      validUntilTime: '2030-06-30T00:00:00Z',
      verifiedUsing: [{ type: 'Hash', algorithm: 'sha256', hashValue: DIGEST }],
    },
    {
      type: 'software_Package',
      spdxId: id('boot'),
      creationInfo: '_:info',
      name: 'boot',
      software_primaryPurpose: 'firmware',
      software_downloadLocation: `git+https://git.example/boot.git@${COMMIT}`,
      verifiedUsing: [{ type: 'Hash', algorithm: 'sha256', hashValue: DIGEST }],
    },
    {
      type: 'software_Package',
      spdxId: id('rtos'),
      creationInfo: '_:info',
      name: 'rtos',
      software_packageVersion: '10.2',
      software_primaryPurpose: 'operatingSystem',
      externalIdentifier: [
        { type: 'ExternalIdentifier', externalIdentifierType: 'cpe23', identifier: CPE23 },
        { type: 'ExternalIdentifier', externalIdentifierType: 'cpe22', identifier: CPE22 },
      ],
    },
    {
      type: 'simplelicensing_LicenseExpression',
      spdxId: id('licence'),
      creationInfo: '_:info',
      simplelicensing_licenseExpression: '(MIT OR Apache-2.0)',
    },
    relationship('tls', 'hasConcludedLicense', 'licence'),
    relationship('pump', 'dependsOn', 'tls'),
    relationship('pump', 'contains', 'boot'),
    relationship('pump', 'dependsOn', 'rtos', { type: 'LifecycleScopedRelationship', scope: 'runtime' }),
  ],
});

/** Name of the notation → the sample. */
export const samples: Readonly<Record<string, string>> = {
  'CycloneDX JSON': cycloneDxJson,
  'CycloneDX XML': cycloneDxXml,
  'SPDX JSON': spdxJson,
  'SPDX tag-value': spdxTagValue,
  'SPDX YAML': spdxYaml,
  'SPDX RDF/XML': spdxRdf,
  'SPDX 3 JSON-LD': spdx3,
};

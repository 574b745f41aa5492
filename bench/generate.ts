// Generated SBOMs and advisories of any size, the same for the same numbers.

/** Small, seeded and good enough for test data (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const PACKAGES = 20_000;
const nameOf = (n: number) => `ward-sample-${n % PACKAGES}`;
const versionOf = (random: () => number) =>
  `${Math.floor(random() * 5)}.${Math.floor(random() * 20)}.${Math.floor(random() * 20)}`;

/** A CycloneDX 1.6 SBOM with so many npm components, each depending on a few others. */
export function cycloneDx(count: number, seed: number, from = Math.floor(seeded(seed)() * PACKAGES)): string {
  const random = seeded(seed);
  const components = Array.from({ length: count }, (_, index) => {
    const name = nameOf(from + index);
    const version = versionOf(random);
    return { type: 'library', 'bom-ref': `c${index}`, name, version, purl: `pkg:npm/${name}@${version}` };
  });
  const dependencies = components.map((_, index) => ({
    ref: `c${index}`,
    dependsOn: index + 1 < count ? [`c${index + 1}`] : [],
  }));
  return JSON.stringify({
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: { type: 'firmware', 'bom-ref': 'root', name: `sample ${seed}`, version: '1' } },
    components,
    dependencies,
  });
}

/** OSV records with ids of their own for each seed; about one in twenty speaks of a package with a given name. */
export function osvRecords(count: number, seed: number): string {
  const random = seeded(seed);
  const records = Array.from({ length: count }, (_, index) => ({
    schema_version: '1.6.0',
    id: osvId(seed, index),
    modified: '2026-03-01T00:00:00Z',
    summary: `Sample flaw ${index} of ${seed}`,
    affected: [
      {
        package: { ecosystem: 'npm', name: nameOf(Math.floor(random() * PACKAGES)) },
        ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed: versionOf(random) }] }],
      },
    ],
  }));
  return JSON.stringify(records);
}

export const osvId = (seed: number, index: number): string => `SAMPLE-${seed}-${index}`;

import { ExportMenu } from '../../../web/design/ExportMenu.tsx';

const FORMATS = [
  { id: 'cyclonedx-1.6', title: 'CycloneDX 1.6' },
  { id: 'cyclonedx-1.7', title: 'CycloneDX 1.7' },
  { id: 'spdx-2.3', title: 'SPDX 2.3' },
  { id: 'spdx-3.0', title: 'SPDX 3.0' },
];

/** One SBOM of the release, with what people completed; the originals are with the imports. */
export function SbomExport({ release }: { readonly release: string }) {
  return (
    <ExportMenu
      title="Export SBOM"
      formats={FORMATS}
      href={(format) => `/api/releases/${encodeURIComponent(release)}/sbom?format=${format}`}
      name={release}
    />
  );
}

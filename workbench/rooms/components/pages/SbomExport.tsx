import { Button, Menu } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';

const FORMATS = [
  { id: 'cyclonedx-1.6', title: 'CycloneDX 1.6' },
  { id: 'cyclonedx-1.7', title: 'CycloneDX 1.7' },
  { id: 'spdx-2.3', title: 'SPDX 2.3' },
  { id: 'spdx-3.0', title: 'SPDX 3.0' },
];

/** One SBOM of the release, with what people completed; the originals are with the imports. */
export function SbomExport({ release }: { readonly release: string }) {
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button leftSection={<IconDownload size={16} aria-hidden="true" />}>Export SBOM</Button>
      </Menu.Target>
      <Menu.Dropdown>
        {FORMATS.map((format) => (
          <Menu.Item
            key={format.id}
            component="a"
            href={`/api/releases/${encodeURIComponent(release)}/sbom?format=${format.id}`}
            download={`${release.toLowerCase()}-${format.id}.json`}
          >
            {format.title}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

import { Button, Menu } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { lossesOf } from '../vex/losses.ts';
import './findings.css';

const FORMATS = [
  { id: 'openvex', title: 'OpenVEX 0.2' },
  { id: 'cyclonedx', title: 'CycloneDX VEX' },
  { id: 'csaf', title: 'CSAF 2.0 VEX' },
] as const;

/** What was decided about the findings of a release, for the tools of others. */
export function VexExport({ release }: { readonly release: string }) {
  return (
    <Menu position="bottom-end" width={340}>
      <Menu.Target>
        <Button leftSection={<IconDownload size={16} aria-hidden="true" />}>Export VEX</Button>
      </Menu.Target>
      <Menu.Dropdown>
        {FORMATS.map((format) => (
          <Menu.Item
            key={format.id}
            component="a"
            href={`/api/releases/${encodeURIComponent(release)}/vex?format=${format.id}`}
            download={`${release.toLowerCase()}-${format.id}.json`}
          >
            {format.title}
            <ul className="vex-losses">
              {lossesOf(format.id).map((loss) => (
                <li key={loss}>{loss}</li>
              ))}
            </ul>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

import { Button, Menu } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import type { ReactNode } from 'react';

export interface ExportFormat {
  readonly id: string;
  readonly title: string;
  /** What one should know before choosing it, such as what it cannot say. */
  readonly note?: ReactNode;
}

export interface ExportMenuProps {
  /** A verb with its object: `Export SBOM`. */
  readonly title: string;
  readonly formats: readonly ExportFormat[];
  /** Where the file of a format comes from. */
  readonly href: (format: string) => string;
  /** Name of the file, without the format and the ending. */
  readonly name: string;
  readonly width?: number;
}

/** One thing as a file, in the format that is chosen from the menu. */
export function ExportMenu({ title, formats, href, name, width }: ExportMenuProps) {
  return (
    <Menu position="bottom-end" {...(width === undefined ? {} : { width })}>
      <Menu.Target>
        <Button leftSection={<IconDownload size={16} aria-hidden="true" />}>{title}</Button>
      </Menu.Target>
      <Menu.Dropdown>
        {formats.map((format) => (
          <Menu.Item
            key={format.id}
            component="a"
            href={href(format.id)}
            download={`${name.toLowerCase()}-${format.id}.json`}
          >
            {format.title}
            {format.note}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

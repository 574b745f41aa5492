// The formats that an SBOM goes out in, and what a writer needs beside the document.
import type { OutgoingSbom } from '../outgoing.ts';
import { writeCycloneDx } from './cyclonedx.ts';
import { writeSpdx3 } from './spdx3.ts';
import { writeSpdx23 } from './spdx23.ts';

export const EXPORT_FORMATS = ['cyclonedx-1.6', 'cyclonedx-1.7', 'spdx-2.3', 'spdx-3.0'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export interface ExportContext {
  /** ISO 8601 instant with seconds. */
  readonly at: string;
  readonly toolVersion: string;
  /** Person or organisation that the document is from. */
  readonly author: string;
}

/** The document as a JSON value. Pure: the same input gives the same document. */
export function exportSbom(sbom: OutgoingSbom, format: ExportFormat, context: ExportContext): object {
  switch (format) {
    case 'cyclonedx-1.6':
      return writeCycloneDx(sbom, '1.6', context);
    case 'cyclonedx-1.7':
      return writeCycloneDx(sbom, '1.7', context);
    case 'spdx-2.3':
      return writeSpdx23(sbom, context);
    case 'spdx-3.0':
      return writeSpdx3(sbom, context);
    default:
      return format satisfies never;
  }
}

export const EXPORT_MEDIA_TYPES = [
  'application/vnd.cyclonedx+json',
  'application/spdx+json',
  'application/ld+json',
] as const;

export function mediaTypeOf(format: ExportFormat): (typeof EXPORT_MEDIA_TYPES)[number] {
  if (format.startsWith('cyclonedx')) return 'application/vnd.cyclonedx+json';
  return format === 'spdx-2.3' ? 'application/spdx+json' : 'application/ld+json';
}

// What an export takes and gives; what the other format cannot say is listed, never dropped in silence.
import type { ImportedThreat, Layout } from '../import/contract.ts';
import type { SystemModel } from '../metamodel.ts';

export const EXPORT_FORMATS = [
  'yaml',
  'json',
  'threat-dragon',
  'otm',
  'cyclonedx',
  'mermaid',
  'svg',
] as const;
export const EXPORT_MEDIA_TYPES = [
  'application/yaml',
  'application/json',
  'application/vnd.cyclonedx+json',
  'text/vnd.mermaid',
  'image/svg+xml',
] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export interface ExportInput {
  readonly model: SystemModel;
  /** Coordinates of the drawing; where there are none, a simple arrangement is made. */
  readonly layout?: Layout;
  readonly threats?: readonly ImportedThreat[];
  /** Sections of a CycloneDX file that were carried through an import. */
  readonly carried?: Readonly<Record<string, unknown>>;
}

export interface Exported {
  readonly text: string;
  readonly mediaType: (typeof EXPORT_MEDIA_TYPES)[number];
  /** Of the file: `otm.json`. */
  readonly extension: string;
  /** What the format has no words for: `6 safety functions`. */
  readonly losses: readonly string[];
}

/** `3 harms` for each part that has something and is not among those that the format can say. */
export function lossesOf(model: SystemModel, said: readonly (keyof SystemModel)[]): string[] {
  const words: Readonly<Record<string, string>> = {
    safetyFunctions: 'safety functions',
    useCases: 'use cases',
  };
  return Object.entries(model).flatMap(([part, value]) =>
    Array.isArray(value) && value.length > 0 && !said.includes(part as keyof SystemModel)
      ? [`${value.length} ${words[part] ?? part}`]
      : [],
  );
}

/** How many objects have answers, which few formats can say. */
export function answeredLoss(model: SystemModel): string[] {
  const parts = [model.zones, model.elements, model.interfaces, model.flows, model.safetyFunctions];
  const count = parts.flat().reduce((sum, object) => sum + Object.keys(object.answers).length, 0);
  return count === 0 ? [] : [`${count} answers`];
}

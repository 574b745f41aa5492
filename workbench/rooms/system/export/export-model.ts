// A model in the words of another tool. Pure; every loss is listed.
import { refuseModel } from '../errors.ts';
import { writeModelText } from '../text-form.ts';
import { EXPORT_FORMATS, type Exported, type ExportFormat, type ExportInput } from './contract.ts';
import { exportCycloneDx } from './cyclonedx.ts';
import { exportMermaid } from './mermaid.ts';
import { exportOtm } from './otm.ts';
import { exportSvg } from './svg.ts';
import { exportThreatDragon } from './threat-dragon.ts';

export function exportModel(format: ExportFormat, input: ExportInput): Exported {
  switch (format) {
    case 'yaml':
      return {
        text: writeModelText(input.model),
        mediaType: 'application/yaml',
        extension: 'ward.yaml',
        losses: [],
      };
    case 'json':
      return {
        text: writeModelText(input.model, 'json'),
        mediaType: 'application/json',
        extension: 'ward.json',
        losses: [],
      };
    case 'threat-dragon':
      return exportThreatDragon(input);
    case 'otm':
      return exportOtm(input);
    case 'cyclonedx':
      return exportCycloneDx(input);
    case 'mermaid':
      return exportMermaid(input);
    case 'svg':
      return exportSvg(input);
    default:
      return format satisfies never;
  }
}

/** Refuses `model.unknown-format`. */
export function exportFormat(name: string): ExportFormat {
  const found = EXPORT_FORMATS.find((format) => format === name);
  if (!found)
    throw refuseModel('model.unknown-format', `There is no export as ${name.slice(0, 60)}.`, {
      at: '--to',
      remedy: `Take one of ${EXPORT_FORMATS.join(', ')}.`,
    });
  return found;
}

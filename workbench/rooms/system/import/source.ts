// A file as the importers see it: its value or its tree, read once and within bounds.
import { refuseModel } from '../errors.ts';
import type { ModelFile } from './contract.ts';
import { decodeBytes, parseJsonText, parseXmlText, parseYamlText, type XmlNode } from './read-text.ts';

export interface Source {
  readonly name: string;
  readonly notation: 'json' | 'yaml' | 'xml';
  readonly text: string;
  /** Undefined where it is XML. */
  readonly value: unknown;
  readonly root: XmlNode | undefined;
}

/** A key of any YAML format that is read; a file with none of them is not parsed at all. */
const YAML_KEYS =
  /^(format|otmVersion|threagile_version|includes|technical_assets|data_assets|trust_boundaries|risk_tracking|abuse_cases|business_criticality|business_overview|custom_risk_categories|questions|security_requirements|shared_runtimes|tags_available|elements|data-flows|title|project)[ \t]*:/m;

/** By its first characters, never by its name. Refuses `model.*`. */
export function readSource({ name, bytes }: ModelFile, { anyYaml = false } = {}): Source {
  const text = decodeBytes(bytes, name);
  const start = text.match(/[^\s\uFEFF]/)?.[0] ?? '';
  if (start === '') throw refuseModel('model.no-model', `${name} is empty.`, { at: `${name}:1:1` });
  if (start === '<') return { name, notation: 'xml', text, value: undefined, root: parseXmlText(text, name) };
  if (start === '{' || start === '[')
    return { name, notation: 'json', text, value: parseJsonText(text, name), root: undefined };
  if (!anyYaml && !YAML_KEYS.test(text))
    throw refuseModel('model.unknown-format', `${name} is neither JSON nor XML, and no YAML of a model.`, {
      at: `${name}:1:1`,
    });
  return { name, notation: 'yaml', text, value: parseYamlText(text, name).value, root: undefined };
}

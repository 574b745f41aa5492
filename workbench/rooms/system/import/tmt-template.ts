// The template of Microsoft's Threat Modeling Tool (KnowledgeBase of a TB7, copied into every TM7): its stencils, their
// parents and attributes, and the words that our model has for them. Format as the tool writes it, version 7; read 2026-11.
import { oneLine } from './draft.ts';
import type { XmlNode } from './read-text.ts';

export interface Stencil {
  readonly id: string;
  readonly name: string;
  readonly parent: string;
  readonly generic: boolean;
  /** Name of an attribute in filters → what people read. */
  readonly attributes: ReadonlyMap<string, string>;
}

export interface TmtTemplate {
  readonly title: string;
  readonly version: string;
  readonly stencils: ReadonlyMap<string, Stencil>;
}

export const child = (node: XmlNode | undefined, name: string) =>
  node?.children.find((one) => one.name === name);
export const childText = (node: XmlNode | undefined, name: string) => child(node, name)?.text.trim() ?? '';

export function readTemplate(knowledgeBase: XmlNode | undefined): TmtTemplate {
  const stencils = new Map<string, Stencil>();
  for (const [part, generic] of [
    ['GenericElements', true],
    ['StandardElements', false],
  ] as const) {
    for (const node of child(knowledgeBase, part)?.children ?? []) {
      const id = childText(node, 'ID') || childText(node, 'Id');
      if (id === '' || stencils.has(id)) continue;
      const attributes = new Map<string, string>();
      for (const attribute of child(node, 'Attributes')?.children ?? []) {
        attributes.set(childText(attribute, 'Name'), childText(attribute, 'DisplayName'));
      }
      const parent = childText(node, 'ParentElement') || childText(node, 'ParentId');
      stencils.set(id, { id, name: oneLine(childText(node, 'Name'), 80), parent, generic, attributes });
    }
  }
  const manifest = child(knowledgeBase, 'Manifest');
  return {
    title: manifest?.attributes.get('name') ?? childText(manifest, 'Name'),
    version: manifest?.attributes.get('version') ?? childText(manifest, 'Version'),
    stencils,
  };
}

/** The stencil itself, then its ancestors; a circle in the template ends it. */
export function lineage(template: TmtTemplate, id: string): Stencil[] {
  const line: Stencil[] = [];
  for (
    let here = template.stencils.get(id);
    here && !line.includes(here);
    here = template.stencils.get(here.parent)
  )
    line.push(here);
  return line;
}

/** The stencil and all that descend from it. */
export function family(template: TmtTemplate, id: string): Stencil[] {
  return [...template.stencils.values()].filter((one) =>
    lineage(template, one.id).some((ancestor) => ancestor.id === id),
  );
}

/** `HTTPS`, `HL7 v2 (TLS)` and such as the words that rules and protocols of ours use. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/^dicom.*(tls|secure|isb)/i, 'dicom-tls'],
  [/^dicom$/i, 'dicom'],
  [/^hl7.*(fhir)/i, 'fhir'],
  [/^hl7/i, 'hl7'],
  [/^https\b/i, 'https'],
  [/^http\b/i, 'http'],
  [/^can\s*bus|^canbus/i, 'can'],
  [/^wi-?fi/i, 'wifi'],
];

/** The word of a stencil in `type`, `tags` and `protocol`. */
export function wordOf(name: string): string {
  const known = WORDS.find(([pattern]) => pattern.test(name));
  if (known) return known[1];
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60);
}

/** Attributes of the tool's own templates and the question of ours that they answer. */
export const ATTRIBUTE_QUESTIONS: Readonly<Record<string, string>> = {
  authenticatesSource: 'flow.auth-source',
  authenticatesDestination: 'flow.auth-destination',
  providesConfidentiality: 'flow.encrypted',
  providesIntegrity: 'flow.integrity',
  Encrypted: 'store.encrypted',
  Signed: 'store.integrity',
  hasInputSanitizers: 'input.validated',
  hasOutputSanitizers: 'web.output-encoded',
};

// Breaches of the CycloneDX schema in parts that Ward stores only with the original file: told, never decisive.

import { quoted } from './errors.ts';
import { pathStep, type Reading } from './reading.ts';

type Fields = Readonly<Record<string, unknown>>;
/** The place is asked for only when there is something to tell: writing it for every object would cost as much as the walk. */
type Place = () => string;
type Rule = (value: Fields, at: Place, reading: Reading) => void;

const patchTypes = ['unofficial', 'monkey', 'backport', 'cherry-pick'];
const issueTypes = ['defect', 'enhancement', 'security'];
const flows = ['inbound', 'outbound', 'bi-directional', 'unknown'];
const markings = ['CLEAR', 'GREEN', 'AMBER', 'AMBER_AND_STRICT', 'RED'];

/** Rules by the name of the field that holds the object (for a list: each of its objects). */
const rules: Readonly<Record<string, Rule>> = {
  swid: (swid, at, reading) => {
    for (const field of ['tagId', 'name']) if (typeof swid[field] !== 'string') missing(field, at, reading);
  },
  patches: (patch, at, reading) => oneOf(patch, 'type', patchTypes, at, reading),
  resolves: (issue, at, reading) => oneOf(issue, 'type', issueTypes, at, reading),
  data: (data, at, reading) => {
    if ('classification' in data && 'flow' in data) oneOf(data, 'flow', flows, at, reading);
  },
  text: (attachment, at, reading) => {
    if ('encoding' in attachment) oneOf(attachment, 'encoding', ['base64'], at, reading);
  },
  properties: (property, at, reading) => {
    if (typeof property.name !== 'string') missing('name', at, reading);
  },
  citations: (citation, at, reading) => {
    if ('pointers' in citation === 'expressions' in citation) {
      reading.deviates(at(), 'A citation must have either pointers or expressions.');
    }
    if (!('attributedTo' in citation) && !('process' in citation)) missing('attributedTo', at, reading);
  },
};

/** An object on the way, with the way that led to it. */
interface Step {
  readonly value: object;
  /** Field that holds the object, or the list that it is in. */
  readonly name: string;
  readonly key: string | number;
  readonly from: Step | null;
}

function placeOf(step: Step): string {
  const keys: (string | number)[] = [];
  for (let at: Step | null = step; at?.from; at = at.from) keys.push(at.key);
  return `$${keys.reverse().map(pathStep).join('')}`;
}

/** Walks the whole document once, without recursion. */
export function reportUnusedDeviations(document: unknown, reading: Reading): void {
  if (!isFields(document)) return;
  reportMarking(document, reading);
  const oneExpressionOnly = document.specVersion === '1.5' || document.specVersion === '1.6';
  const waiting: Step[] = [{ value: document, name: '', key: '', from: null }];
  for (let step = waiting.pop(); step !== undefined; step = waiting.pop()) {
    const { value, name } = step;
    if (Array.isArray(value)) {
      if (name === 'licenses' && oneExpressionOnly && value.length > 1)
        reportMixedLicences(value, step, reading);
      for (let index = 0; index < value.length; index += 1) {
        const item = value[index] as unknown;
        if (isFields(item)) waiting.push({ value: item, name, key: index, from: step });
      }
      continue;
    }
    if (Object.hasOwn(rules, name)) {
      const here = step;
      rules[name]!(value as Fields, () => placeOf(here), reading);
    }
    for (const key of Object.keys(value)) {
      const inner = (value as Fields)[key];
      if (typeof inner === 'object' && inner !== null)
        waiting.push({ value: inner, name: key, key, from: step });
    }
  }
}

// CycloneDX 1.5 and 1.6 `licenseChoice`: either licences or exactly one expression; 1.7 allows both.
function reportMixedLicences(licences: readonly unknown[], step: Step, reading: Reading): void {
  const expressions = licences.filter((licence) => isFields(licence) && 'expression' in licence);
  if (expressions.length > 0) {
    reading.deviates(
      placeOf(step),
      'An expression must be the only entry of a licence list; all entries are kept.',
    );
  }
}

function reportMarking(document: Fields, reading: Reading): void {
  const metadata = document.metadata;
  if (!isFields(metadata)) return;
  const place = '$.metadata';
  if (isFields(metadata.distributionConstraints) && 'tlp' in metadata.distributionConstraints) {
    oneOf(
      metadata.distributionConstraints,
      'tlp',
      markings,
      () => `${place}.distributionConstraints`,
      reading,
    );
  }
  if ('distribution' in metadata) reading.deviates(`${place}.distribution`, 'CycloneDX has no such field.');
}

function oneOf(fields: Fields, field: string, allowed: readonly string[], at: Place, reading: Reading): void {
  const value = fields[field];
  if (typeof value === 'string' && allowed.includes(value)) return;
  reading.deviates(`${at()}.${field}`, `${quoted(value)} is not one of ${allowed.join(', ')}.`);
}

function missing(field: string, at: Place, reading: Reading): void {
  reading.deviates(`${at()}.${field}`, `The field ${field} is missing or no text.`);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

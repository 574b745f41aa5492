// Differences of two bodies with the labels that the form has. Pure.
import type { FieldDifferenceView } from '../../kernel/records/contract.ts';
import { difference } from '../../kernel/records/difference.ts';
import type { JsonObject } from '../../kernel/records/record.ts';
import type { Body, Field } from './fields.ts';
import { humanise } from './fields.ts';

export function labelledDifferences(
  fields: readonly Field[],
  before: Body,
  after: Body,
): FieldDifferenceView[] {
  return difference(before as JsonObject, after as JsonObject).map((one) => ({
    ...one,
    words: one.words === null ? null : [...one.words],
    label: labelOfPath(fields, one.path),
  }));
}

/** `$.steps[2].text` → `Attack steps › 3 › Text`. */
export function labelOfPath(fields: readonly Field[], path: string): string {
  const labels: string[] = [];
  let here: readonly Field[] = fields;
  let field: Field | undefined;
  for (const [, name, place] of path.slice(1).matchAll(/\.([^.[]+)|\[(\d+)\]/g)) {
    if (place !== undefined) {
      labels.push(String(Number(place) + 1));
      field = field?.kind === 'list' ? field.item : undefined;
    } else if (name !== undefined) {
      field = here.find((known) => known.name === name);
      labels.push(field?.label ?? humanise(name));
    }
    here = field?.kind === 'group' ? field.fields : [];
  }
  return labels.join(' › ');
}

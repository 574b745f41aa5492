// The edge of both readers: a record against its schema, and the texts and instants inside it.

import type { z } from 'zod';
import { quoted, refuseAdvisory } from './errors.ts';

/**
 * The same value with texts that PostgreSQL can hold: U+0000 and half surrogates, legal in JSON, become the replacement
 * character. For values of a known small depth only (an advisory), because it follows the nesting.
 */
export function storable<Value>(value: Value): Value;
export function storable(value: unknown): unknown {
  if (typeof value === 'string') return storableText(value);
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      const kept = storable(item as unknown);
      if (kept !== item) value[index] = kept;
    }
  } else if (typeof value === 'object' && value !== null) {
    const fields = value as Record<string, unknown>;
    for (const key of Object.keys(fields)) {
      const kept = storable(fields[key]);
      if (kept !== fields[key]) fields[key] = kept;
    }
  }
  return value;
}

function storableText(value: string): string {
  const hasSurrogates = /[\ud800-\udfff]/.test(value);
  if (!hasSurrogates && !value.includes('\0')) return value;
  return value.replaceAll('\0', '\uFFFD').replace(/\p{Surrogate}/gu, '\uFFFD');
}

/** The record in the schema's shape; refuses `advisory.missing-field`, `advisory.wrong-type`, `advisory.wrong-value`. */
export function readShape<Shape>(schema: z.ZodType<Shape>, record: unknown): Shape {
  const result = schema.safeParse(record);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const at = `$${issue.path.map(pathStep).join('')}`;
  const found = valueAt(record, issue.path);
  if (found === undefined)
    throw refuseAdvisory('advisory.missing-field', `The field ${at} is missing.`, { at });
  const code = issue.code === 'invalid_type' ? 'advisory.wrong-type' : 'advisory.wrong-value';
  throw refuseAdvisory(code, `${at} has the value ${quoted(found)}, which its format does not allow.`, {
    at,
  });
}

function pathStep(step: PropertyKey): string {
  return typeof step === 'number' ? `[${step}]` : `.${String(step).slice(0, 80)}`;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let found = value;
  for (const step of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, step)) return undefined;
    found = (found as Record<PropertyKey, unknown>)[step];
  }
  return found;
}

/**
 * The instant in UTC with milliseconds; null when it is none. NVD writes instants without an offset and means UTC; a bare
 * day is its beginning.
 *
 * @example parseInstant('2024-03-29T17:15:21.150') // '2024-03-29T17:15:21.150Z'
 */
export function parseInstant(value: string | null | undefined): string | null {
  const match = /^(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d)(:\d\d)?(\.\d+)?)?(Z|z|[+-]\d\d:?\d\d)?$/.exec(
    value?.trim() ?? '',
  );
  if (match === null) return null;
  const [, day, minutes = '00:00', seconds = ':00', fraction = '', zone = 'Z'] = match;
  const offset = zone.toUpperCase().replace(/^([+-]\d\d):?(\d\d)$/, '$1:$2');
  const time = Date.parse(`${day}T${minutes}${seconds}${fraction.slice(0, 4)}${offset}`);
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}

/** The instant of a withdrawal, which decides whether a record counts; refuses `advisory.wrong-value`. */
export function withdrawalInstant(value: string | null | undefined, at: string): string | null {
  if (!value) return null;
  const instant = parseInstant(value);
  if (instant === null)
    throw refuseAdvisory('advisory.wrong-value', `${at} is ${quoted(value)}, which is no instant.`, { at });
  return instant;
}

/**
 * Stands for an instant of change that is missing or unreadable, so that every later state of the record counts as newer.
 * The record itself is too valuable to be left out for it; changes dated `2025-14-11` are around.
 */
export const longAgo = '1970-01-01T00:00:00.000Z';

/** Each text once, in the order of the first. */
export function unique(values: Iterable<string>): string[] {
  return [...new Set(values)];
}

export function isCweId(value: string): boolean {
  return /^CWE-\d{1,6}$/.test(value);
}

// Diagnostics and log lines for service, without patient data: by structure, not by pattern. Only fields that are listed come out, each of a kind
// that cannot carry free text; whatever else is there, at any depth, stays on the unit.
import type { AuditEvent } from '../audit/event.ts';

/** A kind of value that is let out. There is none for free text. */
export type Allowed =
  | { readonly kind: 'number'; readonly least: number; readonly most: number }
  | { readonly kind: 'flag' }
  | { readonly kind: 'one-of'; readonly values: readonly string[] }
  | { readonly kind: 'version' }
  | { readonly kind: 'fields'; readonly fields: Readonly<Record<string, Allowed>> }
  | { readonly kind: 'list'; readonly of: Allowed; readonly most: number };

/** What is left of a value: nothing but what is allowed. Undefined when nothing is. */
export function redact(value: unknown, allowed: Allowed): unknown {
  switch (allowed.kind) {
    case 'number':
      return typeof value === 'number' && value >= allowed.least && value <= allowed.most ? value : undefined;
    case 'flag':
      return typeof value === 'boolean' ? value : undefined;
    case 'one-of':
      return typeof value === 'string' && allowed.values.includes(value) ? value : undefined;
    case 'version':
      return typeof value === 'string' && /^\d{1,4}\.\d{1,4}\.\d{1,4}$/.test(value) ? value : undefined;
    case 'list':
      if (!Array.isArray(value)) return undefined;
      return value
        .slice(0, allowed.most)
        .map((one) => redact(one, allowed.of))
        .filter((one) => one !== undefined);
    case 'fields':
      return redactFields(value, allowed.fields);
  }
}

function redactFields(value: unknown, fields: Readonly<Record<string, Allowed>>): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  const left: Record<string, unknown> = {};
  for (const [name, allowed] of Object.entries(fields)) {
    const kept = Object.hasOwn(value, name)
      ? redact((value as Record<string, unknown>)[name], allowed)
      : undefined;
    if (kept !== undefined) left[name] = kept;
  }
  return left;
}

export interface LogLine {
  readonly sequence: number;
  readonly event: AuditEvent;
}

/**
 * A log line for service: its number, what happened and with which code, of names that the program knows. Who did it, on whom, and every detail
 * stay on the unit.
 */
export function redactLogLine(
  { sequence, event }: LogLine,
  known: ReadonlySet<string>,
): Readonly<Record<string, unknown>> {
  return {
    sequence,
    what: known.has(event.what) ? event.what : 'other',
    outcome: event.outcome,
    code: event.code === null || known.has(event.code) ? event.code : 'other',
  };
}

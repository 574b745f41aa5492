// What one import carries along: its limits, its clock and its warnings; and the check of a value against a schema.

import type { z } from 'zod';
import { quoted, refuseSbom } from './errors.ts';
import { maxWarnings, type SbomOptions } from './limits.ts';
import type { SbomWarning } from './sbom.ts';

export class Reading {
  readonly #startedAt: number;
  readonly #warnings: SbomWarning[] = [];
  #unlisted = 0;
  #components = 0;

  constructor(
    readonly fileName: string,
    readonly options: SbomOptions,
  ) {
    this.#startedAt = options.now();
  }

  /** Something odd that the format allows, or that is nobody's mistake. */
  warn(at: string, message: string): void {
    if (this.#warnings.length < maxWarnings) this.#warnings.push({ at, message });
    else this.#unlisted += 1;
  }

  /** A breach of the format's schema by which Ward loses nothing it needs: a warning, or a refusal when strict. */
  deviates(at: string, message: string): void {
    if (this.options.strict) throw refuseSbom('sbom.not-conformant', message, { at });
    this.warn(at, message);
  }

  /** The component as it stands in the file, where that is wanted. */
  sourceOf(raw: unknown): { readonly source?: Readonly<Record<string, unknown>> } {
    return this.options.whole ? { source: raw as Readonly<Record<string, unknown>> } : {};
  }

  warnings(): SbomWarning[] {
    if (this.#unlisted === 0) return this.#warnings;
    return [...this.#warnings, { at: '$', message: `${this.#unlisted} more warnings are not listed.` }];
  }

  /** To be called once for each component, before it is read. Refuses `sbom.too-many-components` and `sbom.time-limit`. */
  countComponent(at: string): void {
    this.#components += 1;
    if (this.#components > this.options.maxComponents) {
      throw refuseSbom(
        'sbom.too-many-components',
        `${this.fileName} has more than ${this.options.maxComponents} components.`,
        { at },
      );
    }
    if (this.#components % 512 === 0) this.checkTime(at);
  }

  checkTime(at: string): void {
    if (this.options.now() - this.#startedAt <= this.options.maxMilliseconds) return;
    throw refuseSbom(
      'sbom.time-limit',
      `Reading ${this.fileName} took more than ${this.options.maxMilliseconds} ms.`,
      {
        at,
      },
    );
  }

  /** A text as Ward keeps it: null when absent or blank. Refuses `sbom.string-too-long`. */
  text(value: string | null | undefined, at: string): string | null {
    if (value === null || value === undefined) return null;
    if (value.length > this.options.maxStringLength) {
      throw refuseSbom(
        'sbom.string-too-long',
        `The text has ${value.length} characters; at most ${this.options.maxStringLength} are read.`,
        { at },
      );
    }
    if (value === '') return null;
    const kept = storable(value);
    if (kept !== value)
      this.warn(at, 'Characters that no database can hold (U+0000, half surrogates) were replaced.');
    return kept.trim() === '' ? null : kept;
  }
}

// PostgreSQL refuses U+0000 in text and half surrogates in JSON; both are legal in JSON escapes.
export function storable(value: string): string {
  const wellFormed = /\p{Surrogate}/u.test(value) ? value.replace(/\p{Surrogate}/gu, '\uFFFD') : value;
  return wellFormed.includes('\0') ? wellFormed.replaceAll('\0', '\uFFFD') : wellFormed;
}

/** The value in the schema's shape; refuses `sbom.missing-field`, `sbom.wrong-type` or `sbom.wrong-value` at its JSON path. */
export function readShape<Shape>(schema: z.ZodType<Shape>, value: unknown, at: string): Shape {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const place = at + issue.path.map(pathStep).join('');
  const found = valueAt(value, issue.path);
  if (found === undefined)
    throw refuseSbom('sbom.missing-field', `The field ${place} is missing.`, { at: place });
  if (issue.code === 'invalid_type') {
    const message = `${place} must be ${article(issue.expected)}, but is ${kindOf(found)}.`;
    throw refuseSbom('sbom.wrong-type', message, { at: place });
  }
  const allowed = issue.code === 'invalid_value' ? ` Allowed: ${issue.values.map(String).join(', ')}.` : '';
  throw refuseSbom(
    'sbom.wrong-value',
    `${place} has the value ${quoted(found)}, which is not allowed.${allowed}`,
    {
      at: place,
    },
  );
}

/** `.name`, `[3]` or `["odd name"]`. */
export function pathStep(step: PropertyKey): string {
  if (typeof step === 'number') return `[${step}]`;
  const name = String(step);
  return /^[A-Za-z_$][\w$]*$/.test(name) ? `.${name}` : `[${quoted(name)}]`;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let found = value;
  for (const step of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, step)) return undefined;
    found = (found as Record<PropertyKey, unknown>)[step];
  }
  return found;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return article(Array.isArray(value) ? 'array' : typeof value);
}

function article(kind: string): string {
  return /^[aeio]/.test(kind) ? `an ${kind}` : `a ${kind}`;
}

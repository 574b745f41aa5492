// Reads a product of endoflife.date: as its API (version 1) gives it, and as the project's own files have it
// (https://endoflife.date/docs/api/v1/ and https://endoflife.date/contribute, read 2026-11).
// Lost: latest releases, links, labels, extended security support.
import { z } from 'zod';
import { identify } from '../identity/identify.ts';
import { readShape, storable } from '../importers/record-shape.ts';
import { parseDay } from './day.ts';

// A day, or whether it has come, or nothing.
const when = z.union([z.string(), z.boolean(), z.number()]).nullish();

const Cycle = z.object({
  name: z.union([z.string(), z.number()]).nullish(),
  releaseCycle: z.union([z.string(), z.number()]).nullish(),
  releaseDate: z.string().nullish(),
  eoas: when,
  eoasFrom: z.string().nullish(),
  isEoas: z.boolean().nullish(),
  eol: when,
  eolFrom: z.string().nullish(),
  isEol: z.boolean().nullish(),
});

const EolProduct = z.object({
  name: z.string().max(200).nullish(),
  product: z.string().max(200).nullish(),
  title: z.string().nullish(),
  label: z.string().nullish(),
  identifiers: z
    .array(
      z.object({
        type: z.string().nullish(),
        id: z.string().nullish(),
        purl: z.string().nullish(),
        cpe: z.string().nullish(),
      }),
    )
    .max(1_000)
    .nullish(),
  releases: z.array(Cycle).max(5_000),
});

/** `ended` is null where the source does not say; a day that is known decides by itself. */
export interface SupportEnd {
  readonly on: string | null;
  readonly ended: boolean | null;
}

export interface LifecycleCycle {
  readonly cycle: string;
  readonly releasedOn: string | null;
  readonly activeSupport: SupportEnd;
  readonly endOfLife: SupportEnd;
}

export interface LifecycleProduct {
  readonly product: string;
  readonly title: string;
  readonly cycles: readonly LifecycleCycle[];
  /** Under the names by which components are matched. */
  readonly identities: readonly {
    readonly ecosystem: string;
    readonly name: string;
    readonly from: string;
  }[];
}

export function readLifecycle(record: unknown): LifecycleProduct {
  const wrapped = record as { result?: unknown };
  const raw = readShape(EolProduct, wrapped.result ?? record);
  const product = raw.name ?? raw.product ?? '';
  const cycles = new Map<string, LifecycleCycle>();
  for (const cycle of raw.releases) {
    const name = String(cycle.name ?? cycle.releaseCycle ?? '').slice(0, 100);
    if (name === '' || cycles.has(name)) continue;
    cycles.set(name, {
      cycle: name,
      releasedOn: parseDay(cycle.releaseDate),
      activeSupport: supportEnd(cycle.eoasFrom ?? cycle.eoas, cycle.isEoas),
      endOfLife: supportEnd(cycle.eolFrom ?? cycle.eol, cycle.isEol),
    });
  }
  return storable({
    product,
    title: (raw.label ?? raw.title ?? product).slice(0, 200),
    cycles: [...cycles.values()],
    identities: identitiesOf(raw),
  });
}

function supportEnd(
  value: string | boolean | number | null | undefined,
  flag: boolean | null | undefined,
): SupportEnd {
  const on = typeof value === 'string' ? parseDay(value) : null;
  if (on !== null) return { on, ended: null };
  return { on: null, ended: flag ?? (typeof value === 'boolean' ? value : null) };
}

function identitiesOf(raw: z.infer<typeof EolProduct>): LifecycleProduct['identities'] {
  const found = new Map<string, LifecycleProduct['identities'][number]>();
  for (const { type, id, purl, cpe } of raw.identifiers ?? []) {
    const text = purl ?? cpe ?? (type === 'purl' || type === 'cpe' ? id : null);
    if (!text) continue;
    const isCpe = /^cpe:/i.test(text);
    const { identities } = identify({
      name: raw.name ?? raw.product ?? '',
      version: null,
      purl: isCpe ? null : text,
      cpes: isCpe ? [text] : [],
      commit: null,
    });
    for (const { ecosystem, name } of identities)
      found.set(`${ecosystem}\u0000${name}`, { ecosystem, name, from: text.slice(0, 1_000) });
  }
  return [...found.values()];
}

/**
 * The cycle that a version belongs to: the longest one whose name begins the version at a boundary of numbers; null when
 * there is none.
 *
 * @example cycleOf('3.0.11', ['3', '3.0', '3.1'])  // '3.0'
 */
export function cycleOf(version: string, cycles: readonly string[]): string | null {
  const plain = version.replace(/^v(?=\d)/i, '');
  let best: string | null = null;
  for (const cycle of cycles) {
    const name = cycle.replace(/^v(?=\d)/i, '');
    const begins = plain === name || (plain.startsWith(name) && !/[\d]/.test(plain[name.length] ?? '0'));
    if (begins && name.length > (best?.length ?? 0)) best = cycle;
  }
  return best;
}

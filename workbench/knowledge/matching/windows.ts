// The windows of versions that the events of one OSV range describe (OSV schema 1.7, "Evaluation").
import type { RangeEvent } from '../advisory.ts';
import { parsedVersions } from '../versions/parsed-versions.ts';
import type { VersionScheme } from '../versions/scheme.ts';

interface Bound {
  readonly text: string;
  readonly parsed: unknown;
}

/** From (included) to (excluded unless `closed`); null is without bound. */
export interface Window {
  readonly from: Bound | null;
  readonly to: Bound | null;
  readonly closed: boolean;
}

interface PlacedEvent {
  readonly kind: 'introduced' | 'fixed' | 'last_affected';
  /** Null for `introduced: "0"`, which lies before every version. */
  readonly at: Bound | null;
}

/** Windows in ascending order; null when a bound is no version of the scheme. */
export function windowsOf(events: readonly RangeEvent[], scheme: VersionScheme): Window[] | null {
  const placed: PlacedEvent[] = [];
  const limits: Bound[] = [];
  let unlimited = false;
  for (const event of events) {
    const [kind, text] = Object.entries(event)[0] as [PlacedEvent['kind'] | 'limit', string];
    if (kind === 'limit' && text === '*') {
      unlimited = true;
      continue;
    }
    if (kind === 'introduced' && text === '0') {
      placed.push({ kind, at: null });
      continue;
    }
    const parsed = readVersion(scheme, text);
    if (parsed === null) return null;
    if (kind === 'limit') limits.push({ text, parsed });
    else placed.push({ kind, at: { text, parsed } });
  }
  // Events of one version keep the order of the source: the sort is stable.
  placed.sort((a, b) => compareBounds(scheme, a.at, b.at));
  const windows = sweep(placed, scheme);
  return unlimited || limits.length === 0 ? windows : cut(windows, highest(scheme, limits), scheme);
}

/** A version that may decide; null when the ecosystem would refuse it. */
export function readVersion(scheme: VersionScheme, text: string): unknown {
  const parsed = parsedVersions.parse(scheme, text);
  return parsed !== null && scheme.isProper(parsed) ? parsed : null;
}

function compareBounds(scheme: VersionScheme, a: Bound | null, b: Bound | null): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  return scheme.compare(a.parsed, b.parsed);
}

function sweep(events: readonly PlacedEvent[], scheme: VersionScheme): Window[] {
  const windows: Window[] = [];
  let open: { from: Bound | null } | null = null;
  for (const { kind, at } of events) {
    if (kind === 'introduced') {
      open ??= { from: at };
      continue;
    }
    // A record that calls one version the last affected and the fixed one contradicts itself; the later event wins.
    if (kind === 'fixed') reopenEnds(windows, at, scheme);
    if (open) windows.push({ from: open.from, to: at, closed: kind === 'last_affected' });
    open = null;
  }
  if (open) windows.push({ from: open.from, to: null, closed: false });
  return windows;
}

function reopenEnds(windows: Window[], at: Bound | null, scheme: VersionScheme): void {
  for (let index = windows.length - 1; index >= 0; index--) {
    const window = windows[index]!;
    if (compareBounds(scheme, window.to, at) !== 0) return;
    windows[index] = { ...window, closed: false };
  }
}

const highest = (scheme: VersionScheme, limits: readonly Bound[]): Bound =>
  limits.reduce((most, limit) => (scheme.compare(limit.parsed, most.parsed) > 0 ? limit : most));

/** A version is before the limits when it is before any of them, thus before the highest. */
function cut(windows: readonly Window[], limit: Bound, scheme: VersionScheme): Window[] {
  return windows
    .filter(({ from }) => from === null || scheme.compare(from.parsed, limit.parsed) < 0)
    .map((window) => {
      const ends = window.to === null ? 1 : scheme.compare(window.to.parsed, limit.parsed);
      return ends > 0 || (ends === 0 && window.closed)
        ? { from: window.from, to: limit, closed: false }
        : window;
    });
}

export function liesIn(window: Window, version: unknown, scheme: VersionScheme): boolean {
  if (window.from !== null && scheme.compare(version, window.from.parsed) < 0) return false;
  if (window.to === null) return true;
  const sign = scheme.compare(version, window.to.parsed);
  return window.closed ? sign <= 0 : sign < 0;
}

/** `>= 2.0.0, < 2.4.1`, or `all versions`. */
export function describeWindow({ from, to, closed }: Window): string {
  const parts = [
    ...(from === null ? [] : [`>= ${from.text}`]),
    ...(to === null ? [] : [`${closed ? '<=' : '<'} ${to.text}`]),
  ];
  return parts.length === 0 ? 'all versions' : parts.join(', ');
}

export function describeWindows(windows: readonly Window[]): string {
  if (windows.length === 0) return 'no versions';
  const shown = windows.slice(0, 8).map(describeWindow).join(' or ');
  return windows.length > 8 ? `${shown} or ${windows.length - 8} more` : shown;
}

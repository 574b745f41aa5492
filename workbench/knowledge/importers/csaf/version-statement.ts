// What the name of a CSAF branch says of versions: `vers:npm/>=1.0|<2.0`, `<= 1.4.1`, `>= 4.0 | <= 4.6`, `vers:all/*`, or
// plain text that nobody can compare (CSAF 2.0, 3.1.2.2; vers: https://github.com/package-url/vers-spec).
import type { RangeEvent } from '../../advisory.ts';

export interface Interval {
  readonly from: { readonly version: string; readonly included: boolean } | null;
  readonly to: { readonly version: string; readonly included: boolean } | null;
}

export type VersionStatement =
  | { readonly kind: 'all' }
  | { readonly kind: 'versions'; readonly versions: readonly string[] }
  | { readonly kind: 'ranges'; readonly versions: readonly string[]; readonly intervals: readonly Interval[] }
  /** Words: shown, and never compared. */
  | { readonly kind: 'text'; readonly text: string };

const MAX_CONSTRAINTS = 200;
const CONSTRAINT = /^(<=|>=|!=|<|>|=)?\s*v?([\w.+~:%-]*\d[\w.+~:%-]*)$/i;

/** Reads the name of a `product_version` or `product_version_range` branch; never throws. */
export function readVersionStatement(name: string, isRange: boolean): VersionStatement {
  const text = name.trim();
  if (/^(?:vers:[\w.+-]+\/)?\*$/i.test(text) || /^all(?:\s+versions?)?$/i.test(text)) return { kind: 'all' };
  const vers = /^vers:[a-z][\w.+-]*\/(.+)$/i.exec(text)?.[1];
  const body = vers ?? text;
  if (vers === undefined && !isRange && !/^[<>=]/.test(text)) {
    return /^v?\d[\w.+~:-]*$/i.test(text) ? { kind: 'versions', versions: [text] } : { kind: 'text', text };
  }
  const parts = body.split('|').map((part) => part.trim());
  if (parts.length > MAX_CONSTRAINTS) return { kind: 'text', text };
  const constraints: { sign: string; version: string }[] = [];
  for (const part of parts) {
    const found = CONSTRAINT.exec(part);
    if (!found) return { kind: 'text', text };
    constraints.push({ sign: found[1] ?? '=', version: vers === undefined ? found[2]! : decode(found[2]!) });
  }
  return combine(constraints, text);
}

/** Neighbours pair up: a lower bound with the upper bound behind it (vers, "Checking if a version is contained"). */
function combine(constraints: readonly { sign: string; version: string }[], text: string): VersionStatement {
  const versions: string[] = [];
  const intervals: Interval[] = [];
  let open: Interval['from'] = null;
  for (const { sign, version } of constraints) {
    if (sign === '=') versions.push(version);
    // Taking one version out of a range cannot be said in events; the range stays the wider, safer one.
    else if (sign === '!=') continue;
    else if (sign.startsWith('>')) {
      if (open) return { kind: 'text', text };
      open = { version, included: sign === '>=' };
    } else {
      intervals.push({ from: open, to: { version, included: sign === '<=' } });
      open = null;
    }
  }
  if (open) intervals.push({ from: open, to: null });
  return intervals.length === 0 && versions.length > 0
    ? { kind: 'versions', versions }
    : intervals.length === 0
      ? { kind: 'text', text }
      : { kind: 'ranges', versions, intervals };
}

function decode(version: string): string {
  try {
    return decodeURIComponent(version);
  } catch {
    return version;
  }
}

/** As events of OSV. It knows no excluded lower bound: the bound itself then counts, which is the safer side. */
export function eventsOf({ from, to }: Interval): RangeEvent[] {
  const events: RangeEvent[] = [{ introduced: from?.version ?? '0' }];
  if (to) events.push(to.included ? { last_affected: to.version } : { fixed: to.version });
  return events;
}

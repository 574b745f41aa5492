// JSON of strangers, bounded before anything recursive sees it.

const strictUtf8 = new TextDecoder('utf-8', { fatal: true });
const MOST_DEPTH = 8;
const NEVER_A_NAME = new Set(['__proto__', 'constructor', 'prototype']);

/** Whether brackets outside of strings nest deeper than this. Right for JSON; what is none is not told by it, its parser does that. */
export function isDeeperThan(most: number, bytes: Uint8Array): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (inString) {
      if (byte === 0x5c) at += 1;
      else if (byte === 0x22) inString = false;
    } else if (byte === 0x22) inString = true;
    else if (byte === 0x7b || byte === 0x5b) {
      depth += 1;
      if (depth > most) return true;
    } else if (byte === 0x7d || byte === 0x5d) depth -= 1;
  }
  return false;
}

/** UTF-8 JSON of at most eight levels, or as many as are said, without names that reach into a prototype; undefined when it is not that. */
export function readShallowJson(bytes: Uint8Array, mostDepth = MOST_DEPTH): unknown {
  if (isDeeperThan(mostDepth, bytes)) return undefined;
  let named = true;
  try {
    const value = JSON.parse(strictUtf8.decode(bytes), (name, inner) => {
      if (NEVER_A_NAME.has(name)) named = false;
      return inner;
    });
    return named ? value : undefined;
  } catch {
    return undefined;
  }
}

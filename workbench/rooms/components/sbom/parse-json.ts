// Bounded JSON parsing: the nesting is measured before JSON.parse runs, and a syntax error becomes a place in the file.

import { quoted, refuseSbom } from './errors.ts';
import { findSyntaxProblem, lineAndColumn } from './json-syntax.ts';

/**
 * The parsed value. Duplicate keys: the last one counts (as JSON.parse has it); `__proto__` becomes an ordinary own key.
 * Refuses `sbom.too-deep` and `sbom.not-json`. One pass over the text, then JSON.parse.
 */
export function parseJson(text: string, fileName: string, maxDepth: number): unknown {
  const deep = firstTooDeep(text, maxDepth);
  if (deep !== -1) {
    throw refuseSbom(
      'sbom.too-deep',
      `${fileName} nests more than ${maxDepth} objects and lists inside one another.`,
      {
        at: `${fileName}:${lineAndColumn(text, deep)}`,
      },
    );
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw notJson(text, fileName, cause);
  }
}

function notJson(text: string, fileName: string, cause: unknown) {
  const problem = findSyntaxProblem(text) ?? { offset: 0, expected: 'a JSON value' };
  const place = lineAndColumn(text, problem.offset);
  const found =
    problem.offset >= text.length
      ? 'the file ends'
      : `${quoted(text.slice(problem.offset, problem.offset + 12))} stands there`;
  return refuseSbom('sbom.not-json', `${fileName} is not JSON: expected ${problem.expected}, but ${found}.`, {
    at: `${fileName}:${place}`,
    cause,
  });
}

/** Offset of the bracket that opens level `maxDepth + 1`, else -1. Brackets inside strings do not count. */
export function firstTooDeep(text: string, maxDepth: number): number {
  let depth = 0;
  for (let offset = 0; offset < text.length; offset += 1) {
    const code = text.charCodeAt(offset);
    if (code === 0x22) offset = endOfString(text, offset);
    else if (code === 0x7b || code === 0x5b) {
      depth += 1;
      if (depth > maxDepth) return offset;
    } else if (code === 0x7d || code === 0x5d) depth -= 1;
  }
  return -1;
}

/** Offset of the quote that closes the string; most strings have no escapes and end at the next quote. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end !== -1 && text.charCodeAt(end - 1) === 0x5c && isEscaped(text, start, end)) {
    end = text.indexOf('"', end + 1);
  }
  return end === -1 ? text.length : end;
}

function isEscaped(text: string, start: number, end: number): boolean {
  let first = end;
  while (first - 1 > start && text.charCodeAt(first - 1) === 0x5c) first -= 1;
  return (end - first) % 2 === 1;
}

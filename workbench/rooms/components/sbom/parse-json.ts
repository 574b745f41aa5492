// Bounded JSON parsing: the nesting is measured before JSON.parse runs, and a syntax error becomes a place in the file.

import { findSyntaxProblem, firstTooDeep, lineAndColumn } from '../../../kernel/text/json-syntax.ts';
import { quoted, refuseSbom } from './errors.ts';

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

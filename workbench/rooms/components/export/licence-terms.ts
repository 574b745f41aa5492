// Licence texts of SBOMs as SPDX sees them: an id of its list, an expression of such ids, or words that are neither.
import parseExpression from 'spdx-expression-parse';
import deprecated from 'spdx-license-ids/deprecated.json' with { type: 'json' };
import ids from 'spdx-license-ids/index.json' with { type: 'json' };

const listed = new Set<string>([...ids, ...deprecated]);

export type LicenceTerm =
  | { readonly kind: 'id'; readonly id: string }
  | { readonly kind: 'expression'; readonly expression: string; readonly ids: readonly string[] }
  | { readonly kind: 'words'; readonly words: string };

/** Longest text that is tried as an expression: beyond it stands a whole licence. */
const MAX_EXPRESSION = 2_000;

export function licenceTerm(written: string): LicenceTerm {
  const text = written.trim();
  if (listed.has(text)) return { kind: 'id', id: text };
  if (text.length <= MAX_EXPRESSION && /^[\w.+:() -]+$/.test(text) && depthOf(text) < 50) {
    try {
      return { kind: 'expression', expression: text, ids: [...new Set(idsOf(parseExpression(text)))] };
    } catch {
      // Not an expression: free words.
    }
  }
  return { kind: 'words', words: text };
}

function idsOf(node: ReturnType<typeof parseExpression>): string[] {
  if ('conjunction' in node) return [...idsOf(node.left), ...idsOf(node.right)];
  return [node.license];
}

function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const sign of text) {
    if (sign === '(') depth += 1;
    if (sign === ')') depth -= 1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

// Bounded reading of one YAML document: nesting is measured on the token stream before anything recurses, aliases are counted, keys
// that stand twice are refused, and reading ends at the first error (a damaged file can hold one in every byte).
import {
  Composer,
  type Document,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type ParseOptions,
  Parser,
  type SchemaOptions,
  YAMLParseError,
} from 'yaml';
import { isWardError } from '../errors.ts';

export interface YamlProblem {
  readonly kind: 'not yaml' | 'too deep' | 'too many aliases' | 'tag';
  /** In words, for a sentence: `unexpected token`, `the key a stands twice`. */
  readonly reason: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  readonly cause?: unknown;
}

export interface YamlOptions {
  readonly maxDepth: number;
  /** Nodes that aliases may add in all. */
  readonly maxAliases: number;
  readonly schema: SchemaOptions & ParseOptions;
  /** Makes the caller's refusal. */
  readonly refuse: (problem: YamlProblem) => Error;
  /** Called now and then with the line that was reached; may throw. */
  readonly check?: (line: number) => void;
}

/** In one document, whatever they stand for. */
const MOST_ALIASES = 2_000;

type Token = Parameters<Composer['next']>[0];

export function parseYaml(
  text: string,
  options: YamlOptions,
): { readonly value: unknown; readonly document: Document.Parsed; readonly lines: LineCounter } {
  const { refuse, schema, check } = options;
  const lines = new LineCounter();
  const problem = (kind: YamlProblem['kind'], reason: string, offset: number, cause?: unknown) => {
    const { line, col } = lines.linePos(offset);
    return refuse({ kind, reason, line: Math.max(line, 1), column: Math.max(col, 1), cause });
  };
  try {
    const tokens = tokensOf(text, lines, options);
    // The library's own check of double keys compares every key with every other one.
    const composer = stopAtFirstError(
      new Composer({ ...schema, uniqueKeys: false, lineCounter: lines, logLevel: 'silent' }),
    );
    const documents = [...composer.compose(tokens, true, text.length)];
    const [document] = documents;
    if (!document || documents.length > 1)
      throw problem('not yaml', `${documents.length} documents, of which one is read`, 0);
    const [error] = document.errors;
    if (error) throw error;
    const odd = document.warnings.find((warning) => warning.code === 'TAG_RESOLVE_FAILED');
    if (odd) throw problem('tag', 'a tag of its own', odd.pos[0]);
    refuseDoubleKeys(document);
    check?.(1);
    const value = document.toJS({ maxAliasCount: options.maxAliases }) as unknown;
    if (isTooDeep(value, options.maxDepth)) throw problem('too deep', 'by way of aliases', 0);
    return { value, document, lines };
  } catch (cause) {
    if (isWardError(cause)) throw cause;
    if (cause instanceof YAMLParseError) {
      const reason =
        cause.code === 'DUPLICATE_KEY' ? cause.message : cause.code.toLowerCase().replaceAll('_', ' ');
      throw problem('not yaml', reason, cause.pos[0], cause);
    }
    if (cause instanceof ReferenceError && /excessive/i.test(cause.message))
      throw problem('too many aliases', 'aliases that grow', 0, cause);
    throw problem('not yaml', 'unreadable', 0, cause);
  }
}

function tokensOf(text: string, lines: LineCounter, { maxDepth, refuse, check }: YamlOptions): Token[] {
  // The parser's own `parse` would tell of the first line; its `next` does not.
  lines.addNewLine(0);
  const parser = new Parser(lines.addNewLine);
  const tokens: Token[] = [];
  // Each level of the document is a collection and an entry on the parser's stack.
  const deepest = maxDepth * 2;
  let count = 0;
  let aliases = 0;
  let before = '';
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) {
      if (token.type === 'error') throw new YAMLParseError(placeOf(token), 'UNEXPECTED_TOKEN', token.message);
      tokens.push(token);
    }
    // Each is looked up in the list of all anchors, so many small ones cost what one bomb does.
    // The lexer sets U+001F before the text of a scalar, which may begin with a star.
    const isAlias = lexeme.startsWith('*') && before !== '\u001f';
    before = lexeme;
    if (isAlias && ++aliases > MOST_ALIASES)
      throw refuse({
        kind: 'too many aliases',
        reason: `over ${MOST_ALIASES} aliases`,
        line: lines.linePos(parser.offset).line,
        column: 1,
      });
    if (parser.stack.length > deepest) {
      const { line, col } = lines.linePos(parser.offset);
      throw refuse({ kind: 'too deep', reason: 'lists and maps', line, column: col });
    }
    count += 1;
    if (count % 16_384 === 0) check?.(lines.lineStarts.length);
  }
  for (const token of parser.end()) tokens.push(token);
  return tokens;
}

/** Each error costs a stack trace; one is told. The library offers no such option, so its collecting is taken over. */
function stopAtFirstError(composer: Composer): Composer {
  const inner = composer as unknown as { onError: (...told: OnErrorArguments) => void };
  const collect = inner.onError;
  inner.onError = (source, code, message, warning) => {
    if (warning) collect(source, code, message, warning);
    else throw new YAMLParseError(placeOf(source), code, message);
  };
  return composer;
}

type Source = number | [number, number] | { range?: [number, number, number] } | { offset: number };
type OnErrorArguments = [
  source: Source,
  code: ConstructorParameters<typeof YAMLParseError>[1],
  message: string,
  warning?: boolean,
];

function placeOf(source: Source): [number, number] {
  if (typeof source === 'number') return [source, source + 1];
  if (Array.isArray(source)) return source;
  const offset = 'offset' in source ? source.offset : (source.range?.[0] ?? 0);
  return [offset, offset + 1];
}

function refuseDoubleKeys(document: Document.Parsed): void {
  const waiting: unknown[] = [document.contents];
  while (waiting.length > 0) {
    const node = waiting.pop();
    if (isSeq(node)) for (const item of node.items) waiting.push(item);
    if (!isMap(node)) continue;
    const keys = new Set<unknown>();
    for (const { key, value } of node.items) {
      waiting.push(key, value);
      if (!isScalar(key)) continue;
      const offset = key.range?.[0] ?? 0;
      if (keys.has(key.value))
        throw new YAMLParseError(
          [offset, offset + 1],
          'DUPLICATE_KEY',
          `the key ${String(key.value).slice(0, 80)} stands twice`,
        );
      keys.add(key.value);
    }
  }
}

/** Aliases add depth that the tokens did not show; one that names a part around itself would have no end. */
function isTooDeep(root: unknown, maxDepth: number): boolean {
  const seen = new Map<object, number>();
  const waiting: { value: unknown; depth: number }[] = [{ value: root, depth: 1 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value, depth } = next;
    if (typeof value !== 'object' || value === null || (seen.get(value) ?? 0) >= depth) continue;
    if (depth > maxDepth) return true;
    seen.set(value, depth);
    for (const inner of Object.values(value)) waiting.push({ value: inner, depth: depth + 1 });
  }
  return false;
}

// Bounded YAML parsing for SBOMs. Every scalar but null is read as text: `versionInfo: 1.10` must not become the number 1.1.

import {
  Composer,
  type Document,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  Parser,
  YAMLParseError,
} from 'yaml';
import { isWardError } from '../../../kernel/errors.ts';
import { refuseSbom } from './errors.ts';
import type { Reading } from './reading.ts';

/** Nodes that aliases may add in all: enough for an anchor or two, nothing for a bomb. */
const MAX_ALIASES = 100;

type Token = Parameters<Composer['next']>[0];

/**
 * The document's value. Refuses `sbom.not-yaml` with line and column (duplicate keys included), `sbom.too-many-aliases`,
 * `sbom.too-deep` and `sbom.time-limit`. The nesting is measured while tokens come, before anything recurses.
 */
export function parseYaml(text: string, reading: Reading): unknown {
  const { fileName } = reading;
  const lines = new LineCounter();
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${fileName}:${line}:${col}`;
  };
  try {
    const tokens = tokensOf(text, lines, reading);
    const composer = stopAtFirstError(
      new Composer({
        schema: 'failsafe',
        customTags: ['null'],
        // Its own check compares every key with every other one.
        uniqueKeys: false,
        lineCounter: lines,
        logLevel: 'silent',
      }),
    );
    const documents = [...composer.compose(tokens, true, text.length)];
    const [document] = documents;
    if (!document || documents.length > 1) {
      throw refuseSbom(
        'sbom.not-yaml',
        `${fileName} holds ${documents.length} YAML documents; one is read.`,
        {
          at: `${fileName}:1:1`,
        },
      );
    }
    const [problem] = document.errors;
    if (problem) throw problem;
    refuseDoubleKeys(document);
    reading.checkTime(`${fileName}:1:1`);
    const value = document.toJS({ maxAliasCount: MAX_ALIASES }) as unknown;
    refuseDepth(value, reading);
    return value;
  } catch (cause) {
    if (isWardError(cause)) throw cause;
    if (cause instanceof YAMLParseError) {
      const reason = cause.code.toLowerCase().replaceAll('_', ' ');
      throw refuseSbom('sbom.not-yaml', `${fileName} is not YAML: ${reason}.`, {
        at: at(cause.pos[0]),
        cause,
      });
    }
    if (cause instanceof ReferenceError && /excessive/i.test(cause.message)) {
      throw refuseSbom(
        'sbom.too-many-aliases',
        `${fileName} uses aliases that grow beyond ${MAX_ALIASES} nodes.`,
        {
          at: `${fileName}:1:1`,
          cause,
        },
      );
    }
    throw refuseSbom('sbom.not-yaml', `${fileName} cannot be read as YAML.`, {
      at: `${fileName}:1:1`,
      cause,
    });
  }
}

/** A damaged file can hold an error in every byte, and each costs a stack trace; one is told. */
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
      if (keys.has(key.value)) {
        throw new YAMLParseError([offset, offset + 1], 'DUPLICATE_KEY', 'Map keys must be unique');
      }
      keys.add(key.value);
    }
  }
}

// Aliases add depth that the tokens did not show; one that names a part around itself would have no end.
function refuseDepth(root: unknown, { fileName, options }: Reading): void {
  const seen = new Map<object, number>();
  const waiting: { value: unknown; depth: number }[] = [{ value: root, depth: 1 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value, depth } = next;
    if (typeof value !== 'object' || value === null || (seen.get(value) ?? 0) >= depth) continue;
    if (depth > options.maxDepth) {
      throw refuseSbom(
        'sbom.too-deep',
        `${fileName} nests more than ${options.maxDepth} lists and maps by way of aliases.`,
        {
          at: `${fileName}:1:1`,
        },
      );
    }
    seen.set(value, depth);
    for (const inner of Object.values(value)) waiting.push({ value: inner, depth: depth + 1 });
  }
}

function tokensOf(text: string, lines: LineCounter, reading: Reading): Token[] {
  const parser = new Parser(lines.addNewLine);
  const tokens: Token[] = [];
  // Each level of the document is a collection and an entry on the parser's stack.
  const deepest = reading.options.maxDepth * 2;
  let count = 0;
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) {
      if (token.type === 'error') throw new YAMLParseError(placeOf(token), 'UNEXPECTED_TOKEN', token.message);
      tokens.push(token);
    }
    if (parser.stack.length > deepest) {
      const { line, col } = lines.linePos(parser.offset);
      throw refuseSbom(
        'sbom.too-deep',
        `${reading.fileName} nests more than ${reading.options.maxDepth} lists and maps.`,
        {
          at: `${reading.fileName}:${line}:${col}`,
        },
      );
    }
    count += 1;
    if (count % 16_384 === 0) reading.checkTime(`${reading.fileName}:${lines.lineStarts.length}`);
  }
  for (const token of parser.end()) tokens.push(token);
  return tokens;
}

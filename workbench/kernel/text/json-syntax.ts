// Finds the first place where a text stops being JSON (RFC 8259) and says what was expected there; it runs only after
// JSON.parse has refused the text, because the engine's own messages differ by version and may hold no position. And the
// nesting of a text, measured before anything recurses into it.

export interface SyntaxProblem {
  readonly offset: number;
  readonly expected: string;
}

type Expecting = 'value' | 'value or ]' | 'key or }' | 'key' | 'colon' | 'comma or ]' | 'comma or }' | 'end';

const words: Record<Expecting, string> = {
  value: 'a value',
  'value or ]': 'a value or "]"',
  'key or }': 'a name in double quotes or "}"',
  key: 'a name in double quotes (no comma before a closing bracket)',
  colon: '":"',
  'comma or ]': '"," or "]"',
  'comma or }': '"," or "}"',
  end: 'the end of the file',
};

const literal = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/** The first syntax error of `text`, or null when it is JSON. Keeps its own stack, so nesting cannot overflow. */
export function findSyntaxProblem(text: string): SyntaxProblem | null {
  const open: ('[' | '{')[] = [];
  let expecting: Expecting = 'value';
  let offset = skipSpace(text, 0);
  while (offset < text.length) {
    const character = text[offset]!;
    const step = readToken(text, offset, character, expecting, open);
    if ('expected' in step) return step;
    expecting = step.expecting;
    offset = skipSpace(text, step.next);
  }
  return expecting === 'end' ? null : { offset: text.length, expected: words[expecting] };
}

function readToken(
  text: string,
  offset: number,
  character: string,
  expecting: Expecting,
  open: ('[' | '{')[],
): SyntaxProblem | { next: number; expecting: Expecting } {
  const unexpected = { offset, expected: words[expecting] };
  switch (expecting) {
    case 'colon':
      return character === ':' ? { next: offset + 1, expecting: 'value' } : unexpected;
    case 'comma or ]':
    case 'comma or }':
      if (character === ',')
        return { next: offset + 1, expecting: expecting === 'comma or ]' ? 'value' : 'key' };
      return closes(character, expecting) ? closed(offset, open) : unexpected;
    case 'key':
    case 'key or }': {
      if (expecting === 'key or }' && character === '}') return closed(offset, open);
      if (character !== '"') return unexpected;
      const end = readString(text, offset);
      return typeof end === 'number' ? { next: end, expecting: 'colon' } : end;
    }
    case 'value':
    case 'value or ]':
      if (expecting === 'value or ]' && character === ']') return closed(offset, open);
      return readValue(text, offset, character, expecting, open);
    case 'end':
      return unexpected;
  }
}

function readValue(
  text: string,
  offset: number,
  character: string,
  expecting: Expecting,
  open: ('[' | '{')[],
): SyntaxProblem | { next: number; expecting: Expecting } {
  if (character === '{' || character === '[') {
    open.push(character);
    return { next: offset + 1, expecting: character === '{' ? 'key or }' : 'value or ]' };
  }
  if (character === '"') {
    const end = readString(text, offset);
    return typeof end === 'number' ? { next: end, expecting: after(open) } : end;
  }
  literal.lastIndex = offset;
  const match = literal.exec(text);
  return match === null
    ? { offset, expected: words[expecting] }
    : { next: offset + match[0].length, expecting: after(open) };
}

/** The offset behind the closing quote, or what is wrong inside the string. */
function readString(text: string, start: number): number | SyntaxProblem {
  for (let offset = start + 1; offset < text.length; offset += 1) {
    const code = text.charCodeAt(offset);
    if (code === 0x22) return offset + 1;
    if (code < 0x20)
      return { offset, expected: 'an escape such as \\n: a control character may not stand in a text' };
    if (code !== 0x5c) continue;
    const escaped = text[offset + 1] ?? '';
    const valid =
      escaped === 'u'
        ? /^[0-9a-fA-F]{4}$/.test(text.slice(offset + 2, offset + 6))
        : '"\\/bfnrt'.includes(escaped);
    if (escaped === '' || !valid) return { offset, expected: 'a valid escape sequence' };
    offset += escaped === 'u' ? 5 : 1;
  }
  return { offset: text.length, expected: 'a closing double quote' };
}

function closes(character: string, expecting: Expecting): boolean {
  return (
    (character === ']' && expecting === 'comma or ]') || (character === '}' && expecting === 'comma or }')
  );
}

function closed(offset: number, open: ('[' | '{')[]): { next: number; expecting: Expecting } {
  open.pop();
  return { next: offset + 1, expecting: after(open) };
}

function after(open: readonly ('[' | '{')[]): Expecting {
  const inner = open.at(-1);
  if (inner === undefined) return 'end';
  return inner === '[' ? 'comma or ]' : 'comma or }';
}

function skipSpace(text: string, from: number): number {
  let offset = from;
  for (;;) {
    const code = text.charCodeAt(offset);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return offset;
    offset += 1;
  }
}

/** `line:column`, both from 1; the column counts UTF-16 code units. */
export function lineAndColumn(text: string, offset: number): string {
  let line = 1;
  let start = 0;
  for (let next = text.indexOf('\n'); next !== -1 && next < offset; next = text.indexOf('\n', next + 1)) {
    line += 1;
    start = next + 1;
  }
  return `${line}:${offset - start + 1}`;
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

// The filters of Microsoft's Threat Modeling Tool (`source is 'GE.P' and flow crosses 'GE.TB.B'`) as a tree. Grammar as the
// templates of version 7 use it; read 2026-11.

export type Filter =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Filter[] }
  | { readonly kind: 'not'; readonly part: Filter }
  /** `source is 'GE.P'`: of a stencil or one that descends from it. */
  | { readonly kind: 'type'; readonly of: End; readonly stencil: string }
  | { readonly kind: 'crosses'; readonly stencil: string }
  /** `flow.providesIntegrity is 'Yes'`. */
  | { readonly kind: 'property'; readonly of: End; readonly name: string; readonly value: string };
export type End = 'source' | 'target' | 'flow';

const TOKEN = /\s*(?:(\()|(\))|'([^']*)'|([A-Za-z][\w.-]*))/y;
/** Nesting of brackets; templates use three. */
const MAX_DEPTH = 50;

interface Token {
  readonly kind: '(' | ')' | 'text' | 'word';
  readonly text: string;
}

/** The filter, null where the text is empty, or what is wrong with it. */
export function parseFilter(text: string): Filter | null | { readonly problem: string } {
  if (text.trim() === '') return null;
  try {
    const parser = new FilterParser(tokensOf(text));
    const filter = parser.either(0);
    parser.end();
    return filter;
  } catch (error) {
    if (error instanceof FilterProblem) return { problem: error.message };
    throw error;
  }
}

class FilterProblem extends Error {}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < text.trimEnd().length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (!match) throw new FilterProblem(`it cannot be read at character ${at + 1}`);
    const [, open, close, quoted, word] = match;
    if (open) tokens.push({ kind: '(', text: '(' });
    else if (close) tokens.push({ kind: ')', text: ')' });
    else if (quoted !== undefined) tokens.push({ kind: 'text', text: quoted });
    else tokens.push({ kind: 'word', text: word ?? '' });
  }
  return tokens;
}

class FilterParser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  either(depth: number): Filter {
    const parts = [this.#both(depth)];
    while (this.#takes('or')) parts.push(this.#both(depth));
    return parts.length === 1 ? (parts[0] as Filter) : { kind: 'or', parts };
  }

  end(): void {
    if (this.#at < this.#tokens.length)
      throw new FilterProblem(`it has \`${this.#tokens[this.#at]?.text}\` where it should end`);
  }

  #both(depth: number): Filter {
    const parts = [this.#one(depth)];
    while (this.#takes('and')) parts.push(this.#one(depth));
    return parts.length === 1 ? (parts[0] as Filter) : { kind: 'and', parts };
  }

  #one(depth: number): Filter {
    if (depth > MAX_DEPTH) throw new FilterProblem('it nests too deeply');
    if (this.#takes('not')) return { kind: 'not', part: this.#one(depth + 1) };
    if (this.#tokens[this.#at]?.kind === '(') {
      this.#at += 1;
      const inside = this.either(depth + 1);
      if (this.#tokens[this.#at]?.kind !== ')') throw new FilterProblem('a bracket is not closed');
      this.#at += 1;
      return inside;
    }
    return this.#atom();
  }

  #atom(): Filter {
    const [subject, verb, object] = this.#tokens.slice(this.#at, this.#at + 3);
    if (subject?.kind !== 'word' || verb?.kind !== 'word' || object?.kind !== 'text')
      throw new FilterProblem(`a comparison is not whole near \`${subject?.text ?? 'its end'}\``);
    this.#at += 3;
    const dot = subject.text.indexOf('.');
    const of = dot === -1 ? subject.text : subject.text.slice(0, dot);
    if (of !== 'source' && of !== 'target' && of !== 'flow')
      throw new FilterProblem(`\`${of}\` is neither source, target nor flow`);
    if (verb.text === 'crosses') return { kind: 'crosses', stencil: object.text };
    if (verb.text !== 'is') throw new FilterProblem(`\`${verb.text}\` is neither \`is\` nor \`crosses\``);
    return dot === -1
      ? { kind: 'type', of, stencil: object.text }
      : { kind: 'property', of, name: subject.text.slice(dot + 1), value: object.text };
  }

  #takes(word: string): boolean {
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'word' || token.text !== word) return false;
    this.#at += 1;
    return true;
  }
}

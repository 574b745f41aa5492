// The language of rules: CEL with the types and methods listed here, type-checked before it runs. What runs cannot loop, cannot
// reach a JavaScript object and, but for an overflow, cannot fail.
import { type ASTNode, Environment } from '@marcbachmann/cel-js';
import type { RuleTarget } from './contract.ts';
import { factName, type Read, type Trace } from './reads.ts';

/** Bounds of one condition; cel-js counts them while it parses. */
export const CONDITION_LIMITS = { maxAstNodes: 400, maxDepth: 24 } as const;

type TypeName = 'Element' | 'Flow' | 'Zone' | 'Interface' | 'SafetyFn';

interface TypeDefinition {
  /** Field → type in CEL. */
  readonly fields: Readonly<Record<string, 'string' | 'int' | 'bool' | 'Element'>>;
  /** Methods with one literal word; `yes` is on every type. */
  readonly methods: readonly string[];
}

export const TYPES: Readonly<Record<TypeName, TypeDefinition>> = {
  Element: {
    fields: {
      id: 'string',
      title: 'string',
      kind: 'string',
      type: 'string',
      trust: 'int',
      safety: 'bool',
      remote: 'bool',
      internet: 'bool',
      usedByPeople: 'bool',
      usedRemotely: 'bool',
      reachableFromNetwork: 'bool',
      reachesSafety: 'bool',
      sends: 'bool',
    },
    methods: ['tag', 'hasTech', 'holdsKind', 'inZone'],
  },
  Flow: {
    fields: {
      id: 'string',
      title: 'string',
      crosses: 'bool',
      up: 'bool',
      net: 'bool',
      bus: 'bool',
      safety: 'bool',
      src: 'Element',
      dst: 'Element',
    },
    methods: ['carriesKind', 'hasProtocol'],
  },
  Zone: { fields: { id: 'string', title: 'string', kind: 'string', trust: 'int' }, methods: [] },
  Interface: {
    fields: { id: 'string', title: 'string', kind: 'string', state: 'string', owner: 'Element' },
    methods: [],
  },
  SafetyFn: { fields: { id: 'string', title: 'string', severity: 'int', remotePath: 'bool' }, methods: [] },
};

/** What a rule's target is called in its conditions. */
export const VARIABLES: Readonly<Record<RuleTarget, readonly [name: string, type: TypeName]>> = {
  element: ['e', 'Element'],
  actor: ['e', 'Element'],
  external: ['e', 'Element'],
  flow: ['f', 'Flow'],
  zone: ['z', 'Zone'],
  interface: ['i', 'Interface'],
  function: ['s', 'SafetyFn'],
};

/** On text; `matches` is not among them, since a pattern of a stranger can take for ever. */
const TEXT_METHODS = ['startsWith', 'endsWith', 'contains'];
const LOGIC = ['&&', '||', '!_', '?:'];
const COMPARING = ['==', '!=', '<', '<=', '>', '>=', 'in', '+', '-', '*'];

/** Nobody answered: the one error that CEL's `&&` and `||` are meant to absorb. */
class Unanswered extends Error {}

/** A condition that has passed all checks. */
export interface Condition {
  /** Names of all facts that it can read (see `factName`). */
  readonly reads: ReadonlySet<string>;
  /** Keys of the questions that it asks. */
  readonly questions: ReadonlySet<string>;
  /** True, false, or null where it hangs on what nobody answered. Throws what CEL throws: an overflow. */
  run(trace: Trace): boolean | null;
}

/** What is wrong with a condition, in words for its author. */
export interface ConditionProblem {
  readonly message: string;
}

/**
 * Parses, type-checks and walks one condition: a Condition, or what is wrong with it. Refused are, beside wrong types: more than
 * 400 nodes or 24 levels, fields and methods that are not listed, functions and macros, words that are no literals, unknown
 * questions, and in `unless` a question whose *yes* could raise the threat.
 */
export function readCondition(
  text: string,
  place: 'when' | 'unless',
  target: RuleTarget,
  questions: Readonly<Record<string, unknown>>,
): Condition | ConditionProblem {
  const [name, type] = VARIABLES[target];
  const environment = environmentOf(name, type);
  try {
    const program = environment.parse(text);
    const check = program.check();
    if (!check.valid) throw check.error;
    if (check.type !== 'bool') throw new Unfit(`it gives ${check.type}, not true or false`);
    const walk = new Walk(text, name, type, questions);
    walk.visit(program.ast, place === 'unless' ? 'up' : 'any');
    return {
      reads: walk.reads,
      questions: walk.questions,
      run(trace) {
        try {
          return program({ [name]: new CLASSES[type](trace, '') }) as boolean;
        } catch (error) {
          if (error instanceof Unanswered) return null;
          throw error;
        }
      },
    };
  } catch (error) {
    return { message: wordsOf(error, text, name, type) };
  }
}

/** Reasons of our own, beside those of the type check. */
class Unfit extends Error {}

const environments = new Map<string, Environment>();

/** One environment per variable, so that a rule for elements knows no `f`. */
function environmentOf(name: string, type: TypeName): Environment {
  const key = `${name} ${type}`;
  const known = environments.get(key);
  if (known) return known;
  const environment = new Environment({ limits: CONDITION_LIMITS });
  for (const [typeName, { fields, methods }] of Object.entries(TYPES) as [TypeName, TypeDefinition][]) {
    environment.registerType(typeName, { ctor: CLASSES[typeName], fields });
    environment.registerFunction(`${typeName}.yes(string): bool`, (receiver: Traced, key: string) =>
      receiver.yes(key),
    );
    for (const method of methods)
      environment.registerFunction(`${typeName}.${method}(string): bool`, (receiver: Traced, word: string) =>
        receiver.has(method, word),
      );
  }
  environment.registerVariable(name, type);
  environments.set(key, environment);
  return environment;
}

/** What CEL is handed instead of the facts: it writes down each reading. */
abstract class Traced {
  readonly #trace: Trace;
  readonly #via: string;

  constructor(trace: Trace, via: string) {
    this.#trace = trace;
    this.#via = via;
  }

  field(name: string): string | boolean | bigint {
    const value = this.#trace.read({ kind: 'field', via: this.#via, name, word: '' });
    return typeof value === 'number' ? BigInt(value) : (value as string | boolean);
  }

  end(name: string): Traced {
    return new CLASSES.Element(this.#trace, name);
  }

  has(method: string, word: string): boolean {
    const known = word.toLowerCase();
    return this.#trace.read({ kind: 'word', via: this.#via, name: method, word: known }) === true;
  }

  yes(key: string): boolean {
    const value = this.#trace.read({ kind: 'answer', via: this.#via, name: 'yes', word: key });
    if (value === undefined) throw new Unanswered(key);
    return value === 'yes';
  }
}

type TracedClass = new (trace: Trace, via: string) => Traced;

/** cel-js tells types by their class and reads a field as a property. */
function tracedClass(type: TypeName): TracedClass {
  const made = class extends Traced {};
  for (const [name, of] of Object.entries(TYPES[type].fields))
    Object.defineProperty(made.prototype, name, {
      get(this: Traced) {
        return of === 'Element' ? this.end(name) : this.field(name);
      },
    });
  return made;
}

const CLASSES: Readonly<Record<TypeName, TracedClass>> = {
  Element: tracedClass('Element'),
  Flow: tracedClass('Flow'),
  Zone: tracedClass('Zone'),
  Interface: tracedClass('Interface'),
  SafetyFn: tracedClass('SafetyFn'),
};

/** Direction in which a `yes` moves the condition: `up` towards true, `down` towards false, `any`: not looked at. */
type Direction = 'up' | 'down' | 'any' | 'unclear';

const TURNED = { up: 'down', down: 'up', any: 'any', unclear: 'unclear' } as const;
const blurred = (way: Direction): Direction => (way === 'any' ? 'any' : 'unclear');

/** Goes over a checked syntax tree: allows what is listed, and collects what it reads. */
class Walk {
  readonly reads = new Set<string>();
  readonly questions = new Set<string>();
  readonly #text: string;
  readonly #variable: string;
  readonly #type: TypeName;
  readonly #known: Readonly<Record<string, unknown>>;

  constructor(text: string, variable: string, type: TypeName, known: Readonly<Record<string, unknown>>) {
    this.#text = text;
    this.#variable = variable;
    this.#type = type;
    this.#known = known;
  }

  visit(node: ASTNode, way: Direction): void {
    if (LOGIC.includes(node.op)) this.#logic(node, way);
    else if (COMPARING.includes(node.op)) this.#comparison(node, way);
    else if (node.op === '.') this.#field(node.args);
    else if (node.op === 'rcall') this.#method(node.args, node, way);
    else if (node.op === 'id') this.#refuse(node, 'a target alone says nothing');
    else if (node.op !== 'value')
      this.#refuse(node, `${describe(node)} is not part of the language of rules`);
    else if (!['string', 'bigint', 'number', 'boolean'].includes(typeof node.args))
      this.#refuse(node, 'only texts, numbers, true and false stand for themselves');
  }

  #logic(node: ASTNode, way: Direction): void {
    if (node.op === '!_') {
      this.visit(node.args, TURNED[way]);
      return;
    }
    const [first, ...others] = node.args as ASTNode[];
    this.visit(first as ASTNode, node.op === '?:' ? blurred(way) : way);
    for (const part of others) this.visit(part, way);
  }

  #comparison(node: ASTNode, way: Direction): void {
    const [left, right] = node.args as [ASTNode, ASTNode];
    this.visit(left, blurred(way));
    if (node.op !== 'in') {
      this.visit(right, blurred(way));
      return;
    }
    if (right.op !== 'list' || right.args.some((item) => item.op !== 'value'))
      this.#refuse(right, '`in` needs a list of literals, as in ["usb", "serial"]');
    for (const item of right.args as ASTNode[]) this.visit(item, 'any');
  }

  #field([holder, name]: [ASTNode, string]): void {
    const { via, type } = this.#holder(holder);
    if (TYPES[type].fields[name] === 'Element') this.#refuse(holder, `the end ${name} alone says nothing`);
    this.#note({ kind: 'field', via, name, word: '' });
  }

  #method([method, holder, args]: [string, ASTNode, ASTNode[]], node: ASTNode, way: Direction): void {
    if (TEXT_METHODS.includes(method)) {
      for (const part of [holder, ...args]) this.visit(part, blurred(way));
      return;
    }
    if (holder.op === 'list' || holder.op === 'map' || (holder.op === 'id' && holder.args === 'cel'))
      this.#refuse(node, `the macro ${method}() on a literal is not part of the language of rules`);
    if (method !== 'yes' && !Object.values(TYPES).some(({ methods }) => methods.includes(method)))
      this.#refuse(node, `the method ${method}() is not part of the language of rules`);
    const { via } = this.#holder(holder);
    const word = args[0]?.op === 'value' ? args[0].args : undefined;
    if (typeof word !== 'string') this.#refuse(node, `${method}() needs a word that stands there literally`);
    if (method === 'yes') this.#question(word, node, way);
    this.#note(
      method === 'yes'
        ? { kind: 'answer', via, name: 'yes', word }
        : { kind: 'word', via, name: method, word: word.toLowerCase() },
    );
  }

  #question(key: string, node: ASTNode, way: Direction): void {
    if (!Object.hasOwn(this.#known, key))
      this.#refuse(node, `there is no question ${key} in the questions of the pack`);
    if (way === 'down' || way === 'unclear')
      this.#refuse(
        node,
        `the answer yes to ${key} could raise the threat; let \`unless\` ask for what protects`,
      );
    this.questions.add(key);
  }

  /** The thing that is asked: the target itself, or one of its ends. */
  #holder(node: ASTNode): { readonly via: string; readonly type: TypeName } {
    if (node.op === 'id' && node.args === this.#variable) return { via: '', type: this.#type };
    if (node.op === '.') {
      const [root, end] = node.args;
      if (root.op === 'id' && root.args === this.#variable && TYPES[this.#type].fields[end] === 'Element')
        return { via: end, type: 'Element' };
    }
    return this.#refuse(node, `facts are asked of ${this.#variable} or of one of its ends`);
  }

  #note(read: Read): void {
    this.reads.add(factName(read));
  }

  #refuse(node: ASTNode, reason: string): never {
    throw new Unfit(`${reason} (at ${where(this.#text, node.start)})`);
  }
}

const describe = (node: ASTNode): string =>
  node.op === 'call' ? `the function ${String(node.args[0])}()` : `\`${node.op}\``;

/** `character 7, "e.nope"`. */
function where(text: string, start: number): string {
  return `character ${start + 1}, ${JSON.stringify(text.slice(start, start + 40))}`;
}

interface CelError {
  readonly code?: string;
  readonly summary?: string;
  readonly message: string;
  readonly range?: { readonly start: number };
}

/** The reason in the words of this house where the package's own would not help. */
function wordsOf(error: unknown, text: string, variable: string, type: TypeName): string {
  if (error instanceof Unfit) return error.message;
  const { code, summary, message, range } = error as CelError;
  const said = summary ?? message;
  const place = range ? ` (at ${where(text, range.start)})` : '';
  if (code === 'no_such_key') {
    const field = said.replace(/^No such key: /, '');
    const fields = Object.keys(TYPES[type].fields).join(', ');
    return `there is no field ${field}${place}; ${variable} has ${fields}`;
  }
  return `${said}${place}`;
}

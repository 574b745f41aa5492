// What a device answers when it will not do something: a closed table of codes, each with a plain sentence for the person at the
// device. Whatever arrives from outside ends in one of these, never in an error of the runtime.

export interface RefusalDefinition {
  /** For the person at the device: one plain sentence, no detail that helps an attacker. */
  readonly plain: string;
  /** Row of the mission that it guards, e.g. `L3`. */
  readonly row: string;
}

export type RefusalDetail = Readonly<Record<string, string | number | boolean | null>>;

/** An expected refusal. `code` is one of a family's table, e.g. `command.replayed`; tests assert the code, never the sentence. */
export class Refusal extends Error {
  readonly code: string;
  readonly plain: string;
  readonly row: string;
  /** For the log: what was compared with what. Never a secret, never patient data. */
  readonly detail: RefusalDetail;

  constructor(code: string, definition: RefusalDefinition, detail: RefusalDetail = {}, cause?: unknown) {
    super(`${code}: ${definition.plain}`, cause === undefined ? undefined : { cause });
    this.name = 'Refusal';
    this.code = code;
    this.plain = definition.plain;
    this.row = definition.row;
    this.detail = detail;
  }
}

const registry = new Map<string, RefusalDefinition>();

/** Every code of every family that was loaded, for the documentation's table and the test that each has an attack. */
export function refusalDefinitions(): ReadonlyMap<string, RefusalDefinition> {
  return registry;
}

/**
 * Registers a family's table and gives the function that makes its refusals:
 * `const refuse = defineRefusals({ 'command.replayed': { plain: 'This command was used before.', row: 'L3' } })`.
 * Throws when a code is registered twice (a fault of the program).
 */
export function defineRefusals<const Table extends Readonly<Record<string, RefusalDefinition>>>(
  table: Table,
) {
  for (const [code, definition] of Object.entries(table)) {
    if (registry.has(code)) throw new Error(`refusal code ${code} is registered twice`);
    registry.set(code, definition);
  }
  return (code: keyof Table & string, detail: RefusalDetail = {}, cause?: unknown): Refusal =>
    new Refusal(code, table[code] as RefusalDefinition, detail, cause);
}

export function isRefusal(error: unknown, code?: string): error is Refusal {
  return error instanceof Refusal && (code === undefined || error.code === code);
}

/** For `.catch`: a refusal was recorded by the part that refused and is no news here; whatever else was thrown goes on. */
export function ownRefusal(error: unknown): void {
  if (!isRefusal(error)) throw error;
}

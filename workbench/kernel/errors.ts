// Typed errors: what is wrong, where, and what to do. Every expected refusal in Ward is a WardError whose code
// stands in a closed table with HTTP status, exit code, title and remedy; anything else that is thrown is a fault.

/** HTTP statuses that a refusal may map to. */
export type RefusalStatus = 400 | 401 | 403 | 404 | 405 | 409 | 410 | 413 | 415 | 422 | 423 | 429 | 503 | 507;

/** Exit codes of the command line: 1 findings or gate not met, 2 wrong use, 3 bad input, 4 internal error. */
export type ExitCode = 1 | 2 | 3 | 4;

export interface ErrorDefinition {
  readonly status: RefusalStatus;
  readonly exit: ExitCode;
  /** A short title that does not change from case to case (RFC 9457 `title`). */
  readonly title: string;
  /** What the reader can do next; one sentence in the imperative. */
  readonly remedy: string;
}

export interface ErrorContext {
  /** Place: `file:line`, a JSON path (`$.components[3].purl`) or `RSK-12@4`. */
  readonly at?: string;
  /** Replaces the table's remedy where a better one is known. */
  readonly remedy?: string;
  /** Machine-readable detail for the client, without secrets. */
  readonly detail?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** An expected refusal. `code` is one of the registered codes, e.g. `record.stale-revision`. */
export class WardError extends Error {
  readonly code: string;
  readonly status: RefusalStatus;
  readonly exit: ExitCode;
  readonly title: string;
  readonly at: string | undefined;
  readonly remedy: string;
  readonly detail: Readonly<Record<string, unknown>> | undefined;

  constructor(code: string, definition: ErrorDefinition, message: string, context: ErrorContext = {}) {
    super(message, context.cause === undefined ? undefined : { cause: context.cause });
    this.name = 'WardError';
    this.code = code;
    this.status = definition.status;
    this.exit = definition.exit;
    this.title = definition.title;
    this.at = context.at;
    this.remedy = context.remedy ?? definition.remedy;
    this.detail = context.detail;
  }
}

const registry = new Map<string, ErrorDefinition>();

/** Every registered code with its definition, for the documentation table and the test that no code lacks a remedy. */
export function errorDefinitions(): ReadonlyMap<string, ErrorDefinition> {
  return registry;
}

/**
 * Registers a closed table of codes and gives back the function that makes refusals of it.
 *
 * @example
 * const refuse = defineErrors({ 'sbom.not-json': { status: 422, exit: 3, title: 'Not JSON', remedy: 'Export it again as JSON.' } });
 * throw refuse('sbom.not-json', 'The file stops in the middle of an object.', { at: 'bom.json:14' });
 */
export function defineErrors<Code extends string>(
  definitions: Readonly<Record<Code, ErrorDefinition>>,
): (code: Code, message: string, context?: ErrorContext) => WardError {
  for (const code of Object.keys(definitions) as Code[]) registry.set(code, definitions[code]);
  return (code, message, context) => new WardError(code, definitions[code], message, context);
}

export function isWardError(error: unknown): error is WardError {
  return error instanceof WardError;
}

// How commands speak: results on standard output, progress and messages on standard error, exit codes as documented.
import { isWardError, type WardError } from '../kernel/errors.ts';

export const EXIT = { ok: 0, findings: 1, usage: 2, input: 3, internal: 4 } as const;

export interface CommonOptions {
  readonly json?: boolean;
}

/** Prints the value as JSON with `--json`, else the text. */
export function print(options: CommonOptions, value: unknown, text: string): void {
  process.stdout.write(
    options.json ? `${JSON.stringify(value, null, 2)}\n` : text.endsWith('\n') ? text : `${text}\n`,
  );
}

/** What, where, what to do; as one JSON object with `--json`. Gives the exit code. */
export function explain(error: unknown, json: boolean): number {
  if (isWardError(error)) {
    process.stderr.write(json ? `${JSON.stringify({ error: asJson(error) })}\n` : asText(error));
    return error.exit;
  }
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(
    json
      ? `${JSON.stringify({ error: { code: 'fault', message } })}\n`
      : `Something broke inside Ward: ${message}\nPlease report it; nothing was left half done.\n`,
  );
  if (process.env.WARD_LOG === 'debug' && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  return EXIT.internal;
}

function asText(error: WardError): string {
  const place = error.at ? ` (${error.at})` : '';
  return `${error.message}${error.message.includes(error.at ?? '\u0000') ? '' : place}\n${error.remedy}\n`;
}

function asJson(error: WardError): object {
  const { code, title, message, at, remedy } = error;
  return { code, title, message, at, remedy };
}

/** A line that is replaced as work goes on; silent where nobody watches. */
export function progressLine(): { show(text: string): void; done(): void } {
  if (!process.stderr.isTTY) return { show: () => undefined, done: () => undefined };
  return {
    show: (text) => process.stderr.write(`\r\u001b[2K${text.slice(0, (process.stderr.columns ?? 80) - 1)}`),
    done: () => process.stderr.write('\r\u001b[2K'),
  };
}

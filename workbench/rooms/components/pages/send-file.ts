// Sends one file and reports how far it is. XMLHttpRequest, because fetch does not tell how much has been sent.
import type { Problem } from '../../../kernel/http/problem.ts';
import { ProblemError } from '../../../web/client.ts';
import { lineReader } from './json-lines.ts';

export interface SendFile {
  /** Below `/api`: `/sboms/upload?…`. */
  readonly path: string;
  readonly file: Blob;
  /** Share of the file that has been sent, 0–1. */
  readonly onSent?: (share: number) => void;
  /** Lines of the answer as they arrive. */
  readonly onLine?: (line: unknown) => void;
  readonly signal?: AbortSignal;
}

/** Gives all lines of the answer (a plain JSON answer is one line); refusals are thrown as ProblemError. */
export function sendFile({ path, file, onSent, onLine, signal }: SendFile): Promise<readonly unknown[]> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const reader = lineReader();
    const lines: unknown[] = [];
    let read = 0;
    const take = (values: readonly unknown[]) => {
      for (const value of values) {
        lines.push(value);
        onLine?.(value);
      }
    };
    const takeNew = () => {
      const text = request.responseText;
      take(reader.push(text.slice(read)));
      read = text.length;
    };
    request.upload.addEventListener('progress', (event) => {
      if (event.lengthComputable && event.total > 0) onSent?.(event.loaded / event.total);
    });
    request.upload.addEventListener('load', () => onSent?.(1));
    request.addEventListener('progress', () => {
      if (request.status === 200) takeNew();
    });
    request.addEventListener('load', () => {
      if (request.status !== 200) return reject(new ProblemError(problemFrom(request)));
      takeNew();
      take(reader.end());
      const refused = lines.find(isRefusal);
      if (refused) return reject(new ProblemError(refused.problem));
      resolve(lines);
    });
    request.addEventListener('error', () => reject(new ProblemError(broken())));
    request.addEventListener('abort', () => reject(new ProblemError(stopped())));
    signal?.addEventListener('abort', () => request.abort());
    request.open('POST', `/api${path}`);
    request.setRequestHeader('content-type', 'application/octet-stream');
    request.send(file);
  });
}

function isRefusal(line: unknown): line is { readonly problem: Problem } {
  return typeof line === 'object' && line !== null && 'problem' in line;
}

function problemFrom(request: XMLHttpRequest): Problem {
  try {
    const body = JSON.parse(request.responseText) as Partial<Problem>;
    if (typeof body.title === 'string' && typeof body.code === 'string') return body as Problem;
  } catch {
    // Something below the API answered.
  }
  return {
    ...broken(),
    title: 'The server answered with an error',
    status: request.status,
    detail: `Status ${request.status}.`,
    requestId: request.getResponseHeader('x-request-id') ?? 'none',
  };
}

function broken(): Problem {
  return {
    type: 'urn:ward:problem:upload',
    title: 'The file did not arrive',
    status: 0,
    code: 'upload.broken',
    detail: 'The connection broke while the file was sent.',
    remedy: 'Check that Ward is running and that the file is still there, then send it again.',
    requestId: 'none',
  };
}

function stopped(): Problem {
  return {
    ...broken(),
    code: 'upload.stopped',
    title: 'Sending was stopped',
    detail: 'You stopped it before the whole file had arrived.',
    remedy: 'Choose the file again when you want to import it.',
  };
}

// Reads large SBOMs in a thread of their own, so that the server answers others meanwhile. A file that eats its memory or its
// time ends its thread, never the server.

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { WardError } from '../../../kernel/errors.ts';
import { refuseSbom } from './errors.ts';
import { defaultSbomOptions, type SbomOptions } from './limits.ts';
import { readSbom } from './read-sbom.ts';
import type { Sbom } from './sbom.ts';
import { isGzip } from './unpack.ts';

/** What the thread is given; its options are plain values, so without the clock. */
export interface ReadOrder {
  readonly bytes: Uint8Array;
  readonly fileName: string;
  readonly options: Partial<Omit<SbomOptions, 'now'>>;
}

/** What it answers: the SBOM, a refusal in plain values, or the stack of a fault. */
export type ReadAnswer =
  | { readonly sbom: Sbom }
  | {
      readonly refusal: Pick<
        WardError,
        'code' | 'status' | 'exit' | 'title' | 'remedy' | 'message' | 'at' | 'detail'
      >;
    }
  | { readonly fault: string };

/** Starting a thread costs about 50 ms; below these sizes reading takes less. */
const LARGE = 1024 * 1024;
const LARGE_PACKED = 64 * 1024;

/** Memory of the thread: text, parsed form and components of a file of 256 MiB. */
const MAX_HEAP_MB = 4_096;

/** Beyond the reader's own limit, for the moments when it does not look at its clock. */
const GRACE_MS = 30_000;

/**
 * As `readSbom`, with the same refusals. In the built server a large file is read in a thread; from the sources (tests, and
 * wherever the built thread is not beside the caller) it is read here, in one go.
 */
export async function readSbomAside(
  bytes: Uint8Array,
  fileName: string,
  options: ReadOrder['options'] = {},
  thread: string | null = builtThread(),
): Promise<Sbom> {
  const isLarge = bytes.length > (isGzip(bytes) ? LARGE_PACKED : LARGE);
  if (!isLarge || thread === null) return readSbom(bytes, fileName, options);
  const answer = await askThread(thread, { bytes, fileName, options });
  if ('sbom' in answer) return answer.sbom;
  if ('fault' in answer) throw new Error('The thread that reads SBOMs has a fault.', { cause: answer.fault });
  const { code, message, at, detail, ...definition } = answer.refusal;
  throw new WardError(code, definition, message, {
    ...(at === undefined ? {} : { at }),
    ...(detail === undefined ? {} : { detail }),
  });
}

function askThread(thread: string, order: ReadOrder): Promise<ReadAnswer> {
  const limit = (order.options.maxMilliseconds ?? defaultSbomOptions.maxMilliseconds) + GRACE_MS;
  return new Promise((resolve, reject) => {
    const worker = new Worker(thread, {
      workerData: order,
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
    });
    const timer = setTimeout(() => {
      finish(() =>
        reject(
          refuseSbom('sbom.time-limit', `Reading ${order.fileName} took more than ${limit} ms.`, {
            at: order.fileName,
          }),
        ),
      );
    }, limit);
    let isOver = false;
    const finish = (settle: () => void) => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      void worker.terminate();
      settle();
    };
    worker.once('message', (answer: ReadAnswer) => finish(() => resolve(answer)));
    worker.once('error', (cause: NodeJS.ErrnoException) =>
      finish(() => {
        if (cause.code !== 'ERR_WORKER_OUT_OF_MEMORY') return reject(cause);
        reject(
          refuseSbom(
            'sbom.too-large',
            `Reading ${order.fileName} takes more than ${MAX_HEAP_MB} MB of memory.`,
            {
              at: order.fileName,
              cause,
            },
          ),
        );
      }),
    );
    worker.once('exit', (code) =>
      finish(() => reject(new Error(`The thread that reads SBOMs ended with ${code}.`))),
    );
  });
}

/** The bundle has it beside the entry; this module may stand in a folder of parts below. */
function builtThread(): string | null {
  if (import.meta.url.endsWith('.ts')) return null;
  const places = ['./sbom-thread.mjs', '../sbom-thread.mjs'].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  return places.find((path) => existsSync(path)) ?? null;
}

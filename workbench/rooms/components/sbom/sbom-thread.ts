// Entry of the thread that reads one large SBOM; see read-sbom-aside.ts.

import { parentPort, workerData } from 'node:worker_threads';
import { isWardError } from '../../../kernel/errors.ts';
import { readSbom } from './read-sbom.ts';
import type { ReadAnswer, ReadOrder } from './read-sbom-aside.ts';

function answer({ bytes, fileName, options }: ReadOrder): ReadAnswer {
  try {
    return { sbom: readSbom(bytes, fileName, options) };
  } catch (error) {
    if (!isWardError(error))
      return { fault: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    const { code, status, exit, title, remedy, message, at, detail } = error;
    return { refusal: { code, status, exit, title, remedy, message, at, detail } };
  }
}

parentPort?.postMessage(answer(workerData as ReadOrder));

// From the operating system's file errors to plain refusals.
import type { WardError } from '../../errors.ts';
import { refuse } from '../errors.ts';

export function isFileError(error: unknown, ...codes: string[]): error is NodeJS.ErrnoException {
  return error instanceof Error && codes.includes((error as NodeJS.ErrnoException).code ?? '');
}

/** The refusal for a file error in the data folder; any other error comes back as it is. */
export function asDataRefusal(error: unknown, at: string): WardError | unknown {
  if (isFileError(error, 'ENOSPC', 'EDQUOT')) {
    return refuse('data.disk-full', `There is no space left for the data folder ${at}.`, {
      at,
      cause: error,
    });
  }
  if (isFileError(error, 'EACCES', 'EPERM', 'EROFS')) {
    return refuse('data.not-writable', `This user may not write the data folder ${at}.`, {
      at,
      cause: error,
    });
  }
  if (isFileError(error, 'ENOTDIR', 'EEXIST', 'ELOOP', 'ENAMETOOLONG', 'ENOENT')) {
    return refuse('data.not-writable', `${at} cannot be used as a data folder.`, { at, cause: error });
  }
  return error;
}

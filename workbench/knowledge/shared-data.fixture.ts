// Where the public data of others lies that tests read in place: beside the checkout, or beside the folder of several ones.
import { existsSync } from 'node:fs';

const CANDIDATES = ['../../../shared/data/', '../../../../shared/data/'].map(
  (path) => new URL(path, import.meta.url),
);

/** Undefined where it is absent; such tests say that they are skipped. */
export const SHARED_DATA: URL | undefined = CANDIDATES.find((folder) => existsSync(folder));

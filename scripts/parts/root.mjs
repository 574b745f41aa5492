// Where the checkout is, and what in it makes Ward.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const serverEntry = join(root, 'workbench', 'cli', 'ward.ts');
export const serverOutput = join(root, 'workbench', 'dist', 'server');
export const serverProgram = join(serverOutput, 'ward.mjs');
export const webFolder = join(root, 'workbench', 'web');
export const buildStamp = join(root, 'workbench', 'dist', 'build.json');

/** Whatever is in these goes into the build. */
export const sourceFolders = [
  'workbench',
  'device',
  'laser',
  'example',
  'regulation',
  'requirement-library',
  'threat-rules',
  'scripts',
];

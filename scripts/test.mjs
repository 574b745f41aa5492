// `npm test`: everything that the build runs, in order, until the first failure. Arguments go on to vitest.
import { checkNode } from './parts/node-version.mjs';

checkNode();
import('./parts/test-ward.mjs').then((part) => part.testWard(process.argv.slice(2)));

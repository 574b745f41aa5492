// `npm start`: installs and builds what is missing or out of date, then starts Ward. Arguments go on to `ward start`:
//   npm start -- --port 9000
import { checkNode } from './parts/node-version.mjs';

checkNode();
// The rest uses newer syntax; an old Node must get as far as the sentence above.
import('./parts/start-ward.mjs').then((part) => part.startWard(process.argv.slice(2)));

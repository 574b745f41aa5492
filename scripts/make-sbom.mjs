// `npm run sbom`: writes the SBOM of what ships of Ward, from the lockfile, to workbench/dist/ward.cdx.json.
import { join, relative } from 'node:path';
import { writeOwnSbom } from './parts/own-sbom.mjs';
import { root } from './parts/root.mjs';

const file = join(root, 'workbench', 'dist', 'ward.cdx.json');
const components = await writeOwnSbom(file, { only: 'shipped' });
console.log(`${relative(root, file)}: ${components} components`);

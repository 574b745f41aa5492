// Every package that is installed: a licence that Ward may use, and a checksum in the lockfile.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { judgePackage } from './parts/licences.mjs';
import { root } from './parts/root.mjs';
import { shippedPackages } from './parts/shipped-packages.mjs';

const lockfile = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
const shipped = shippedPackages(lockfile.packages);
const counts = new Map();
const complaints = [];
let missing = 0;

for (const [path, entry] of Object.entries(lockfile.packages)) {
  if (!path.includes('node_modules/') || entry.link) continue;
  const manifest = join(root, path, 'package.json');
  if (!existsSync(manifest)) {
    missing += 1; // an optional package for another machine
    if (!entry.optional && !entry.devOptional && !entry.peer) complaints.push(`${path} is not installed.`);
    continue;
  }
  const { licence, complaint } = judgePackage(
    entry,
    JSON.parse(readFileSync(manifest, 'utf8')),
    shipped.has(path),
  );
  counts.set(licence, (counts.get(licence) ?? 0) + 1);
  if (complaint) complaints.push(complaint);
}

for (const [licence, count] of [...counts].sort((a, b) => b[1] - a[1]))
  console.log(`${String(count).padStart(5)}  ${licence}`);
console.log(`${String(missing).padStart(5)}  (not installed: for other machines)`);
console.log(`${String(shipped.size).padStart(5)}  of all reach users`);
if (complaints.length > 0) {
  console.error(
    `\n${complaints.join('\n')}\n\nReplace these packages, or add the licence to scripts/parts/licences.mjs with its reason.`,
  );
  process.exitCode = 1;
}

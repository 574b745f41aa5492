// After `npm install` against a registry that lacks some packages for other machines: writes those into
// package-lock.json by name, version and machine, without which `npm ci` calls the lockfile incomplete everywhere.
// Such an entry has no checksum; npm takes it from the registry on the machine that needs the package.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './parts/root.mjs';

const file = join(root, 'package-lock.json');
const lockfile = JSON.parse(readFileSync(file, 'utf8'));
const systems = [
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
  'aix',
];
const processors = [
  'arm64',
  'arm',
  'x64',
  'ia32',
  'loong64',
  'mips64el',
  'ppc64',
  'riscv64',
  's390x',
  'wasm32',
];

/** What a platform package's name says, e.g. `@biomejs/cli-linux-arm64-musl`. */
function machineOf(name) {
  if (name === 'fsevents') return { os: ['darwin'] };
  const words = name.split(/[-/_]/);
  const os = systems.find((system) => words.includes(system));
  const cpu = processors.find((processor) => words.includes(processor));
  if (cpu === 'wasm32' || os === undefined) return cpu ? { cpu: [cpu] } : undefined;
  const libc = words.includes('musl')
    ? 'musl'
    : os === 'linux' && words.includes('gnu')
      ? 'glibc'
      : undefined;
  return { os: [os], ...(cpu ? { cpu: [cpu] } : {}), ...(libc ? { libc: [libc] } : {}) };
}

function find(from, name) {
  for (let base = from; ; base = base.slice(0, Math.max(0, base.lastIndexOf('/node_modules/')))) {
    const path = base === '' ? `node_modules/${name}` : `${base}/node_modules/${name}`;
    if (lockfile.packages[path]) return path;
    if (base === '') return undefined;
  }
}

let added = 0;
for (const [path, entry] of Object.entries(lockfile.packages)) {
  for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
    if (find(path, name)) continue;
    const machine = machineOf(name);
    const version = /^[\^~]?(\d+\.\d+\.\d+\S*)$/.exec(range)?.[1];
    if (machine === undefined || version === undefined) {
      console.error(`${name} ${range}, wanted by ${path}: add it by hand.`);
      process.exitCode = 1;
      continue;
    }
    lockfile.packages[`node_modules/${name}`] = {
      version,
      ...machine,
      ...(entry.dev ? { dev: true } : {}),
      optional: true,
    };
    added += 1;
  }
}

const [rootEntry, ...others] = Object.entries(lockfile.packages);
lockfile.packages = Object.fromEntries([rootEntry, ...others.sort(([a], [b]) => a.localeCompare(b, 'en'))]);
if (added > 0) writeFileSync(file, `${JSON.stringify(lockfile, null, 2)}\n`);
console.log(`${added} packages for other machines added to package-lock.json.`);

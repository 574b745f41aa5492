// Which packages of the lockfile reach users: what Ward's own packages need to run, and what those need in turn.
// npm's own marks do not tell: a tool that some package names as an optional companion counts as "devOptional" there.

/**
 * @param {Record<string, any>} packages the `packages` of package-lock.json
 * @returns {Set<string>} paths in the lockfile
 */
export function shippedPackages(packages) {
  const shipped = new Set();
  const open = Object.keys(packages).filter((path) => !path.includes('node_modules'));
  while (open.length > 0) {
    const path = open.pop();
    for (const name of neededBy(packages[path])) {
      const found = resolve(packages, path, name);
      if (found === undefined || shipped.has(found)) continue;
      shipped.add(found);
      open.push(found);
    }
  }
  return shipped;
}

function neededBy({
  dependencies = {},
  optionalDependencies = {},
  peerDependencies = {},
  peerDependenciesMeta = {},
}) {
  const peers = Object.keys(peerDependencies).filter((name) => !peerDependenciesMeta[name]?.optional);
  return [...Object.keys(dependencies), ...Object.keys(optionalDependencies), ...peers];
}

/** As Node.js looks: in the package's own node_modules, then in those of the folders above. */
function resolve(packages, from, name) {
  for (let base = from; ; base = folderAbove(base)) {
    const path = base === '' ? `node_modules/${name}` : `${base}/node_modules/${name}`;
    if (packages[path]) return packages[path].link ? undefined : path;
    if (base === '') return undefined;
  }
}

function folderAbove(path) {
  const last = path.lastIndexOf('/node_modules/');
  return last === -1 ? '' : path.slice(0, last);
}

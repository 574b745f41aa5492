// The oldest Node.js on which Ward runs. Plain old syntax, so that an older one can read this file.
export function isSupported(version) {
  const parts = version.split('.').map(Number);
  return parts[0] > 20 || (parts[0] === 20 && parts[1] >= 19);
}

export function checkNode() {
  if (isSupported(process.versions.node)) return;
  console.error(
    `Ward needs Node.js 20.19 or newer; this is ${process.versions.node}. Install Node.js 24 and start again.`,
  );
  process.exit(2);
}

import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { build } from 'esbuild';
import { buildApplication, FACTORY_VERSION } from './build.ts';
import { FAMILY, makeUnit } from './make-unit.ts';
import { askPanel, until } from './testing/panel.ts';
import { SmallWorkbench } from './testing/small-workbench.ts';

rmSync('/tmp/lt', { recursive: true, force: true });
await buildApplication(process.cwd(), { version: FACTORY_VERSION, outfile: '/tmp/lt/app.mjs' });
await build({
  entryPoints: ['laser/unit/boot.ts'],
  bundle: true,
  platform: 'node',
  format: 'esm',
  outfile: '/tmp/lt/boot.mjs',
  external: ['koffi'],
  banner: { js: "import { createRequire as r } from 'node:module'; const require = r(import.meta.url);" },
});
const w = await SmallWorkbench.open();
const folder = '/tmp/lt/L4-0001';
await makeUnit({
  folder,
  settings: {
    version: 1,
    unit: 'L4-0001',
    hardwareId: FAMILY,
    listen: { host: '127.0.0.1', port: 0 },
    gateway: w.gateway,
    repository: w.repository,
    checkInSeconds: 1,
    updateGraceSeconds: 1,
  },
  application: { file: '/tmp/lt/app.mjs', version: FACTORY_VERSION },
  imageRoot: w.imageRoot,
  directorRoot: null,
});
const child = spawn(process.execPath, ['/tmp/lt/boot.mjs', folder], { stdio: 'inherit' });
const code = w.code('L4-0001');
await until(folder, (d) => d.state === ('not-enrolled' as never));
console.log(await askPanel(folder, { do: 'enrol', code, workbenchUrl: w.url }));
await until(folder, (d) => d.state === 'standby');
await until(folder, (d) => d.online);
await new Promise((r) => setTimeout(r, 3000));
const u = w.unit('L4-0001');
console.log(
  u.report,
  u.checkIns,
  u.problem,
  u.known,
  u.lines.map((l) => {
    const e = JSON.parse(l);
    return `${e.what} ${e.code} ${JSON.stringify(e.detail).slice(0, 150)}`;
  }),
);
child.kill('SIGTERM');
await new Promise((r) => child.on('exit', r));
await w.close();

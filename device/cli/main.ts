// `ward-device …`: what a person does at a unit without a screen, what an auditor does away from it, and what a publisher of updates does.
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { RealDisk } from '../disk/real-disk.ts';
import { auditCommand } from './audit.ts';
import { UNIT_USAGE, unitCommand } from './unit.ts';
import { UPDATES_USAGE, updatesCommand } from './updates.ts';

const io = {
  readFile: (path: string) => readFile(resolve(path)),
  out: (line: string) => console.log(line),
  err: (line: string) => console.error(line),
};

const [command, ...rest] = process.argv.slice(2);
if (command === 'audit') process.exitCode = await auditCommand(rest, io);
else if (command === 'updates')
  process.exitCode = await updatesCommand(rest, {
    ...io,
    disk: (folder) => new RealDisk(folder),
    now: Date.now,
  });
else if (command === undefined || command === '--help')
  io.out(`${UNIT_USAGE}\n${UPDATES_USAGE.replace('Usage:\n', '')}`);
else process.exitCode = await unitCommand([command, ...rest], io);

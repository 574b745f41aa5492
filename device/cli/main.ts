// `ward-device …`: what a person does at a unit without a screen, and what an auditor does away from it.
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { auditCommand } from './audit.ts';
import { unitCommand } from './unit.ts';

const io = {
  readFile: (path: string) => readFile(resolve(path)),
  out: (line: string) => console.log(line),
  err: (line: string) => console.error(line),
};

const [command, ...rest] = process.argv.slice(2);
process.exitCode =
  command === 'audit' ? await auditCommand(rest, io) : await unitCommand([command ?? '', ...rest], io);

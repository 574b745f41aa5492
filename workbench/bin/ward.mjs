#!/usr/bin/env node
// The installed command: runs the built program, or says how to build it.
import { existsSync } from 'node:fs';

const program = new URL('../dist/server/ward.mjs', import.meta.url);
if (existsSync(program)) await import(program.href);
else {
  console.error('Ward is not built yet. Run "npm run build" first.');
  process.exitCode = 2;
}

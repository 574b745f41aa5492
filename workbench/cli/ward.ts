#!/usr/bin/env node
// The command `ward`. Each sub-command is loaded when it is used; `--version` loads nothing.
import { VERSION } from '../version.ts';

async function main(): Promise<number> {
  const args = process.argv.slice(2);
  if (args[0] === '--version' || args[0] === '-V') {
    process.stdout.write(`${VERSION}\n`);
    return 0;
  }
  const { run } = await import('./program.ts');
  return run(args);
}

// A reader that closes the pipe (`| head`) ends the program quietly.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
});

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 4;
  },
);

// The service engineer's program as a command: `run.ts`.
import { runService } from './run.ts';

process.exitCode = await runService(process.argv.slice(2), { out: console.log, err: console.error });

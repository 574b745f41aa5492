// The service engineer's program, on a laptop with a certificate of its own: opens a session on a unit by a token of the maker and runs the verbs of
// service. What may be done was agreed to at the device before.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Endpoint } from '@ward/device/channel/tls.ts';
import { isRefusal } from '@ward/device/refusal.ts';
import { certifiedHolder, endpointOf, holderKey } from '../endpoint.ts';
import { checkInformed, KnownRevocations } from '../revocations.ts';
import { inPlainWords, refusedReceipt, UnitLink, type UnitPlace } from '../unit-link.ts';

const USAGE = `Usage:
  service key --folder FOLDER
    shows what the workbench needs for a token: the holder's public key (JWK) and the channel's thumbprint
  service ask VERB --folder FOLDER --unit SERIAL --host HOST --port N --token FILE [--workbench URL] [--body JSON]
    VERB: service.read-logs service.self-test service.diagnostics calibration.propose service.end unit.status stop
    stop needs no --token and asks nobody before it
    --workbench: where the list of units is fetched that are no longer admitted; without it the last one is used, for an hour
Exit codes: 0 done, 1 refused (code and sentence on the error output), 2 the command or a file that it needs is wrong.`;

const DEFAULT_BODIES: Readonly<Record<string, object>> = { 'service.read-logs': { after: 0, most: 50 } };

export interface ServiceIo {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/** Gives the exit code. */
export async function runService(args: readonly string[], io: ServiceIo): Promise<number> {
  let given: ReturnType<typeof read>;
  try {
    given = read(args);
  } catch (error) {
    io.err(`${(error as Error).message}\n${USAGE}`);
    return 2;
  }
  try {
    return await run(given, io);
  } catch (error) {
    if (isRefusal(error)) {
      const { says, code } = inPlainWords(error);
      io.err(`${says} (${code})`);
      return 1;
    }
    // A file that is not there, or is not what it should be.
    io.err((error as Error).message);
    return 2;
  }
}

async function run(given: ReturnType<typeof read>, io: ServiceIo): Promise<number> {
  const { command, folder, verb, unit, host, port } = given;
  const channel = await certifiedHolder(folder, 'service', '', null);
  if (command === 'key') {
    const holder = await holderKey(folder, 'holder');
    io.out(JSON.stringify({ holder: holder.jwk, channel: channel.key.thumbprint }));
    return 0;
  }
  const endpoint = endpointOf('service', channel);
  if (verb === 'stop') {
    await stop(folder, channel.root, endpoint, { unit, host, port });
    io.out(JSON.stringify({ stopped: unit }));
    return 0;
  }
  const known = await KnownRevocations.open(folder, channel.root, given.workbench);
  const read = await ask(known, given, endpoint);
  const refused = refusedReceipt(read);
  if (refused) {
    io.err(`${refused.says} (${refused.code})`);
    return 1;
  }
  io.out(JSON.stringify({ state: read.receipt.state, answer: read.receipt.answer }, null, 2));
  return 0;
}

/** It only ever makes things safer: no token, no session, nobody is asked before, however old the list of units is. */
async function stop(folder: string, root: Uint8Array, endpoint: Endpoint, place: UnitPlace): Promise<void> {
  const known = await KnownRevocations.open(folder, root, null);
  const link = await UnitLink.call(known.callerOf(endpoint), place);
  try {
    await link.stop();
  } finally {
    link.close();
  }
}

async function ask(
  known: KnownRevocations,
  { verb, body, folder, token, unit, host, port }: ReturnType<typeof read>,
  endpoint: Endpoint,
) {
  const caller = known.callerOf(endpoint);
  checkInformed(caller, 'service-engineer');
  const link = await UnitLink.open(
    caller,
    { unit, host, port },
    { token: readFileSync(token, 'utf8').trim(), holder: await holderKey(folder, 'holder') },
  );
  try {
    return await link.ask({ verb, body });
  } finally {
    link.close();
  }
}

function read(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { folder: text, unit: text, host: text, port: text, token: text, workbench: text, body: text },
  });
  const [command, verb = ''] = positionals;
  if (command !== 'key' && command !== 'ask') throw new Error('Say what to do.');
  const { folder, unit = '', host = '127.0.0.1', port = '', token = '', workbench = null } = values;
  if (!folder) throw new Error('--folder is missing.');
  if (command === 'ask' && !(verb && unit && port && (token || verb === 'stop')))
    throw new Error('VERB, --unit, --port and --token are needed.');
  if (workbench !== null && !URL.canParse(workbench)) throw new Error('--workbench is no address.');
  const body = values.body
    ? (JSON.parse(values.body) as Record<string, unknown>)
    : { ...DEFAULT_BODIES[verb] };
  return { command, verb, folder, unit, host, port: Number(port), token, workbench, body };
}

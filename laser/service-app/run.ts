// The service engineer's program, on a laptop with a certificate of its own: opens a session on a unit by a token of the maker and runs the verbs of
// service. What may be done was agreed to at the device before.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { certifiedHolder, endpointOf, holderKey } from '../endpoint.ts';
import { checkInformed, KnownRevocations } from '../revocations.ts';
import { inPlainWords, refusedReceipt, UnitLink } from '../unit-link.ts';

const USAGE = `Usage:
  service key --folder FOLDER
    shows what the workbench needs for a token: the holder's public key (JWK) and the channel's thumbprint
  service ask VERB --folder FOLDER --unit SERIAL --host HOST --port N --token FILE [--workbench URL] [--body JSON]
    VERB: service.read-logs service.self-test service.diagnostics calibration.propose service.end unit.status stop
    --workbench: where the list of units is fetched that are no longer admitted; without it the last one is used, for an hour
Exit codes: 0 done, 1 refused (code and sentence on the error output), 2 the command is wrong.`;

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
  const { command, folder } = given;
  const channel = await certifiedHolder(folder, 'service', '', null);
  if (command === 'key') {
    const holder = await holderKey(folder, 'holder');
    io.out(JSON.stringify({ holder: holder.jwk, channel: channel.key.thumbprint }));
    return 0;
  }
  try {
    const known = await KnownRevocations.open(folder, channel.root, given.workbench);
    const read = await ask(known, given, endpointOf('service', channel));
    const refused = refusedReceipt(read);
    if (refused) {
      io.err(`${refused.says} (${refused.code})`);
      return 1;
    }
    io.out(JSON.stringify({ state: read.receipt.state, answer: read.receipt.answer }, null, 2));
    return 0;
  } catch (error) {
    const { says, code } = inPlainWords(error);
    io.err(`${says} (${code})`);
    return 1;
  }
}

async function ask(
  known: KnownRevocations,
  { verb, body, folder, token, unit, host, port }: ReturnType<typeof read>,
  endpoint: ReturnType<typeof endpointOf>,
) {
  const caller = known.callerOf(endpoint);
  // A stop only ever makes things safer.
  if (verb !== 'stop') checkInformed(caller, 'service-engineer');
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
  if (command === 'ask' && !(verb && unit && port && token))
    throw new Error('VERB, --unit, --port and --token are needed.');
  if (workbench !== null && !URL.canParse(workbench)) throw new Error('--workbench is no address.');
  const body = values.body
    ? (JSON.parse(values.body) as Record<string, unknown>)
    : { ...DEFAULT_BODIES[verb] };
  return { command, verb, folder, unit, host, port: Number(port), token, workbench, body };
}

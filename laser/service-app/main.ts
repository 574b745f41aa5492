// The service engineer's program, on a laptop with a certificate of its own: opens a session on a unit by a token of the maker and runs the verbs of
// service. What may be done was agreed to at the device before.
//
// service --folder FOLDER --unit SERIAL --host HOST --port N --token FILE VERB [--body JSON]
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { certifiedHolder, endpointOf, holderKey } from '../endpoint.ts';
import { inPlainWords, refusedReceipt, UnitLink } from '../unit-link.ts';

const USAGE = `Usage:
  service key --folder FOLDER
    shows what the workbench needs for a token: the holder's public key (JWK) and the channel's thumbprint
  service ask VERB --folder FOLDER --unit SERIAL --host HOST --port N --token FILE [--body JSON]
    VERB: service.read-logs service.self-test service.diagnostics calibration.propose service.end unit.status stop
Exit codes: 0 done, 1 refused (code and sentence on the error output), 2 the command is wrong.`;

const DEFAULT_BODIES: Readonly<Record<string, object>> = { 'service.read-logs': { after: 0, most: 50 } };

process.exitCode = await main();

async function main(): Promise<number> {
  let given: ReturnType<typeof read>;
  try {
    given = read();
  } catch (error) {
    console.error(`${(error as Error).message}\n${USAGE}`);
    return 2;
  }
  const { command, verb, folder, unit, host, port, token, body } = given;
  const holder = await holderKey(folder, 'holder');
  const channel = await certifiedHolder(folder, 'service', '', null);
  if (command === 'key') {
    console.log(JSON.stringify({ holder: holder.jwk, channel: channel.key.thumbprint }));
    return 0;
  }
  try {
    const link = await UnitLink.open(
      endpointOf('service', channel),
      { unit, host, port },
      { token: readFileSync(token, 'utf8').trim(), holder },
    );
    try {
      const read = await link.ask({ verb, body });
      const refused = refusedReceipt(read);
      if (refused) {
        console.error(`${refused.says} (${refused.code})`);
        return 1;
      }
      console.log(JSON.stringify({ state: read.receipt.state, answer: read.receipt.answer }, null, 2));
      return 0;
    } finally {
      link.close();
    }
  } catch (error) {
    const { says, code } = inPlainWords(error);
    console.error(`${says} (${code})`);
    return 1;
  }
}

function read() {
  const text = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { folder: text, unit: text, host: text, port: text, token: text, body: text },
  });
  const [command, verb = ''] = positionals;
  if (command !== 'key' && command !== 'ask') throw new Error('Say what to do.');
  const { folder, unit = '', host = '127.0.0.1', port = '', token = '' } = values;
  if (!folder) throw new Error('--folder is missing.');
  if (command === 'ask' && !(verb && unit && port && token))
    throw new Error('VERB, --unit, --port and --token are needed.');
  const body = values.body
    ? (JSON.parse(values.body) as Record<string, unknown>)
    : { ...DEFAULT_BODIES[verb] };
  return { command, verb, folder, unit, host, port: Number(port), token, body };
}

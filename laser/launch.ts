// `npm run fleet -- …`: a fleet of simulated Lumen 400 beside a Ward that runs on this machine.
//
//   npm run fleet -- [--units N] [--data DIR] [--fleet DIR] [--workbench URL] [--product KEY] [--port N]
//   npm run fleet -- build-update --version 4.2.0 [--broken] --out FILE
//   npm run fleet -- service SERIAL VERB --person NAME [--body JSON]
//
// The first start makes the authority, the units, the console and the service laptop; a later one goes on with the same. Ctrl-C stops all.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { enrol } from '@ward/device/agent/enrol.ts';
import { systemClock } from '@ward/device/clock.ts';
import { RealDisk } from '@ward/device/disk/real-disk.ts';
import { buildApplication, buildPrograms, FACTORY_VERSION } from './build.ts';
import { makePerson } from './console/people.ts';
import { certifiedHolder, holderKey } from './endpoint.ts';
import { FAMILY, makeUnit } from './make-unit.ts';
import { WardCommand } from './ward-command.ts';

const root = process.cwd();
const USAGE = `Usage:
  npm run fleet -- [--units N] [--data DIR] [--fleet DIR] [--workbench URL] [--product KEY] [--port N]
  npm run fleet -- build-update --version X.Y.Z [--broken] --out FILE
  npm run fleet -- service SERIAL VERB --person NAME [--body JSON] [--data DIR] [--fleet DIR] [--port N]
--data: data folder of the Ward that runs here (.ward). --fleet: where the units are (.lumen-fleet). --port: first of the ports (47100).`;

/** Made up; for demonstrations only. */
const DEMO_PEOPLE = [
  { id: 'amira', name: 'Dr Amira Haddad', role: 'clinician', pin: '246810' },
  { id: 'jonas', name: 'Jonas Lindqvist', role: 'physicist', pin: '135790' },
  { id: 'dora', name: 'Dora Petrov', role: 'data-protection', pin: '864209' },
] as const;
const DEMO_PATIENTS = [
  { id: 'ferrara', name: 'Jo Ferrara', bornOn: '1961-03-04', recordNumber: 'MRN-0098-5523' },
  { id: 'okafor', name: 'Ada Okafor', bornOn: '1948-11-19', recordNumber: 'MRN-0104-7718' },
  { id: 'novak', name: 'Pavel Novak', bornOn: '1979-07-30', recordNumber: 'MRN-0111-0262' },
];

const { values, positionals } = read();
const data = resolve(values.data ?? '.ward');
const fleet = resolve(values.fleet ?? '.lumen-fleet');
const basePort = Number(values.port ?? 47_100);
const [consolePort, panelPort] = [basePort + 90, basePort + 91];
const unitPort = (at: number) => basePort + 1 + at;
const serialOf = (at: number) => `L4-${String(at + 1).padStart(4, '0')}`;
const unitsFolder = join(fleet, 'units');
const programs = join(fleet, 'programs');
const ward = new WardCommand(root, data);

if (positionals[0] === 'build-update') await buildUpdate();
else if (positionals[0] === 'service') process.exitCode = await service();
else if (positionals.length === 0) await launch();
else fail(USAGE);

async function buildUpdate(): Promise<void> {
  const { version = '', out } = values;
  if (!/^\d{1,5}\.\d{1,5}\.\d{1,5}$/.test(version) || !out) fail(USAGE);
  await buildApplication(root, { version, outfile: resolve(out as string), broken: values.broken ?? false });
  console.log(`${out}: Lumen 400 ${version}${values.broken ? ', broken on purpose' : ''}`);
}

async function launch(): Promise<void> {
  const count = Number(values.units ?? 3);
  if (!(count >= 1 && count <= 80)) fail('--units must be between 1 and 80.');
  mkdirSync(unitsFolder, { recursive: true, mode: 0o700 });
  console.log('Building the programs.');
  await buildPrograms(root, programs);
  const application = join(programs, `application-${FACTORY_VERSION}.mjs`);
  if (!existsSync(application))
    await buildApplication(root, { version: FACTORY_VERSION, outfile: application });

  let status = await ward.status();
  if (!status) {
    const keys = join(fleet, 'offline-keys');
    console.log(
      `Making the authority. Its offline keys are in ${keys}; outside of a demonstration they belong in a safe.`,
    );
    await ward.init(keys);
    // Ward sees the new authority within some seconds and opens its gateway.
    for (let left = 30; left > 0; left -= 1) {
      status = await ward.status();
      if (status?.gateway) break;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
  const url = values.workbench ?? status?.url;
  if (!status?.gateway || !url) fail('The gateway of Ward is not open. Start Ward first: npm start.');

  const serials = Array.from({ length: count }, (_, at) => serialOf(at));
  for (const [at, serial] of serials.entries())
    await makeUnit({
      folder: join(unitsFolder, serial),
      settings: {
        ...{
          version: 1,
          unit: serial,
          hardwareId: FAMILY,
          listen: { host: '127.0.0.1', port: unitPort(at) },
        },
        ...{ gateway: status!.gateway, repository: status!.repository },
        ...{ checkInSeconds: 2, updateGraceSeconds: 180 },
      },
      application: { file: application, version: FACTORY_VERSION },
      imageRoot: status!.imageRoot === null ? null : Buffer.from(status!.imageRoot),
      directorRoot: Buffer.from(status!.directorRoot),
    });
  const nobody = serials.filter((serial) => !existsSync(join(unitsFolder, serial, 'identity/state.json')));
  if (nobody.length > 0) {
    console.log(`Enrolling ${nobody.join(', ')}.`);
    const product = values.product ?? 'PRD-1';
    // Registered before, when an earlier start was cut short: a new code is enough.
    for (const serial of nobody)
      await ward.register([serial], { product, hardware: FAMILY }).catch((error: Error) => {
        if (!error.message.includes('fleet.serial-taken')) throw error;
      });
    for (const { serial, code } of await ward.codes(nobody))
      await enrol({
        ...{ disk: new RealDisk(join(unitsFolder, serial)), clock: systemClock, unit: serial, code },
        workbenchUrl: url as string,
      });
  }
  await makeConsole();
  await makeLaptop();
  const places = serials.map((unit, at) => ({ unit, host: '127.0.0.1', port: unitPort(at) }));
  writeFileSync(join(fleet, 'units.json'), `${JSON.stringify(places, null, 2)}\n`);

  const stops = [
    ...serials.map((serial) => keepRunning(serial, [join(programs, 'boot.mjs'), join(unitsFolder, serial)])),
    keepRunning('panels', [
      join(programs, 'panels.mjs'),
      ...['--units', unitsFolder, '--port', String(panelPort), '--workbench', url as string],
    ]),
    keepRunning('console', [
      join(programs, 'console.mjs'),
      ...[
        '--folder',
        join(fleet, 'console'),
        '--units',
        join(fleet, 'units.json'),
        '--port',
        String(consolePort),
        '--workbench',
        url as string,
      ],
    ]),
  ];
  console.log(`
  Front panels      http://127.0.0.1:${panelPort}
  Operator console  http://127.0.0.1:${consolePort}
${DEMO_PEOPLE.map(({ name, role, pin }) => `    ${name} (${role}), PIN ${pin}`).join('\n')}
  Workbench         ${url}
  An update         npm run fleet -- build-update --version 4.2.0 --out lumen-400-4.2.0.mjs
  A service verb    npm run fleet -- service ${serials[0]} service.diagnostics --person NAME

  Stop with Ctrl-C.
`);
  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    console.log('Stopping.');
    await Promise.all(stops.map((end) => end()));
    process.exit(0);
  };
  process.on('SIGINT', () => void stop());
  process.on('SIGTERM', () => void stop());
  // The window was closed: nothing goes on behind it.
  process.on('SIGHUP', () => void stop());
}

/** The power supply: what falls over is started again. Gives what switches it off. */
function keepRunning(name: string, args: readonly string[]): () => Promise<void> {
  let child: ChildProcess | null = null;
  let off = false;
  let ended: Promise<void> = Promise.resolve();
  const start = () => {
    // In a group of its own, so that Ctrl-C reaches it by this program alone; the wire tells it when this program is gone.
    const started = spawn(process.execPath, args, {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      detached: true,
    });
    child = started;
    ended = new Promise((done) => {
      started.once('exit', (code) => {
        done();
        if (off) return;
        console.error(`${name} ended (${code}); it is started again.`);
        setTimeout(() => !off && start(), 1_000);
      });
    });
  };
  start();
  return async () => {
    off = true;
    child?.kill('SIGTERM');
    await ended;
  };
}

async function makeConsole(): Promise<void> {
  const folder = join(fleet, 'console');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  await certifiedHolder(folder, 'console', 'theatre-1', (csr) => ward.certify('console', 'theatre-1', csr));
  await certifiedHolder(folder, 'clinic', 'clinic:demo', (csr) => ward.certify('issuer', 'clinic:demo', csr));
  const file = join(folder, 'people.json');
  const known = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { id: string }[]) : [];
  // A folder of an earlier version does not know all of them.
  const missing = DEMO_PEOPLE.filter(({ id }) => !known.some((one) => one.id === id));
  if (missing.length > 0) {
    const people = await Promise.all(missing.map(({ pin, ...person }) => makePerson(person, pin)));
    writeFileSync(file, JSON.stringify([...known, ...people]), { mode: 0o600 });
  }
  if (!existsSync(join(folder, 'patients.json')))
    writeFileSync(join(folder, 'patients.json'), JSON.stringify(DEMO_PATIENTS), { mode: 0o600 });
}

async function makeLaptop(): Promise<void> {
  const folder = join(fleet, 'laptop');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  await certifiedHolder(folder, 'service', 'laptop-1', (csr) => ward.certify('service', 'laptop-1', csr));
}

/** A token for half an hour, and one verb with it. */
async function service(): Promise<number> {
  const [, unit, verb] = positionals;
  const { person } = values;
  if (!unit || !verb || !person) fail(USAGE);
  const places = JSON.parse(readFileSync(join(fleet, 'units.json'), 'utf8')) as {
    unit: string;
    host: string;
    port: number;
  }[];
  const place = places.find((one) => one.unit === unit);
  if (!place) fail(`There is no unit ${unit}.`);
  const folder = join(fleet, 'laptop');
  const channel = await holderKey(folder, 'service');
  const holder = await holderKey(folder, 'holder');
  const token = await ward.token({
    ...{
      person: person as string,
      unit: unit as string,
      holder: holder.jwk,
      channel: channel.thumbprint,
      minutes: 30,
    },
  });
  const file = join(folder, 'token');
  writeFileSync(file, token, { mode: 0o600 });
  const url = values.workbench ?? (await ward.status())?.url;
  const child = spawn(
    process.execPath,
    [
      ...[join(programs, 'service.mjs'), 'ask', verb as string, '--folder', folder, '--unit', unit as string],
      ...['--host', place!.host, '--port', String(place!.port), '--token', file],
      ...(url ? ['--workbench', url] : []),
      ...(values.body ? ['--body', values.body] : []),
    ],
    { stdio: 'inherit' },
  );
  return new Promise((done) => child.once('exit', (code) => done(code ?? 1)));
}

function read() {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        ...{ units: text, data: text, fleet: text, workbench: text, product: text, port: text },
        ...{ version: text, out: text, person: text, body: text, broken: { type: 'boolean' } },
      },
    });
  } catch (error) {
    return fail(`${(error as Error).message}\n${USAGE}`);
  }
}

function fail(sentence: string): never {
  console.error(sentence);
  process.exit(2);
}

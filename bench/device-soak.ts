// `node scripts/run.mjs bench/device-soak.ts [--rounds N] [--seed N] [--report]`: a unit's vault and audit log are written by a process of their own, which
// is killed with `kill -9` at a random moment, again and again. After each kill everything acknowledged is looked for.
import { type ChildProcess, spawn } from 'node:child_process';
import { createPrivateKey, createPublicKey, generateKeyPairSync, randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { checkpointSigner } from '../device/agent/audit-keys.ts';
import { AuditLog } from '../device/audit/log.ts';
import { verifyAudit } from '../device/audit/verify.ts';
import { systemClock } from '../device/clock.ts';
import { RealDisk } from '../device/disk/real-disk.ts';
import { softwareKey } from '../device/identity/key.ts';
import { isRefusal } from '../device/refusal.ts';
import { rememberAnchor } from '../device/vault/anchor.ts';
import { FileKeys } from '../device/vault/file-keys.ts';
import { accessAs, treating, treatment } from '../device/vault/testing.ts';
import { Vault } from '../device/vault/vault.ts';
import { table } from './table.ts';

const UNIT = 'L4-0007';
/** Rounds on one folder before a new one is begun. */
const ROUNDS_PER_UNIT = 25;

/** PEM, as the process reads them. */
interface Keys {
  readonly privateKey: string;
  readonly publicKey: string;
}

async function openUnit(folder: string, { privateKey, publicKey }: Keys) {
  const disk = new RealDisk(folder);
  const { remember, anchor } = rememberAnchor();
  const log = await AuditLog.open({
    disk,
    clock: systemClock,
    unit: UNIT,
    boot: randomUUID(),
    sign: checkpointSigner(softwareKey(createPrivateKey(privateKey))),
    keys: [createPublicKey(publicKey)],
    checkpointEvery: 32,
    remember,
  });
  const vault = await Vault.open({
    disk,
    clock: systemClock,
    unit: UNIT,
    keys: new FileKeys(disk),
    audit: log,
    anchor: anchor(),
    newId: randomUUID,
  });
  return { disk, log, vault };
}

/** The process that is killed: writes, rotates and erases without end, and says on its output what was acknowledged. */
async function work(folder: string): Promise<never> {
  const keys = JSON.parse(await readFile(join(folder, '..', 'keys.json'), 'utf8')) as Keys;
  const { vault } = await openUnit(folder, keys);
  // A pipe is written at once on Linux: what stands there was acknowledged before the kill.
  const say = (...words: string[]) => process.stdout.write(`${words.join(' ')}\n`);
  const living = Array.from({ length: 4 }, () => `p-${randomUUID().slice(0, 8)}`);
  say('ready');
  const write = async (patient: string) => {
    const note = randomUUID();
    try {
      const { record } = await vault.write(treating, patient, treatment({ note }));
      say('written', patient, record, note);
    } catch (error) {
      if (!isRefusal(error, 'vault.erased')) throw error;
    }
  };
  for (let turn = 0; ; turn += 1) {
    await Promise.all(living.flatMap((patient) => [write(patient), write(patient)]));
    if (turn % 5 === 4) await vault.rotate(accessAs('unit', 'key-rotation'));
    if (turn % 9 !== 8) continue;
    const gone = living.shift() as string;
    living.push(`p-${randomUUID().slice(0, 8)}`);
    say('erasing', gone);
    await vault.erase(accessAs('data-protection', 'erasure'), gone);
    say('erased', gone);
  }
}

interface Told {
  readonly written: Map<string, { patient: string; note: string }>;
  readonly erasing: Set<string>;
  readonly erased: Set<string>;
}

interface Tally {
  kills: number;
  acknowledged: number;
  erased: number;
  recovered: number;
  readonly wrong: string[];
}

async function soak(rounds: number, seed: number): Promise<Tally> {
  const random = randomFrom(seed);
  const keys: Keys = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const tally: Tally = { kills: 0, acknowledged: 0, erased: 0, recovered: 0, wrong: [] };
  let told: Told = { written: new Map(), erasing: new Set(), erased: new Set() };
  let home = '';
  for (let round = 0; round < rounds; round += 1) {
    if (round % ROUNDS_PER_UNIT === 0) {
      if (home) await rm(home, { recursive: true });
      home = await mkdtemp(join(tmpdir(), 'ward-device-soak-'));
      await mkdir(join(home, 'unit'));
      await writeFile(join(home, 'keys.json'), JSON.stringify(keys));
      told = { written: new Map(), erasing: new Set(), erased: new Set() };
    }
    const before = told.written.size;
    await killOnce(join(home, 'unit'), told, random() * 250);
    tally.kills += 1;
    tally.acknowledged += told.written.size - before;
    await look(join(home, 'unit'), keys, told, tally, round);
    if (round % 25 === 24) process.stderr.write(`${round + 1} kills, ${tally.wrong.length} faults\n`);
  }
  await rm(home, { recursive: true });
  return tally;
}

/** Starts the process, lets it work for a random time (also while it opens the store), kills it, and takes what it said. */
async function killOnce(folder: string, told: Told, afterMs: number): Promise<void> {
  const child = spawn(process.execPath, [process.argv[1] as string, '--work', folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  // One in five is killed while it starts.
  if (afterMs > 50) await untilReady(child, () => output.includes('ready'));
  await delay(afterMs);
  const ended = new Promise((done) => child.on('close', done));
  child.kill('SIGKILL');
  await ended;
  for (const line of output.split('\n').slice(0, -1)) {
    const [what, patient = '', record = '', note = ''] = line.split(' ');
    if (what === 'written') told.written.set(record, { patient, note });
    if (what === 'erasing') told.erasing.add(patient);
    if (what === 'erased') told.erased.add(patient);
  }
}

async function untilReady(child: ChildProcess, isReady: () => boolean): Promise<void> {
  while (!isReady() && child.exitCode === null) await delay(2);
  if (child.exitCode !== null) throw new Error(`the process ended by itself with ${child.exitCode}`);
}

async function look(folder: string, keys: Keys, told: Told, tally: Tally, round: number): Promise<void> {
  const fault = (what: string) => tally.wrong.push(`round ${round}: ${what}`);
  const { disk, log, vault } = await openUnit(folder, keys);
  // All at once: their audit entries share a few syncs.
  const reads = [...told.written].map(async ([record, { patient, note }]) => {
    const found = await vault.read(treating, patient, record).then(
      ({ fields }) => ('note' in fields ? fields.note : null),
      (error) => (isRefusal(error) ? error.code : String(error)),
    );
    const isErased = found === 'vault.erased' && (told.erasing.has(patient) || told.erased.has(patient));
    if (told.erased.has(patient) && !isErased) fault(`an erased patient reads: ${found}`);
    else if (found !== note && !isErased) fault(`an acknowledged record is lost: ${found}`);
  });
  await Promise.all(reads);
  tally.erased = Math.max(tally.erased, told.erased.size);
  await vault.close();
  await log.close();
  const bytes = await disk.read('audit/log', 2 ** 30);
  const anchor = Buffer.from((await disk.read('audit/anchor', 65_536)) ?? []).subarray(9);
  const verdict = await verifyAudit(bytes ?? new Uint8Array(), [createPublicKey(keys.publicKey)], {
    unit: UNIT,
    checkpoint: JSON.parse(anchor.toString()).detail.checkpoint,
  });
  for (const { code, sequence } of verdict.findings) fault(`${code} at ${sequence}`);
  for (const { what, detail } of verdict.reports) {
    if (what === 'audit.damaged') fault(`the unit found damage: ${JSON.stringify(detail)}`);
    if (what === 'audit.recovered') tally.recovered += 1;
  }
}

/** Mulberry32: the same seed, the same moments. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const { values } = parseArgs({
  options: {
    work: { type: 'string' },
    rounds: { type: 'string', default: '500' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    report: { type: 'boolean', default: false },
  },
});
if (values.work !== undefined) await work(values.work);
const [rounds, seed] = [Number(values.rounds), Number(values.seed)];
if (!Number.isInteger(rounds) || rounds < 1 || !Number.isInteger(seed)) {
  process.stderr.write('Give a whole number of rounds and a whole number as seed.\n');
  process.exit(2);
}
const { kills, acknowledged, erased, recovered, wrong } = await soak(rounds, seed);
const text = table([
  ['kills', 'records acknowledged', 'most erased on one unit', 'torn tails recovered', 'faults'],
  [kills, acknowledged, erased, recovered, wrong.length].map((number) => number.toLocaleString('en')),
]);
process.stdout.write(`${text}\nSeed ${seed}\n`);
for (const line of wrong.slice(0, 50)) process.stdout.write(`${line}\n`);
if (values.report)
  await writeFile(
    'docs/reports/device-kill.md',
    `# What survives kill -9 on a unit

A process of its own writes treatment records of four patients at once, rotates the key-encryption key and erases patients, on a real
folder, and says what was acknowledged. It is killed with \`kill -9\` at a random moment, one time in five while it starts. Then audit log and vault
are opened: every acknowledged record must read, every erased patient must stay erased, the log must verify off the unit against its anchor, and
the unit may have found no damage. Every ${ROUNDS_PER_UNIT} kills a new unit is begun. What a kill cannot show, content that was not synced, is shown by
[power-loss.md](power-loss.md).

${text}

Again: \`node scripts/run.mjs bench/device-soak.ts --rounds ${rounds} --seed ${seed} --report\`.
`,
  );
process.exitCode = wrong.length === 0 ? 0 : 1;

// `ward backup` and `ward restore`.

import { join } from 'node:path';
import { readConfig } from '../config.ts';
import { backup, restore } from '../kernel/database/index.ts';
import { makeLog, openDatabase } from '../open-ward.ts';
import { VERSION } from '../version.ts';
import { type CommonOptions, EXIT, print, progressLine } from './output.ts';

const whole = `everything, also the keys that sign the ledger and seal second factors.
Only its owner can read it (mode 0600): keep it as safe as the data folder itself.`;
const withoutKeys = `everything but the keys: no secrets file was found here.
Save that file (WARD_SECRETS) as well; without it sessions, second factors and ledger signatures cannot go on.`;

interface Options extends CommonOptions {
  readonly data?: string;
}

export async function backupCommand(file: string, options: Options): Promise<number> {
  const config = readConfig(process.env, options);
  const database = await openDatabase(config, makeLog(config.logLevel));
  const line = progressLine();
  try {
    const manifest = await backup({
      pool: database.pool,
      blobs: join(config.dataDir, 'blobs'),
      secrets: config.secretsFile ?? join(config.dataDir, 'secrets.json'),
      target: file,
      wardVersion: VERSION,
      onProgress: (step) => line.show(`saving ${JSON.stringify(step).slice(0, 60)}`),
    });
    line.done();
    print(options, manifest, `${file} holds ${manifest.secrets ? whole : withoutKeys}`);
    return EXIT.ok;
  } finally {
    await database.close();
  }
}

export async function restoreCommand(file: string, options: Options): Promise<number> {
  const config = readConfig(process.env, options);
  const { allMigrations, loadRooms } = await import('../rooms/load.ts');
  const { Jobs } = await import('../kernel/jobs/jobs.ts');
  const log = makeLog(config.logLevel);
  const database = await openDatabase(config, log);
  const line = progressLine();
  try {
    const manifest = await restore({
      pool: database.pool,
      blobs: join(config.dataDir, 'blobs'),
      secrets: config.secretsFile ?? join(config.dataDir, 'secrets.json'),
      file,
      migrations: allMigrations(await loadRooms()),
      prepare: (pool) => new Jobs(pool, log).migrate(),
      onProgress: (step) => line.show(`restoring ${JSON.stringify(step).slice(0, 60)}`),
    });
    const { raiseAfterRestore } = await import('../rooms/fleet/revocations.ts');
    await raiseAfterRestore(database.pool);
    line.done();
    print(
      options,
      manifest,
      `${file} is restored into ${config.databaseUrl === null ? config.dataDir : 'the database'}. Everybody signs in anew; access that was withdrawn after the backup is back: look at People & access.`,
    );
    return EXIT.ok;
  } finally {
    await database.close();
  }
}

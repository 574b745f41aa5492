// The database layer's face to the rest of Ward.
export { type BackupOptions, backup } from './backup/backup.ts';
export type { BackupProgress, Manifest as BackupManifest } from './backup/manifest.ts';
export { type RestoreOptions, restore } from './backup/restore.ts';
export { checkDatabase, createDatabase, openPool, type PoolOptions } from './connect.ts';
export { type EmbeddedServer, type EmbeddedServerOptions, startEmbeddedServer } from './embedded-server.ts';
export type { DatabaseLog } from './log.ts';
export { migrations } from './migrations/list.ts';
export { type Migration, migrate } from './migrations.ts';

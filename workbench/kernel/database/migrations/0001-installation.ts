// The identity of this installation: stays the same through upgrades, and travels with a backup.
import type { Migration } from '../migrations.ts';

export const installation: Migration = {
  id: '0001-installation',
  sql: `
    CREATE TABLE installation (
      id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      created_at timestamptz NOT NULL DEFAULT now(),
      -- one row only
      one boolean NOT NULL DEFAULT true UNIQUE CHECK (one)
    );
    INSERT INTO installation DEFAULT VALUES;
  `,
};

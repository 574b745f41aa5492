// Loads the rooms' faces in their order. The import pattern is fixed, so that bundlers take in just these files.

import type { Migration } from '../kernel/database/index.ts';
import { migrations as kernelMigrations } from '../kernel/database/index.ts';
import type { Room } from '../kernel/kernel.ts';
import { notificationTables } from '../kernel/notifications/migration.ts';
import { identityTables } from '../knowledge/store/identity-migration.ts';
import { knowledgeTables, matchFactTables } from '../knowledge/store/migration.ts';
import { flawSignalTables, signalTables, upstreamTables } from '../knowledge/store/signals-migration.ts';
import { ROOMS } from './order.ts';

export async function loadRooms(): Promise<Room[]> {
  return Promise.all(
    ROOMS.map(async (name) => {
      const face = (await import(`./${name}/index.ts`)) as { room?: Room };
      if (face.room?.name !== name)
        throw new Error(`rooms/${name}/index.ts must export \`room\` with that name`);
      return face.room;
    }),
  );
}

/** All steps of the schema, the kernel's and the rooms', by their numbers. */
export function allMigrations(rooms: readonly Room[]): Migration[] {
  const list = [
    ...kernelMigrations,
    knowledgeTables,
    signalTables,
    upstreamTables,
    flawSignalTables,
    matchFactTables,
    identityTables,
    notificationTables,
    ...rooms.flatMap((room) => room.migrations ?? []),
  ];
  return list.sort((a, b) => (a.id < b.id ? -1 : 1));
}

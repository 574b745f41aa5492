// The shell's own entries of the navigation, beside those of the rooms.
import { IconDatabase, IconHistory, IconHome, IconUsers } from '@tabler/icons-react';
import type { NavigationEntry } from '../room-pages.ts';
import { roomPages } from '../room-pages.ts';

const OWN: readonly NavigationEntry[] = [
  { path: '/records', title: 'All records', icon: IconDatabase, keys: 'g a', order: 900, section: 'House' },
  { path: '/audit', title: 'Audit', icon: IconHistory, keys: 'g l', order: 910, section: 'House' },
  { path: '/people', title: 'People & access', icon: IconUsers, keys: 'g p', order: 920, section: 'House' },
];
const HOME: NavigationEntry = {
  path: '/',
  title: 'Home',
  icon: IconHome,
  keys: 'g h',
  order: 0,
  section: 'Now',
};

const rooms = roomPages.flatMap((room) => room.navigation);

export const navigationEntries: readonly NavigationEntry[] = [
  ...(rooms.some((entry) => entry.path === '/') ? [] : [HOME]),
  ...rooms,
  ...OWN,
];

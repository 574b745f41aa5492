import { IconBug, IconDatabaseImport } from '@tabler/icons-react';
import type { RoomPages } from '../../../web/room-pages.ts';

export const pages: RoomPages = {
  navigation: [
    { path: '/findings', title: 'Findings', icon: IconBug, keys: 'g f', order: 130, section: 'Product' },
    {
      path: '/knowledge',
      title: 'Knowledge',
      icon: IconDatabaseImport,
      keys: 'g k',
      order: 140,
      section: 'Product',
    },
  ],
  routes: [
    { path: '/findings', load: () => import('./FindingsPage.tsx') },
    { path: '/findings/$release', load: () => import('./FindingPage.tsx') },
    { path: '/releases/$key', load: () => import('./ReleasePage.tsx') },
    { path: '/knowledge', load: () => import('./KnowledgePage.tsx') },
  ],
  panels: [{ kind: 'supplier', load: () => import('./SupplierPanel.tsx') }],
};

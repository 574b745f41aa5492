import { IconPackages } from '@tabler/icons-react';
import type { RoomPages } from '../../../web/room-pages.ts';

export const pages: RoomPages = {
  navigation: [
    {
      path: '/components/where',
      title: 'Where used',
      icon: IconPackages,
      keys: 'g w',
      order: 135,
      section: 'Product',
    },
  ],
  routes: [{ path: '/components/where', load: () => import('./WherePage.tsx') }],
  panels: [{ kind: 'supplier', load: () => import('./SuppliedPanel.tsx') }],
};

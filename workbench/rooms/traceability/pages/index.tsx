import { IconRouteAltLeft } from '@tabler/icons-react';
import type { RoomPages } from '../../../web/room-pages.ts';

export const pages: RoomPages = {
  navigation: [
    {
      path: '/traceability',
      title: 'Traceability',
      icon: IconRouteAltLeft,
      keys: 'g b',
      order: 395,
      section: 'Design',
    },
  ],
  routes: [{ path: '/traceability', load: () => import('./TraceabilityPage.tsx') }],
};

import { IconShieldHalf } from '@tabler/icons-react';
import type { RoomPages } from '../../../web/room-pages.ts';

export const pages: RoomPages = {
  navigation: [
    {
      path: '/controls',
      title: 'Controls',
      icon: IconShieldHalf,
      keys: 'g c',
      order: 360,
      section: 'Design',
    },
  ],
  routes: [{ path: '/controls', load: () => import('./ControlsPage.tsx') }],
  panels: [{ kind: 'control', load: () => import('./ControlPanel.tsx') }],
};

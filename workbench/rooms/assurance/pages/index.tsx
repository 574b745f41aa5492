import { IconShieldHalf } from '@tabler/icons-react';
import type { RoomPages } from '../../../web/room-pages.ts';

const load = () => import('./DepthPage.tsx');

export const pages: RoomPages = {
  navigation: [
    {
      path: '/depth',
      title: 'Defence in depth',
      icon: IconShieldHalf,
      keys: 'g x',
      order: 340,
      section: 'Design',
    },
  ],
  routes: [
    { path: '/depth', load },
    { path: '/releases/$key/depth', load },
    { path: '/releases/$key/reach', load: () => import('./ReachPage.tsx') },
  ],
};

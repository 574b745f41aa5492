import { IconSchema } from '@tabler/icons-react';
import type { RoomPages } from '../../../web/room-pages.ts';

export const pages: RoomPages = {
  navigation: [
    {
      path: '/system-models',
      title: 'System model',
      icon: IconSchema,
      keys: 'g m',
      order: 200,
      section: 'Design',
    },
  ],
  routes: [
    { path: '/system-models', load: () => import('./ModelsPage.tsx') },
    { path: '/system-models/$key', load: () => import('./ModelPage.tsx') },
  ],
};

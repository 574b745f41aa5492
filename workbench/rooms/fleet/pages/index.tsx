import { IconBroadcast } from '@tabler/icons-react';
import type { RoomPages } from '../../../web/room-pages.ts';

export const pages: RoomPages = {
  navigation: [
    { path: '/fleet', title: 'Units', icon: IconBroadcast, keys: 'g u', order: 505, section: 'Field' },
  ],
  routes: [
    { path: '/fleet', load: () => import('./UnitsPage.tsx') },
    { path: '/fleet/$serial', load: () => import('./UnitPage.tsx') },
  ],
  panels: [{ kind: 'campaign', load: () => import('./CampaignPanel.tsx') }],
};

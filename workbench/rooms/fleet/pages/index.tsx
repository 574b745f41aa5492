import { IconBroadcast, IconPackageImport, IconRocket, IconUserX } from '@tabler/icons-react';
import type { RoomPages } from '../../../web/room-pages.ts';

export const pages: RoomPages = {
  navigation: [
    { path: '/fleet', title: 'Units', icon: IconBroadcast, keys: 'g v', order: 505, section: 'Field' },
    { path: '/revocations', title: 'Revocations', icon: IconUserX, order: 507, section: 'Field' },
    { path: '/records/update', title: 'Updates', icon: IconPackageImport, order: 510, section: 'Field' },
    { path: '/records/campaign', title: 'Campaigns', icon: IconRocket, order: 515, section: 'Field' },
  ],
  routes: [
    { path: '/fleet', load: () => import('./UnitsPage.tsx') },
    { path: '/revocations', load: () => import('./TakenBackPage.tsx') },
    { path: '/fleet/$serial', load: () => import('./UnitPage.tsx') },
  ],
  panels: [{ kind: 'campaign', load: () => import('./CampaignPanel.tsx') }],
};

import { IconPackage } from '@tabler/icons-react';
import type { RoomPages } from '../../../web/room-pages.ts';

export const pages: RoomPages = {
  navigation: [
    { path: '/products', title: 'Products', icon: IconPackage, keys: 'g d', order: 100, section: 'Product' },
  ],
  routes: [
    { path: '/products', load: () => import('./ProductsPage.tsx') },
    { path: '/products/$key', load: () => import('./ProductPage.tsx') },
    { path: '/products/$key/plan', load: () => import('./PlanPage.tsx') },
  ],
  panels: [{ kind: 'plan', load: () => import('./PlanPanel.tsx') }],
};

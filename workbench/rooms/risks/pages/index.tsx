import { IconFileCertificate, IconScale } from '@tabler/icons-react';
import type { RoomPages } from '../../../web/room-pages.ts';

export const pages: RoomPages = {
  navigation: [
    {
      path: '/risk-file',
      title: 'Risk file',
      icon: IconFileCertificate,
      keys: 'g i',
      order: 105,
      section: 'Product',
    },
    { path: '/risks', title: 'Risks', icon: IconScale, keys: 'g r', order: 220, section: 'Design' },
  ],
  routes: [
    { path: '/risks', load: () => import('./RisksPage.tsx') },
    { path: '/risks/new', load: () => import('./NewRiskPage.tsx') },
    { path: '/harms/import', load: () => import('./ImportHarmsPage.tsx') },
    { path: '/risk-file', load: () => import('./RiskFilePage.tsx') },
  ],
  panels: [
    { kind: 'risk', load: () => import('./RiskPanel.tsx') },
    { kind: 'threat', load: () => import('./MakeRiskPanel.tsx') },
    { kind: 'finding', load: () => import('./MakeRiskPanel.tsx') },
  ],
};

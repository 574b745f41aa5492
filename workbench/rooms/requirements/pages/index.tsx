import { IconBooks, IconListCheck } from '@tabler/icons-react';
import type { RoomPages } from '../../../web/room-pages.ts';

export const pages: RoomPages = {
  navigation: [
    {
      path: '/requirements',
      title: 'Requirements',
      icon: IconListCheck,
      keys: 'g y',
      order: 350,
      section: 'Design',
    },
    {
      path: '/requirement-library',
      title: 'Requirement library',
      icon: IconBooks,
      order: 355,
      section: 'Design',
    },
  ],
  routes: [
    { path: '/requirements', load: () => import('./RequirementsPage.tsx') },
    { path: '/requirement-library', load: () => import('./LibraryPage.tsx') },
  ],
  panels: [{ kind: 'requirement', load: () => import('./RequirementPanel.tsx') }],
  aids: [{ kind: 'requirement', load: () => import('./RequirementAid.tsx') }],
};

import { IconSunrise } from '@tabler/icons-react';
import type { RoomPages } from '../../../web/room-pages.ts';

export const pages: RoomPages = {
  navigation: [{ path: '/', title: 'Today', icon: IconSunrise, keys: 'g h', order: 0, section: 'Now' }],
  routes: [{ path: '/', load: () => import('./TodayPage.tsx') }],
};

// Suppliers need no more than the list and the page that every kind of record has.
import { IconTruckDelivery } from '@tabler/icons-react';
import type { RoomPages } from '../../../web/room-pages.ts';

export const pages: RoomPages = {
  navigation: [
    {
      path: '/records/supplier',
      title: 'Suppliers',
      icon: IconTruckDelivery,
      order: 110,
      section: 'Product',
    },
  ],
  routes: [],
};

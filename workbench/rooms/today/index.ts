// The public face of the room: what waits for me.
import type { Room } from '../../kernel/kernel.ts';
import { todayApi } from './api.ts';

export const room: Room = { name: 'today', kinds: [], api: todayApi };

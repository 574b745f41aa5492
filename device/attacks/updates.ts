// Attacks on updates: The Update Framework's own list (specification 1.5.2), the director's, and those on the two slots. One file for each thing that is
// attacked.
import type { AttackFamily } from './attack.ts';
import { attacks as director } from './updates/director.ts';
import { attacks as disk } from './updates/disk.ts';
import { attacks as install } from './updates/install.ts';
import { attacks as keys } from './updates/keys.ts';
import { attacks as metadata } from './updates/metadata.ts';
import { attacks as network } from './updates/network.ts';
import { attacks as time } from './updates/time.ts';

export const family: AttackFamily = {
  title: 'Updates',
  attacks: [...metadata, ...network, ...keys, ...director, ...time, ...disk, ...install],
};

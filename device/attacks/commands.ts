// Attacks on commands, sessions and receipts, against a unit with the laser behind it. One file for each way of attacking.
import type { AttackFamily } from './attack.ts';
import { attacks as forgery } from './commands/forgery.ts';
import { attacks as malformation } from './commands/malformation.ts';
import { attacks as overreach } from './commands/overreach.ts';
import { attacks as parameters } from './commands/parameters.ts';
import { attacks as sealsAndReceipts } from './commands/seals-and-receipts.ts';
import { attacks as staleness } from './commands/staleness.ts';

export const family: AttackFamily = {
  title: 'Commands',
  attacks: [...staleness, ...forgery, ...malformation, ...parameters, ...overreach, ...sealsAndReceipts],
};

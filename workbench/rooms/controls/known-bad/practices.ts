// The practices, by hand: each with what it is, why it is bad, where it is catalogued (CWE), and how to repair it. What a
// question decides is asked where nobody answered: not answered is never "no".
import type { Practice } from './contract.ts';
import { CRYPTOGRAPHY } from './practices/cryptography.ts';
import { DATA } from './practices/data.ts';
import { IDENTITY } from './practices/identity.ts';
import { INTERFACES } from './practices/interfaces.ts';
import { NETWORK } from './practices/network.ts';
import { OPERATION } from './practices/operation.ts';
import { SAFETY } from './practices/safety.ts';
import { UPDATE } from './practices/update.ts';

export const PRACTICES: readonly Practice[] = [
  ...IDENTITY,
  ...NETWORK,
  ...CRYPTOGRAPHY,
  ...SAFETY,
  ...UPDATE,
  ...INTERFACES,
  ...DATA,
  ...OPERATION,
];

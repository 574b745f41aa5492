// Every family of attacks; one line adds one.

import { family as agent } from './agent.ts';
import type { AttackFamily } from './attack.ts';
import { family as audit } from './audit.ts';
import { family as breakGlass } from './break-glass.ts';
import { family as channel } from './channel.ts';
import { family as commands } from './commands.ts';
import { family as identity } from './identity.ts';
import { family as rights } from './rights.ts';
import { family as service } from './service.ts';
import { family as updates } from './updates.ts';
import { family as vault } from './vault.ts';

export const FAMILIES: readonly AttackFamily[] = [
  identity,
  channel,
  rights,
  commands,
  updates,
  service,
  vault,
  breakGlass,
  audit,
  agent,
];

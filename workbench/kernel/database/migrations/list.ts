// The steps of the schema in the order in which they run. Written by hand: one search shows them all.
// A step that has been released is never edited; a change is a new step with the next number.
import type { Migration } from '../migrations.ts';
import { installation } from './0001-installation.ts';
import { kernel } from './0002-kernel.ts';
import { people } from './0003-people.ts';
import { signIn } from './0008-sign-in.ts';
import { savedViews } from './0013-saved-views.ts';

export const migrations: readonly Migration[] = [installation, kernel, people, signIn, savedViews];

// The public face of the room.
import type { Room } from '../../kernel/kernel.ts';
import { result, verification } from './model.ts';

export { result, verification } from './model.ts';
export {
  decisiveOf,
  latestRun,
  type Outcome,
  type Proving,
  type Run,
  type Verdict,
  verdictOf,
} from './verdict.ts';

export const room: Room = { name: 'testing', kinds: [verification, result] };

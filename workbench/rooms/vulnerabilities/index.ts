// The public face of the room: findings and assessments.
import type { Room } from '../../kernel/kernel.ts';
import { assessment, finding } from './model.ts';

export { assessment, finding } from './model.ts';

export const room: Room = { name: 'vulnerabilities', kinds: [finding, assessment] };

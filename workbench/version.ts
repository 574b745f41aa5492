// The version as the package says it; bundlers put the number in.
import { version } from './package.json' with { type: 'json' };

export const VERSION: string = version;

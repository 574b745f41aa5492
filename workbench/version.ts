// The version as the package says it; bundlers put the number in.
import workbench from './package.json' with { type: 'json' };

export const VERSION: string = workbench.version;

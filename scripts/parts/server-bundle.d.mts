import type { BuildResult } from 'esbuild';

export declare const outside: readonly string[];
export declare const threads: Readonly<Record<string, string>>;
export declare function bundleServer(what: {
  readonly entries: Readonly<Record<string, string>>;
  readonly outdir: string;
  readonly root: string;
}): Promise<BuildResult>;

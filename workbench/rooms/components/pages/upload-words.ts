// What the phases of an import are called. Pure.

const PHASES: Readonly<Record<string, string>> = {
  sending: 'Sending',
  reading: 'Reading and checking',
  storing: 'Storing components',
  matching: 'Matching with advisories',
};

export interface UploadPhase {
  readonly phase: string;
  /** 0–1; null where it is not known. */
  readonly share: number | null;
}

/** A line of the answer as a phase; null for every other line. */
export function phaseOf(line: unknown): UploadPhase | null {
  if (typeof line !== 'object' || line === null) return null;
  const { phase, done, total } = line as { phase?: unknown; done?: unknown; total?: unknown };
  if (typeof phase !== 'string') return null;
  const known = typeof done === 'number' && typeof total === 'number' && total > 0 && done > 0;
  return { phase, share: known ? Math.min(1, done / total) : null };
}

export function phaseTitle(phase: string): string {
  return PHASES[phase] ?? 'Working';
}

/** `48 kB`, `3.1 MB`. */
export function sizeWords(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1_000)} kB`;
  if (bytes < 1_000_000_000) return `${(bytes / 1_000_000).toFixed(1)} MB`;
  return `${(bytes / 1_000_000_000).toFixed(1)} GB`;
}

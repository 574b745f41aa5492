// Why a component is not watched, and how much of a release is, in words. Pure. Not watched is never clean.
import type { NotWatchedReason } from '../../../knowledge/advisory.ts';

export interface ReasonWords {
  /** For a cell: short. */
  readonly title: string;
  /** What is behind it, and what to do. */
  readonly remedy: string;
}

const REASONS: Readonly<Record<NotWatchedReason, ReasonWords>> = {
  'no-identity': {
    title: 'No identity',
    remedy:
      'The SBOM gives neither a package URL nor a CPE. Add one where the SBOM is made, and import again.',
  },
  'invalid-identity': {
    title: 'Identity not readable',
    remedy: 'Its package URL or CPE breaks the rules of its format. Correct it where the SBOM is made.',
  },
  'unknown-ecosystem': {
    title: 'Ecosystem not known',
    remedy: 'Ward cannot compare names and versions of its ecosystem. Watch it by hand, or add a CPE.',
  },
  'no-version': {
    title: 'No version',
    remedy: 'Without a version nothing can be compared. Add it where the SBOM is made.',
  },
  'no-data': {
    title: 'No advisories known',
    remedy: 'No imported record speaks of its ecosystem. Import advisories for it under Knowledge.',
  },
};

/** A reason that is not known yet is shown as it stands. */
export function reasonWords(reason: string): ReasonWords {
  return (
    (REASONS as Readonly<Record<string, ReasonWords>>)[reason] ?? {
      title: reason,
      remedy: 'Look at the component in the SBOM.',
    }
  );
}

export interface CoverageCounts {
  readonly total: number;
  readonly watched: number;
  readonly notWatched: Readonly<Record<string, number>>;
}

/** `165 of 169 components are watched for new advisories; 4 are not.` */
export function coverageSentence({ total, watched }: CoverageCounts): string {
  if (total === 0) return 'There are no components: nothing is watched.';
  const rest = total - watched;
  if (rest === 0) return `All ${total} components are watched for new advisories.`;
  const are = rest === 1 ? 'is' : 'are';
  return `${watched} of ${total} components are watched for new advisories; ${rest} ${are} not, so nothing is known of them.`;
}

/** Reasons with their counts, the most frequent first. */
export function reasonCounts(
  counts: CoverageCounts,
): readonly { readonly reason: string; readonly count: number }[] {
  return Object.entries(counts.notWatched)
    .map(([reason, count]) => ({ reason, count }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1));
}

// The evidence that a decision rests on, and what it means when it moves. Pure (vulnerabilities.md 1.4).

/** One advisory's statement about the component, as it stood when the decision was made. */
export interface EvidenceStatement {
  readonly source: string;
  readonly id: string;
  readonly outcome: 'affected' | 'undetermined';
  readonly range: string;
  readonly fixed: readonly string[];
}

export interface Evidence {
  /** Every id of the flaw, sorted. */
  readonly ids: readonly string[];
  /** Versions of the component in the release, sorted. */
  readonly versions: readonly string[];
  readonly statements: readonly EvidenceStatement[];
  readonly level: string;
}

export interface EvidenceChange {
  /** `gone`: nothing matches any more; `hard` ends the decision; `soft` is shown for the next review. */
  readonly kind: 'same' | 'soft' | 'hard' | 'gone';
  /** Plain sentences, for the history. */
  readonly reasons: readonly string[];
}

const LEVELS = ['unknown', 'none', 'low', 'medium', 'high', 'critical'];

export function compareEvidence(before: Evidence, after: Evidence | null): EvidenceChange {
  if (after === null || after.statements.length === 0) {
    return { kind: 'gone', reasons: ['No advisory matches this component any more.'] };
  }
  const hard: string[] = [];
  const soft: string[] = [];
  if (before.versions.join() !== after.versions.join()) {
    hard.push(
      `The component's version changed from ${before.versions.join(', ')} to ${after.versions.join(', ')}.`,
    );
  }
  const known = new Map(
    before.statements.map((statement) => [`${statement.source} ${statement.id}`, statement]),
  );
  for (const now of after.statements) {
    const name = `${now.source} ${now.id}`;
    const then = known.get(name);
    known.delete(name);
    if (!then) hard.push(`${now.id} now speaks of this component: ${now.range}.`);
    else if (then.range !== now.range)
      hard.push(`${now.id} changed its range from ${then.range} to ${now.range}.`);
    else if (then.fixed.join() !== now.fixed.join()) {
      hard.push(`${now.id} changed its fixed versions from ${list(then.fixed)} to ${list(now.fixed)}.`);
    } else if (then.outcome !== now.outcome) hard.push(`${now.id} now says ${now.outcome}.`);
  }
  for (const statement of known.values()) soft.push(`${statement.id} no longer speaks of this component.`);
  const rise = LEVELS.indexOf(after.level) - LEVELS.indexOf(before.level);
  if (rise > 0) soft.push(`The severity rose from ${before.level} to ${after.level}.`);
  if (hard.length > 0) return { kind: 'hard', reasons: [...hard, ...soft] };
  return soft.length > 0 ? { kind: 'soft', reasons: soft } : { kind: 'same', reasons: [] };
}

function list(versions: readonly string[]): string {
  return versions.length === 0 ? 'none' : versions.join(', ');
}

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
  const then = bySource(before.statements);
  const now = bySource(after.statements);
  for (const [id, present] of now) {
    const past = then.get(id);
    if (!past) hard.push(`${id} now speaks of this component: ${ranges(present)}.`);
    else if (texts(past, 'range') !== texts(present, 'range')) {
      hard.push(`${id} changed its range from ${ranges(past)} to ${ranges(present)}.`);
    } else if (texts(past, 'fixed') !== texts(present, 'fixed')) {
      hard.push(`${id} changed its fixed versions from ${fixes(past)} to ${fixes(present)}.`);
    } else if (texts(past, 'outcome') !== texts(present, 'outcome')) {
      hard.push(`${id} now says ${[...new Set(present.map((one) => one.outcome))].join(', ')}.`);
    }
  }
  for (const id of then.keys()) if (!now.has(id)) soft.push(`${id} no longer speaks of this component.`);
  const rise = LEVELS.indexOf(after.level) - LEVELS.indexOf(before.level);
  if (rise > 0) soft.push(`The severity rose from ${before.level} to ${after.level}.`);
  if (hard.length > 0) return { kind: 'hard', reasons: [...hard, ...soft] };
  return soft.length > 0 ? { kind: 'soft', reasons: soft } : { kind: 'same', reasons: [] };
}

/** One record may make several statements, one a range: they are compared as a set. */
function bySource(statements: readonly EvidenceStatement[]): Map<string, EvidenceStatement[]> {
  const groups = new Map<string, EvidenceStatement[]>();
  for (const statement of statements) {
    const { source, id } = statement;
    const name = id.startsWith(source) ? id : `${id} (${source})`;
    groups.set(name, [...(groups.get(name) ?? []), statement]);
  }
  return groups;
}

function texts(statements: readonly EvidenceStatement[], field: 'range' | 'fixed' | 'outcome'): string {
  return statements
    .map((one) => (field === 'range' ? one.range : `${one.range} ${String(one[field])}`))
    .sort()
    .join(' | ');
}

const ranges = (statements: readonly EvidenceStatement[]) => statements.map((one) => one.range).join('; ');
const fixes = (statements: readonly EvidenceStatement[]) =>
  [...new Set(statements.flatMap((one) => one.fixed))].join(', ') || 'none';

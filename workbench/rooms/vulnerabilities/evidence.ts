// The evidence that a decision rests on, and what it means when it moves. Pure (docs/decisions/009).

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
  // What decisions of an earlier Ward did not keep is absent, and is then not compared.
  /** Known to be exploited (CISA KEV). */
  readonly kev?: boolean;
  /** Band of the EPSS score, 0 to 3; null where no score is known. */
  readonly epssBand?: number | null;
  /** References of the type EXPLOIT, sorted. */
  readonly exploits?: readonly string[];
  /** `wordPrints` of summary and details, by record. */
  readonly words?: Readonly<Record<string, string>>;
}

/** Short text that changes when what a decision would rest on changes; soft signs (EPSS, wording) do not count. */
export function evidencePrint(evidence: Evidence): string {
  const { ids: _ids, epssBand: _band, exploits: _exploits, words: _words, level: _level, ...hard } = evidence;
  let sum = 0xcbf29ce484222325n;
  for (const character of JSON.stringify(hard))
    sum = BigInt.asUintN(64, (sum ^ BigInt(character.codePointAt(0)!)) * 0x100000001b3n);
  return sum.toString(36);
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
  if (after.kev === true && before.kev === false) hard.push('It is now known to be exploited (CISA KEV).');
  for (const id of then.keys()) if (!now.has(id)) soft.push(`${id} no longer speaks of this component.`);
  const rise = LEVELS.indexOf(after.level) - LEVELS.indexOf(before.level);
  if (rise > 0) soft.push(`The severity rose from ${before.level} to ${after.level}.`);
  soft.push(...softSigns(before, after));
  if (hard.length > 0) return { kind: 'hard', reasons: [...hard, ...soft] };
  return soft.length > 0 ? { kind: 'soft', reasons: soft } : { kind: 'same', reasons: [] };
}

const BAND_WORDS = ['below 0.1', 'from 0.1', 'from 0.5', 'from 0.9'];

function softSigns(before: Evidence, after: Evidence): string[] {
  const signs: string[] = [];
  const [past, present] = [before.epssBand ?? 0, after.epssBand ?? 0];
  if (before.epssBand !== undefined && present > past)
    signs.push(`The probability of exploitation (EPSS) rose to ${BAND_WORDS[present]}.`);
  const fresh = before.exploits && after.exploits?.filter((url) => !before.exploits?.includes(url));
  if (fresh && fresh.length > 0)
    signs.push(`${fresh.length === 1 ? 'An exploit was' : `${fresh.length} exploits were`} published.`);
  for (const [id, words] of Object.entries(after.words ?? {})) {
    const known = before.words?.[id];
    if (known !== undefined && shareChanged(known, words) > CHANGED_SHARE)
      signs.push(`The description of ${id} was rewritten.`);
  }
  return signs;
}

// docs/decisions/009: a description that changed by over a fifth is to be read again; a typing error put right is not.
const CHANGED_SHARE = 0.2;
const MOST_WORDS = 300;

/** Fingerprints of the different words of a text, sorted: enough to tell how much of it another text still has. */
export function wordPrints(text: string): string {
  const prints = new Set<string>();
  for (const word of text
    .slice(0, 20_000)
    .toLowerCase()
    .match(/[\p{L}\p{N}.]{3,}/gu) ?? []) {
    // FNV-1a, cut to 24 bits: two words in a thousand texts may fall together, which makes a change look smaller by one word.
    let sum = 0x811c9dc5;
    for (let at = 0; at < word.length; at += 1) sum = Math.imul(sum ^ word.charCodeAt(at), 0x01000193);
    prints.add((sum >>> 8).toString(36));
    if (prints.size >= MOST_WORDS) break;
  }
  return [...prints].sort().join(' ');
}

function shareChanged(before: string, after: string): number {
  const [past, present] = [new Set(before.split(' ')), new Set(after.split(' '))];
  const kept = [...present].filter((word) => past.has(word)).length;
  return 1 - kept / Math.max(past.size, present.size);
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

// Which ids mean one flaw. Aliases are symmetric and transitive; `related` and `upstream` never join (a DSA over two CVEs does not
// make the two one), so callers pass aliases only.

export interface AliasGroup {
  /** The id that stands for the group: a CVE before a GHSA before all others, the lowest of a kind first. */
  readonly preferred: string;
  /** All ids, in the same order. */
  readonly ids: readonly string[];
  /** True when two CVEs came together: CVEs are meant to be distinct, so a person should look. */
  readonly joinsCves: boolean;
}

/**
 * Groups ids by alias assertions; ids that stand only in an assertion are included. Near-linear in ids and pairs.
 *
 * @example groupAliases(['PYSEC-9'], [['GHSA-a', 'CVE-1'], ['PYSEC-9', 'GHSA-a']])
 *   // [{ preferred: 'CVE-1', ids: ['CVE-1', 'GHSA-a', 'PYSEC-9'], joinsCves: false }]
 */
export function groupAliases(
  ids: Iterable<string>,
  assertions: Iterable<readonly [string, string]>,
): readonly AliasGroup[] {
  const parent = new Map<string, string>();
  const find = (id: string): string => {
    let root = id;
    for (let next = parent.get(root); next !== undefined && next !== root; next = parent.get(root))
      root = next;
    // Compress the path, so that long chains stay cheap.
    for (let at = id; at !== root; ) {
      const next = parent.get(at)!;
      parent.set(at, root);
      at = next;
    }
    return root;
  };
  const add = (id: string): void => {
    if (!parent.has(id)) parent.set(id, id);
  };

  for (const id of ids) add(id);
  for (const [a, b] of assertions) {
    add(a);
    add(b);
    parent.set(find(a), find(b));
  }

  const members = new Map<string, string[]>();
  for (const id of parent.keys()) {
    const root = find(id);
    const group = members.get(root);
    if (group) group.push(id);
    else members.set(root, [id]);
  }
  return [...members.values()]
    .map((group) => group.sort(compareIds))
    .map((group) => ({ preferred: group[0]!, ids: group, joinsCves: group.length > 1 && isCve(group[1]!) }))
    .sort((a, b) => compareIds(a.preferred, b.preferred));
}

const isCve = (id: string): boolean => id.startsWith('CVE-');

function rank(id: string): number {
  if (isCve(id)) return 0;
  return id.startsWith('GHSA-') ? 1 : 2;
}

const byNumber = new Intl.Collator('en', { numeric: true });

/** The order of preference: total, and the same on every machine. */
export function compareIds(a: string, b: string): number {
  return rank(a) - rank(b) || byNumber.compare(a, b) || (a < b ? -1 : Number(a > b));
}

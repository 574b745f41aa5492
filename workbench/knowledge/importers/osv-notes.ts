// What publishers put into `database_specific`. It is theirs to define, so another type than expected is passed over.

/** The publisher's hint which versions are affected where its ranges have no end. */
export function affectedHint(notes: unknown): string | null {
  const fields = fieldsOf(notes);
  const hint = fields.last_known_affected_version_range ?? fields.affected_versions;
  return typeof hint === 'string' && hint.trim() !== '' ? hint : null;
}

/** CWE ids of a record (`cwe_ids`) or of one affected package (`cwes[].cweId`). */
export function cweIds(notes: unknown): string[] {
  const { cwe_ids, cwes } = fieldsOf(notes);
  const listed = Array.isArray(cwes) ? cwes.map((cwe) => fieldsOf(cwe).cweId) : [];
  const ids: unknown[] = [...(Array.isArray(cwe_ids) ? cwe_ids : []), ...listed];
  return ids.filter((id) => typeof id === 'string');
}

export function isDerived(notes: unknown): boolean {
  return fieldsOf(notes).derived === true;
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

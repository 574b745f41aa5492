// Facts that SPDX 2.3 has no field for, written as annotations `name=value`; one place for the writer and the reader.

/** Comments of annotations that Ward wrote, by their name. */
export function notedFacts(annotations: unknown): Map<string, string> {
  const facts = new Map<string, string>();
  if (!Array.isArray(annotations)) return facts;
  for (const annotation of annotations.slice(0, 1_000)) {
    const comment: unknown = (annotation as { comment?: unknown } | null)?.comment;
    if (typeof comment !== 'string' || comment.length > 64 * 1024) continue;
    const [, name, value] = /^(ward:[\w:-]+)=(.*)$/s.exec(comment) ?? [];
    if (name !== undefined && value !== undefined && value.trim() !== '') facts.set(name, value);
  }
  return facts;
}

export const notedFact = (name: string, value: string) => `${name}=${value}`;

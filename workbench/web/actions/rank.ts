// Orders palette entries by how well they fit what was typed. Pure.

export interface PaletteEntry {
  readonly id: string;
  readonly name: string;
  readonly section: string;
  readonly hint?: string | undefined;
  readonly keys?: string | undefined;
  readonly perform: () => void;
}

/** Every typed word must begin a word of the name or section; earlier and in the name is better. */
export function rankEntries(text: string, entries: readonly PaletteEntry[]): PaletteEntry[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [...entries];
  return entries
    .map((entry, index) => ({ entry, index, score: scoreOf(words, entry) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || a.index - b.index)
    .map(({ entry }) => entry);
}

function scoreOf(words: readonly string[], entry: PaletteEntry): number {
  const name = entry.name.toLowerCase();
  const parts = name.split(/[^\p{L}\p{N}]+/u);
  const section = entry.section.toLowerCase();
  let score = 0;
  for (const word of words) {
    if (name.startsWith(word)) score += 4;
    else if (parts.some((part) => part.startsWith(word))) score += 3;
    else if (name.includes(word)) score += 2;
    else if (section.includes(word)) score += 1;
    else return 0;
  }
  return score;
}

// Lines of JSON out of text that arrives piece by piece. Pure; broken lines are left out, long ones are not kept.

// One line is one phase, result or problem; a result has at most 200 warnings.
const LINE_MAX = 2_000_000;

export interface LineReader {
  /** Takes the next piece; gives the lines that it completes. */
  readonly push: (piece: string) => readonly unknown[];
  /** At the end: the last line, when no line break closed it. */
  readonly end: () => readonly unknown[];
}

export function lineReader(): LineReader {
  let rest = '';
  const parse = (lines: readonly string[]): readonly unknown[] => {
    const values: unknown[] = [];
    for (const line of lines) {
      if (line.trim() === '' || line.length > LINE_MAX) continue;
      try {
        values.push(JSON.parse(line));
      } catch {
        // Not a line of ours: a proxy's page, or the stream broke inside it. The end of the stream says so.
      }
    }
    return values;
  };
  return {
    push: (piece) => {
      const lines = (rest + piece).split('\n');
      rest = (lines.pop() ?? '').slice(0, LINE_MAX + 1);
      return parse(lines);
    },
    end: () => {
      const last = rest;
      rest = '';
      return parse([last]);
    },
  };
}

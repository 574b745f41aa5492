// Lines of the file for values that were not JSON in the file: a JSON path alone would lead nobody to the place.

interface Position {
  readonly line: number;
  readonly column?: number;
}

export class Places {
  readonly #positions = new Map<object, Position>();

  mark(value: object, { line, column }: Position): void {
    this.#positions.set(value, column === undefined ? { line } : { line, column });
  }

  /** `$.components[3].name` becomes `$.components[3].name (line 12)`, by the innermost object on the way that is known. */
  tell(document: unknown, path: string): string {
    if (!path.startsWith('$') || path.includes(' (line ')) return path;
    let found = document;
    let line = this.#lineOf(found);
    for (const step of stepsOf(path)) {
      if (typeof found !== 'object' || found === null || !Object.hasOwn(found, step)) break;
      found = (found as Record<string, unknown>)[step];
      line = this.#lineOf(found) ?? line;
    }
    return line === undefined ? path : `${path} (line ${line})`;
  }

  #lineOf(value: unknown): number | undefined {
    return typeof value === 'object' && value !== null ? this.#positions.get(value)?.line : undefined;
  }
}

/** The steps that `pathStep` wrote. */
function stepsOf(path: string): string[] {
  return [...path.matchAll(/\.([A-Za-z_$][\w$]*)|\[(\d+)\]|\["([^"]*)"\]/g)].map(
    (match) => match[1] ?? match[2] ?? match[3] ?? '',
  );
}

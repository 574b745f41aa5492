// What a safety file would change: new harms, changed ones with their fields, those that are gone. Pure.
import { SEVERITIES } from '../model.ts';
import type { FileHarm } from './mapping.ts';

/** A harm as it is stored. */
export interface KnownHarm {
  readonly id: string;
  readonly key: string;
  readonly revision: number;
  readonly state: string;
  readonly body: {
    readonly title: string;
    readonly sourceId: string;
    readonly hazardousSituation: string;
    readonly severity: string;
    readonly affected: string;
  };
}

export interface HarmDifference {
  readonly added: readonly FileHarm[];
  readonly changed: readonly {
    readonly known: KnownHarm;
    readonly now: FileHarm;
    readonly fields: readonly { readonly name: string; readonly before: string; readonly now: string }[];
    /** It had gone from the file before. */
    readonly returns: boolean;
  }[];
  readonly gone: readonly KnownHarm[];
  readonly unchanged: number;
}

const COMPARED = ['title', 'hazardousSituation', 'severity', 'affected'] as const;

export function compareHarms(known: readonly KnownHarm[], file: readonly FileHarm[]): HarmDifference {
  const left = new Map<string, KnownHarm>();
  // The present one before one that had gone, where both have the id.
  for (const harm of [...known].sort(
    (a, b) => Number(a.state === 'imported') - Number(b.state === 'imported'),
  ))
    left.set(keyOf(harm.body.sourceId, harm.body.title), harm);
  const added: FileHarm[] = [];
  const changed: HarmDifference['changed'][number][] = [];
  let unchanged = 0;
  for (const now of file) {
    const key = keyOf(now.sourceId, now.title);
    const was = left.get(key);
    left.delete(key);
    if (!was) {
      added.push(now);
      continue;
    }
    const said = { ...now, severity: SEVERITIES[now.severity - 1] as string };
    const fields = COMPARED.flatMap((name) =>
      was.body[name] === said[name] ? [] : [{ name, before: was.body[name], now: said[name] }],
    );
    const returns = was.state === 'gone';
    if (fields.length > 0 || returns) changed.push({ known: was, now, fields, returns });
    else unchanged += 1;
  }
  return { added, changed, gone: [...left.values()].filter((harm) => harm.state !== 'gone'), unchanged };
}

/** By id; without one the words of the harm themselves. */
function keyOf(sourceId: string, title: string): string {
  return sourceId !== '' ? `id ${sourceId}` : `title ${title.toLowerCase().replace(/\s+/g, ' ').trim()}`;
}

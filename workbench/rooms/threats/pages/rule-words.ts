// Words for packs and their tests. Pure.
import type { PackSummary, RuleView } from '../views.ts';

export const ORIGIN_WORDS: Readonly<Record<PackSummary['origin'], string>> = {
  shipped: 'Shipped with Ward',
  own: 'Of this house',
  imported: 'Imported',
};

type Tone = 'settled' | 'question' | 'danger' | 'open';

export function testedWord({ tested, failing }: Pick<PackSummary, 'tested' | 'failing'>): {
  readonly title: string;
  readonly tone: Tone;
} {
  switch (tested) {
    case 'tested':
      return { title: 'Tested', tone: 'settled' };
    case 'half tested':
      return { title: 'Half tested', tone: 'open' };
    case 'untested':
      return { title: 'Untested', tone: 'question' };
    case 'failing':
      return { title: failing === 1 ? 'One test fails' : `${failing} tests fail`, tone: 'danger' };
  }
}

/** A new version where the meaning changed: whoever decided on the old one is told. */
export function nextVersion(
  before: RuleView | undefined,
  now: Pick<RuleView, 'when' | 'unless' | 'appliesTo'>,
): number {
  if (before === undefined) return 1;
  const same = before.when === now.when && before.unless === now.unless && before.appliesTo === now.appliesTo;
  return same ? before.version : before.version + 1;
}

/** Question keys that the conditions name, in their order. */
export function keysAsked(...conditions: readonly string[]): string[] {
  const keys = conditions.flatMap((text) =>
    [...text.matchAll(/\.yes\("([^"]*)"\)/g)].map((hit) => hit[1] ?? ''),
  );
  return [...new Set(keys)];
}

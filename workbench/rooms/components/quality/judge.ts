// An SBOM by the rules: counts of each, what every component lacks, and whether it is complete for the FDA.
import type { OutgoingComponent, OutgoingSbom } from '../outgoing.ts';
import { type ComponentRule, type DocumentRule, QUALITY_RULES, type RuleSet, type Verdict } from './rules.ts';

export interface RuleResult {
  readonly rule: string;
  readonly counts: Readonly<Record<Verdict, number>>;
}

export interface JudgedComponent {
  readonly component: OutgoingComponent;
  /** Rule → verdict, in the order of the list. */
  readonly verdicts: Readonly<Record<string, Verdict>>;
  /** Share of the rules that apply and are kept, in percent; null where none applies. */
  readonly score: number | null;
}

export interface Quality {
  readonly rules: readonly RuleResult[];
  readonly components: readonly JudgedComponent[];
  /** Mean over rules of the share that is kept, in percent; null for an SBOM without components. */
  readonly score: number | null;
  /** What keeps it from being complete by one set; empty means complete. */
  missing(set: RuleSet): readonly { readonly component: OutgoingComponent | null; readonly rule: string }[];
}

const componentRules = QUALITY_RULES.filter((rule): rule is ComponentRule => rule.scope === 'component');
const documentRules = QUALITY_RULES.filter((rule): rule is DocumentRule => rule.scope === 'document');

/** Linear in components and rules: 10,000 components take well under a second. */
export function judgeSbom(sbom: OutgoingSbom): Quality {
  const counts = new Map(QUALITY_RULES.map(({ id }) => [id, noCounts()]));
  const components = sbom.components.map((component): JudgedComponent => {
    const verdicts: Record<string, Verdict> = {};
    for (const rule of componentRules) {
      const verdict = rule.judge(component);
      verdicts[rule.id] = verdict;
      counts.get(rule.id)![verdict] += 1;
    }
    return { component, verdicts, score: shareOf(Object.values(verdicts)) };
  });
  const ofDocument = new Map<string, Verdict>();
  for (const rule of documentRules) {
    const verdict = rule.judge(sbom);
    ofDocument.set(rule.id, verdict);
    counts.get(rule.id)![verdict] += 1;
  }
  return {
    rules: [...counts].map(([rule, count]) => ({ rule, counts: count })),
    components,
    score: components.length === 0 ? null : meanShare([...counts.values()]),
    missing(set) {
      const inSet = (rule: { sets: readonly RuleSet[] }) => rule.sets.includes(set);
      return [
        ...documentRules
          .filter((rule) => inSet(rule) && isOpen(ofDocument.get(rule.id)!))
          .map((rule) => ({ component: null, rule: rule.id })),
        ...components.flatMap(({ component, verdicts }) =>
          componentRules
            .filter((rule) => inSet(rule) && isOpen(verdicts[rule.id]!))
            .map((rule) => ({ component, rule: rule.id })),
        ),
      ];
    },
  };
}

const noCounts = (): Record<Verdict, number> => ({ yes: 0, no: 0, 'not answered': 0, 'not applicable': 0 });

/** Not answered is not kept: it waits for an answer. */
export const isOpen = (verdict: Verdict): boolean => verdict === 'no' || verdict === 'not answered';

function shareOf(verdicts: readonly Verdict[]): number | null {
  const applying = verdicts.filter((verdict) => verdict !== 'not applicable');
  if (applying.length === 0) return null;
  return Math.floor((100 * applying.filter((verdict) => verdict === 'yes').length) / applying.length);
}

function meanShare(counts: readonly Readonly<Record<Verdict, number>>[]): number | null {
  const shares = counts.flatMap((count) => {
    const applying = count.yes + count.no + count['not answered'];
    return applying === 0 ? [] : [count.yes / applying];
  });
  if (shares.length === 0) return null;
  return Math.floor((100 * shares.reduce((sum, share) => sum + share, 0)) / shares.length);
}

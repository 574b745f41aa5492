// Quality of an SBOM as text and as a value for machines.
import type { OutgoingComponent } from '../outgoing.ts';
import { isOpen, type Quality } from './judge.ts';
import { RULE_SETS, type RuleSet, ruleById } from './rules.ts';

const SETS = Object.keys(RULE_SETS) as RuleSet[];
const NAMED = 10;

const nameOf = ({ group, name, version }: OutgoingComponent) =>
  `${group === null ? '' : `${group}/`}${name} ${version ?? '(no version)'}`;

export function qualityValue(quality: Quality) {
  return {
    score: quality.score,
    rules: quality.rules.map(({ rule, counts }) => ({ rule, sets: ruleById.get(rule)!.sets, counts })),
    missing: Object.fromEntries(
      SETS.map((set) => [
        set,
        quality.missing(set).map(({ component, rule }) => ({
          component: component && nameOf(component),
          ref: component?.ref ?? null,
          rule,
        })),
      ]),
    ),
  };
}

export function qualityLines(quality: Quality, everyComponent: boolean): string[] {
  const lines = [`Quality: ${quality.score === null ? 'nothing to judge' : `${quality.score} of 100`}.`];
  for (const { rule, counts } of quality.rules) {
    const { sentence, sets } = ruleById.get(rule)!;
    const open = [`${counts.no} no`, `${counts['not answered']} not answered`].filter(
      (text) => !text.startsWith('0 '),
    );
    lines.push(`  ${sentence} ${[`${counts.yes} yes`, ...open].join(', ')} (${sets.join(', ')})`);
  }
  for (const set of SETS) {
    const missing = quality.missing(set);
    if (missing.length === 0) lines.push(`${RULE_SETS[set]}: nothing is missing.`);
    else {
      const names = [...new Set(missing.flatMap(({ component }) => (component ? nameOf(component) : [])))];
      const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
      lines.push(
        `${RULE_SETS[set]}: ${missing.length} answers are missing${names.length > 0 ? `, for ${names.slice(0, NAMED).join(', ')}${more}` : ''}.`,
      );
    }
  }
  if (!everyComponent) return lines;
  for (const { component, verdicts } of quality.components) {
    const open = Object.entries(verdicts).filter(([, verdict]) => isOpen(verdict));
    if (open.length > 0)
      lines.push(
        `  ${nameOf(component)}: ${open.map(([rule, verdict]) => `${rule}: ${verdict}`).join(', ')}`,
      );
  }
  return lines;
}

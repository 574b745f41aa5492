// Short words for rules in a narrow column; the sentence of a rule comes from the server.

const SHORT: Readonly<Record<string, string>> = {
  'supplier-is-named': 'supplier',
  'name-is-given': 'name',
  'version-is-given': 'version',
  'identifier-is-given': 'identifier',
  'identifier-is-well-formed': 'well-formed identifier',
  'hash-is-given': 'hash',
  'licence-is-given': 'licence',
  'support-level-is-known': 'support level',
  'end-of-support-is-known': 'end of support',
};

export const shortRule = (rule: string): string => SHORT[rule] ?? rule.replaceAll('-', ' ');

/** `supplier, licence (not answered)`: what is open of one component. */
export function openWords(open: Readonly<Record<string, string>>): string {
  return Object.entries(open)
    .map(([rule, verdict]) =>
      verdict === 'not answered' ? `${shortRule(rule)} (not answered)` : shortRule(rule),
    )
    .join(', ');
}

const LEVELS: Readonly<Record<string, string>> = {
  'actively-maintained': 'Actively maintained',
  'no-longer-maintained': 'No longer maintained',
  abandoned: 'Abandoned',
  unknown: 'Unknown',
};

export const levelWords = (level: string): string => LEVELS[level] ?? level;

const CLASSES: Readonly<Record<string, string>> = {
  permissive: 'Permissive',
  'weak-copyleft': 'Weak copyleft',
  'strong-copyleft': 'Strong copyleft',
  commercial: 'Commercial',
  unknown: 'Unknown',
};

export const classWords = (name: string): string => CLASSES[name] ?? name;

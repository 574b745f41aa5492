// The checker of requirements: what stands in the way of testing one, each time with the place in the text, why, and a
// proposal (IEC 81001-5-1 5.2.2: requirements are reviewed to be unambiguous and testable). Pure: form, list and command use it.
import { DEMAND_VERBS, VAGUE_WORDS, WEAK_VERBS } from './vague-words.ts';

export interface CheckedRequirement {
  /** Key or id; shown in lists, and names the other one of two that say the same. */
  readonly key: string;
  readonly statement: string;
  readonly acceptance: string;
  /** Left out where nothing is known of links: a file, an unsaved form. */
  readonly links?: {
    /** Risks and threats that it derives from. */
    readonly causes: number;
    readonly controls: number;
    readonly verifications: number;
  };
}

export const CHECK_CODES = [
  'no-statement',
  'no-demand',
  'weak-verb',
  'vague',
  'no-number',
  'no-unit',
  'several',
  'no-actor',
  'too-long',
  'no-criterion',
  'not-measurable',
  'no-cause',
  'no-control',
  'no-verification',
  'duplicate',
] as const;
export type CheckCode = (typeof CHECK_CODES)[number];

export interface RequirementFinding {
  readonly code: CheckCode;
  readonly field: 'statement' | 'acceptance' | 'links';
  /** Characters of the field, from and up to; both 0 where the whole field is meant. */
  readonly from: number;
  readonly to: number;
  /** The words found; empty where something is missing. */
  readonly words: string;
  readonly why: string;
  readonly proposal: string;
}

export interface CheckedOne {
  readonly key: string;
  readonly findings: readonly RequirementFinding[];
}

/** What is wrong with one requirement by itself, in the order of its text. */
export function checkRequirement(requirement: CheckedRequirement): RequirementFinding[] {
  const statement = requirement.statement.slice(0, 4_000);
  const acceptance = requirement.acceptance.slice(0, 4_000);
  const inText = (findings: RequirementFinding[]) => findings.sort((a, b) => a.from - b.from || a.to - b.to);
  return [
    ...inText([
      ...checkDemand(statement),
      ...vagueWords(statement, 'statement'),
      ...checkNumbers(statement, 'statement'),
      ...checkOneDemand(statement),
      ...checkActor(statement),
    ]),
    ...inText([
      ...checkCriterion(acceptance),
      ...vagueWords(acceptance, 'acceptance'),
      ...checkNumbers(acceptance, 'acceptance'),
    ]),
    ...checkLinks(requirement.links),
  ];
}

/** The same for a whole list, with those that say the same. Cost grows with the list, not its square. */
export function checkRequirements(list: readonly CheckedRequirement[]): CheckedOne[] {
  const twins = findTwins(list);
  return list.map((one) => {
    const twin = twins.get(one.key);
    const findings = checkRequirement(one);
    if (twin !== undefined)
      findings.push(
        finding(
          'duplicate',
          'statement',
          WHOLE,
          `${twin} demands the same in almost the same words; a change of one would leave the other behind.`,
          'Keep one, link it to all causes, and make the other obsolete.',
        ),
      );
    return { key: one.key, findings };
  });
}

/** `12 requirements, 3 with findings`. */
export function checkSummary(checked: readonly CheckedOne[]): string {
  const found = checked.filter(({ findings }) => findings.length > 0).length;
  const many = `${checked.length} requirement${checked.length === 1 ? '' : 's'}`;
  return `${many}, ${found === 0 ? 'none' : found} with findings`;
}

const finding = (
  code: CheckCode,
  field: RequirementFinding['field'],
  at: { readonly from: number; readonly words: string },
  why: string,
  proposal: string,
): RequirementFinding => ({
  code,
  field,
  from: at.from,
  to: at.from + at.words.length,
  words: at.words,
  why,
  proposal,
});

const WHOLE = { from: 0, words: '' };

// Letters of every script count as part of a word, so `\b` would not do.
const bounded = (inner: string) => new RegExp(`(?<![\\p{L}\\p{N}_])(?:${inner})(?![\\p{L}\\p{N}_])`, 'giu');
const escaped = (word: string) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(' ', '\\s+');
const wordPattern = (word: string) =>
  word.endsWith('*') ? `${escaped(word.slice(0, -1))}\\p{L}{0,6}` : escaped(word);
/** Longest first, so that `as soon as possible` is found whole. */
const anyOf = (words: readonly string[]) =>
  [...words]
    .sort((a, b) => b.length - a.length)
    .map(wordPattern)
    .join('|');

const VAGUE = VAGUE_WORDS.map((group) => ({ group, pattern: bounded(anyOf(group.words)) }));
const DEMANDS = bounded(anyOf(DEMAND_VERBS));
const WEAK = bounded(anyOf(WEAK_VERBS));

function checkDemand(text: string): RequirementFinding[] {
  if (text.trim() === '')
    return [
      finding(
        'no-statement',
        'statement',
        WHOLE,
        'There is nothing to build or to test yet.',
        'Write: the … shall …',
      ),
    ];
  const found: RequirementFinding[] = [];
  const demanded = text.search(DEMANDS) >= 0;
  for (const match of text.matchAll(WEAK)) {
    // “… shall decide whether the caller may do it” demands; “should” never does.
    if (demanded && !/^(?:should|sollte)/i.test(match[0])) continue;
    found.push(
      finding(
        'weak-verb',
        'statement',
        { from: match.index, words: match[0] },
        `“${match[0]}” leaves a choice: a product without it would pass.`,
        'Write “shall” (“muss”), or take the sentence out.',
      ),
    );
  }
  if (found.length === 0 && !demanded)
    found.push(
      finding(
        'no-demand',
        'statement',
        WHOLE,
        'No word says that it has to be so; it reads like a description.',
        'Write who shall do what: “The device shall refuse …”.',
      ),
    );
  if (text.length > 600)
    found.push(
      finding(
        'too-long',
        'statement',
        WHOLE,
        `It has ${text.length} characters; somewhere in there is more than one demand.`,
        'Split it, and move reasons to the rationale.',
      ),
    );
  return found;
}

function vagueWords(text: string, field: 'statement' | 'acceptance'): RequirementFinding[] {
  const found: RequirementFinding[] = [];
  for (const { group, pattern } of VAGUE) {
    for (const match of text.matchAll(pattern)) {
      if (isTerm(text, match.index, group.unless)) continue;
      found.push(finding('vague', field, { from: match.index, words: match[0] }, group.why, group.proposal));
    }
  }
  // One place, one finding: `as soon as possible` is not `soon` as well.
  return found.filter(
    (one) =>
      !found.some(
        (other) => other !== one && other.from <= one.from && other.to >= one.to && other.words !== one.words,
      ),
  );
}

function isTerm(text: string, at: number, terms: readonly string[] = []): boolean {
  const rest = text
    .slice(at, at + 40)
    .toLocaleLowerCase('en')
    .replaceAll(/\s+/g, ' ');
  return terms.some((term) => rest.startsWith(term));
}

const NUMBER_WORDS =
  'one|two|three|four|five|six|seven|eight|nine|ten|twelve|once|twice|half|ein|eine|einen|einem|einer|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|zwölf';
const NUMBER = `[<>≤≥±~]?\\s?\\d[\\d.,'’\\u00a0\\u202f]*(?:\\s?(?:±|to|bis|–|-)\\s?\\d[\\d.,]*)?`;
/** A limit that stands somewhere: `at most the stated size`. */
const REFERENCE =
  'the|its|their|that|this|these|those|each|all|der|die|das|den|dem|des|ihre|ihren|ihrer|seine|seinen|seiner';
const LIMIT = new RegExp(
  `(?<![\\p{L}\\p{N}])(at most|at least|no more than|not more than|no less than|not less than|less than|more than|fewer than|up to|a maximum of|a minimum of|höchstens|mindestens|maximal|minimal|weniger als|mehr als|nicht mehr als|bis zu|innerhalb von|binnen)\\s+(?:(?<number>${NUMBER})|(?<word>${NUMBER_WORDS})(?![\\p{L}])|(?<reference>${REFERENCE})(?![\\p{L}]))?`,
  'giu',
);
const WITHIN = new RegExp(
  `(?<![\\p{L}\\p{N}])(within|innerhalb|inside of)\\s+(?:(?<number>${NUMBER})|(?<time>(?:(?:an?|the|some|einer?|kurzer|short|brief|due|acceptable|reasonable|angemessener)\\s+){0,3}(?:time|period|delay|moments?|seconds|minutes|hours|days|zeit|frist|sekunden|minuten|stunden|tagen)(?![\\p{L}])(?!\\s+(?:of|stated|named|given|that|in)\\b)))`,
  'giu',
);
/** Words after a number that are no unit. */
const NO_UNIT =
  /^(?:of|and|or|the|in|on|at|to|after|before|for|by|with|from|when|if|und|oder|der|die|das|in|nach|vor|für|von|mit|wenn|aber|but)$/iu;

function checkNumbers(text: string, field: 'statement' | 'acceptance'): RequirementFinding[] {
  const found: RequirementFinding[] = [];
  const look = (match: RegExpMatchArray & { index: number }, needsNumber: boolean) => {
    const words = match[0].trimEnd();
    const at = { from: match.index, words };
    const { number, word, reference } = match.groups ?? {};
    if (number === undefined) {
      if (!needsNumber || word !== undefined || reference !== undefined) return;
      found.push(
        finding(
          'no-number',
          field,
          at,
          `“${words}” announces a limit, and none follows.`,
          'Write the number and its unit, or where the limit stands: “at most the size that the manifest states”.',
        ),
      );
      return;
    }
    const rest = text.slice(match.index + match[0].length);
    // “at least 2 of the release keys” counts keys; “5 of them” counts nothing that is named.
    if (/^\s?(?:of|von|der)\s+(?:the|its|their|all|den|seinen|ihren)\s+\p{L}/iu.test(rest)) return;
    const next = /^\s?(?<symbol>[%‰°µμΩ€$£])|^[\s-]*(?<unit>[\p{L}][\p{L}\d/·^-]*)/u.exec(rest)?.groups;
    if (next?.symbol !== undefined || (next?.unit !== undefined && !NO_UNIT.test(next.unit))) return;
    found.push(
      finding(
        'no-unit',
        field,
        at,
        `“${words}” has a number without a unit.`,
        'Add the unit: ms, s, min, h, %, attempts, bytes …',
      ),
    );
  };
  for (const match of text.matchAll(LIMIT)) look(match as RegExpMatchArray & { index: number }, true);
  for (const match of text.matchAll(WITHIN)) look(match as RegExpMatchArray & { index: number }, true);
  return found;
}

function checkOneDemand(text: string): RequirementFinding[] {
  const found: RequirementFinding[] = [];
  const either = /(?<![\p{L}])(?:and\s?\/\s?or|und\s?\/\s?oder)(?![\p{L}])/iu.exec(text);
  if (either)
    found.push(
      finding(
        'several',
        'statement',
        { from: either.index, words: either[0] },
        'It can be read in two ways, and a test of one would pass the other.',
        'Choose “and” or “or”, or write two requirements.',
      ),
    );
  const demands = [...text.matchAll(DEMANDS)];
  const second = demands[1];
  if (second)
    found.push(
      finding(
        'several',
        'statement',
        { from: second.index, words: second[0] },
        `There are ${demands.length} demands in one; when one of them fails, nobody can say whether the requirement holds.`,
        'Make a requirement of each, with an acceptance criterion of its own.',
      ),
    );
  return found;
}

const PARTICIPLES =
  'done|made|kept|sent|shown|known|given|taken|held|built|written|found|read|set|put|run|cut|shut|driven|drawn|chosen|broken|stolen|hidden|seen|left|lost|met|paid|told|thrown|reset|overwritten|bound|split';
const PASSIVE = new RegExp(
  `(?<![\\p{L}])(?:shall|must)\\s+(?:not\\s+|never\\s+|only\\s+|always\\s+)?be\\s+(?:\\p{L}+ly\\s+|only\\s+|not\\s+)?(?:\\p{L}{2,}ed|${PARTICIPLES})(?![\\p{L}])`,
  'iu',
);
const PASSIVE_GERMAN =
  /(?<![\p{L}])(?:muss|müssen|soll|sollen|darf|dürfen)(?![\p{L}])[^.;:!?]{0,200}?(?<![\p{L}])(?:\p{L}{2,}(?:t|en))\s+werden(?![\p{L}])/iu;

function checkActor(text: string): RequirementFinding[] {
  const passive = PASSIVE.exec(text);
  const german = PASSIVE_GERMAN.exec(text);
  const found = passive ?? german;
  if (!found) return [];
  const sentence = text.slice(found.index).split(/(?<=[.!?;])\s/u)[0] ?? '';
  if (passive && /(?<![\p{L}])by\s+(?!means|way|default|hand\b)\p{L}/iu.test(sentence)) return [];
  if (!passive && /(?<![\p{L}])(?:vom|von|durch)\s+\p{L}/iu.test(sentence)) return [];
  return [
    finding(
      'no-actor',
      'statement',
      { from: found.index, words: found[0] },
      'Nobody does it: the sentence names no element, service or person that has to.',
      'Begin with who does it: “The control computer shall …”.',
    ),
  ];
}

/** Something that can be counted: a digit, a word for a number, or all or none of something. */
const MEASURE = new RegExp(
  `\\d|(?<![\\p{L}])(?:${NUMBER_WORDS}|each|every|all|any|no|none|never|nothing|nobody|only|equals?|jede|jeder|jedes|jeden|jedem|alle|allen|aller|kein|keine|keinen|keiner|nie|niemals|nichts|niemand|nur)(?![\\p{L}])`,
  'iu',
);

function checkCriterion(text: string): RequirementFinding[] {
  if (text.trim() === '')
    return [
      finding(
        'no-criterion',
        'acceptance',
        WHOLE,
        'Nothing says how one sees that it holds, so every test would pass.',
        'Write what is done, what is seen, and how often: “Of 40 changed messages each is refused within 1 s.”',
      ),
    ];
  if (MEASURE.test(text)) return [];
  return [
    finding(
      'not-measurable',
      'acceptance',
      WHOLE,
      'Nothing in it can be counted or measured.',
      'Add a number with its unit, or say of what all, each or none.',
    ),
  ];
}

function checkLinks(links: CheckedRequirement['links']): RequirementFinding[] {
  if (!links) return [];
  const found: RequirementFinding[] = [];
  if (links.causes === 0)
    found.push(
      finding(
        'no-cause',
        'links',
        WHOLE,
        'No risk and no threat stands behind it.',
        'Link it: derives from the threat or risk that calls for it.',
      ),
    );
  if (links.controls === 0)
    found.push(
      finding(
        'no-control',
        'links',
        WHOLE,
        'It demands no control, so nothing in the design answers it.',
        'Link it: demands the control that fulfils it.',
      ),
    );
  if (links.verifications === 0)
    found.push(
      finding(
        'no-verification',
        'links',
        WHOLE,
        'No verification says how it is proved.',
        'Make a verification that verifies it, or its control.',
      ),
    );
  return found;
}

/** Share of common words from which two statements count as the same. */
const SAME = 0.8;

/** Key → key of an earlier one that says almost the same. Prefix filtering: only pairs that share a rare word are compared. */
function findTwins(list: readonly CheckedRequirement[]): Map<string, string> {
  const sets = list.map(({ statement }) => wordSet(statement));
  const frequency = new Map<string, number>();
  for (const set of sets) for (const word of set) frequency.set(word, (frequency.get(word) ?? 0) + 1);
  const index = new Map<string, number[]>();
  const twins = new Map<string, string>();
  sets.forEach((set, at) => {
    if (set.size < 4) return;
    const rare = [...set].sort(
      (a, b) => (frequency.get(a) ?? 0) - (frequency.get(b) ?? 0) || (a < b ? -1 : 1),
    );
    const prefix = rare.slice(0, rare.length - Math.ceil(SAME * rare.length) + 1);
    const candidates = new Set(prefix.flatMap((word) => index.get(word) ?? []));
    for (const other of candidates) {
      if (similarity(set, sets[other] as ReadonlySet<string>) < SAME) continue;
      twins.set((list[at] as CheckedRequirement).key, (list[other] as CheckedRequirement).key);
      break;
    }
    for (const word of prefix) {
      const known = index.get(word);
      // A word that hundreds share tells nothing apart.
      if (!known) index.set(word, [at]);
      else if (known.length < 200) known.push(at);
    }
  });
  return twins;
}

const FILLERS = new Set(
  'the a an of to in on at for and or by with from that this it its each every any shall must be is are as der die das ein eine und oder von zu im in mit auf'.split(
    ' ',
  ),
);

function wordSet(text: string): ReadonlySet<string> {
  const words = text.toLocaleLowerCase('en').match(/[\p{L}\p{N}]+/gu) ?? [];
  return new Set(words.filter((word) => !FILLERS.has(word)));
}

function similarity(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let common = 0;
  for (const word of a) if (b.has(word)) common += 1;
  return common / (a.size + b.size - common);
}

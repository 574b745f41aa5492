// Stakeholder-specific vulnerability categorisation: the trees of supplier, deployer and CISA's coordinator as tables
// (CERT/CC, https://certcc.github.io/SSVC/, tables 1.0.0 and CISA coordinator 2.0.3; read 2026-11). Pure.

export interface SsvcPoint {
  readonly id: string;
  readonly title: string;
  /** What is asked. */
  readonly question: string;
  readonly values: readonly { readonly id: string; readonly title: string; readonly means: string }[];
}

const value = (id: string, title: string, means = '') => ({ id, title, means });

export const SSVC_POINTS: Readonly<Record<string, SsvcPoint>> = {
  E: {
    id: 'E',
    title: 'Exploitation',
    question: 'Is it used in attacks today?',
    values: [
      value('N', 'None', 'No sign of attacks, no public way to do it'),
      value('P', 'Public PoC', 'A way to do it is public'),
      value('A', 'Active', 'There is reliable word of attacks'),
    ],
  },
  EXP: {
    id: 'EXP',
    title: 'System exposure',
    question: 'How easily can an attacker reach the device where it is used?',
    values: [
      value('S', 'Small', 'Local, or a network of its own'),
      value('C', 'Controlled', 'A network with limits on who gets in'),
      value('O', 'Open', 'The internet or a network that cannot be controlled'),
    ],
  },
  A: {
    id: 'A',
    title: 'Automatable',
    question: 'Can an attacker do all steps, from search to effect, by a program on many targets?',
    values: [value('N', 'No'), value('Y', 'Yes')],
  },
  VD: {
    id: 'VD',
    title: 'Value density',
    question: 'What does an attacker gain with one target?',
    values: [
      value('D', 'Diffuse', 'Little, one device'),
      value('C', 'Concentrated', 'Much, a server of many'),
    ],
  },
  TI: {
    id: 'TI',
    title: 'Technical impact',
    question: 'How much control of the weak element does it give?',
    values: [
      value('P', 'Partial', 'Limited control or knowledge'),
      value('T', 'Total', 'Full control, or all it knows'),
    ],
  },
  SI: {
    id: 'SI',
    title: 'Safety impact',
    question: 'What could happen to people?',
    values: [
      value('N', 'Negligible', 'At most a minor discomfort'),
      value('M', 'Marginal', 'An injury that heals, or a smaller margin of safety'),
      value('R', 'Critical', 'A serious injury'),
      value('C', 'Catastrophic', 'A death'),
    ],
  },
  MI: {
    id: 'MI',
    title: 'Mission impact',
    question: 'What happens to the essential work of the place that uses the device?',
    values: [
      value('D', 'Degraded', 'None of it stops'),
      value('MSC', 'Support crippled', 'What supports the essential work stops'),
      value('MEF', 'Essential function fails', 'One essential function stops for too long'),
      value('MF', 'Mission failure', 'The place cannot do its work any more'),
    ],
  },
  MWI: {
    id: 'MWI',
    title: 'Mission and well-being impact',
    question: 'How much do essential work and public well-being suffer?',
    values: [value('L', 'Low'), value('M', 'Medium'), value('H', 'High')],
  },
  U: {
    id: 'U',
    title: 'Utility',
    question: 'How useful is it to an attacker?',
    values: [value('L', 'Laborious'), value('E', 'Efficient'), value('S', 'Super effective')],
  },
  HI: {
    id: 'HI',
    title: 'Human impact',
    question: 'How much do people and the mission suffer together?',
    values: [value('L', 'Low'), value('M', 'Medium'), value('H', 'High'), value('VH', 'Very high')],
  },
  PSI: {
    id: 'PSI',
    title: 'Public safety impact',
    question: 'Does it concern the safety of the public?',
    values: [value('M', 'Minimal'), value('S', 'Significant')],
  },
};

interface Table {
  readonly points: readonly string[];
  /** Results in the order of the points' values, the last point moving fastest. */
  readonly rows: readonly string[];
}

const rows = (text: string) => text.trim().split(/\s+/);

/** Points that follow from others. */
const DERIVED: Readonly<Record<string, Table>> = {
  HI: { points: ['SI', 'MI'], rows: rows('L L M VH  L L M VH  M H H VH  VH VH VH VH') },
  U: { points: ['A', 'VD'], rows: rows('L E  E S') },
  PSI: { points: ['SI'], rows: rows('M S S S') },
};

export interface SsvcTree extends Table {
  readonly id: SsvcTreeId;
  readonly title: string;
  readonly outcomes: readonly { readonly id: string; readonly title: string; readonly means: string }[];
}
export const SSVC_TREES = ['supplier', 'deployer', 'cisa-coordinator'] as const;
export type SsvcTreeId = (typeof SSVC_TREES)[number];

const PRIORITIES = [
  value('D', 'Defer', 'Nothing now'),
  value('S', 'Scheduled', 'With the next planned update'),
  value('O', 'Out of cycle', 'Before the next planned update'),
  value('I', 'Immediate', 'Now, with everybody who is needed'),
];

const TREES: Readonly<Record<SsvcTreeId, SsvcTree>> = {
  supplier: {
    id: 'supplier',
    title: 'Supplier: when to make the fix',
    points: ['E', 'U', 'TI', 'PSI'],
    outcomes: PRIORITIES,
    rows: rows(`
      D S S O  S O S O  S O O O
      S O S I  S I O I  O I O I
      O I O I  O I O I  I I I I`),
  },
  deployer: {
    id: 'deployer',
    title: 'Deployer: when to install the fix',
    points: ['E', 'EXP', 'A', 'HI'],
    outcomes: PRIORITIES,
    rows: rows(`
      D D S S  D S S S  D S S S  S S S S  D S S S  S S S O
      D S S S  S S S S  D S S S  S S S O  S S S O  S S O O
      S S O O  S O O O  S S O O  O O O O  S O O I  O O I I`),
  },
  'cisa-coordinator': {
    id: 'cisa-coordinator',
    title: 'CISA coordinator',
    points: ['E', 'A', 'TI', 'MWI'],
    outcomes: [
      value('T', 'Track', 'Nothing now; look again when something changes'),
      value('T*', 'Track closely', 'Watch for changes'),
      value('AT', 'Attend', 'Those in charge attend to it, before the next planned update'),
      value('AC', 'Act', 'Those in charge act as soon as possible'),
    ],
    rows: rows(`
      T T T  T T T*  T T AT  T T AT
      T T T* T T* AT T T AT  T T* AT
      T T AT T AT AC AT AT AC AT AC AC`),
  },
};

export function ssvcTree(id: SsvcTreeId): SsvcTree {
  return TREES[id];
}

/** What people answer in a tree: points that follow from others are replaced by those. */
export function askedPoints(id: SsvcTreeId): readonly SsvcPoint[] {
  const leaves = (point: string): readonly string[] => DERIVED[point]?.points.flatMap(leaves) ?? [point];
  return [...new Set(TREES[id].points.flatMap(leaves))].map((point) => SSVC_POINTS[point]!);
}

export type SsvcAnswers = Readonly<Record<string, string>>;

export interface SsvcStep {
  readonly point: SsvcPoint;
  /** Values that remain possible: one when it is decided. */
  readonly values: readonly string[];
  /** Points from which it follows. */
  readonly from: readonly string[];
}

export interface SsvcResult {
  /** The path through the tree, point by point. */
  readonly path: readonly SsvcStep[];
  /** Outcomes that remain possible, the least urgent first. */
  readonly possible: readonly string[];
  /** The outcome when only one remains. */
  readonly outcome: string | null;
  /** Points without an answer. */
  readonly open: readonly string[];
}

/** Walks a tree. A point that is not answered keeps all its values possible: it is never taken for the mildest. */
export function walkTree(id: SsvcTreeId, answers: SsvcAnswers): SsvcResult {
  const tree = TREES[id];
  const path = tree.points.map((point) => stepOf(point, answers));
  const results = new Set(combinations(path.map((step) => step.values)).map((taken) => lookUp(tree, taken)));
  const possible = tree.outcomes.map((outcome) => outcome.id).filter((outcome) => results.has(outcome));
  return {
    path,
    possible,
    outcome: possible.length === 1 ? possible[0]! : null,
    open: askedPoints(id)
      .map((point) => point.id)
      .filter((point) => answers[point] === undefined && !path.some((step) => coveredBy(step, point))),
  };
}

/** A point that is decided without its parts leaves none of them open. */
function coveredBy(step: SsvcStep, point: string): boolean {
  return step.values.length === 1 && step.from.includes(point);
}

function stepOf(id: string, answers: SsvcAnswers): SsvcStep {
  const point = SSVC_POINTS[id]!;
  const all = point.values.map((one) => one.id);
  const derived = DERIVED[id];
  const given = answers[id];
  const from = derived?.points ?? [];
  if (given !== undefined && all.includes(given)) return { point, values: [given], from };
  if (!derived) return { point, values: all, from };
  const taken = combinations(derived.points.map((part) => stepOf(part, answers).values));
  const found = new Set(taken.map((values) => lookUp(derived, values)));
  return { point, values: all.filter((one) => found.has(one)), from };
}

function lookUp(table: Table, taken: readonly string[]): string {
  let index = 0;
  table.points.forEach((point, at) => {
    const values = SSVC_POINTS[point]!.values;
    index = index * values.length + values.findIndex((one) => one.id === taken[at]);
  });
  return table.rows[index]!;
}

function combinations(choices: readonly (readonly string[])[]): readonly (readonly string[])[] {
  return choices.reduce<readonly (readonly string[])[]>(
    (taken, values) => taken.flatMap((one) => values.map((next) => [...one, next])),
    [[]],
  );
}

/** Answers to points that the tree does not ask, or with values that they do not have. */
export function strayPoints(id: SsvcTreeId, answers: SsvcAnswers): readonly string[] {
  const known = new Map(
    [...askedPoints(id), ...TREES[id].points.map((point) => SSVC_POINTS[point]!)].map((p) => [p.id, p]),
  );
  return Object.entries(answers)
    .filter(([point, given]) => !known.get(point)?.values.some((one) => one.id === given))
    .map(([point]) => point);
}

export interface SsvcProposal {
  readonly value: string;
  /** A sentence: from what it follows. */
  readonly reason: string;
}

export interface SsvcFacts {
  readonly kev: { readonly addedOn: string; readonly removedAt: string | null } | null;
  /** Addresses of references of the type EXPLOIT. */
  readonly exploits: readonly string[];
  /** What CISA states: `{ Exploitation: 'poc', Automatable: 'no', 'Technical Impact': 'total' }`. */
  readonly cisa: Readonly<Record<string, string>> | null;
  /** From the rubric: reached over a network at all; null when not answered. */
  readonly networked: boolean | null;
  readonly safety: 'not assessed' | 'none' | 'possible' | 'likely';
}

const CISA_WORDS: Readonly<
  Record<string, readonly [point: string, values: Readonly<Record<string, string>>]>
> = {
  exploitation: ['E', { none: 'N', poc: 'P', 'public poc': 'P', active: 'A' }],
  automatable: ['A', { no: 'N', yes: 'Y' }],
  'technical impact': ['TI', { partial: 'P', total: 'T' }],
};

/** What the known facts say of the points, each with its reason. That nothing is known of attacks is not "none". */
export function proposePoints(facts: SsvcFacts): Readonly<Record<string, SsvcProposal>> {
  const proposed: Record<string, SsvcProposal> = {};
  for (const [option, stated] of Object.entries(facts.cisa ?? {})) {
    const [point, values] = CISA_WORDS[option.trim().toLowerCase()] ?? [];
    const read = values?.[stated.trim().toLowerCase()];
    if (point && read) proposed[point] = { value: read, reason: `CISA states ${option}: ${stated}.` };
  }
  const [exploit] = facts.exploits;
  if (exploit !== undefined && (proposed.E === undefined || proposed.E.value === 'N'))
    proposed.E = { value: 'P', reason: `A source refers to an exploit: ${exploit}` };
  if (facts.kev !== null && facts.kev.removedAt === null)
    proposed.E = { value: 'A', reason: `CISA lists it as exploited since ${facts.kev.addedOn}.` };
  if (facts.networked === false)
    proposed.EXP = { value: 'S', reason: 'The answers say that no network reaches the weak element.' };
  if (facts.safety === 'none')
    proposed.SI = { value: 'N', reason: 'The assessment says that there is no effect on safety.' };
  return proposed;
}

// Threats of another tool's file as threats of Ward: what each becomes, and which of them are known already. Pure.
// What the other tool decided is evidence for whoever decides here; it decides nothing (FDA 2023 V.A.2: each risk is assessed).
import { canonicalText } from '../../kernel/ledger/canonical.ts';
import type { ImportedDecision, ImportedThreat, ModelImport } from '../system/index.ts';
import { type ImportedFrom, References, THREAT_CATEGORIES } from './model.ts';

/** Where the threats come from: `Threat Dragon 2` and `console.json`. */
export interface ThreatSource {
  readonly tool: string;
  readonly file: string;
}

export interface ImportedBody {
  readonly title: string;
  readonly category: (typeof THREAT_CATEGORIES)[number];
  readonly target: string;
  readonly foundBy: string;
  readonly description: string;
  readonly references: References;
  readonly imported: ImportedFrom;
}

export interface KnownThreat {
  readonly id: string;
  readonly title: string;
  readonly target: string;
  readonly description: string;
  readonly imported: ImportedFrom;
}

export interface Matched {
  readonly fresh: readonly ImportedBody[];
  readonly changed: readonly {
    readonly known: KnownThreat;
    readonly body: ImportedBody;
    readonly said: readonly string[];
  }[];
  /** In the model from an earlier file of the same kind, and not in this one. */
  readonly left: readonly KnownThreat[];
  readonly same: number;
}

/** `status` of a threat whose file does not name it any more. */
export const NO_LONGER_THERE = 'no longer in the file';

/** The tool made it by its own rules and nobody decided, or only its decision is known: kept, and open to nobody. */
export const isHistory = ({ imported }: Pick<ImportedBody, 'imported'>): boolean =>
  imported.state === 'not decided' || imported.state === 'decision only';

/** One for each threat of the file, and one for each decision that names no threat of it. */
export function bodiesOf(
  { threats, decisions }: Pick<ModelImport, 'threats' | 'decisions'>,
  source: ThreatSource,
): ImportedBody[] {
  const byThreat = new Map<string, ImportedDecision[]>();
  const ids = new Set(threats.map(({ id }) => id));
  for (const decision of decisions)
    if (ids.has(decision.threat))
      byThreat.set(decision.threat, [...(byThreat.get(decision.threat) ?? []), decision]);
  return [
    ...threats.map((threat) => bodyOf(threat, byThreat.get(threat.id) ?? [], source)),
    ...decisions
      .filter(({ threat }) => !ids.has(threat))
      .map((decision) => bodyOf(threatBehind(decision), [decision], source)),
  ];
}

/** What a decision is about where the file does not hold the threat itself, since its tool finds it anew each time. */
function threatBehind(
  decision: ImportedDecision,
): Omit<ImportedThreat, 'state'> & { state: 'decision only' } {
  return {
    id: '',
    title: decision.about || 'Threat without a title',
    description: '',
    target: decision.target,
    category: '',
    status: '',
    state: 'decision only',
    severity: '',
    score: '',
    mitigations: [],
    references: [],
    place: decision.place,
  };
}

function bodyOf(
  threat: Omit<ImportedThreat, 'state'> & { readonly state: ImportedFrom['state'] },
  decisions: readonly ImportedDecision[],
  { tool, file }: ThreatSource,
): ImportedBody {
  const cwe = threat.references.filter((one) => /^CWE-\d{1,5}$/.test(one));
  const capec = threat.references.filter((one) => /^CAPEC-\d{1,5}$/.test(one));
  return {
    title: oneLine(threat.title, 300) || 'Threat without a title',
    category: categoryOf(threat.category),
    target: oneLine(threat.target, 80),
    foundBy: `${tool}, ${file}`.slice(0, 300),
    description: threat.description.slice(0, 20_000),
    references: References.parse({ cwe: unique(cwe).slice(0, 50), capec: unique(capec).slice(0, 50) }),
    imported: {
      tool: oneLine(tool, 80),
      file: oneLine(file, 300),
      place: oneLine(threat.place, 300),
      status: oneLine(threat.status, 120),
      state: threat.state,
      category: oneLine(threat.category, 200),
      severity: oneLine(threat.severity, 120),
      score: oneLine(threat.score, 120),
      decisions: decisions.slice(0, 20).map(({ kind, reason, by, at }) => ({
        kind,
        reason: reason.slice(0, 4_000),
        by: oneLine(by, 200),
        at: oneLine(at, 60),
      })),
      mitigations: threat.mitigations.slice(0, 100).map(({ title, description, status }) => ({
        title: oneLine(title, 300),
        description: description.slice(0, 4_000),
        status: oneLine(status, 120),
      })),
      references: unique(threat.references)
        .filter((one) => !cwe.includes(one) && !capec.includes(one))
        .slice(0, 50)
        .map((one) => oneLine(one, 300)),
    },
  };
}

/**
 * A file has no ids for threats that survive it: a threat is the same when title, target and category of the tool are, and of several
 * alike the first stays the first.
 */
export function matchThreats(known: readonly KnownThreat[], bodies: readonly ImportedBody[]): Matched {
  const waiting = new Map<string, KnownThreat[]>();
  for (const one of known) {
    const list = waiting.get(nameOf(one));
    if (list) list.push(one);
    else waiting.set(nameOf(one), [one]);
  }
  const fresh: ImportedBody[] = [];
  const changed: { known: KnownThreat; body: ImportedBody; said: readonly string[] }[] = [];
  let same = 0;
  for (const body of bodies) {
    const there = waiting.get(nameOf(body))?.shift();
    if (there === undefined) {
      fresh.push(body);
      continue;
    }
    const said = differences(there, body);
    if (said.length === 0) same += 1;
    else changed.push({ known: there, body, said });
  }
  const tools = new Set(bodies.map(({ imported }) => family(imported.tool)));
  const left = [...waiting.values()]
    .flat()
    .filter(({ imported }) => tools.has(family(imported.tool)) && imported.status !== NO_LONGER_THERE);
  return { fresh, changed, left, same };
}

const nameOf = ({ title, target, imported }: Pick<KnownThreat, 'title' | 'target' | 'imported'>): string =>
  JSON.stringify([title, target, imported.category]);

/** `Threat Dragon 2` and `Threat Dragon 1.x` are one tool. */
const family = (tool: string): string => tool.replace(/[\s\d.x]+$/, '');

function differences(known: KnownThreat, body: ImportedBody): string[] {
  const was = known.imported;
  const is = body.imported;
  const words: (readonly [string, string, string])[] = [
    ['status', was.status, is.status],
    ['severity', was.severity, is.severity],
    ['score', was.score, is.score],
    ['description', known.description, body.description],
    // What is stored comes back with its keys in another order.
    ['mitigations', canonicalText(was.mitigations), canonicalText(is.mitigations)],
    ['decisions', canonicalText(was.decisions), canonicalText(is.decisions)],
  ];
  return words.flatMap(([name, before, now]) => {
    if (before === now) return [];
    const short = ['status', 'severity', 'score'].includes(name);
    return short ? [`${name} ${before || 'none'} → ${now || 'none'}`] : [`${name} changed`];
  });
}

function categoryOf(given: string): (typeof THREAT_CATEGORIES)[number] {
  const plain = given.toLowerCase();
  return (
    THREAT_CATEGORIES.find((category) => plain === category) ??
    THREAT_CATEGORIES.find((category) => plain.includes(category)) ??
    (/linkab|identif|non-repud|detectab|disclos|unaware|non-compl/.test(plain) ? 'privacy' : 'not stated')
  );
}

const unique = (values: readonly string[]): string[] => [...new Set(values)];
const oneLine = (value: string, max: number): string =>
  value
    .replace(/[\s\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim()
    .slice(0, max)
    .toWellFormed()
    .trim();

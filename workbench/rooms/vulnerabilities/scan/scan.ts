// Matches an SBOM against knowledge without a server: the same functions as the workbench, another place to look.
import type { MatchExplanation, MatchOutcome, PackageIdentity } from '../../../knowledge/advisory.ts';
import type { Brief, Knowledge } from '../../../knowledge/compact/compact-file.ts';
import { identify } from '../../../knowledge/identity/identify.ts';
import { coverageLabel, isCovered } from '../../../knowledge/matching/coverage.ts';
import {
  DECIDING_ECOSYSTEMS,
  decideSources,
  type SourceStatement,
} from '../../../knowledge/matching/decide-sources.ts';
import { answersAbout } from '../../../knowledge/matching/judge.ts';
import type { Sbom, SbomComponent } from '../../components/index.ts';

export interface ScanComponent {
  readonly name: string;
  readonly version: string | null;
  readonly purl?: string;
  readonly cpe?: string;
}

export interface ScanFinding {
  readonly component: ScanComponent;
  /** Preferred id of the flaw. */
  readonly id: string;
  readonly aliases: readonly string[];
  /** Database whose record decided. */
  readonly source: string;
  readonly fixed: readonly string[];
  readonly severity: string;
  readonly cvss: { readonly score: number; readonly vector: string } | null;
  /** Known to be exploited; null: not known, since no such list was imported. */
  readonly kev: boolean | null;
  readonly why: string;
  readonly range: string;
  readonly summary: string;
}

export interface ScanResult {
  readonly components: number;
  readonly findings: readonly ScanFinding[];
  /** Neither affected nor unaffected can be said; each tells what is missing. */
  readonly undetermined: readonly ScanFinding[];
  /** Not watched, which is not the same as clean. */
  readonly unmatched: readonly {
    readonly component: ScanComponent;
    readonly reason: string;
    readonly note: string;
  }[];
}

const RANK: Record<MatchOutcome, number> = { affected: 2, undetermined: 1, 'not-affected': 0 };
const LEVELS = ['none', 'unknown', 'low', 'medium', 'high', 'critical'];

interface Hit {
  readonly brief: Brief;
  readonly outcome: MatchOutcome;
  readonly why: MatchExplanation;
}

/** All that is said of one flaw in one component. */
interface Said {
  hit: Hit | null;
  readonly statements: SourceStatement[];
}

export function scan(sbom: Sbom, knowledge: Knowledge): ScanResult {
  const findings: ScanFinding[] = [];
  const undetermined: ScanFinding[] = [];
  const unmatched: { component: ScanComponent; reason: string; note: string }[] = [];
  const identified = withSubject(sbom).map((component) => ({ component, ...identify(component) }));
  const cpes = identified.flatMap(({ identities }) => identities.flatMap(({ cpe }) => cpe ?? []));
  for (const { component, identities, notWatched, note } of identified) {
    const shown = present(component);
    if (notWatched !== null) {
      unmatched.push({ component: shown, reason: notWatched, note });
      if (identities.length === 0) continue;
    } else if (!identities.some((identity) => isCovered(identity, knowledge.header.coverage))) {
      const names = [...new Set(identities.map(coverageLabel))].join(', ');
      unmatched.push({
        component: shown,
        reason: 'no-data',
        note: `The knowledge holds no record about ${names}.`,
      });
    }
    const watchedByEcosystem = identities.some(
      (identity) =>
        DECIDING_ECOSYSTEMS.includes(identity.ecosystem) && isCovered(identity, knowledge.header.coverage),
    );
    for (const { hit, statements } of whatIsSaid(identities, knowledge, cpes).values()) {
      if (!hit) continue;
      const decision = decideSources(statements, { watchedByEcosystem, when: 'ecosystem' });
      if (decision.outcome === 'not-affected') continue;
      const sentence = decision.outcome === hit.outcome ? hit.why.sentence : decision.sentence;
      const finding = toFinding(shown, { ...hit, why: { ...hit.why, sentence } });
      (decision.outcome === 'affected' ? findings : undetermined).push(finding);
    }
  }
  const order = (a: ScanFinding, b: ScanFinding) =>
    LEVELS.indexOf(b.severity) - LEVELS.indexOf(a.severity) ||
    (b.cvss?.score ?? 0) - (a.cvss?.score ?? 0) ||
    (a.id < b.id ? -1 : a.id > b.id ? 1 : a.component.name < b.component.name ? -1 : 1);
  return {
    components: sbom.components.length,
    findings: findings.sort(order),
    undetermined: undetermined.sort(order),
    unmatched,
  };
}

/** By the name of the alias group. */
function whatIsSaid(
  identities: readonly PackageIdentity[],
  knowledge: Knowledge,
  otherCpes: readonly string[],
): Map<string, Said> {
  const groups = new Map<string, Said>();
  for (const identity of identities) {
    const known = knowledge.lookUp(identity).map(({ brief, affected }) => ({
      source: brief.source,
      id: brief.id,
      affected,
      configurations: brief.configurations,
      withdrawn: null,
      brief,
    }));
    for (const { outcome, why, statement, known: of } of answersAbout(identity, known, { otherCpes })) {
      const { brief } = of;
      const said = groups.get(brief.group) ?? { hit: null, statements: [] };
      groups.set(brief.group, said);
      said.statements.push(statement);
      const before = said.hit;
      if (outcome === 'not-affected' || (before && RANK[before.outcome] >= RANK[outcome])) continue;
      said.hit = { brief: before ? worse(brief, before.brief) : brief, outcome, why };
    }
  }
  return groups;
}

/** The thing that the file describes is matched too, where it says what it is. */
function withSubject(sbom: Sbom): readonly SbomComponent[] {
  const { subject, components } = sbom;
  return subject && (subject.purl !== null || subject.cpes.length > 0)
    ? [subject, ...components]
    : components;
}

function worse(a: Brief, b: Brief): Brief {
  return LEVELS.indexOf(a.level) >= LEVELS.indexOf(b.level)
    ? a
    : { ...a, level: b.level, score: b.score, vector: b.vector };
}

function toFinding(component: ScanComponent, { brief, why }: Hit): ScanFinding {
  return {
    component,
    id: brief.group,
    aliases: brief.ids.filter((id) => id !== brief.group),
    source: brief.source,
    fixed: why.fixed,
    severity: brief.level,
    cvss: brief.score === null || brief.vector === null ? null : { score: brief.score, vector: brief.vector },
    kev: null,
    why: why.sentence,
    range: why.range,
    summary: brief.summary,
  };
}

function present(component: SbomComponent): ScanComponent {
  const { name, version, purl, cpes } = component;
  return {
    name,
    version,
    ...(purl === null ? {} : { purl }),
    ...(cpes[0] === undefined ? {} : { cpe: cpes[0] }),
  };
}

/** True when some finding is as bad as the level; `any` also counts findings whose severity is unknown. */
export function reaches(result: ScanResult, level: string): boolean {
  if (level === 'none') return false;
  if (level === 'any') return result.findings.length > 0;
  return result.findings.some((finding) => LEVELS.indexOf(finding.severity) >= LEVELS.indexOf(level));
}

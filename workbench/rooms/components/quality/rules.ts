// What an SBOM is judged by: minimum elements of NTIA (2021) and CISA (draft of 2025), and the FDA's additions. One rule, one
// statement; a rule never says no where the question cannot be put. Pure: pages and the command line read the same list.
import { parseCpe } from '../../../knowledge/identity/cpe.ts';
import { readPurl } from '../../../knowledge/identity/purl.ts';
import { licenceTerm } from '../export/licence-terms.ts';
import type { OutgoingComponent, OutgoingSbom } from '../outgoing.ts';
import { supportLevelOf } from '../support-levels.ts';

/** `not answered`: somebody said that it is unknown, or the format cannot tell; neither is a no. */
export type Verdict = 'yes' | 'no' | 'not answered' | 'not applicable';

export const RULE_SETS = {
  'ntia-2021': 'NTIA minimum elements (2021)',
  'cisa-2025': 'CISA minimum elements (draft of 2025)',
  fda: 'FDA premarket guidance',
  ward: 'Recommended by Ward',
} as const;
export type RuleSet = keyof typeof RULE_SETS;

interface RuleBase {
  readonly id: string;
  /** The statement that holds when the verdict is yes. */
  readonly sentence: string;
  readonly sets: readonly RuleSet[];
  readonly source: string;
  readonly clause: string;
  /** What to do about a no. */
  readonly remedy: string;
}

export interface ComponentRule extends RuleBase {
  readonly scope: 'component';
  judge(component: OutgoingComponent): Verdict;
}

export interface DocumentRule extends RuleBase {
  readonly scope: 'document';
  judge(sbom: OutgoingSbom): Verdict;
}

export type QualityRule = ComponentRule | DocumentRule;

const NTIA = 'NTIA, The Minimum Elements For a Software Bill of Materials, 2021-07-12';
const CISA =
  'CISA, Minimum Elements for a Software Bill of Materials, draft of 2025-08-22, as public articles sum it up; the final edition was not checked';
const FDA =
  'FDA, Cybersecurity in Medical Devices, premarket guidance, as published summaries give it; the wording was not checked';

const given = (text: string | null | undefined): Verdict => (text && text.trim() !== '' ? 'yes' : 'no');
const first = (list: readonly unknown[]): Verdict => (list.length > 0 ? 'yes' : 'no');
const isDeclaredUnknown = (text: string) => /^(?:NOASSERTION|NONE|unknown)$/i.test(text.trim());

export const QUALITY_RULES: readonly QualityRule[] = [
  {
    id: 'supplier-is-named',
    scope: 'component',
    sentence: 'The component names who makes or supplies it.',
    sets: ['ntia-2021', 'cisa-2025', 'fda'],
    source: NTIA,
    clause: 'Data fields: supplier name',
    remedy: 'Complete the supplier.',
    judge(component) {
      const { supplier, facts, source } = component;
      if (supplier && !isDeclaredUnknown(supplier)) return 'yes';
      if (facts.authors?.length || facts.originator) return 'yes';
      return supplier || source?.supplier === 'NOASSERTION' ? 'not answered' : 'no';
    },
  },
  {
    id: 'name-is-given',
    scope: 'component',
    sentence: 'The component has a name.',
    sets: ['ntia-2021', 'cisa-2025', 'fda'],
    source: NTIA,
    clause: 'Data fields: component name',
    remedy: 'Correct the tool that writes the SBOM.',
    judge: ({ name }) => given(name),
  },
  {
    id: 'version-is-given',
    scope: 'component',
    sentence: 'The component has a version.',
    sets: ['ntia-2021', 'cisa-2025', 'fda'],
    source: NTIA,
    clause: 'Data fields: version of the component',
    remedy: 'Correct the tool that writes the SBOM; a component without a version cannot be watched.',
    judge: ({ version, facts }) => (facts.isExternal === true ? 'not applicable' : given(version)),
  },
  {
    id: 'identifier-is-given',
    scope: 'component',
    sentence: 'The component has a purl, CPE or another identifier to look it up by.',
    sets: ['ntia-2021', 'cisa-2025', 'fda'],
    source: NTIA,
    clause: 'Data fields: other unique identifiers',
    remedy: 'Complete the package URL or the CPE.',
    judge: ({ purl, cpes, facts }) =>
      purl || cpes.length > 0 || facts.swid || facts.omniborIds?.length || facts.swhids?.length
        ? 'yes'
        : 'no',
  },
  {
    id: 'identifier-is-well-formed',
    scope: 'component',
    sentence: 'Its purl and its CPEs keep the rules of their notation.',
    sets: ['ward'],
    source: 'package-url/purl-spec; NIST IR 7695',
    clause: '',
    remedy: 'Correct the package URL or the CPE.',
    judge({ purl, cpes }) {
      if (purl === null && cpes.length === 0) return 'not applicable';
      const { problems, purl: read } = purl === null ? { problems: [], purl: true } : readPurl(purl);
      return read !== null && problems.length === 0 && cpes.every((cpe) => parseCpe(cpe) !== null)
        ? 'yes'
        : 'no';
    },
  },
  {
    id: 'hash-is-given',
    scope: 'component',
    sentence: 'The component has a hash of SHA-256 or stronger.',
    sets: ['cisa-2025'],
    source: CISA,
    clause: 'Component hash',
    remedy: 'Have the tool that writes the SBOM add hashes.',
    judge({ hashes }) {
      return hashes.some(({ algorithm }) => !/^(?:MD\d|SHA-?1|ADLER32)$/i.test(algorithm)) ? 'yes' : 'no';
    },
  },
  {
    id: 'licence-is-given',
    scope: 'component',
    sentence: 'The component names its licence by the list of SPDX.',
    sets: ['cisa-2025'],
    source: CISA,
    clause: 'License',
    remedy: 'Complete the licence.',
    judge({ licences, source }) {
      if (licences.some((licence) => licenceTerm(licence).kind !== 'words')) return 'yes';
      const stated = [source?.licenseDeclared, source?.licenseConcluded];
      return licences.length > 0 || stated.includes('NOASSERTION') ? 'not answered' : 'no';
    },
  },
  {
    id: 'support-level-is-known',
    scope: 'component',
    sentence: 'The level of support is given, or why it is unknown.',
    sets: ['fda'],
    source: FDA,
    clause: 'V.A.4(b): software level of support',
    remedy: 'Complete the level of support, or say why it is unknown.',
    judge({ supportLevel, justification }) {
      const level = supportLevelOf(supportLevel);
      if (level !== null && level !== 'unknown') return 'yes';
      if (justification) return 'yes';
      return supportLevel ? 'not answered' : 'no';
    },
  },
  {
    id: 'end-of-support-is-known',
    scope: 'component',
    sentence: 'The end of support is given, or why it is unknown.',
    sets: ['fda'],
    source: FDA,
    clause: 'V.A.4(b): end-of-support date',
    remedy: 'Complete the day, or say why there is none.',
    judge: ({ endOfSupport, justification }) => (endOfSupport || justification ? 'yes' : 'no'),
  },
  {
    id: 'product-is-named',
    scope: 'document',
    sentence: 'The SBOM names the product and its version.',
    sets: ['fda', 'ward'],
    source: FDA,
    clause: '',
    remedy: 'Have the tool write the product as the subject of the SBOM.',
    judge: ({ subject }) => (subject.name !== 'unnamed' && subject.version ? 'yes' : 'no'),
  },
  {
    id: 'dependencies-are-told',
    scope: 'document',
    sentence: 'Every component is reached from the product by dependency or containment.',
    sets: ['ntia-2021', 'cisa-2025', 'fda'],
    source: NTIA,
    clause: 'Data fields: dependency relationship',
    remedy: 'Have the tool write the dependencies, also those of dependencies.',
    judge: (sbom) =>
      sbom.components.length === 0 ? 'not applicable' : unreached(sbom).length === 0 ? 'yes' : 'no',
  },
  {
    id: 'author-is-named',
    scope: 'document',
    sentence: 'The SBOM names a person or an organisation as its author.',
    sets: ['ntia-2021', 'cisa-2025', 'fda'],
    source: NTIA,
    clause: 'Data fields: author of SBOM data',
    remedy: 'Have the tool write the author; a tool is not one.',
    judge: (sbom) => everyPart(sbom, (part) => first(part.sbom.statement?.authors ?? [])),
  },
  {
    id: 'time-is-told',
    scope: 'document',
    sentence: 'The SBOM says when it was made.',
    sets: ['ntia-2021', 'cisa-2025', 'fda'],
    source: NTIA,
    clause: 'Data fields: timestamp',
    remedy: 'Have the tool write the time, in UTC.',
    judge: (sbom) => everyPart(sbom, (part) => given(part.sbom.createdAt)),
  },
  {
    id: 'tool-is-named',
    scope: 'document',
    sentence: 'The SBOM names the tool that made it.',
    sets: ['cisa-2025'],
    source: CISA,
    clause: 'Tool name',
    remedy: 'Use a tool that names itself in the SBOM.',
    judge: (sbom) => everyPart(sbom, (part) => first(part.sbom.tools)),
  },
  {
    id: 'phase-is-told',
    scope: 'document',
    sentence: 'The SBOM says at which point of the life cycle it was made.',
    sets: ['cisa-2025'],
    source: CISA,
    clause: 'Generation context',
    remedy: 'Have the tool write the life-cycle phase, such as build.',
    judge: (sbom) => everyPart(sbom, (part) => first(part.sbom.statement?.phases ?? [])),
  },
  {
    id: 'completeness-is-declared',
    scope: 'document',
    sentence: 'The SBOM says how complete it is.',
    sets: ['ntia-2021', 'cisa-2025', 'fda'],
    source: NTIA,
    clause: 'Practices and processes: depth, known unknowns',
    remedy: 'Have the tool write compositions (CycloneDX) or completeness (SPDX).',
    judge: (sbom) =>
      everyPart(sbom, (part) =>
        (part.sbom.statement?.completeness ?? []).length > 0 ? 'yes' : 'not answered',
      ),
  },
];

export const ruleById = new Map(QUALITY_RULES.map((rule) => [rule.id, rule]));

function everyPart(sbom: OutgoingSbom, judge: (part: OutgoingSbom['parts'][number]) => Verdict): Verdict {
  if (sbom.parts.length === 0) return 'not applicable';
  const verdicts = sbom.parts.map(judge);
  return (
    verdicts.find((verdict) => verdict === 'no') ?? verdicts.find((verdict) => verdict !== 'yes') ?? 'yes'
  );
}

/** Components that no way of dependencies or containment leads to from the product. */
export function unreached(sbom: OutgoingSbom): OutgoingComponent[] {
  const next = new Map<string, string[]>();
  const add = (from: string, to: string) => {
    const known = next.get(from);
    if (known) known.push(to);
    else next.set(from, [to]);
  };
  for (const { from, to } of sbom.dependencies) for (const target of to) add(from, target);
  for (const { parentRef, ref } of sbom.components) if (parentRef !== null) add(parentRef, ref);
  const reached = new Set([sbom.subject.ref]);
  const waiting = [sbom.subject.ref];
  for (let ref = waiting.pop(); ref !== undefined; ref = waiting.pop()) {
    for (const target of next.get(ref) ?? []) {
      if (reached.has(target)) continue;
      reached.add(target);
      waiting.push(target);
    }
  }
  return sbom.components.filter(({ ref }) => !reached.has(ref));
}

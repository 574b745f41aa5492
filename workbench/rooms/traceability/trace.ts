// The thread from a harm to a test result: what hangs on each record, where it breaks, and what is suspect. Pure; the order is
// harm – threat – risk – requirement – control – verification – result.

import { latestRun, type Outcome, type Verdict, verdictOf } from '../testing/index.ts';

export const TRACED = ['harm', 'threat', 'risk', 'requirement', 'control', 'verification', 'result'] as const;
export type Traced = (typeof TRACED)[number];

export interface TraceNode {
  readonly id: string;
  readonly kind: Traced;
  readonly key: string;
  readonly title: string;
  readonly state: string;
  /** Position of its kind in the list, and its number: how lists are ordered. */
  readonly number: number;
  /** Only of a result. */
  readonly outcome: Outcome | null;
  /** Only of a result: the day on which it ran, or was recorded. */
  readonly ranOn: string | null;
  /** Only of a result: the releases that it was run in. */
  readonly releases: readonly string[];
}

export interface TraceLink {
  readonly id: string;
  readonly type: string;
  readonly from: string;
  readonly to: string;
  /** The far end moved since the link was made or confirmed. */
  readonly suspect: boolean;
}

export interface TraceGraph {
  readonly nodes: readonly TraceNode[];
  readonly links: readonly TraceLink[];
}

export const GAPS = {
  'harm-without-risk': {
    kind: 'harm',
    title: 'Harm without a risk',
    todo: 'Assess the risk that leads to it, or say why no attack does.',
  },
  'threat-without-control': {
    kind: 'threat',
    title: 'Threat without a control',
    todo: 'Place a control that cuts it, or decide about it.',
  },
  'threat-without-risk': {
    kind: 'threat',
    title: 'Threat without a risk',
    todo: 'Assess it: link a risk of it to a harm or an asset.',
  },
  'risk-without-cause': {
    kind: 'risk',
    title: 'Risk without a threat or finding',
    todo: 'Link what it is a risk of.',
  },
  'risk-without-harm': {
    kind: 'risk',
    title: 'Risk without a harm',
    todo: 'Link the harm, or state its effect on data and performance.',
  },
  'requirement-without-cause': {
    kind: 'requirement',
    title: 'Requirement without a risk or threat',
    todo: 'Link what it derives from.',
  },
  'requirement-without-control': {
    kind: 'requirement',
    title: 'Requirement without a control',
    todo: 'Link the control that it demands.',
  },
  'requirement-without-verification': {
    kind: 'requirement',
    title: 'Requirement without a verification',
    todo: 'Make a verification of it, or of its control.',
  },
  'control-without-requirement': {
    kind: 'control',
    title: 'Control that no requirement demands',
    todo: 'Link it from the requirement, or write one.',
  },
  'control-without-verification': {
    kind: 'control',
    title: 'Control without a verification',
    todo: 'Until a test of it passed it is a claim.',
  },
  'control-without-result': {
    kind: 'control',
    title: 'Control without a result in this release',
    todo: 'Have its verification approved, and run it in this release.',
  },
  'control-failed': {
    kind: 'control',
    title: 'Control whose verification failed in this release',
    todo: 'Repair it, or take it out of what counts.',
  },
  'verification-without-target': {
    kind: 'verification',
    title: 'Verification of nothing',
    todo: 'Link the requirement, control or threat that it verifies.',
  },
  'verification-without-result': {
    kind: 'verification',
    title: 'Verification without a result in this release',
    todo: 'Run it in this release.',
  },
  'result-without-release': {
    kind: 'result',
    title: 'Result in no release',
    todo: 'Link the release that it was run in.',
  },
} as const satisfies Readonly<Record<string, { kind: Traced; title: string; todo: string }>>;
export type Gap = keyof typeof GAPS;
export const GAP_IDS = Object.keys(GAPS) as [Gap, ...Gap[]];

export interface TraceRow {
  readonly node: TraceNode;
  /** What it is tied to, by kind, itself left out; in the order of keys. */
  readonly tied: Readonly<Record<Traced, readonly TraceNode[]>>;
  readonly verdict: Verdict | null;
  readonly gaps: readonly Gap[];
  /** Suspect links from or to it. */
  readonly suspects: readonly TraceLink[];
}

/** States in which a record is history: it neither has gaps nor closes those of others. */
const ENDED: Readonly<Record<string, readonly string[]>> = {
  harm: ['gone'],
  threat: ['not-applicable', 'gone'],
  requirement: ['obsolete'],
  control: ['withdrawn'],
  verification: ['obsolete'],
  result: ['withdrawn'],
};
export const hasEnded = ({ kind, state }: Pick<TraceNode, 'kind' | 'state'>) =>
  ENDED[kind]?.includes(state) ?? false;

/** Asks the same graph many questions: neighbours by kind are found once. Built in time that grows with nodes and links. */
export class Trace {
  readonly #nodes: ReadonlyMap<string, TraceNode>;
  readonly #near = new Map<string, Map<Traced, TraceNode[]>>();
  readonly #suspects = new Map<string, TraceLink[]>();
  /** Risks are of threats and of findings; the latter stand outside this thread. */
  readonly #hasOtherCause: ReadonlySet<string>;

  constructor(
    readonly graph: TraceGraph,
    /** Id of the release in which results count; null: there is none. */
    readonly release: string | null,
  ) {
    this.#nodes = new Map(graph.nodes.filter((node) => !hasEnded(node)).map((node) => [node.id, node]));
    const otherCause = new Set<string>();
    for (const link of graph.links) {
      if (link.type === 'of' && this.#nodes.get(link.from)?.kind === 'risk' && !this.#nodes.has(link.to))
        otherCause.add(link.from);
      this.#join(link.from, link.to);
      this.#join(link.to, link.from);
      if (!link.suspect) continue;
      for (const end of [link.from, link.to]) {
        const known = this.#suspects.get(end);
        if (known) known.push(link);
        else this.#suspects.set(end, [link]);
      }
    }
    this.#hasOtherCause = otherCause;
  }

  #join(from: string, to: string): void {
    const far = this.#nodes.get(to);
    if (!far || !this.#nodes.has(from)) return;
    let near = this.#near.get(from);
    if (!near) {
      near = new Map();
      this.#near.set(from, near);
    }
    const same = near.get(far.kind);
    if (!same) near.set(far.kind, [far]);
    else if (!same.includes(far)) same.push(far);
  }

  /** Directly linked records of a kind. */
  near(id: string, kind: Traced): readonly TraceNode[] {
    return this.#near.get(id)?.get(kind) ?? [];
  }

  #all(from: Iterable<TraceNode>, kind: Traced): TraceNode[] {
    const found = new Set<TraceNode>();
    for (const node of from) for (const far of this.near(node.id, kind)) found.add(far);
    return [...found];
  }

  /** The thread through one record: towards the harm, and towards the result. */
  tied(node: TraceNode): Record<Traced, TraceNode[]> {
    const sets = Object.fromEntries(TRACED.map((kind) => [kind, new Set<TraceNode>()])) as Record<
      Traced,
      Set<TraceNode>
    >;
    sets[node.kind].add(node);
    const add = (kind: Traced, nodes: Iterable<TraceNode>) => {
      for (const one of nodes) sets[kind].add(one);
    };
    const at = TRACED.indexOf(node.kind);
    // Towards the harm. A verification of a control proves its requirement as well.
    if (at >= 6) add('verification', this.#all(sets.result, 'verification'));
    if (at >= 5) add('control', this.#all(sets.verification, 'control'));
    if (at >= 4) add('requirement', this.#all([...sets.control, ...sets.verification], 'requirement'));
    if (at >= 3) {
      const own = [
        ...sets.requirement,
        ...(at >= 4 ? sets.control : []),
        ...(at >= 5 ? sets.verification : []),
      ];
      add('threat', this.#all(own, 'threat'));
      add('risk', this.#all(own, 'risk'));
    }
    if (at >= 1) {
      const risks = [...sets.risk];
      add('risk', this.#all(sets.threat, 'risk'));
      add('threat', this.#all(risks, 'threat'));
      add('harm', this.#all([...sets.threat, ...sets.risk], 'harm'));
    }
    // Towards the result.
    if (at === 0) {
      add('threat', this.#all(sets.harm, 'threat'));
      add('risk', this.#all(sets.harm, 'risk'));
      const risks = [...sets.risk];
      add('risk', this.#all(sets.threat, 'risk'));
      add('threat', this.#all(risks, 'threat'));
    }
    if (at <= 2) add('requirement', this.#all([...sets.threat, ...sets.risk], 'requirement'));
    if (at <= 3)
      add(
        'control',
        this.#all(at === 3 ? sets.requirement : [...sets.requirement, ...sets.threat], 'control'),
      );
    if (at <= 4) {
      const own =
        at === 4
          ? sets.control
          : at === 3
            ? [...sets.requirement, ...sets.control]
            : [...sets.requirement, ...sets.control, ...sets.threat];
      add('verification', this.#all(own, 'verification'));
    }
    if (at <= 5)
      add(
        'result',
        this.#all(sets.verification, 'result').filter((result) => this.#counts(result)),
      );
    sets[node.kind].delete(node);
    return Object.fromEntries(
      TRACED.map((kind) => [kind, [...sets[kind]].sort((a, b) => a.number - b.number)]),
    ) as Record<Traced, TraceNode[]>;
  }

  #counts(result: TraceNode): boolean {
    return this.release !== null && result.releases.includes(this.release);
  }

  /** Of its results in the release the one that ran last; null: there is none. */
  #outcomeOf(verification: TraceNode): Outcome | null {
    const runs = this.near(verification.id, 'result').flatMap((result) =>
      result.outcome !== null && this.#counts(result)
        ? [{ outcome: result.outcome, ranOn: result.ranOn ?? '', number: result.number }]
        : [],
    );
    return latestRun(runs)?.outcome ?? null;
  }

  /** What these prove; null where there is nothing to run. `through`: verifications of requirements that demand it. */
  #verdict(own: readonly TraceNode[], through: readonly TraceNode[] = []): Verdict | null {
    if (own.length + through.length === 0) return null;
    const proofOf = (isThroughRequirement: boolean) => (node: TraceNode) => ({
      approved: node.state === 'approved',
      isThroughRequirement,
      outcome: this.#outcomeOf(node),
    });
    return verdictOf([...own.map(proofOf(false)), ...through.map(proofOf(true))]);
  }

  /** What the results say of the record in the release; null where nothing could. */
  #verdictOf(node: TraceNode, tied: () => Readonly<Record<Traced, readonly TraceNode[]>>): Verdict | null {
    switch (node.kind) {
      case 'harm':
      case 'result':
        return null;
      case 'verification':
        // Its own result is what it is, also while it is a draft and proves nothing.
        return verdictOf([{ approved: true, isThroughRequirement: false, outcome: this.#outcomeOf(node) }]);
      case 'control':
        return this.#verdict(
          this.near(node.id, 'verification'),
          this.#all(this.near(node.id, 'requirement'), 'verification'),
        );
      default:
        return this.#verdict(tied().verification);
    }
  }

  row(node: TraceNode): TraceRow {
    const tied = this.tied(node);
    return {
      node,
      tied,
      verdict: this.#verdictOf(node, () => tied),
      gaps: this.#gaps(node),
      suspects: this.#suspects.get(node.id) ?? [],
    };
  }

  /** Asks direct neighbours and one step beyond, never the whole thread: it is counted for every record of a product. */
  #gaps(node: TraceNode): Gap[] {
    if (hasEnded(node)) return [];
    const gaps: Gap[] = [];
    const gap = (id: Gap, holds: boolean) => {
      if (holds) gaps.push(id);
    };
    const none = (kind: Traced) => this.near(node.id, kind).length === 0;
    const beyond = (by: Traced, kind: Traced) =>
      this.near(node.id, by).some((one) => this.near(one.id, kind).length > 0);
    switch (node.kind) {
      case 'harm':
        gap('harm-without-risk', none('risk') && !beyond('threat', 'risk'));
        break;
      case 'threat':
        // A decided threat needs no more controls; that it was decided is the answer.
        gap(
          'threat-without-control',
          node.state === 'open' && none('control') && !this.#demandsControl(node),
        );
        gap('threat-without-risk', node.state === 'open' && none('risk'));
        break;
      case 'risk':
        gap('risk-without-cause', none('threat') && !this.#hasOtherCause.has(node.id));
        gap('risk-without-harm', none('harm'));
        break;
      case 'requirement':
        gap('requirement-without-cause', none('threat') && none('risk'));
        gap('requirement-without-control', none('control'));
        gap('requirement-without-verification', none('verification') && !beyond('control', 'verification'));
        break;
      case 'control': {
        const verdict = this.#verdictOf(node, () => this.tied(node));
        gap('control-without-requirement', none('requirement'));
        gap('control-without-verification', none('verification') && !beyond('requirement', 'verification'));
        gap('control-without-result', verdict === 'not run');
        gap('control-failed', verdict === 'failed');
        break;
      }
      case 'verification':
        gap('verification-without-target', none('requirement') && none('control') && none('threat'));
        gap('verification-without-result', (this.#outcomeOf(node) ?? 'not run') === 'not run');
        break;
      case 'result':
        gap('result-without-release', node.releases.length === 0);
        break;
    }
    return gaps;
  }

  /** A requirement of the threat, or of a risk of it, demands a control. */
  #demandsControl(threat: TraceNode): boolean {
    return [threat, ...this.near(threat.id, 'risk')].some((cause) =>
      this.near(cause.id, 'requirement').some((one) => this.near(one.id, 'control').length > 0),
    );
  }

  /** Records of a kind in the order of keys, without those that have ended. */
  nodesOf(kind: Traced): TraceNode[] {
    return this.graph.nodes
      .filter((node) => node.kind === kind && !hasEnded(node))
      .sort((a, b) => a.number - b.number);
  }

  /** Every row of a kind in the order of keys; ended records are history and left out. */
  rows(kind: Traced): TraceRow[] {
    return this.nodesOf(kind).map((node) => this.row(node));
  }

  /** How much work of each sort there is in the whole product. */
  counts(): {
    readonly kinds: Record<Traced, number>;
    readonly gaps: Record<Gap, number>;
    readonly suspects: number;
  } {
    const kinds = Object.fromEntries(TRACED.map((kind) => [kind, 0])) as Record<Traced, number>;
    const gaps = Object.fromEntries(GAP_IDS.map((gap) => [gap, 0])) as Record<Gap, number>;
    for (const node of this.#nodes.values()) {
      kinds[node.kind] += 1;
      for (const gap of this.#gaps(node)) gaps[gap] += 1;
    }
    const suspects = this.graph.links.filter(
      (link) => link.suspect && this.#nodes.has(link.from) && this.#nodes.has(link.to),
    ).length;
    return { kinds, gaps, suspects };
  }
}

// Attack paths and defence in depth of a model: for every attacker and every target, and for all attackers together.
// Pure: server, command and browser compute the same. The result does not depend on the order of anything given.
import type { Assurance, AssuranceInput, AttackPath, AttackStep, Depth, PlacedControl } from './contract.ts';
import { minimumCut, together } from './cut.ts';
import { depthsOf, type FoundDepth } from './depth.ts';
import { type AttackGraph, attackersOf, attackGraph, type Edge, intruderOf, OUTSIDE } from './graph.ts';
import { distancesTo, easiestPaths, type FoundPath, LISTED_PATHS } from './paths.ts';
import { type Target, targetsOf } from './targets.ts';
import { appraisalFor, type Ways, waysOf } from './ways.ts';

/** Pairs of an attacker and a target for which paths and cuts are searched; the numbers are found for all. */
export const MAX_PAIRS = 4_000;

export function assure(input: AssuranceInput): Assurance {
  const graph = attackGraph(input);
  const { targets, notes } = targetsOf(input, graph);
  const all = attackersOf(input.model).map((attacker) =>
    waysOf(graph, intruderOf(graph, input.model, attacker)),
  );
  const counted = all.map((ways) => depthsOf(ways, targets, graph.controls, (control) => control.counted));
  const onlyCounted = graph.controls.every((control) => control.counted || !control.claimed);
  const claimed = onlyCounted
    ? counted
    : all.map((ways) => depthsOf(ways, targets, graph.controls, isClaimed));
  const detailed = all.length === 0 ? 0 : Math.max(1, Math.floor(MAX_PAIRS / all.length));
  const union = together(all, (entering, held) => waysOf(graph, { id: '', entering, held }));

  const depths: Depth[] = [];
  targets.forEach((target, at) => {
    const distances = at < detailed ? distancesTo(graph, target) : null;
    const own = all.map((ways, who): Depth => {
      const depth = counted[who]?.[at] as FoundDepth;
      const claim = claimed[who]?.[at] as FoundDepth;
      const reachable = depth.depth !== null;
      const found = reachable && distances ? easiestPaths(ways, target, distances, LISTED_PATHS + 1) : [];
      return {
        ...headOf(target),
        attacker: ways.intruder.id,
        reachable,
        counted: depth.depth,
        claimed: claim.depth,
        exact: depth.exact && claim.exact,
        paths: found.slice(0, LISTED_PATHS).map((path) => pathOf(ways, target, path)),
        morePaths: found.length > LISTED_PATHS,
        single: depth.single.map((index) => graph.controls[index]?.id ?? ''),
        cut: reachable && distances ? (minimumCut(ways, target) ?? []) : [],
      };
    });
    depths.push(togetherOf(target, own, distances ? (minimumCut(union, target) ?? []) : []), ...own);
  });
  return {
    depths,
    notes: [...notes, ...notesOf(input, depths, targets.length > detailed && all.length > 0)],
  };
}

const isClaimed = (control: PlacedControl) => control.claimed || control.counted;

function headOf({ id, kind, severity, enough }: Target) {
  return { target: id, targetKind: kind, severity, enough } as const;
}

/** The least of what holds against each of them. */
function togetherOf(target: Target, own: readonly Depth[], cut: readonly string[]): Depth {
  const reached = own.filter((depth) => depth.reachable);
  const least = (pick: (depth: Depth) => number | null) =>
    reached.reduce<number | null>((least, depth) => {
      const one = pick(depth);
      return one === null ? least : Math.min(one, least ?? one);
    }, null);
  const counted = least((depth) => depth.counted);
  const paths = mergedPaths(reached);
  return {
    ...headOf(target),
    attacker: null,
    reachable: reached.length > 0,
    counted,
    claimed: least((depth) => depth.claimed),
    exact: reached.every((depth) => depth.exact),
    paths: paths.slice(0, LISTED_PATHS),
    morePaths: paths.length > LISTED_PATHS || reached.some((depth) => depth.morePaths),
    single:
      counted === 1
        ? [...new Set(reached.flatMap((depth) => (depth.counted === 1 ? depth.single : [])))].sort()
        : [],
    cut,
  };
}

/** The same way of two attackers stands once, under the first of them. */
function mergedPaths(own: readonly Depth[]): AttackPath[] {
  const seen = new Set<string>();
  return own
    .flatMap((depth) => depth.paths)
    .map((path, order) => ({ path, order }))
    .sort(
      (a, b) =>
        a.path.resistance - b.path.resistance ||
        a.path.steps.length - b.path.steps.length ||
        a.order - b.order,
    )
    .flatMap(({ path }) => {
      const name = path.steps.map((step) => step.via).join(' ');
      if (seen.has(name)) return [];
      seen.add(name);
      return path;
    });
}

function pathOf(ways: Ways, target: Target, path: FoundPath): AttackPath {
  const { graph, intruder } = ways;
  const used = new Set<number>();
  const steps = path.edges.map((at) => {
    const edge = ways.edges[at] as Edge;
    for (const control of appraisalFor(edge, target).controls) used.add(control);
    return stepOf(graph, intruder.id, edge, target);
  });
  const on = [...used].sort((a, b) => a - b).map((index) => graph.controls[index] as PlacedControl);
  return {
    attacker: intruder.id,
    target: target.id,
    steps,
    resistance: path.cost,
    counted: on.filter((control) => control.counted).map((control) => control.id),
    claimed: on.filter(isClaimed).map((control) => control.id),
  };
}

function stepOf(graph: AttackGraph, attacker: string, edge: Edge, target: Target): AttackStep {
  const { state, threat, facts, questions, controls, cost } = appraisalFor(edge, target);
  return {
    via: edge.via,
    from: edge.from === OUTSIDE ? attacker : (graph.nodes[edge.from] as string),
    to: graph.nodes[edge.to] as string,
    state,
    threat,
    facts,
    questions,
    controls: controls.map((index) => graph.controls[index]?.id ?? ''),
    resistance: cost,
  };
}

function notesOf(input: AssuranceInput, depths: readonly Depth[], shortened: boolean): string[] {
  const notes: string[] = [];
  if (input.model.attackers.length === 0)
    notes.push('The model names no attacker, so no attack path begins anywhere.');
  if (input.evaluation.results.length === 0)
    notes.push('No rule was evaluated: every step is assumed to be passable.');
  if (depths.some((depth) => depth.morePaths))
    notes.push(`Where there are more, the ${LISTED_PATHS} easiest paths are listed.`);
  if (depths.some((depth) => !depth.exact))
    notes.push(
      'The search for the depth was stopped at its bound: such a number is the least that is certain.',
    );
  if (shortened)
    notes.push('Paths and cuts are listed for the gravest targets only: the model has too many of them.');
  return notes;
}

// What attackers are after: the safety functions and the data of the model, and how much depth each needs. Pure.

import { byText, type Purpose } from './appraise.ts';
import type { AssuranceInput, Depth } from './contract.ts';
import type { AttackGraph, Edge } from './graph.ts';

export interface Target {
  readonly id: string;
  readonly kind: Depth['targetKind'];
  readonly severity: number;
  readonly enough: number;
  /** Nodes that, entered, are the target. */
  readonly nodes: ReadonlySet<number>;
  /** Flows that, crossed, are the target. */
  readonly flows: ReadonlySet<string>;
}

/** Nobody knows the harm: judged as serious, and said. */
const UNKNOWN_SEVERITY = 3;

/**
 * Every safety function (reached in any element that realises it) and every data asset (reached in any element that
 * holds it and on any flow that carries it), the gravest first. A safety function has the highest severity of its
 * harms; an asset has no harm in the safety file, so its need of protection (1 to 4) stands for it.
 */
export function targetsOf(input: AssuranceInput, graph: AttackGraph): { targets: Target[]; notes: string[] } {
  const { model } = input;
  const notes: string[] = [];
  const nodesOf = (ids: readonly string[]) => new Set(ids.flatMap((id) => graph.indexOf.get(id) ?? []));
  const own = new Map(model.harms.map((harm) => [harm.id, harm.severity]));
  const functions = model.safetyFunctions.map((fn): Target => {
    const known = fn.harms.flatMap((harm) => input.severities[harm] ?? own.get(harm) ?? []);
    if (known.length === 0)
      notes.push(`No severity is known for ${fn.title} (${fn.id}): it is judged as serious.`);
    const severity = known.length === 0 ? UNKNOWN_SEVERITY : Math.max(...known);
    return target(input, fn.id, 'safety function', severity, nodesOf(fn.realisedBy), new Set());
  });
  const assets = model.assets.map((asset): Target => {
    const severity = Math.max(1, asset.confidentiality, asset.integrity, asset.availability);
    const holders = model.elements.filter((element) => element.holds.includes(asset.id));
    const flows = model.flows.filter((flow) => flow.carries.includes(asset.id));
    return target(
      input,
      asset.id,
      'asset',
      severity,
      nodesOf(holders.map((element) => element.id)),
      new Set(flows.map((flow) => flow.id)),
    );
  });
  const targets = [...functions, ...assets].sort(
    (a, b) => b.severity - a.severity || byText(b.kind, a.kind) || byText(a.id, b.id),
  );
  return { targets, notes: notes.sort(byText) };
}

function target(
  input: AssuranceInput,
  id: string,
  kind: Depth['targetKind'],
  severity: number,
  nodes: ReadonlySet<number>,
  flows: ReadonlySet<string>,
): Target {
  const rounded = Math.min(5, Math.max(1, Math.round(severity))) as 1 | 2 | 3 | 4 | 5;
  return { id, kind, severity: rounded, enough: input.enough[rounded], nodes, flows };
}

/** As what the edge ends the way to the target; null where it only leads on. On its way data is the easier to reach. */
export function endOf(target: Target, edge: Edge): Exclude<Purpose, 'pass'> | null {
  if (edge.flow !== null && target.flows.has(edge.flow)) return 'carried';
  if (!target.nodes.has(edge.to)) return null;
  return target.kind === 'safety function' ? 'function' : 'stored';
}

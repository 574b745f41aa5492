// The dependency graph: edges between components that exist, joined by their origin.

import { quoted } from './errors.ts';
import type { Reading } from './reading.ts';
import type { References } from './references.ts';
import type { Sbom } from './sbom.ts';

export interface DependencyEdge {
  readonly from: string;
  readonly to: string;
  readonly fromAt: string;
  readonly toAt: string;
}

/** Edges between known components, each once, in the file's order; a reference to nothing becomes a warning. */
export function joinDependencies(
  edges: Iterable<DependencyEdge>,
  references: References,
  reading: Reading,
): Sbom['dependencies'] {
  const targets = new Map<string, Set<string>>();
  const missing = new Set<string>();
  const isComponent = (ref: string, at: string): boolean => {
    const kind = references.kindOf(ref);
    if (kind === 'unknown' && !missing.has(ref)) {
      missing.add(ref);
      reading.warn(
        at,
        `The dependency graph names ${quoted(ref)}, which is no component of this file; the edge is left out.`,
      );
    }
    return kind === 'component';
  };
  for (const edge of edges) {
    const fromExists = isComponent(edge.from, edge.fromAt);
    if (!isComponent(edge.to, edge.toAt) || !fromExists || edge.from === edge.to) continue;
    const known = targets.get(edge.from);
    if (known === undefined) targets.set(edge.from, new Set([edge.to]));
    else known.add(edge.to);
  }
  return [...targets].map(([from, to]) => ({ from, to: [...to] }));
}

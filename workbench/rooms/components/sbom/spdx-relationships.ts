// SPDX relationships in Ward's words: who depends on whom, what is inside what, and what the document describes.
// SPDX 2.3 clause 11.1 has most of them in both directions; each is brought into the one that Ward keeps.

import type { SpdxRelationship } from './spdx-schema.ts';

export type SpdxMeaning =
  /** `from` depends on `to`; `scope` is what the relationship says of the part that is depended on. */
  | {
      readonly kind: 'dependency';
      readonly from: string;
      readonly to: string;
      readonly scope: 'required' | 'optional' | 'excluded' | null;
    }
  | { readonly kind: 'containment'; readonly parent: string; readonly child: string }
  | { readonly kind: 'description'; readonly described: string }
  | { readonly kind: 'other' };

type Direction = 'element' | 'related';
type Scope = 'required' | 'optional' | 'excluded' | null;

/** Which side depends on the other. Development and test parts are not shipped: `excluded`, as CycloneDX uses the word. */
const dependencies: Readonly<Record<string, { readonly dependent: Direction; readonly scope: Scope }>> = {
  DEPENDS_ON: { dependent: 'element', scope: null },
  DYNAMIC_LINK: { dependent: 'element', scope: 'required' },
  STATIC_LINK: { dependent: 'element', scope: 'required' },
  HAS_PREREQUISITE: { dependent: 'element', scope: null },
  DEPENDENCY_OF: { dependent: 'related', scope: null },
  RUNTIME_DEPENDENCY_OF: { dependent: 'related', scope: 'required' },
  OPTIONAL_DEPENDENCY_OF: { dependent: 'related', scope: 'optional' },
  OPTIONAL_COMPONENT_OF: { dependent: 'related', scope: 'optional' },
  PROVIDED_DEPENDENCY_OF: { dependent: 'related', scope: null },
  PREREQUISITE_FOR: { dependent: 'related', scope: null },
  BUILD_DEPENDENCY_OF: { dependent: 'related', scope: null },
  DEV_DEPENDENCY_OF: { dependent: 'related', scope: 'excluded' },
  TEST_DEPENDENCY_OF: { dependent: 'related', scope: 'excluded' },
};

/** What one relationship means; types without a meaning for Ward are `other`. */
export function meaningOf(relationship: SpdxRelationship): SpdxMeaning {
  const { spdxElementId: element, relatedSpdxElement: related, relationshipType: type } = relationship;
  const dependency = Object.hasOwn(dependencies, type) ? dependencies[type] : undefined;
  if (dependency !== undefined) {
    const [from, to] = dependency.dependent === 'element' ? [element, related] : [related, element];
    return { kind: 'dependency', from, to, scope: dependency.scope };
  }
  switch (type) {
    case 'CONTAINS':
      return { kind: 'containment', parent: element, child: related };
    case 'CONTAINED_BY':
      return { kind: 'containment', parent: related, child: element };
    case 'DESCRIBES':
    case 'DESCRIBE': // written by trivy up to 0.31
      return { kind: 'description', described: related };
    case 'DESCRIBED_BY':
      return { kind: 'description', described: element };
    default:
      return { kind: 'other' };
  }
}

/** Scope of a part over all that depend on it: it is shipped as soon as one of them needs it in operation. */
export function widerScope(known: Scope | undefined, next: Scope): Scope {
  if (known === undefined) return next;
  const rank = (scope: Scope) =>
    scope === 'excluded' ? 0 : scope === 'optional' ? 1 : scope === null ? 2 : 3;
  return rank(next) > rank(known) ? next : known;
}

/** Leaves out parents that would close a circle, so that following `parentRef` always ends. */
export function withoutCircles(parents: ReadonlyMap<string, string>): {
  kept: Map<string, string>;
  dropped: string[];
} {
  const kept = new Map<string, string>();
  const dropped: string[] = [];
  const ends = new Set<string>();
  for (const start of parents.keys()) {
    const path = new Set<string>();
    let at: string | undefined = start;
    while (at !== undefined && !ends.has(at)) {
      path.add(at);
      const parent: string | undefined = parents.get(at);
      if (parent !== undefined && path.has(parent)) {
        dropped.push(at);
        break;
      }
      if (parent !== undefined) kept.set(at, parent);
      at = parent;
    }
    for (const ref of path) ends.add(ref);
  }
  return { kept, dropped };
}

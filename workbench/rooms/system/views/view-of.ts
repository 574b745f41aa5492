// Views of one model (FDA premarket guidance, architecture views; IEC 81001-5-1 5.3): which there are, and the way to each. Pure.
import type { SystemModel } from '../metamodel.ts';
import type { View, ViewId } from './contract.ts';
import { dataFlows } from './data-flows.ts';
import { Facts, gap, type OpenQuestions } from './facts.ts';
import { globalSystem } from './global-system.ts';
import { interfaces } from './interfaces.ts';
import { multiPatient } from './multi-patient.ts';
import { network } from './network.ts';
import { trustBoundaries } from './trust-boundaries.ts';
import { updatability } from './updatability.ts';
import { useCases } from './use-cases.ts';

const BUILD: { readonly [Id in ViewId]: (facts: Facts) => View } = {
  network,
  'data-flows': dataFlows,
  'trust-boundaries': trustBoundaries,
  interfaces,
  'global-system': globalSystem,
  'multi-patient': multiPatient,
  updatability,
  'use-cases': useCases,
};

/** The view of a model; the same model and questions give the same view. */
export function viewOf(model: SystemModel, id: ViewId, open: OpenQuestions = new Map()): View {
  const facts = new Facts(model, open);
  const view = BUILD[id](facts);
  const touched = new Set(view.nodes.length > 0 ? [...view.nodes, ...view.flows] : open.keys());
  const asked = [...open].filter(([target, keys]) => touched.has(target) && keys.length > 0);
  return {
    ...view,
    gaps: [
      ...view.gaps,
      ...asked.map(([target, { length }]) =>
        gap(
          target,
          `${facts.title(target)}: ${length} ${length === 1 ? 'question is' : 'questions are'} not answered.`,
        ),
      ),
    ],
  };
}

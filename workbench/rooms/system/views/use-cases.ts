// For each use and state the sequence over the flows, with what protects each step (FDA, security use case views).
import { USE_CASE_STATES } from '../metamodel.ts';
import type { View } from './contract.ts';
import { type Facts, FLOW_COLUMNS, gap, NONE } from './facts.ts';

const COLUMNS = [
  'Step',
  ...FLOW_COLUMNS,
  'Sender authenticated',
  'Integrity',
  'Encrypted',
  'Open questions',
] as const;

export function useCases(facts: Facts): View {
  const { useCases: cases } = facts.model;
  const steps = [...new Set(cases.flatMap((one) => one.steps))];
  const used = steps.flatMap((id) => facts.flows.get(id) ?? []);
  return {
    title: 'Security use case views',
    purpose:
      'For each use and state the sequence over the flows, with what protects each step and what happens when it fails (FDA).',
    tables: cases.map((one) => ({
      title: `${one.title} (${one.kind})${one.onFailure === '' ? '' : `. On failure: ${one.onFailure}`}`,
      columns: COLUMNS,
      rows: one.steps.flatMap((id, at) => {
        const cells = stepCells(facts, id);
        return cells ? [[String(at + 1), ...cells]] : [];
      }),
      none: 'No step is named.',
    })),
    gaps: [
      ...USE_CASE_STATES.filter((state) => !cases.some((one) => one.kind === state)).map((state) =>
        gap('', `No use case for the state “${state}”.`),
      ),
      ...cases
        .filter((one) => one.steps.length === 0)
        .map((one) => gap(one.id, `${one.title} has no steps.`)),
      ...cases
        .filter((one) => one.onFailure === '')
        .map((one) => gap(one.id, `${one.title}: what happens when a step fails?`)),
      ...used
        .filter((flow) => facts.answer(flow, 'flow.auth-source') === 'not answered')
        .map((flow) => gap(flow.id, `${flow.title} is a step, and \`flow.auth-source\` is not answered.`)),
    ],
    nodes: [...new Set(used.flatMap((flow) => [flow.from, flow.to]))].filter((id) => id !== ''),
    flows: steps,
  };
}

/** Undefined: the step names no flow of the model. */
function stepCells(facts: Facts, id: string): string[] | undefined {
  const flow = facts.flows.get(id);
  if (!flow) return undefined;
  const open = facts.open.get(id);
  return [
    ...facts.flowCells(flow),
    ...facts.answers(flow, ['flow.auth-source', 'flow.integrity', 'flow.encrypted']),
    open ? String(open.length) : NONE,
  ];
}

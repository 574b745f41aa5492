// The way of software from supplier to running code, and every part that holds software (FDA, updatability and patchability view).
import type { SystemModel } from '../metamodel.ts';
import type { View } from './contract.ts';
import {
  downstream,
  type Facts,
  FLOW_COLUMNS,
  gap,
  hasSoftware,
  hasTag,
  NONE,
  unansweredGaps,
} from './facts.ts';

const NEEDED = [
  'upd.signed',
  'upd.no-rollback',
  'upd.atomic-rollback',
  'upd.verify-before-use',
  'upd.safe-state-only',
] as const;
const TARGET_TIME = /\b\d+\s*(h|hours?|days?|weeks?)\b/i;

export function updatability(facts: Facts): View {
  const { model } = facts;
  const hops = model.flows.filter((flow) =>
    flow.carries.some((id) => facts.assets.get(id)?.kind === 'software'),
  );
  const updaters = model.elements.filter((one) => hasTag(one, ['updater', 'update-repository']));
  const begins = new Set([...updaters.map((one) => one.id), ...hops.flatMap((flow) => [flow.from, flow.to])]);
  const onPath = downstream(
    hops,
    [...begins].filter((id) => id !== ''),
  );
  const parts = model.elements.filter((one) => hasSoftware(one));
  return {
    title: 'Updatability and patchability view',
    purpose:
      'The way of software from supplier to running code, verified at each hop, and the way back; every part that holds software (FDA).',
    tables: [
      {
        title: 'Hops of software',
        columns: ['Nr', ...FLOW_COLUMNS, 'Integrity', 'Sender authenticated'],
        rows: hops.map((flow) => [
          facts.number(flow),
          ...facts.flowCells(flow),
          ...facts.answers(flow, ['flow.integrity', 'flow.auth-source']),
        ]),
        none: 'No flow carries a data asset of kind `software`: the way of updates is not drawn.',
      },
      {
        title: 'Verification and behaviour',
        columns: [
          'Element',
          'Signed by the right publisher',
          'No rollback',
          'Survives power loss',
          'Runs what was verified',
          'Only in a safe state',
          'Fresh metadata',
        ],
        rows: updaters.map((one) => [one.title, ...facts.answers(one, [...NEEDED, 'upd.freshness'])]),
        none: 'No element has the tag `updater` or `update-repository`.',
      },
      {
        title: 'Parts that hold software',
        columns: ['Element', 'Zone', 'On the way of updates', 'Components'],
        rows: parts.map((one) => [
          one.title,
          facts.zonePath(one.zone),
          onPath.has(one.id) ? 'yes' : 'no',
          one.contains.length === 0 ? NONE : String(one.contains.length),
        ]),
        none: 'No part with software is drawn.',
      },
    ],
    gaps: [
      ...parts
        .filter((one) => !onPath.has(one.id))
        .map((one) => gap(one.id, `${one.title} has software, and no way of updates leads to it.`)),
      ...hops.flatMap((flow) => {
        const integrity = facts.answer(flow, 'flow.integrity');
        if (integrity === 'yes') return [];
        return gap(
          flow.id,
          integrity === 'no'
            ? `${flow.title} carries software without integrity.`
            : `${flow.title} carries software; its integrity is not answered.`,
        );
      }),
      ...updaters.flatMap((one) => unansweredGaps(facts, one, NEEDED)),
      ...(statesTargetTime(model)
        ? []
        : [
            gap(
              '',
              'No target time for patches is stated in the description or the assumptions of the model.',
            ),
          ]),
    ],
    nodes: [...new Set([...onPath, ...parts.map((one) => one.id)])],
    flows: hops.map((flow) => flow.id),
  };
}

function statesTargetTime({ description, assumptions }: SystemModel): boolean {
  const texts = [description, ...assumptions.map((one) => `${one.title} ${one.description}`)];
  return TARGET_TIME.test(texts.join(' '));
}

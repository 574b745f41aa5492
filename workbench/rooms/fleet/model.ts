// Campaigns: which units get an update, in which waves, and when to halt (IEC 81001-5-1 6.3). A campaign ends by itself when all its units have.
import { z } from 'zod';
import { defineKind, line, text, title } from '../../kernel/records/kind.ts';

export const MOST_WAVES = 200;

export const campaign = defineKind({
  kind: 'campaign',
  key: 'CMP',
  title: 'Campaign',
  plural: 'Campaigns',
  purpose: 'Which units get an update, in which waves, and the rule that halts it.',
  clause: 'IEC 81001-5-1 6.3',
  scope: 'product',
  schema: z.object({
    title: title().meta({ title: 'Title' }),
    waves: z
      .array(
        z.object({
          name: line().min(1).meta({ title: 'Wave' }),
          units: line(2_000).meta({ title: 'Units: serial numbers, a share such as 10 %, or rest' }),
        }),
      )
      .max(MOST_WAVES)
      .default([])
      .meta({ title: 'Waves' }),
    haltAfterFailures: z
      .number()
      .int()
      .min(1)
      .max(10_000)
      .default(1)
      .meta({ title: 'Halt after so many failed units in a wave' }),
    haltAtPercent: z.number().int().min(1).max(100).nullish().meta({
      title: 'Halt at this share of failed units among those of a wave that have answered, in percent',
    }),
    nextWaveAfterHours: z
      .number()
      .int()
      .min(0)
      .max(8_760)
      .default(24)
      .meta({ title: 'Hours between the end of a wave and the next' }),
    haltRule: text(2_000).default('').meta({ title: 'Why these limits', widget: 'long' }),
  }),
  titleField: 'title',
  states: [
    { id: 'planned', title: 'Planned', tone: 'open' },
    { id: 'running', title: 'Running', tone: 'attention', onEdit: false },
    { id: 'paused', title: 'Paused', tone: 'attention' },
    { id: 'done', title: 'Done', tone: 'settled', onEdit: false },
    { id: 'halted', title: 'Halted', tone: 'ended', onEdit: false },
  ],
  transitions: [
    {
      id: 'start',
      title: 'Start campaign',
      from: ['planned'],
      to: 'running',
      roles: ['release-manager'],
      signature: 'approve',
      effect: 'Units of the first wave are offered the update.',
    },
    {
      id: 'pause',
      title: 'Pause',
      from: ['running'],
      to: 'paused',
      roles: ['release-manager', 'incident-handler', 'security-lead'],
    },
    {
      id: 'resume',
      title: 'Resume',
      from: ['paused'],
      to: 'running',
      roles: ['release-manager'],
      signature: 'approve',
    },
    { id: 'finish', title: 'Done', from: ['running'], to: 'done', roles: [], system: true },
    {
      id: 'halt-by-rule',
      title: 'Halted by its rule',
      from: ['running', 'paused'],
      to: 'halted',
      roles: [],
      system: true,
      reason: 'required',
    },
    {
      id: 'halt',
      title: 'Halt',
      from: ['running', 'paused'],
      to: 'halted',
      roles: ['release-manager', 'incident-handler', 'security-lead'],
      reason: 'required',
    },
  ],
  links: [{ type: 'deploys', title: 'Deploys', inverse: 'Campaigns', to: ['update'] }],
  rights: { create: ['release-manager'], edit: ['release-manager'] },
  editReason: ['paused'],
});

// What the agent itself refuses.
import { defineRefusals } from '../refusal.ts';

export const refuseAgent = defineRefusals({
  'agent.workbench-unreachable': { plain: 'The workbench cannot be reached from here.', row: 'L1' },
  'agent.enrolment-refused': {
    plain: 'The workbench did not enrol this unit. Ask for a new code.',
    row: 'L1',
  },
  'agent.folder-held': {
    plain: 'Another program of this unit is running. Stop it first, or enter the code at its panel.',
    row: 'L1',
  },
  'agent.answer-malformed': { plain: 'The answer of the workbench cannot be read.', row: 'L1' },
  'agent.no-updates': { plain: 'This unit does not know yet where its updates come from.', row: 'L5' },
});

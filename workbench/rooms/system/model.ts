// The system model of a product: what there is, how it talks, where trust ends (IEC 81001-5-1 5.3, 7).
import { defineKind } from '../../kernel/records/kind.ts';
import { checkModel } from './check-model.ts';
import { SystemModel } from './metamodel.ts';

/** What is stored: the shape, and nothing that contradicts itself. Gaps are stored, and shown as work. */
const SoundModel = SystemModel.superRefine((model, context) => {
  for (const problem of checkModel(model).slice(0, 200)) {
    if (problem.level !== 'refused') continue;
    context.addIssue({ code: 'custom', message: problem.message, path: pathParts(problem.path) });
  }
});

/** `$.flows[3].to` as `['flows', 3, 'to']`. */
function pathParts(path: string): (string | number)[] {
  return [...path.matchAll(/\.([^.[]+)|\[(\d+)\]/g)].map((part) => part[1] ?? Number(part[2]));
}

export const systemModel = defineKind({
  kind: 'system-model',
  key: 'SYS',
  title: 'System model',
  plural: 'System models',
  purpose:
    'Elements, interfaces, flows, zones, data, safety functions and actors: threats and attack paths are found on it.',
  clause: 'IEC 81001-5-1 5.3, 7.1',
  scope: 'product',
  schema: SoundModel,
  titleField: 'title',
  states: [
    { id: 'draft', title: 'Draft', tone: 'open' },
    { id: 'approved', title: 'Approved', tone: 'settled', onEdit: 'draft' },
  ],
  transitions: [
    {
      id: 'approve',
      title: 'Approve model',
      from: ['draft'],
      to: 'approved',
      roles: ['security-lead', 'safety-risk-manager'],
      signature: 'approve',
      effect: 'Threats and paths are judged on this revision.',
    },
  ],
  links: [{ type: 'of-release', title: 'Model of', inverse: 'System model', to: ['release'] }],
  rights: { create: ['security-lead', 'developer'], edit: ['security-lead', 'developer'] },
  editReason: ['approved'],
});

// Data of patients, at rest and on its way.
import type { Practice } from '../contract.ts';
import { byAnswer, carriesAny, crossesByNetwork, flowsThat, inScope } from './look.ts';

export const DATA: readonly Practice[] = [
  {
    id: 'patient-data-lies-in-clear-text',
    group: 'known-bad practice',
    title: 'Patient data stored in clear text',
    why: 'Disks are stolen, repaired and sold.',
    cwe: 'CWE-311',
    repair: 'Encrypt at rest with keys kept apart.',
    requirements: ['SR-DATA-1'],
    look: (view) =>
      byAnswer(
        view,
        inScope(view).filter((element) => view.holds(element).has('patient-data')),
        'store.encrypted',
        {
          no: (title) => `${title} stores patient data in clear text.`,
          ask: (title) => `Is the patient data in ${title} encrypted, with keys kept apart?`,
        },
      ),
  },
  {
    id: 'flow-carries-more-than-needed',
    group: 'least privilege',
    title: 'Flow that carries more than its purpose needs',
    why: 'What is not sent cannot leak.',
    cwe: 'CWE-213',
    repair: 'Send the fields that the receiver uses.',
    requirements: ['SR-DATA-3'],
    look: (view) =>
      byAnswer(
        view,
        flowsThat(view, (seen) => crossesByNetwork(seen) && carriesAny(seen, 'patient-data', 'credential')),
        'flow.minimised',
        {
          no: (title) => `${title} carries more than its purpose needs.`,
          ask: (title) => `Does ${title} carry only what its purpose needs?`,
        },
      ),
  },
];

import { describe, expect, it } from 'vitest';
import { comparePremises, type Premises } from './premises.ts';

const seen = (key: string, state: string, revision = 1) => ({ key, title: 'Something', revision, state });
const exposure = {
  vulnerability: 'CVE-2099-1',
  component: 'ws',
  element: 'console',
  release: 'REL-1',
  kev: false,
};
const BEFORE: Premises = {
  plan: null,
  policy: 'a',
  harms: [{ ...seen('HRM-1', 'imported'), severity: 4 }],
  threats: [seen('THR-1', 'open')],
  findings: [{ ...seen('FND-1', 'not-affected'), kev: false }],
  controls: [seen('CTL-1', 'verified')],
  exposures: [exposure],
};
const reasons = (change: Partial<Premises>) =>
  comparePremises(BEFORE, { ...BEFORE, ...change }).map(({ reason }) => reason);

describe('premises', () => {
  it('that stand give no reason', () => {
    expect(reasons({})).toEqual([]);
  });

  it.each([
    [
      'a control fell',
      { controls: [seen('CTL-1', 'implemented')] },
      'CTL-1 Something is no longer verified; it is implemented.',
    ],
    ['a control was changed', { controls: [seen('CTL-1', 'verified', 2)] }, 'CTL-1 Something was changed.'],
    [
      'a harm got graver',
      { harms: [{ ...seen('HRM-1', 'imported', 2), severity: 5 }] },
      'The severity of HRM-1 went from 4 to 5 in the safety file.',
    ],
    [
      'a harm was reworded',
      { harms: [{ ...seen('HRM-1', 'imported', 2), severity: 4 }] },
      'HRM-1 was changed in the safety file (revision 2).',
    ],
    [
      'a harm is gone',
      { harms: [{ ...seen('HRM-1', 'gone'), severity: 4 }] },
      'HRM-1 has gone from the safety file.',
    ],
    [
      'a threat is open again',
      { threats: [seen('THR-1', 'mitigated')] },
      'THR-1 is mitigated now; it was open.',
    ],
    [
      'a finding affects',
      { findings: [{ ...seen('FND-1', 'affected'), kev: false }] },
      'FND-1 is affected now; it was not-affected.',
    ],
    [
      'a finding is exploited',
      { findings: [{ ...seen('FND-1', 'not-affected'), kev: true }] },
      'FND-1 is known to be exploited now.',
    ],
    [
      'a vulnerability appeared',
      { exposures: [exposure, { ...exposure, vulnerability: 'CVE-2099-2' }] },
      'CVE-2099-2 appeared in ws of console in REL-1.',
    ],
    [
      'it is exploited',
      { exposures: [{ ...exposure, kev: true }] },
      'CVE-2099-1 in ws of console in REL-1 is known to be exploited now.',
    ],
    [
      'another policy',
      { policy: 'b', plan: { key: 'PLN-1', revision: 3 } },
      'Another policy is in force: PLN-1 revision 3.',
    ],
  ] as const)('%s', (_words, change, reason) => {
    expect(reasons(change as Partial<Premises>)).toEqual([reason]);
  });

  it('that got better, or stand in another release too, are no news', () => {
    expect(reasons({ exposures: [] })).toEqual([]);
    expect(reasons({ exposures: [exposure, { ...exposure, release: 'REL-2' }] })).toEqual([]);
    expect(reasons({ plan: { key: 'PLN-1', revision: 2 } })).toEqual([]);
  });
});

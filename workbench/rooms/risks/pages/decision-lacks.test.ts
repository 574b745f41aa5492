import { expect, it } from 'vitest';
import { DEFAULT_POLICY, zoneOf } from '../../products/policy.ts';
import { judge } from '../judge.ts';
import { riskBody } from '../model.ts';
import { decisionLacks } from './decision-lacks.ts';

const asked = (body: object, more: object = {}) => {
  const input = {
    body: riskBody({ title: 'Risk', ...body }),
    harms: [],
    controls: [],
    kev: false,
    policy: DEFAULT_POLICY,
  };
  const now = judge(input, zoneOf);
  return decisionLacks({
    body: input.body,
    now,
    judged: now,
    flags: [],
    moved: [],
    threats: [{ key: 'THR-1', title: 'T', state: 'open' }],
    findings: [],
    state: 'assessed',
    ...more,
  } as never);
};
const NONE = { effectivenessLoss: 'none', confidentialityLoss: 'none', privacyLoss: 'none' };
const ANSWERS = {
  access: 'internet',
  rights: 'none',
  skill: 'layman',
  effort: 'hours',
  knowledge: 'public',
  interaction: 'none',
  window: 'always',
  detection: 'unnoticed',
};

it('names what a decision lacks, and nothing once it is there', () => {
  expect(asked({}, { threats: [] }).join(' ')).toMatch(/no threat.*access, rights.*No harm.*privacy/s);
  expect(asked({ ...NONE, exploitability: ANSWERS, securityGuide: 'Do this.' })).toEqual([]);
  expect(asked({ ...NONE, exploitability: ANSWERS, effectivenessLoss: 'critical' })).toEqual([
    expect.stringContaining('weigh the benefit'),
    expect.stringContaining('security guide'),
  ]);
  expect(
    asked({ ...NONE, exploitability: ANSWERS, securityGuide: 'x' }, { moved: ['A control fell.'] }),
  ).toEqual(['Something it rests on has moved: assess it again.']);
});

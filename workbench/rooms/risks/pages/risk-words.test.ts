import { describe, expect, it } from 'vitest';
import { DEFAULT_POLICY, zoneOf } from '../../products/policy.ts';
import type { RiskRow } from '../contract.ts';
import { judge } from '../judge.ts';
import { riskBody } from '../model.ts';
import { cellOf, countCells, exploitabilityWord, severityWord } from './risk-words.ts';

const judgement = (change: object) =>
  judge(
    {
      body: riskBody({ title: 'Risk', ...change }),
      harms: [],
      controls: [],
      kev: false,
      policy: DEFAULT_POLICY,
    },
    zoneOf,
  );
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
const row = (change: object): RiskRow => ({ judgement: judgement(change) }) as unknown as RiskRow;

describe('a list of risks', () => {
  it('counts by cell, and shows what is in none', () => {
    const rows = [
      row({ exploitability: ANSWERS, effectivenessLoss: 'serious' }),
      row({ exploitability: ANSWERS, effectivenessLoss: 'serious', scale: 'many patients' }),
      row({ exploitability: ANSWERS, effectivenessLoss: 'none' }),
      row({}),
      { judgement: null } as unknown as RiskRow,
    ];

    expect(countCells(rows, 'safety', 'before')).toEqual({
      byCell: new Map([
        ['3-5', 1],
        ['4-5', 1],
      ]),
      notJudged: 2,
      none: 1,
    });
    expect(cellOf(undefined)).toBeNull();
  });

  it('says levels in the words of the policy', () => {
    const { before } = judgement({
      exploitability: ANSWERS,
      effectivenessLoss: 'serious',
      scale: 'many patients',
    }).safety;

    expect(exploitabilityWord(before.exploitability, DEFAULT_POLICY)).toBe('5 Very high');
    expect(severityWord(before, DEFAULT_POLICY)).toBe('3 Serious, judged as 4: many patients');
    expect(exploitabilityWord(judgement({}).safety.before.exploitability, DEFAULT_POLICY)).toBe(
      'not judged (1 to 5)',
    );
    expect(severityWord(judgement({}).safety.before, DEFAULT_POLICY)).toBe('not judged');
  });
});

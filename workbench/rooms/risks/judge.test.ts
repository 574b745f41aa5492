import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_POLICY, zoneOf } from '../products/policy.ts';
import { FACTORS, isHarder, NOT_ANSWERED } from './exploitability.ts';
import { effectFault, graver, type JudgeInput, judge, type LinkedHarm, severityFault } from './judge.ts';
import { type RiskBody, riskBody } from './model.ts';

const ANSWERS = {
  access: 'clinic network',
  rights: 'none',
  skill: 'skilled',
  effort: 'days',
  knowledge: 'findable',
  interaction: 'none',
  window: 'some states',
  detection: 'unnoticed',
  exploited: 'no',
} as const;

const BURN: LinkedHarm = { key: 'HRM-1', title: 'Burn', severity: 5, gone: false };
const DELAY: LinkedHarm = { key: 'HRM-5', title: 'Delay', severity: 3, gone: false };

function makeInput(change: Partial<RiskBody> = {}, more: Partial<JudgeInput> = {}): JudgeInput {
  const body = riskBody({
    title: 'Unauthorised command',
    scale: 'one patient',
    exploitability: ANSWERS,
    effectivenessLoss: 'none',
    confidentialityLoss: 'none',
    privacyLoss: 'none',
    ...change,
  });
  return { body, harms: [BURN], controls: [], kev: false, policy: DEFAULT_POLICY, ...more };
}

const control = (change: Partial<RiskBody['controls'][number]> = {}): RiskBody['controls'][number] => ({
  control: 'CTL-1',
  order: 'protective measure',
  independent: false,
  effects: [],
  newRisks: '',
  ...change,
});
const linked = (state: string) => [{ key: 'CTL-1', title: 'Permit', state }];
const judged = (input: JudgeInput) => judge(input, zoneOf);

describe('severity', () => {
  it('is that of the gravest harm, by reference', () => {
    const { safety } = judged(makeInput({}, { harms: [DELAY, BURN] }));

    expect(safety.before).toMatchObject({ severity: 5, zone: 'unacceptable' });
    expect(safety.before.because[0]).toBe('HRM-1 Burn: severity 5 by the safety file');
  });

  it('is not judged without a harm while the loss of effectiveness is open', () => {
    const input = makeInput({ effectivenessLoss: 'not judged' }, { harms: [] });

    expect(judged(input).safety.before).toMatchObject({ severity: null, zone: 'not judged' });
  });

  it('counts the loss of effectiveness where it is graver than every harm', () => {
    expect(
      judged(makeInput({ effectivenessLoss: 'critical' }, { harms: [DELAY] })).safety.before.severity,
    ).toBe(4);
  });

  it('keeps a harm that has gone from the file until somebody judges anew', () => {
    const { safety } = judged(makeInput({}, { harms: [{ ...BURN, gone: true }] }));

    expect(safety.before.severity).toBe(5);
    expect(safety.before.because[0]).toContain('gone from the file');
  });

  it('falls only by a hardware or independent control, as the strict policy says', () => {
    const effects = [{ factor: 'severity' as const, to: 'minor', why: 'Interlock' }];
    const [own, free] = [control({ effects }), control({ effects, independent: true })];
    const controls = linked('verified');

    expect(severityFault(effects[0]!, false, DEFAULT_POLICY)).toMatch(/hardware or independent/);
    expect(severityFault(effects[0]!, false, { severityFallsBy: 'any control' })).toBeNull();
    expect(judged(makeInput({ controls: [own] }, { controls })).safety.after.severity).toBe(5);
    expect(judged(makeInput({ controls: [own] }, { controls })).notes[0]).toMatch(
      /CTL-1: severity falls only/,
    );
    expect(judged(makeInput({ controls: [free] }, { controls })).safety.after.severity).toBe(2);
  });
});

describe('controls', () => {
  const effects = [{ factor: 'detection' as const, to: 'surely', why: 'Seen at the unit' }];

  it.each([
    ['planned', 3, 4],
    ['implemented', 3, 4],
    ['verified', 3, 3],
    ['withdrawn', 4, 4],
  ])('that are %s leave %i as claimed and %i as verified', (state, claimed, after) => {
    const { safety } = judged(makeInput({ controls: [control({ effects })] }, { controls: linked(state) }));

    expect(safety.before.exploitability.level).toBe(4);
    expect(safety.claimed.exploitability.level).toBe(claimed);
    expect(safety.after.exploitability.level).toBe(after);
  });

  it('count only when they are linked, and never make an attack easier', () => {
    const easier = control({ effects: [{ factor: 'access', to: 'internet', why: '' }] });

    expect(judged(makeInput({ controls: [control({ effects })] })).notes[0]).toBe(
      'CTL-1 is not linked to this risk, so its effect does not count.',
    );
    const result = judged(makeInput({ controls: [easier] }, { controls: linked('verified') }));
    expect(result.safety.after.exploitability.points).toBe(result.safety.before.exploitability.points);
    expect(result.notes).toEqual(['CTL-1 makes nothing harder: Access is so already.']);
  });

  it('are refused an effect that says nothing', () => {
    expect(effectFault({ factor: 'access', to: 'the moon', why: '' })).toMatch(/"the moon" is no answer/);
    expect(effectFault({ factor: 'severity', to: 'nice', why: '' })).toMatch(/no severity/);
    expect(effectFault({ factor: 'window', to: 'rare states', why: '' })).toBeNull();
  });

  it('never raise a level, whatever they are (property)', () => {
    const effect = fc.constantFrom(...FACTORS).chain((factor) =>
      fc.record({
        factor: fc.constant(factor.id),
        to: fc.constantFrom(...factor.answers.map((one) => one.value)),
        why: fc.constant(''),
      }),
    );
    const made = fc.record({ effects: fc.array(effect, { maxLength: 5 }), independent: fc.boolean() });
    fc.assert(
      fc.property(fc.array(made, { maxLength: 4 }), fc.boolean(), (list, kev) => {
        const controls = list.map((one, index) => control({ ...one, control: `CTL-${index}` }));
        const states = list.map((_one, index) => ({ key: `CTL-${index}`, title: '', state: 'verified' }));
        const { safety } = judged(makeInput({ controls }, { controls: states, kev }));
        expect(safety.after.exploitability.most).toBeLessThanOrEqual(safety.before.exploitability.most);
        expect(safety.after.severity ?? 0).toBeLessThanOrEqual(safety.before.severity ?? 0);
      }),
    );
  });
});

describe('a judgement', () => {
  it('lifts what is known to be exploited by a linked finding, whatever was answered', () => {
    const { exploitability } = judged(makeInput({}, { kev: true })).safety.before;

    expect(exploitability).toMatchObject({ level: 5, lifted: true });
    expect(exploitability.because).toContain('Known to be exploited: one level higher');
  });

  it('judges many patients at once one row higher, and says when that is not answered', () => {
    const minor = [{ ...BURN, severity: 2 as const }];
    const hard = { ...ANSWERS, access: 'opened device', effort: 'weeks' };
    const one = makeInput({ exploitability: hard }, { harms: minor });

    expect(judged(one).safety.before).toMatchObject({ zone: 'acceptable', exploitability: { level: 2 } });
    const many = makeInput({ exploitability: hard, scale: 'many patients' }, { harms: minor });
    expect(judged(many).safety.before.zone).toBe('reduce');
    expect(judged(makeInput({ scale: 'not answered' })).notes[0]).toMatch(/Not answered whether many/);
  });

  it('holds safety and privacy apart', () => {
    const leak = makeInput({ effectivenessLoss: 'none', privacyLoss: 'serious' }, { harms: [] });

    expect(judged(leak).safety.before.zone).toBe('acceptable');
    expect(judged(leak).privacy.before).toMatchObject({ severity: 3, zone: 'reduce' });
  });

  it('is not judged while an open answer could move the zone, and is when it could not', () => {
    const open = { ...ANSWERS, detection: NOT_ANSWERED };

    expect(judged(makeInput({ exploitability: open })).safety.before.zone).toBe('unacceptable');
    const minor = [{ ...BURN, severity: 2 as const }];
    const wide = { ...ANSWERS, access: NOT_ANSWERED, effort: NOT_ANSWERED, detection: NOT_ANSWERED };
    expect(judged(makeInput({ exploitability: wide }, { harms: minor })).safety.before.zone).toBe(
      'not judged',
    );
  });

  it('never gets milder when an answer gets easier for the attacker (property)', () => {
    const order = ['acceptable', 'reduce', 'unacceptable'];
    fc.assert(
      fc.property(
        fc.constantFrom(...FACTORS),
        fc.constantFrom(1, 2, 3, 4, 5),
        fc.nat(3),
        fc.nat(3),
        (factor, severity, a, b) => {
          const [easy, hard] = [
            factor.answers[a % factor.answers.length]!,
            factor.answers[b % factor.answers.length]!,
          ];
          if (!isHarder(factor.id, easy.value, hard.value)) return;
          const zone = (value: string) =>
            judged(
              makeInput(
                { exploitability: { ...ANSWERS, [factor.id]: value } },
                { harms: [{ ...BURN, severity: severity as 5 }] },
              ),
            ).safety.before.zone;
          expect(order.indexOf(zone(easy.value))).toBeGreaterThanOrEqual(order.indexOf(zone(hard.value)));
        },
      ),
    );
  });

  it('reads a body from before answers, and makes no answers of its ratings', () => {
    const old = {
      title: 'Old',
      description: 'Text',
      before: { exploitability: 'high', severity: 'serious' },
    };

    expect(riskBody(old)).toMatchObject({
      title: 'Old',
      description: 'Text',
      exploitability: { access: NOT_ANSWERED },
    });
  });

  it('takes the graver zone, and what is not judged for more than what is to be reduced', () => {
    expect(graver('reduce', 'not judged')).toBe('not judged');
    expect(graver('unacceptable', 'not judged')).toBe('unacceptable');
    expect(graver('acceptable', 'reduce')).toBe('reduce');
  });
});

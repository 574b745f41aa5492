import { describe, expect, it } from 'vitest';
import { assessment, VEX_STATUSES } from '../model.ts';
import type { AssessFields } from './assess-form.ts';
import { askedFields, assessBody, assessComplaints, EMPTY, fieldsFromDraft } from './assess-form.ts';

const filled = (fields: Partial<AssessFields>): AssessFields => ({ ...EMPTY, ...fields });
const wrong = (fields: Partial<AssessFields>) => [...assessComplaints(filled(fields)).keys()];

describe('what the form asks', () => {
  it('is the status only, until there is one', () => {
    expect(askedFields(EMPTY)).toEqual(['status']);
    expect(wrong({})).toEqual(['status']);
  });

  it('is a justification for not affected only, and an action for affected only', () => {
    const asked = (status: AssessFields['status']) => askedFields(filled({ status }));

    expect(asked('not_affected')).toContain('justification');
    expect(asked('not_affected')).not.toContain('actionStatement');
    expect(asked('affected')).toContain('actionStatement');
    expect(asked('affected')).not.toContain('justification');
    expect(asked('fixed')).not.toContain('reviewOn');
  });

  it('is the reason of a verdict once there is a verdict', () => {
    expect(askedFields(filled({ status: 'fixed' }))).not.toContain('safetyRationale');
    expect(askedFields(filled({ status: 'fixed', safety: 'none' }))).toContain('safetyRationale');
  });
});

describe('what is missing', () => {
  it.each([
    [{ status: 'not_affected' }, ['justification']],
    [{ status: 'not_affected', justification: 'component_not_present' }, []],
    [{ status: 'not_affected', rationale: 'No network path.' }, []],
    [{ status: 'affected' }, ['actionStatement']],
    [{ status: 'affected', actionStatement: '  ' }, ['actionStatement']],
    [{ status: 'fixed', privacy: 'none' }, ['privacyRationale']],
    [{ status: 'under_investigation', reviewOn: '2026-13-40' }, ['reviewOn']],
    [{ status: 'under_investigation', reviewOn: '2026-12-01' }, []],
  ] as const)('in %j is %j', (fields, fieldNames) => {
    expect(wrong(fields)).toEqual(fieldNames);
  });
});

describe('the body that is sent', () => {
  it('leaves out what was typed for another status', () => {
    const body = assessBody(
      filled({ status: 'fixed', justification: 'component_not_present', actionStatement: 'Update.' }),
    );

    expect(body).not.toHaveProperty('justification');
    expect(body).not.toHaveProperty('actionStatement');
  });

  it.each(VEX_STATUSES)('fits the schema of assessments for %s', (status) => {
    const body = assessBody(filled({ status, rationale: 'x', actionStatement: 'y', safety: 'none' }));

    expect(assessment.schema.safeParse({ ...body, title: 'T' }).success).toBe(true);
  });
});

describe('scores and outcome of the body', () => {
  const bases = { '3.1': 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', '4.0': null };

  it('follow from the answers, the product first and a person over it', () => {
    const body = assessBody(
      filled({ status: 'fixed', answers: { XAVN: 'N', XAVP: 'Y' } }),
      { XAVN: 'Y', XAVT: 'Y', XCP: 'N' },
      bases,
    );

    expect(body.environment).toMatchObject({
      answers: { XAVN: 'N', XAVP: 'Y', XCP: 'N' },
      scores: [{ version: '3.1', score: 6.8 }],
    });
    expect(assessment.schema.safeParse({ ...body, title: 'T' }).success).toBe(true);
  });

  it('are left out while nothing is answered', () => {
    expect(assessBody(filled({ status: 'fixed' }))).not.toHaveProperty('environment');
    expect(assessBody(filled({ status: 'fixed' }))).not.toHaveProperty('ssvc');
  });

  it('take the points of the chosen tree only', () => {
    const points = { E: 'A', TI: 'T', EXP: 'O' };

    expect(assessBody(filled({ status: 'fixed', tree: 'deployer', points })).ssvc).toEqual({
      tree: 'deployer',
      points: { E: 'A', EXP: 'O' },
      outcome: null,
    });
  });
});

describe('a kept draft', () => {
  it('is also the body of an assessment that is edited', () => {
    const fields = filled({
      status: 'fixed',
      reach: 'no',
      reachRationale: 'Another processor.',
      answers: { XAVN: 'N' },
      tree: 'deployer',
      points: { E: 'P' },
    });

    expect(fieldsFromDraft(assessBody(fields))).toEqual(fields);
  });

  it('comes back as it was', () => {
    const fields = filled({ status: 'affected', actionStatement: 'Update.', safety: 'possible' });

    expect(fieldsFromDraft({ ...fields })).toEqual(fields);
  });

  it('loses what does not fit any more', () => {
    expect(
      fieldsFromDraft({
        status: 'exploding',
        safety: 7,
        rationale: null,
        justification: 'x',
        answers: { XAVT: 'Y', XIT: 'perhaps', XNO: 'Y' },
        points: { E: 'Z', A: 4 },
        tree: 'oak',
      }),
    ).toEqual(EMPTY);
  });
});

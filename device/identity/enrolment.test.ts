import { beforeAll, describe, expect, it } from 'vitest';
import { SimulatedDisk } from '../disk/simulated-disk.ts';
import {
  acceptEnrolment,
  answerEnrolment,
  beginEnrolment,
  enrolmentUnit,
  makeEnrolmentRequest,
} from './enrolment.ts';
import { makeEnrolmentCode } from './enrolment-code.ts';
import { IdentityStore } from './identity-store.ts';
import { makeTestCa, type TestCa } from './test-ca.ts';

const NOW = Date.UTC(2026, 10, 26, 8);
const UNIT = 'L4-0007';
let ca: TestCa;
beforeAll(async () => {
  ca = await makeTestCa(NOW);
});

const code = makeEnrolmentCode();
const answer = (request: unknown, pending = beginEnrolment({ unit: UNIT, code, now: NOW }), now = NOW) =>
  answerEnrolment({ request, pending, issuing: ca.issuing, anchors: ca.anchors, now, days: 90 });

describe('enrolment', () => {
  it('gives a unit its certificate and anchors for a code', async () => {
    const store = await IdentityStore.open(new SimulatedDisk());
    const key = await store.makeKey();
    const request = await makeEnrolmentRequest({ unit: UNIT, key, code: code.toLowerCase() });
    expect(enrolmentUnit(request)).toBe(UNIT);

    const judged = await answer(request);
    if (judged.kind !== 'answered') throw judged.refusal;
    const enrolled = acceptEnrolment({ answer: judged.answer, request, unit: UNIT, key, code });
    const identity = await store.enrol(enrolled);

    expect(enrolled.peer).toMatchObject({ name: 'unit:L4-0007', serial: judged.issued?.serial });
    expect(identity.key.thumbprint).toBe(key.thumbprint);
    expect(identity.anchors.issuers).toEqual(['clinic:st-mary', 'maker:lumen']);
    expect(JSON.stringify([request, judged.answer])).not.toContain(code);
  });
});

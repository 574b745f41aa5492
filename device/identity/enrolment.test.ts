import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { AFTERMATHS, PowerLost, SimulatedDisk } from '../disk/simulated-disk.ts';
import { isRefusal } from '../refusal.ts';
import { issueCertificate } from './certificate-authority.ts';
import {
  acceptEnrolment,
  answerEnrolment,
  beginEnrolment,
  ENROLMENT_CODE_MS,
  type EnrolmentAnswer,
  type EnrolmentRequest,
  enrolmentUnit,
  makeEnrolmentRequest,
  type PendingEnrolment,
} from './enrolment.ts';
import { deriveEnrolmentKeys, makeEnrolmentCode, readEnrolmentCode } from './enrolment-code.ts';
import { type Identity, IdentityStore } from './identity-store.ts';
import { generateSoftwareKey, type SigningKey } from './key.ts';
import { acceptRenewal, makeRenewalRequest, renewalDue } from './renewal.ts';
import { NO_REVOCATIONS } from './revocations.ts';
import { makeTestCa, type TestCa } from './test-ca.ts';

const NOW = Date.UTC(2026, 10, 26, 8);
const UNIT = 'L4-0007';
const code = makeEnrolmentCode();
let ca: TestCa;
let key: SigningKey;
let request: EnrolmentRequest;
beforeAll(async () => {
  ca = await makeTestCa(NOW);
  key = (await generateSoftwareKey()).key;
  request = await makeEnrolmentRequest({ unit: UNIT, key, code });
});

const pending = (change: Partial<PendingEnrolment> = {}) => ({
  ...beginEnrolment({ unit: UNIT, code, now: NOW }),
  ...change,
});
const judge = (asked: unknown, kept = pending(), now = NOW, from = ca) =>
  answerEnrolment({
    request: asked,
    pending: kept,
    issuing: from.issuing,
    anchors: from.anchors,
    now,
    days: 90,
  });
async function answered(asked: unknown = request, kept = pending(), now = NOW, from = ca) {
  const judged = await judge(asked, kept, now, from);
  if (judged.kind === 'refused') throw judged.refusal;
  return judged;
}
async function refused(asked: unknown, kept = pending(), now = NOW) {
  const judged = await judge(asked, kept, now);
  return judged.kind === 'refused' ? [judged.refusal.code, judged.pending.attemptsLeft] : 'answered';
}
const accept = (answer: unknown, change: Partial<Parameters<typeof acceptEnrolment>[0]> = {}) => {
  try {
    return acceptEnrolment({ answer, request, unit: UNIT, key, code, ...change }).peer.name;
  } catch (error) {
    if (isRefusal(error)) return error.code;
    throw error;
  }
};
const unsealed = (message: EnrolmentAnswer) =>
  JSON.parse(Buffer.from(message.payload, 'base64url').toString());
const resealed = (message: EnrolmentAnswer, change: object): EnrolmentAnswer => ({
  payload: Buffer.from(JSON.stringify({ ...unsealed(message), ...change })).toString('base64url'),
  mac: message.mac,
});

describe('an enrolment code', () => {
  it('has 100 bits, in groups that a person can type', () => {
    expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{5}-){3}[0-9A-HJKMNP-TV-Z]{5}$/);
    expect(makeEnrolmentCode(() => new Uint8Array(20).fill(31))).toBe('ZZZZZ-ZZZZZ-ZZZZZ-ZZZZZ');
    expect(new Set(Array.from({ length: 100 }, () => makeEnrolmentCode())).size).toBe(100);
  });

  it('is read as it may be typed', () => {
    expect(readEnrolmentCode(' oil00 abcde-fghjk 12345')).toBe('01100-ABCDE-FGHJK-12345');
    for (const typed of ['', '12345', 'UUUUU-UUUUU-UUUUU-UUUUU', `${code}0`, '!'.repeat(1000)])
      expect(() => readEnrolmentCode(typed)).toThrow('identity.code-malformed');
  });

  it('gives other keys for another unit and for each direction', () => {
    const keys = [deriveEnrolmentKeys(code, 'a'), deriveEnrolmentKeys(code, 'b')].flatMap(
      ({ request, answer }) => [request, answer],
    );
    expect(new Set(keys).size).toBe(4);
  });
});

describe('enrolment', () => {
  it('gives a unit its certificate and anchors for a code that never travels', async () => {
    const store = await IdentityStore.open(new SimulatedDisk());
    const made = await store.makeKey();
    const asked = await makeEnrolmentRequest({ unit: UNIT, key: made, code: code.toLowerCase() });
    expect(enrolmentUnit(asked)).toBe(UNIT);

    const { answer, issued } = await answered(asked);
    const enrolled = acceptEnrolment({ answer, request: asked, unit: UNIT, key: made, code });
    const identity = await store.enrol(enrolled);

    expect(enrolled.peer).toMatchObject({ name: 'unit:L4-0007', serial: issued?.serial });
    expect(enrolled.time).toBe(NOW);
    expect(identity.key.thumbprint).toBe(made.thumbprint);
    expect(identity.anchors.issuers).toEqual(['clinic:st-mary', 'maker:lumen']);
    const travelled = JSON.stringify([asked, unsealed(asked), answer, unsealed(answer)]);
    expect(travelled).not.toContain(code);
    expect(JSON.stringify(pending())).not.toContain(code);
  });

  it('gives the same request the same answer, and no other one', async () => {
    const first = await answered();
    const again = await answered(request, first.pending);

    expect(again).toMatchObject({ issued: null, answer: first.answer });
    const other = await makeEnrolmentRequest({ unit: UNIT, key: (await generateSoftwareKey()).key, code });
    expect(await refused(other, first.pending)).toEqual(['identity.code-used', 5]);
  });

  it('refuses a wrong code, five times at most, and then the right one too', async () => {
    const guess = await makeEnrolmentRequest({ unit: UNIT, key, code: makeEnrolmentCode() });
    let kept = pending();
    for (const left of [4, 3, 2, 1, 0]) {
      const judged = await judge(guess, kept);
      expect(judged).toMatchObject({
        kind: 'refused',
        refusal: { code: 'identity.code-wrong' },
        pending: { attemptsLeft: left },
      });
      kept = judged.pending;
    }
    expect(await refused(request, kept)).toEqual(['identity.code-locked', 0]);
  });

  it('refuses a code after its time', async () => {
    expect(await refused(request, pending(), NOW + ENROLMENT_CODE_MS)).toBe('answered');
    expect(await refused(request, pending(), NOW + ENROLMENT_CODE_MS + 1)).toEqual([
      'identity.code-expired',
      5,
    ]);
  });

  it('refuses a request that was changed on its way, and one for another unit', async () => {
    const theirs = await makeEnrolmentRequest({
      unit: UNIT,
      key: (await generateSoftwareKey()).key,
      code: makeEnrolmentCode(),
    });
    expect(await refused(resealed(request, { csr: unsealed(theirs).csr }))).toEqual([
      'identity.code-wrong',
      4,
    ]);
    expect(await refused(await makeEnrolmentRequest({ unit: 'L4-0008', key, code }))).toEqual([
      'identity.code-wrong',
      4,
    ]);
  });

  it('refuses whatever is no request', async () => {
    await fc.assert(
      fc.asyncProperty(fc.anything(), async (anything) => {
        expect(await refused(anything)).toEqual(['identity.enrolment-malformed', 5]);
      }),
    );
    expect(() => enrolmentUnit({ payload: 'e30', mac: request.mac })).toThrow('identity.enrolment-malformed');
  });

  it('lets the unit believe only who knows the code, about its own request', async () => {
    const { answer } = await answered();
    const stranger = await makeTestCa(NOW);
    const theirs = await answered(request, pending(), NOW, stranger);
    const later = await makeEnrolmentRequest({ unit: UNIT, key, code });

    expect(accept(answer)).toBe('unit:L4-0007');
    expect(accept(resealed(answer, { roots: unsealed(theirs.answer).roots }))).toBe('identity.answer-forged');
    expect(accept(resealed(answer, { time: 0 }))).toBe('identity.answer-forged');
    // Its own request sent back as the answer.
    expect(accept(request)).toBe('identity.enrolment-malformed');
    expect(accept(answer, { code: makeEnrolmentCode() })).toBe('identity.answer-forged');
    expect(accept(answer, { request: later })).toBe('identity.answer-not-ours');
    expect(accept(answer, { key: (await generateSoftwareKey()).key })).toBe('identity.answer-not-ours');
    for (const anything of [null, 7, '', {}, { payload: '', mac: '' }, { ...answer, more: 1 }])
      expect(accept(anything)).toBe('identity.enrolment-malformed');
  });
});

describe('what comes back from the workbench', () => {
  it('ends in a refusal whatever it is, also when who made it knows the code', async () => {
    const { answer } = await answered();
    const known = unsealed(answer);
    const sealedBy = (payload: unknown): EnrolmentAnswer => {
      const text = Buffer.from(JSON.stringify(payload) ?? '').toString('base64url');
      const secret = Buffer.from(deriveEnrolmentKeys(code, UNIT).answer, 'base64url');
      return {
        payload: text,
        mac: createHmac('sha256', secret).update(`ward enrolment answer 1.${text}`).digest('base64url'),
      };
    };
    expect(accept(sealedBy(known))).toBe('unit:L4-0007');
    fc.assert(
      fc.property(fc.anything(), (anything) => {
        expect(accept(anything)).toBe('identity.enrolment-malformed');
      }),
    );
    const field = fc.constantFrom(...Object.keys(known));
    const bytes = fc.uint8Array({ maxLength: 300 }).map((each) => Buffer.from(each).toString('base64'));
    const value = fc.oneof(fc.jsonValue(), bytes, fc.array(bytes, { maxLength: 3 }));
    fc.assert(
      fc.property(field, value, (name, other) => {
        const outcome = accept(sealedBy({ ...known, [name]: other }));
        // The time alone may be another one: it is the workbench's word; and which issuers count.
        if (outcome !== 'unit:L4-0007') expect(outcome).toMatch(/^(identity|channel)\./);
        else expect(['time', 'issuers', name === 'version' && other === 1 ? name : '']).toContain(name);
      }),
      { numRuns: 500 },
    );
  });
});

describe('the identity store', () => {
  const enrolledFor = async (made: SigningKey) => {
    const asked = await makeEnrolmentRequest({ unit: UNIT, key: made, code });
    const { answer } = await answered(asked);
    return acceptEnrolment({ answer, request: asked, unit: UNIT, key: made, code });
  };
  /** A certificate of the next quarter for the key that it has. */
  async function renewed(store: IdentityStore): Promise<Uint8Array> {
    const identity = await store.current();
    const { csr } = await makeRenewalRequest(identity);
    const { certificate } = await issueCertificate(ca.issuing, {
      ...{ csr: Buffer.from(csr, 'base64'), role: 'unit', id: UNIT, now: NOW, days: 90 },
    });
    const answer = { certificate: Buffer.from(certificate).toString('base64') };
    const chain = acceptRenewal(answer, identity, { now: NOW, revocations: NO_REVOCATIONS });
    await store.keepNext(chain);
    return certificate;
  }
  const keysOn = (disk: SimulatedDisk) => disk.paths().filter((path) => path.endsWith('.p8'));

  it('keeps an identity over a restart, and the old one until the new one is proven', async () => {
    const disk = new SimulatedDisk();
    const store = await IdentityStore.open(disk);
    expect(store.enrolled).toBe(false);
    const made = await store.makeKey();
    await store.enrol(await enrolledFor(made));
    await expect(store.enrol(await enrolledFor(made))).rejects.toMatchObject({
      code: 'identity.already-enrolled',
    });
    const next = await renewed(store);

    const again = await IdentityStore.open(disk);
    expect((await again.current()).chain[0]).not.toEqual(next);
    expect((await again.next())?.chain[0]).toEqual(next);
    await again.promote();
    expect((await again.current()).chain[0]).toEqual(next);
    expect((await again.current()).key.thumbprint).toBe(made.thumbprint);
    expect(await again.next()).toBeNull();
    expect(keysOn(disk)).toEqual([`identity/keys/${made.thumbprint}.p8`]);

    await again.forget();
    expect(keysOn(disk)).toEqual([]);
    await expect(IdentityStore.open(disk).then((empty) => empty.current())).rejects.toMatchObject({
      code: 'identity.not-enrolled',
    });
  });

  it('refuses a damaged state or key, and never takes it for none', async () => {
    const disk = new SimulatedDisk();
    const store = await IdentityStore.open(disk);
    const made = await store.makeKey();
    await store.enrol(await enrolledFor(made));
    const image = disk.image();
    const keyPath = `identity/keys/${made.thumbprint}.p8`;
    const other = await generateSoftwareKey();
    const damages: [string, Uint8Array | null][] = [
      ['identity/state.json', new Uint8Array()],
      ['identity/state.json', new TextEncoder().encode('{"version":1}')],
      ['identity/state.json', new Uint8Array(70_000)],
      [keyPath, null],
      [keyPath, new Uint8Array(20)],
      [keyPath, other.pkcs8],
    ];
    for (const [path, bytes] of damages) {
      disk.putBack(image);
      disk.poke(path, bytes);
      await expect(IdentityStore.open(disk)).rejects.toMatchObject({ code: 'identity.store-damaged' });
    }
  });

  it('after a power cut at any step has the identity of before or of after', async () => {
    const enrolment = async (disk: SimulatedDisk) => {
      const store = await IdentityStore.open(disk);
      await store.enrol(await enrolledFor(await store.makeKey()));
    };
    const renewal = async (disk: SimulatedDisk) => {
      const store = await IdentityStore.open(disk);
      await renewed(store);
      await store.promote();
    };
    const whole = new SimulatedDisk();
    await enrolment(whole);
    const image = whole.image();
    let cuts = 0;

    for (const [work, before] of [
      [enrolment, new Map()],
      [renewal, image],
    ] as const)
      for (const aftermath of AFTERMATHS)
        for (let step = 1; ; step++) {
          const disk = new SimulatedDisk();
          disk.putBack(before);
          disk.cutPowerAt(step, aftermath);
          const outcome = await work(disk).catch((error) => error);
          if (!(outcome instanceof PowerLost)) break;
          cuts++;
          disk.restart();
          const store = await IdentityStore.open(disk);
          if (before.size > 0) expect(store.enrolled).toBe(true);
          if (!store.enrolled) continue;
          expect((await store.current()).unit).toBe(UNIT);
          // And it can go on from there.
          const next = await renewed(store);
          await store.promote();
          const { key, chain } = await store.current();
          expect(chain[0]).toEqual(next);
          expect(keysOn(disk)).toEqual([`identity/keys/${key.thumbprint}.p8`]);
        }
    expect(cuts).toBeGreaterThan(50);
  }, 120_000);
});

describe('renewal', () => {
  const certified = async (id: string, now: number) => {
    const { key, chain } = await ca.issue('unit', id, { now, days: 90 });
    const identity: Identity = { unit: id, key, chain, anchors: ca.anchors };
    const answer = { certificate: Buffer.from(chain[0] as Uint8Array).toString('base64') };
    return { identity, answer };
  };
  const take = (...args: Parameters<typeof acceptRenewal>) => {
    try {
      return acceptRenewal(...args);
    } catch (error) {
      if (isRefusal(error)) return error.code;
      throw error;
    }
  };

  it('is due after two thirds of the time', async () => {
    const { identity } = await certified(UNIT, NOW);
    expect(renewalDue(identity.chain, NOW + 59 * 86_400_000)).toBe(false);
    expect(renewalDue(identity.chain, NOW + 61 * 86_400_000)).toBe(true);
    expect(renewalDue(identity.chain, Number.NaN)).toBe(true);
  });

  it('is taken only when it is for this unit and the key that asked, and holds now', async () => {
    const { identity, answer } = await certified(UNIT, NOW);
    const known = { now: NOW, revocations: NO_REVOCATIONS };

    expect(take(answer, identity, known)).toEqual(identity.chain);
    expect(take((await certified('L4-0008', NOW)).answer, identity, known)).toBe('identity.renewal-refused');
    expect(take((await certified(UNIT, NOW)).answer, identity, known)).toBe('identity.renewal-refused');
    expect(take(answer, identity, { ...known, now: NOW + 91 * 86_400_000 })).toBe('channel.expired');
    expect(take({ certificate: '' }, identity, known)).toBe('channel.malformed-certificate');
  });
});

// Attacks on enrolment, renewal and revocation lists. Row L1. The workbench's desk here is a few lines around the real judgement of its side.
import { createHmac } from 'node:crypto';
import { enrolUnit } from '../agent/enrol.ts';
import { AgentScene } from '../agent/testing.ts';
import { auditEvent, MemoryAudit } from '../audit/event.ts';
import { HandClock } from '../clock.ts';
import { SimulatedDisk } from '../disk/simulated-disk.ts';
import { issueCertificate } from '../identity/certificate-authority.ts';
import {
  answerEnrolment,
  beginEnrolment,
  ENROLMENT_CODE_MS,
  type EnrolmentRequest,
  makeEnrolmentRequest,
  type PendingEnrolment,
} from '../identity/enrolment.ts';
import { deriveEnrolmentKeys, makeEnrolmentCode } from '../identity/enrolment-code.ts';
import { IdentityStore } from '../identity/identity-store.ts';
import { generateSoftwareKey, type SigningKey, sha256Base64url } from '../identity/key.ts';
import { RevocationStore, signRevocationList } from '../identity/revocation-store.ts';
import type { RevocationList } from '../identity/revocations.ts';
import { makeTestCa, type TestCa } from '../identity/test-ca.ts';
import { TrustedTime } from '../identity/trusted-time.ts';
import { cryptoThatSignsWith, ECDSA, loadX509 } from '../identity/x509.ts';
import { isRefusal } from '../refusal.ts';
import type { Attack, AttackFamily, AttackOutcome } from './attack.ts';

const UNIT = 'L4-0007';
/** TLS asks the wall clock. */
const NOW = Math.floor(Date.now() / 1000) * 1000;

/** The workbench's end of an enrolment: one code for one unit, judged by the real function, refusals recorded. */
class Desk {
  readonly audit = new MemoryAudit();
  readonly clock = new HandClock(NOW);
  issued = 0;
  #ca: TestCa;
  #pending: PendingEnrolment;

  constructor(ca: TestCa, code: string) {
    this.#ca = ca;
    this.#pending = beginEnrolment({ unit: UNIT, code, now: NOW });
  }

  /** The answer, or the code of the refusal. */
  async ask(request: unknown): Promise<unknown> {
    const { issuing, anchors } = this.#ca;
    const now = this.clock.wall();
    const judged = await answerEnrolment({
      request,
      pending: this.#pending,
      issuing,
      anchors,
      now,
      days: 90,
    });
    this.#pending = judged.pending;
    if (judged.kind === 'answered') {
      if (judged.issued) this.issued++;
      return judged.answer;
    }
    const { code, detail } = judged.refusal;
    await this.audit.append(
      auditEvent({ what: 'identity.enrolment-refused', outcome: 'refused', code, detail }),
    );
    return code;
  }
}

interface Scene {
  readonly ca: TestCa;
  readonly code: string;
  readonly desk: Desk;
  /** The unit's: empty, not enrolled. */
  readonly disk: SimulatedDisk;
  readonly store: IdentityStore;
  readonly audit: MemoryAudit;
  readonly time: TrustedTime;
  /** Enrols the unit over a way that an attacker may sit on; gives the refusal's code, or `enrolled`. */
  enrol(send?: (request: EnrolmentRequest) => Promise<unknown>): Promise<string>;
}

const codeOf = (work: Promise<unknown>, done: string): Promise<string> =>
  work.then(
    () => done,
    (error) => (isRefusal(error) ? error.code : Promise.reject(error)),
  );

function attack(about: Omit<Attack, 'run' | 'row'>, play: (scene: Scene) => Promise<AttackOutcome>): Attack {
  const run = async () => {
    const ca = await makeTestCa(NOW);
    const code = makeEnrolmentCode();
    const desk = new Desk(ca, code);
    const disk = new SimulatedDisk();
    const audit = new MemoryAudit();
    const store = await IdentityStore.open(disk, { audit });
    const time = await TrustedTime.load(new HandClock(NOW), disk);
    const enrol: Scene['enrol'] = (send = (request) => desk.ask(request)) =>
      codeOf(enrolUnit({ store, unit: UNIT, code, send, time, audit }), 'enrolled');
    return play({ ca, code, desk, disk, store, audit, time, enrol });
  };
  return { ...about, row: 'L1', run };
}

/** The workbench refused: nothing may have been issued to the attacker. */
function refusedBy(desk: Desk, answer: unknown, issued = 0): AttackOutcome {
  if (typeof answer !== 'string' || desk.issued !== issued)
    throw new Error('the workbench issued a certificate');
  return { refusal: answer, audit: desk.audit.events };
}

/** The unit refused: it may not be enrolled. */
function refusedByUnit({ store, audit }: Scene, refusal: string): AttackOutcome {
  if (store.enrolled) throw new Error('the unit believed the answer');
  return { refusal, audit: audit.events };
}

const payloadOf = (message: EnrolmentRequest) =>
  JSON.parse(Buffer.from(message.payload, 'base64url').toString());
const changed = (message: EnrolmentRequest, change: object): EnrolmentRequest => ({
  ...message,
  payload: Buffer.from(JSON.stringify({ ...payloadOf(message), ...change })).toString('base64url'),
});
const newKey = async (): Promise<SigningKey> => (await generateSoftwareKey()).key;

/** A request with a proper MAC around whatever stands in for the certificate request. */
async function requestAround(code: string, csr: Uint8Array): Promise<EnrolmentRequest> {
  const content = {
    kind: 'ward-enrolment-request',
    version: 1,
    unit: UNIT,
    csr: Buffer.from(csr).toString('base64'),
  };
  const payload = Buffer.from(JSON.stringify(content)).toString('base64url');
  const key = Buffer.from(deriveEnrolmentKeys(code, UNIT).request, 'base64url');
  return {
    payload,
    mac: createHmac('sha256', key).update(`ward enrolment request 1.${payload}`).digest('base64url'),
  };
}

async function certificateRequest(
  algorithm: typeof ECDSA | { name: string; namedCurve: string; hash: string },
  signer?: SigningKey,
) {
  const x509 = await loadX509();
  const keys = (await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair;
  if (!signer) {
    const made = await x509.Pkcs10CertificateRequestGenerator.create({ keys, signingAlgorithm: algorithm });
    return new Uint8Array(made.rawData);
  }
  const borrowed = cryptoThatSignsWith(signer);
  const made = await x509.Pkcs10CertificateRequestGenerator.create(
    { keys: { publicKey: keys.publicKey, privateKey: borrowed.signingKey }, signingAlgorithm: algorithm },
    borrowed.crypto,
  );
  return new Uint8Array(made.rawData);
}

const list = (number: number, change: Partial<RevocationList> = {}): RevocationList => ({
  number,
  issuedAt: NOW / 1000 + number,
  nextBy: NOW / 1000 + number + 3600,
  certificates: [],
  tokens: [],
  persons: [],
  issuers: [],
  ...change,
});

/** An enrolled unit that knows list 7, which takes `person:eve` back. */
async function informed({ ca, disk, audit, time, enrol }: Scene) {
  await enrol();
  const maker = await ca.issue('issuer', 'maker:lumen');
  const revocations = await RevocationStore.open({ disk, anchors: ca.anchors, time, audit });
  await revocations.accept(await signRevocationList(maker, list(7, { persons: ['person:eve'] })));
  const offer = async (jws: unknown): Promise<AttackOutcome> => {
    const refusal = await codeOf(revocations.accept(jws), 'taken');
    if (revocations.current.number !== 7 || !revocations.current.persons.has('person:eve'))
      throw new Error('the unit forgot who was taken back');
    return { refusal, audit: audit.events };
  };
  return { maker, offer };
}

/** A unit that renews, as the agent does, at a gateway that gives it this certificate. */
async function renewed(give: (ca: TestCa, csr: Uint8Array) => Promise<Uint8Array>): Promise<AttackOutcome> {
  const scene = await AgentScene.make();
  try {
    const { port } = await scene.gateway(
      () => scene.answer(),
      async (csr) => ({ certificate: Buffer.from(await give(scene.ca, csr)).toString('base64') }),
    );
    const unit = await scene.unit(port, 61);
    await unit.calls.round();
    if (await unit.identities.next()) throw new Error('the unit kept the certificate');
    const audit = await unit.audit();
    return { refusal: audit.find(({ what }) => what === 'identity.renewal-refused')?.code ?? '', audit };
  } finally {
    await scene.close();
  }
}

const attacks: readonly Attack[] = [
  attack(
    {
      id: 'use-an-enrolment-code-twice',
      has: 'a code that was written down, after the unit was enrolled with it',
      wants: 'a certificate of the unit for its own key',
      refusal: 'identity.code-used',
    },
    async ({ code, desk, enrol }) => {
      await enrol();
      return refusedBy(
        desk,
        await desk.ask(await makeEnrolmentRequest({ unit: UNIT, key: await newKey(), code })),
        1,
      );
    },
  ),
  attack(
    {
      id: 'guess-an-enrolment-code',
      has: 'the id of a unit that is to be enrolled',
      wants: 'to find the code by trying',
      refusal: 'identity.code-locked',
    },
    async ({ code, desk }) => {
      const key = await newKey();
      for (let i = 0; i < 5; i++) {
        const answer = await desk.ask(
          await makeEnrolmentRequest({ unit: UNIT, key, code: makeEnrolmentCode() }),
        );
        if (answer !== 'identity.code-wrong') throw new Error(`a guess was answered with ${answer}`);
      }
      return refusedBy(desk, await desk.ask(await makeEnrolmentRequest({ unit: UNIT, key, code })));
    },
  ),
  attack(
    {
      id: 'use-an-old-enrolment-code',
      has: 'a note with a code that was never used, found the next day',
      wants: 'a certificate of the unit for its own key',
      refusal: 'identity.code-expired',
    },
    async ({ code, desk }) => {
      desk.clock.advance(ENROLMENT_CODE_MS + 1);
      return refusedBy(
        desk,
        await desk.ask(await makeEnrolmentRequest({ unit: UNIT, key: await newKey(), code })),
      );
    },
  ),
  attack(
    {
      id: 'swap-the-certificate-request-on-its-way',
      has: 'a place between the unit and the workbench',
      wants: "the unit's certificate for its own key",
      refusal: 'identity.code-wrong',
    },
    async ({ desk, enrol }) => {
      const own = await makeEnrolmentRequest({ unit: UNIT, key: await newKey(), code: makeEnrolmentCode() });
      let answer: unknown;
      await enrol(async (request) => {
        answer = await desk.ask(changed(request, { csr: payloadOf(own).csr }));
        return answer;
      });
      return refusedBy(desk, answer);
    },
  ),
  attack(
    {
      id: 'use-the-code-of-one-unit-for-another',
      has: 'a code for a unit of its own',
      wants: 'to be another unit',
      refusal: 'identity.code-wrong',
    },
    async ({ code, desk }) => {
      const request = await makeEnrolmentRequest({ unit: 'L4-0099', key: await newKey(), code });
      return refusedBy(desk, await desk.ask(changed(request, { unit: UNIT })));
    },
  ),
  attack(
    {
      id: 'send-an-enrolment-that-is-none',
      has: 'the address of the workbench',
      wants: 'to make it fall over what it reads',
      refusal: 'identity.enrolment-malformed',
    },
    async ({ desk }) => {
      const mac = 'A'.repeat(43);
      for (const request of [null, [], 'x', { payload: 'e30' }, { payload: 'W1tbW1tbW1s', mac }])
        if ((await desk.ask(request)) !== 'identity.enrolment-malformed')
          throw new Error('something was read');
      return refusedBy(desk, await desk.ask({ payload: 'A'.repeat(100_000), mac }));
    },
  ),
  attack(
    {
      id: 'ask-for-a-certificate-that-cannot-be-read',
      has: 'a code, and a unit that was tampered with',
      wants: 'to make the workbench fall over what it reads',
      refusal: 'identity.request-malformed',
    },
    async ({ code, desk }) =>
      refusedBy(desk, await desk.ask(await requestAround(code, new Uint8Array(3000).fill(0x30)))),
  ),
  attack(
    {
      id: 'ask-for-a-certificate-of-a-weaker-kind',
      has: 'a code, and a unit that was tampered with',
      wants: 'a certificate for a key that is not of the agreed kind',
      refusal: 'identity.request-weak-key',
    },
    async ({ code, desk }) => {
      const csr = await certificateRequest({ name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' });
      return refusedBy(desk, await desk.ask(await requestAround(code, csr)));
    },
  ),
  attack(
    {
      id: 'ask-for-a-certificate-of-a-key-that-is-not-held',
      has: 'a code, and the public key of somebody else',
      wants: "a certificate that binds the other's key to its name",
      refusal: 'identity.request-not-proven',
    },
    async ({ code, desk }) => {
      const csr = await certificateRequest(ECDSA, await newKey());
      return refusedBy(desk, await desk.ask(await requestAround(code, csr)));
    },
  ),
  attack(
    {
      id: 'give-a-unit-other-anchors',
      has: 'a place between the unit and the workbench, and a CA of its own',
      wants: 'the unit to believe its CA from the first day',
      refusal: 'identity.answer-forged',
    },
    async (scene) => {
      const evil = await makeTestCa(NOW);
      const refusal = await scene.enrol(async (request) => {
        const answer = (await scene.desk.ask(request)) as EnrolmentRequest;
        return changed(answer, { roots: [Buffer.from(evil.root.certificate).toString('base64')] });
      });
      return refusedByUnit(scene, refusal);
    },
  ),
  attack(
    {
      id: 'play-the-workbench-to-a-new-unit',
      has: 'the whole network of the unit, and a CA of its own, but not the code',
      wants: 'to enrol the unit into its own fleet',
      refusal: 'identity.answer-forged',
    },
    async (scene) => {
      const evil = await makeTestCa(NOW);
      const refusal = await scene.enrol(async (request) => {
        const guessed = makeEnrolmentCode();
        const again = await makeEnrolmentRequest({ unit: UNIT, key: await newKey(), code: guessed });
        const answer = (await new Desk(evil, guessed).ask(again)) as EnrolmentRequest;
        return changed(answer, { request: sha256Base64url(request.payload) });
      });
      return refusedByUnit(scene, refusal);
    },
  ),
  attack(
    {
      id: 'answer-an-enrolment-with-an-earlier-answer',
      has: 'the recorded answer to an earlier request with the same code',
      wants: 'the unit to use a certificate for a key that it gave up',
      refusal: 'identity.answer-not-ours',
    },
    async (scene) => {
      const earlier = await makeEnrolmentRequest({ unit: UNIT, key: await newKey(), code: scene.code });
      const recorded = await scene.desk.ask(earlier);
      return refusedByUnit(scene, await scene.enrol(async () => recorded));
    },
  ),
  attack(
    {
      id: 'enrol-an-enrolled-unit-into-another-fleet',
      has: 'a minute alone with the unit, and a workbench of its own',
      wants: 'to take the unit over',
      refusal: 'identity.already-enrolled',
    },
    async ({ enrol, store, time, audit }) => {
      await enrol();
      const evil = await makeTestCa(NOW);
      const code = makeEnrolmentCode();
      const desk = new Desk(evil, code);
      const send = (request: EnrolmentRequest) => desk.ask(request);
      const refusal = await codeOf(enrolUnit({ store, unit: UNIT, code, send, time, audit }), 'enrolled');
      if (desk.issued > 0) throw new Error('the unit asked another workbench for a certificate');
      return { refusal, audit: audit.events };
    },
  ),
  attack(
    {
      id: 'swap-the-key-file-of-a-unit',
      has: 'the disk of the unit in its hands',
      wants: 'the unit to speak with a key that the attacker knows',
      refusal: 'identity.store-damaged',
    },
    async ({ enrol, disk, audit }) => {
      await enrol();
      const { pkcs8 } = await generateSoftwareKey();
      disk.poke(disk.paths().find((path) => path.endsWith('.p8')) as string, pkcs8);
      return { refusal: await codeOf(IdentityStore.open(disk, { audit }), 'opened'), audit: audit.events };
    },
  ),
  {
    id: 'renew-into-a-certificate-for-another-key',
    has: 'the certificate and key of a gateway, and a certificate in the name of the unit for a key of its own',
    wants: 'a unit that shows a certificate of which the attacker has the key',
    row: 'L1',
    refusal: 'identity.renewal-refused',
    run: () => renewed(async (ca) => (await ca.issue('unit', UNIT)).chain[0] as Uint8Array),
  },
  {
    id: 'answer-a-renewal-with-an-earlier-answer',
    has: 'the certificate and key of a gateway, and an answer to the unit that was recorded long ago',
    wants: 'a unit that goes on with a certificate that has ended, and is shut out',
    row: 'L1',
    refusal: 'channel.expired',
    run: () =>
      renewed(async ({ issuing }, csr) => {
        const now = Date.now() - 200 * 86_400_000;
        const about = { csr, role: 'unit', id: UNIT, now, days: 90 } as const;
        return (await issueCertificate(issuing, about)).certificate;
      }),
  },
  attack(
    {
      id: 'roll-the-revocation-list-back',
      has: 'a revocation list of last week, signed by the maker',
      wants: 'the unit to forget who was taken back since',
      refusal: 'identity.revocations-older',
    },
    async (scene) => {
      const { maker, offer } = await informed(scene);
      return offer(await signRevocationList(maker, list(6)));
    },
  ),
  attack(
    {
      id: 'give-two-units-two-lists-of-one-number',
      has: 'a second list of the same number with another content',
      wants: 'units that know different things and look alike',
      refusal: 'identity.revocations-forked',
    },
    async (scene) => {
      const { maker, offer } = await informed(scene);
      return offer(await signRevocationList(maker, list(7)));
    },
  ),
  attack(
    {
      id: 'sign-a-revocation-list-as-a-clinic',
      has: "the clinic's issuer in its hands",
      wants: 'to empty the list, or to shut the maker out',
      refusal: 'identity.revocations-forged',
    },
    async (scene) => {
      const { offer } = await informed(scene);
      const clinic = await scene.ca.issue('issuer', 'clinic:st-mary');
      return offer(await signRevocationList(clinic, list(8, { issuers: ['maker:lumen'] })));
    },
  ),
  attack(
    {
      id: 'send-a-revocation-list-without-end',
      has: 'a place between the unit and the workbench',
      wants: 'the memory of the unit',
      refusal: 'identity.revocations-malformed',
    },
    async (scene) => {
      const { offer } = await informed(scene);
      return offer('A'.repeat(8 * 1024 * 1024));
    },
  ),
];

export const family: AttackFamily = { title: 'Identity', attacks };

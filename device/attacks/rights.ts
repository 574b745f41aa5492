// Attacks on rights: tokens presented to a unit over real channels. Row L2.
import { SignJWT } from 'jose';
import { z } from 'zod';
import { type Channel, handle } from '../channel/channel.ts';
import { type Ends, endpointOf, openEnds } from '../channel/test-ends.ts';
import { HandClock } from '../clock.ts';
import { SimulatedDisk } from '../disk/simulated-disk.ts';
import { type Issuer, signIssued } from '../identity/issued.ts';
import { generateSoftwareKey, PublicJwk, type SigningKey } from '../identity/key.ts';
import type { PeerRole } from '../identity/names.ts';
import { RevocationStore, signRevocationList } from '../identity/revocation-store.ts';
import { REVOCATIONS_TYP, type RevocationList } from '../identity/revocations.ts';
import type { TestCa } from '../identity/test-ca.ts';
import { makeTestCa } from '../identity/test-ca.ts';
import { TrustedTime } from '../identity/trusted-time.ts';
import { isRefusal } from '../refusal.ts';
import { Admissions } from '../rights/admissions.ts';
import { CAPABILITY_TYP, type CapabilityClaims } from '../rights/token.ts';
import type { Attack, AttackFamily, AttackOutcome } from './attack.ts';

const HOUR = 3600;
/** Of a role whose tokens are short. */
const SOON = (claims: Scene['claims']): number => claims().iat + HOUR;

interface Caller {
  readonly channel: Channel;
  /** Of its certificate. */
  readonly key: SigningKey;
}

interface Scene {
  readonly unit: Ends;
  readonly ca: TestCa;
  readonly clinic: Issuer;
  readonly maker: Issuer;
  readonly clock: HandClock;
  /** Seconds since 1970, when the scene began. */
  readonly now: number;
  /** Amira's key; she is the honest clinician at console theatre-1. */
  readonly amira: SigningKey;
  readonly theatre: Caller;
  call(role: PeerRole, id: string): Promise<Caller>;
  /** Amira's claims at theatre-1, changed. */
  claims(change?: Partial<CapabilityClaims>): CapabilityClaims;
  sign(claims: object, issuer?: Issuer, typ?: string): Promise<string>;
  /** The code with which the unit refuses a token, or an error when it gives a grant. */
  present(token: unknown, by?: { caller?: Caller; holder?: SigningKey; verb?: string }): Promise<string>;
  revoke(change: Partial<RevocationList>): Promise<void>;
  restart(): Promise<void>;
}

function attack(about: Omit<Attack, 'run' | 'row'>, play: (scene: Scene) => Promise<string>): Attack {
  const run = async (): Promise<AttackOutcome> => {
    const clock = new HandClock(Date.now());
    const now = Math.floor(clock.wall() / 1000);
    const disk = new SimulatedDisk();
    let parts: { admissions: Admissions; revocations: RevocationStore } | null = null;
    const unit = await openEnds({
      handlers: {
        command: handle(
          z.strictObject({ token: z.unknown(), holderKey: PublicJwk, verb: z.string().optional() }),
          async ({ verb, ...presented }, channel) => {
            const grant = await parts!.admissions.admit(presented, channel.peer);
            if (verb !== undefined) await parts!.admissions.demand(grant, verb, channel.peer);
            return { verbs: grant.verbs };
          },
        ),
      },
    });
    const { ca, audit } = unit;
    const start = async () => {
      const time = await TrustedTime.load(clock, disk);
      const revocations = await RevocationStore.open({ disk, anchors: ca.anchors, time, audit });
      const admissions = new Admissions({
        unit: 'L4-0007',
        anchors: ca.anchors,
        time,
        clock,
        revocations: () => revocations.current,
        audit,
      });
      parts = { admissions, revocations };
    };
    try {
      await start();
      const [clinic, maker] = [
        await ca.issue('issuer', 'clinic:st-mary'),
        await ca.issue('issuer', 'maker:lumen'),
      ];
      const call = async (role: PeerRole, id: string): Promise<Caller> => {
        const holder = await ca.issue(role, id);
        return {
          channel: await unit.call(role, id, { endpoint: endpointOf(ca, role, holder) }),
          key: holder.key,
        };
      };
      const theatre = await call('console', 'theatre-1');
      const amira = (await generateSoftwareKey()).key;
      let number = 0;
      const scene: Scene = {
        unit,
        ca,
        clinic,
        maker,
        clock,
        now,
        amira,
        theatre,
        call,
        claims: (change = {}) => ({
          iss: 'clinic:st-mary',
          jti: 'token-of-amira',
          sub: 'person:amira',
          role: 'clinician',
          unit: 'L4-0007',
          verbs: ['treatment.prepare', 'stop'],
          cnf: { jkt: amira.jkt },
          channel: theatre.key.thumbprint,
          purpose: 'treatment',
          iat: now,
          nbf: now,
          exp: now + 4 * HOUR,
          ...change,
        }),
        sign: (claims, issuer = clinic, typ = CAPABILITY_TYP) => signIssued(issuer, typ, claims),
        present: async (token, { caller = theatre, holder = amira, verb } = {}) => {
          const answer = await caller.channel
            .request('command', { token, holderKey: holder.jwk, verb })
            .catch((error) => error);
          if (isRefusal(answer, 'channel.refused')) return String(answer.detail.code);
          throw new Error(`the unit answered ${JSON.stringify(answer)}`);
        },
        revoke: async (change) => {
          number++;
          const issuedAt = Math.floor(clock.wall() / 1000);
          const list = {
            number,
            issuedAt,
            nextBy: issuedAt + HOUR,
            certificates: [],
            tokens: [],
            persons: [],
            issuers: [],
          };
          await parts!.revocations.accept(await signRevocationList(maker, { ...list, ...change }));
        },
        restart: start,
      };
      await scene.revoke({});
      // The honest token is good here: what is refused below is refused for what the attacker changed.
      const honest = await scene.sign(scene.claims({ jti: 'token-honest' }));
      await theatre.channel.request('command', { token: honest, holderKey: amira.jwk });
      audit.events.length = 0;

      const refusal = await play(scene);
      await unit.listener.settled();
      return { refusal, audit: [...audit.events] };
    } finally {
      await unit.close();
    }
  };
  return { ...about, row: 'L2', run };
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
/** The same message with another header. */
function withHeader(token: string, change: object): string {
  const [header, body, signature] = token.split('.') as [string, string, string];
  return `${encode({ ...JSON.parse(Buffer.from(header, 'base64url').toString()), ...change })}.${body}.${signature}`;
}

const attacks: readonly Attack[] = [
  attack(
    {
      id: 'use-a-stolen-token-on-another-channel',
      has: "a clinician's token and key, and another console of the clinic",
      wants: 'to use them from there',
      refusal: 'rights.wrong-channel',
    },
    async ({ claims, sign, call, present }) =>
      present(await sign(claims()), { caller: await call('console', 'theatre-9') }),
  ),
  attack(
    {
      id: 'use-a-stolen-token-with-an-own-key',
      has: "a clinician's token, read on its way, at the clinician's console",
      wants: 'to sign commands with a key of its own',
      refusal: 'rights.wrong-holder',
    },
    async ({ claims, sign, present }) =>
      present(await sign(claims()), { holder: (await generateSoftwareKey()).key }),
  ),
  attack(
    {
      id: 'use-a-token-after-its-end',
      has: 'a token of the last shift',
      wants: 'one more hour',
      refusal: 'rights.expired',
    },
    async ({ claims, sign, clock, present }) => {
      clock.advance(4 * HOUR * 1000);
      return present(await sign(claims()));
    },
  ),
  attack(
    {
      id: 'set-the-clock-back-to-revive-a-token',
      has: 'a token of the last shift and a hand on the wall clock of the unit, which it restarts too',
      wants: 'the unit to believe that it is still the last shift',
      refusal: 'rights.expired',
    },
    async ({ claims, sign, clock, revoke, restart, present, now }) => {
      const token = await sign(claims());
      clock.advance(5 * HOUR * 1000);
      await revoke({});
      clock.setWall(now * 1000);
      await restart();
      return present(token);
    },
  ),
  attack(
    {
      id: 'use-a-token-before-its-time',
      has: 'a token for the shift of tomorrow',
      wants: 'to begin today',
      refusal: 'rights.not-yet-valid',
    },
    async ({ claims, sign, present, now }) =>
      present(await sign(claims({ nbf: now + 20 * HOUR, exp: now + 24 * HOUR }))),
  ),
  attack(
    {
      id: 'set-the-clock-forward-to-begin-early',
      has: 'a token for the shift of tomorrow and a hand on the wall clock of the unit',
      wants: 'to begin today',
      refusal: 'rights.not-yet-valid',
    },
    async ({ claims, sign, clock, present, now }) => {
      clock.setWall((now + 21 * HOUR) * 1000);
      return present(await sign(claims({ nbf: now + 20 * HOUR, exp: now + 24 * HOUR })));
    },
  ),
  attack(
    {
      id: 'use-a-token-of-another-unit',
      has: 'a token for the laser in the next room',
      wants: 'to use it on this one',
      refusal: 'rights.wrong-unit',
    },
    async ({ claims, sign, present }) => present(await sign(claims({ unit: ['L4-0006', 'L4-0008'] }))),
  ),
  attack(
    {
      id: "use-a-clinician's-token-from-a-service-laptop",
      has: "a clinician who helps, and a service engineer's laptop",
      wants: 'treatment verbs away from the operator console',
      refusal: 'rights.wrong-place',
    },
    async ({ claims, sign, call, present }) => {
      const laptop = await call('service', 'laptop-1');
      return present(await sign(claims({ channel: laptop.key.thumbprint })), { caller: laptop });
    },
  ),
  attack(
    {
      id: 'put-verbs-of-another-role-into-a-token',
      has: 'an issuer of the clinic that signs whatever it is given',
      wants: 'service verbs as a clinician',
      refusal: 'rights.verb-not-of-role',
    },
    async ({ claims, sign, present }) => present(await sign(claims({ verbs: ['stop', 'service.open'] }))),
  ),
  attack(
    {
      id: 'read-records-with-a-token-for-a-treatment',
      has: "a clinician's token for preparing a treatment",
      wants: 'to read records with it',
      refusal: 'rights.verb-not-granted',
    },
    async ({ claims, sign, present }) => present(await sign(claims()), { verb: 'record.read' }),
  ),
  attack(
    {
      id: 'put-a-verb-that-emits-into-a-token',
      has: 'an issuer of the clinic that signs whatever it is given',
      wants: 'a verb that there is not',
      refusal: 'rights.verb-not-of-role',
    },
    async ({ claims, sign, present }) => present(await sign(claims({ verbs: ['laser.emit'] }))),
  ),
  attack(
    {
      id: 'be-granted-a-role-by-who-may-not-give-it',
      has: "the clinic's issuer in its hands",
      wants: 'to be a service engineer',
      refusal: 'rights.role-not-grantable',
    },
    async ({ claims, sign, present }) =>
      present(await sign(claims({ role: 'service-engineer', verbs: ['service.open', 'stop'] }))),
  ),
  attack(
    {
      id: 'be-granted-a-clinical-role-by-the-maker',
      has: "the maker's issuer in its hands",
      wants: 'to be a clinician in every clinic',
      refusal: 'rights.role-not-grantable',
    },
    async ({ claims, sign, maker, present }) => present(await sign(claims({ iss: 'maker:lumen' }), maker)),
  ),
  attack(
    {
      id: 'be-granted-data-protection-by-the-maker',
      has: "the maker's issuer in its hands",
      wants: 'whole records of patients, out of every clinic',
      refusal: 'rights.role-not-grantable',
    },
    async ({ claims, sign, maker, present }) =>
      present(
        await sign(
          claims({ iss: 'maker:lumen', role: 'data-protection', verbs: ['record.export', 'stop'] }),
          maker,
        ),
      ),
  ),
  attack(
    {
      id: 'treat-as-data-protection',
      has: 'an issuer of the clinic that signs whatever it is given',
      wants: 'one token to prepare treatments and to take records out',
      refusal: 'rights.verb-not-of-role',
    },
    async ({ claims, sign, present }) =>
      present(
        await sign(
          claims({
            role: 'data-protection',
            verbs: ['record.export', 'treatment.prepare'],
            exp: SOON(claims),
          }),
        ),
      ),
  ),
  attack(
    {
      id: 'export-records-from-a-service-laptop',
      has: "a token of data protection, made for a service laptop's key",
      wants: 'records of patients on a laptop that leaves the clinic',
      refusal: 'rights.wrong-place',
    },
    async ({ call, claims, sign, present }) => {
      const laptop = await call('service', 'laptop-9');
      const channel = laptop.key.thumbprint;
      const role = 'data-protection' as const;
      const token = claims({ role, verbs: ['record.export'], channel, exp: SOON(claims) });
      return present(await sign(token), { caller: laptop });
    },
  ),
  attack(
    {
      id: 'name-an-issuer-that-did-not-sign',
      has: "the clinic's issuer in its hands",
      wants: "its token to count as the maker's",
      refusal: 'rights.unknown-issuer',
    },
    async ({ claims, sign, present }) =>
      present(await sign(claims({ iss: 'maker:lumen', role: 'service-engineer', verbs: ['service.open'] }))),
  ),
  attack(
    {
      id: 'be-granted-a-role-by-another-clinic',
      has: 'the issuer of another clinic of the same maker',
      wants: 'to treat here',
      refusal: 'rights.unknown-issuer',
    },
    async ({ claims, sign, ca, present }) =>
      present(await sign(claims({ iss: 'clinic:elsewhere' }), await ca.issue('issuer', 'clinic:elsewhere'))),
  ),
  attack(
    {
      id: 'issue-a-token-to-itself',
      has: 'a CA of its own with an issuer of the right name',
      wants: 'to be a clinician',
      refusal: 'rights.unknown-issuer',
    },
    async ({ claims, sign, present }) =>
      present(await sign(claims(), await (await makeTestCa()).issue('issuer', 'clinic:st-mary'))),
  ),
  attack(
    {
      id: 'sign-a-token-with-a-console',
      has: 'the key and certificate of a console',
      wants: 'to be the issuer as well',
      refusal: 'rights.unknown-issuer',
    },
    async ({ claims, sign, ca, present }) =>
      present(await sign(claims(), await ca.issue('console', 'theatre-1'))),
  ),
  attack(
    {
      id: 'change-a-signed-token',
      has: "a service engineer's token that is good elsewhere",
      wants: 'to put this unit into it',
      refusal: 'rights.forged',
    },
    async ({ claims, sign, present }) => {
      const [header, , signature] = (await sign(claims({ unit: 'L4-0006' }))).split('.') as [
        string,
        string,
        string,
      ];
      return present(`${header}.${encode(claims())}.${signature}`);
    },
  ),
  attack(
    {
      id: 'present-a-token-without-a-signature',
      has: 'the public chain of the issuer',
      wants: 'algorithm none to be believed',
      refusal: 'rights.wrong-algorithm',
    },
    async ({ claims, sign, present }) => {
      const [header, body] = withHeader(await sign(claims()), { alg: 'none' }).split('.');
      return present(`${header}.${body}.`);
    },
  ),
  attack(
    {
      id: 'sign-a-token-by-hmac-with-the-public-key',
      has: 'the public key of the issuer',
      wants: 'the public key to be taken for a shared secret',
      refusal: 'rights.wrong-algorithm',
    },
    async ({ claims, clinic, present }) => {
      const x5c = clinic.chain.map((der) => Buffer.from(der).toString('base64'));
      const header = { alg: 'HS256', typ: CAPABILITY_TYP, x5c };
      return present(await new SignJWT({ ...claims() }).setProtectedHeader(header).sign(clinic.key.spki));
    },
  ),
  attack(
    {
      id: 'bring-an-own-key-in-the-header',
      has: 'a key of its own',
      wants: 'the unit to verify with the key that the message brings',
      refusal: 'rights.malformed',
    },
    async ({ claims, clinic, present }) => {
      const own = (await generateSoftwareKey()).key;
      const x5c = clinic.chain.map((der) => Buffer.from(der).toString('base64'));
      const content = `${encode({ alg: 'ES256', typ: CAPABILITY_TYP, x5c, jwk: own.jwk })}.${encode(claims())}`;
      const signature = Buffer.from(await own.sign(Buffer.from(content))).toString('base64url');
      return present(`${content}.${signature}`);
    },
  ),
  attack(
    {
      id: 'pass-another-signed-message-for-a-token',
      has: 'a message of the issuer of another kind with the content of a token',
      wants: 'it to count as a token',
      refusal: 'rights.wrong-kind',
    },
    async ({ claims, sign, clinic, present }) => present(await sign(claims(), clinic, REVOCATIONS_TYP)),
  ),
  attack(
    {
      id: 'be-granted-a-token-for-a-year',
      has: 'an issuer of the clinic that signs whatever it is given',
      wants: 'never to sign in again',
      refusal: 'rights.too-long',
    },
    async ({ claims, sign, present, now }) => present(await sign(claims({ exp: now + 365 * 24 * HOUR }))),
  ),
  attack(
    {
      id: 'use-a-token-that-was-taken-back',
      has: 'a token whose loss was reported',
      wants: 'to use it until its end',
      refusal: 'rights.revoked',
    },
    async ({ claims, sign, revoke, present }) => {
      await revoke({ tokens: ['token-of-amira'] });
      return present(await sign(claims()));
    },
  ),
  attack(
    {
      id: 'go-on-as-a-person-who-left',
      has: 'a good token of somebody who was dismissed this morning',
      wants: 'to finish the shift',
      refusal: 'rights.revoked',
    },
    async ({ claims, sign, revoke, present }) => {
      await revoke({ persons: ['person:amira'] });
      return present(await sign(claims()));
    },
  ),
  attack(
    {
      id: 'use-tokens-of-an-issuer-that-was-taken-back',
      has: "the clinic's issuer, whose theft was noticed",
      wants: 'to sign tokens nevertheless',
      refusal: 'rights.revoked',
    },
    async ({ claims, sign, revoke, present }) => {
      await revoke({ issuers: ['clinic:st-mary'] });
      return present(await sign(claims()));
    },
  ),
  attack(
    {
      id: 'keep-a-unit-offline-to-stay-a-service-engineer',
      has: "a service engineer's good token, and the cable to the workbench in its hand",
      wants: 'the unit never to learn that it was taken back',
      refusal: 'rights.stale',
    },
    async ({ claims, sign, maker, call, clock, present, now }) => {
      const laptop = await call('service', 'laptop-1');
      const change = {
        iss: 'maker:lumen',
        role: 'service-engineer',
        verbs: ['service.open'],
        channel: laptop.key.thumbprint,
      } as const;
      const token = await sign(claims({ ...change, verbs: [...change.verbs], exp: now + 2 * HOUR }), maker);
      clock.advance(HOUR * 1000 + 2000);
      return present(token, { caller: laptop });
    },
  ),
  attack(
    {
      id: 'present-what-is-no-token',
      has: 'a console of the clinic in its hands',
      wants: 'the unit to fall over what it reads',
      refusal: 'rights.malformed',
    },
    async ({ present, sign, claims }) => {
      const token = await sign(claims());
      const tries = [
        null,
        7,
        '',
        '..',
        '{}',
        token.slice(0, -1),
        `${token}.x`,
        'a'.repeat(30_000),
        { token },
        [token],
      ];
      const codes = new Set<string>();
      for (const each of tries) codes.add(await present(each));
      return [...codes].join(' ');
    },
  ),
];

export const family: AttackFamily = { title: 'Rights', attacks };

import fc from 'fast-check';
import { SignJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { MemoryAudit } from '../audit/event.ts';
import { HandClock } from '../clock.ts';
import { signIssued } from '../identity/issued.ts';
import { generateSoftwareKey, type SigningKey } from '../identity/key.ts';
import type { PeerRole } from '../identity/names.ts';
import { NO_REVOCATIONS, REVOCATIONS_TYP, type Revocations } from '../identity/revocations.ts';
import { makeTestCa, type TestCa, type TestHolder } from '../identity/test-ca.ts';
import { TrustedTime } from '../identity/trusted-time.ts';
import { isRefusal } from '../refusal.ts';
import { Admissions } from './admissions.ts';
import { ISSUER_GRANTS, PERSON_ROLES, ROLE_CHANNELS, ROLE_VERBS } from './roles.ts';
import {
  CAPABILITY_TYP,
  type CapabilityClaims,
  checkToken,
  checkVerb,
  issueToken,
  type TokenQuestion,
} from './token.ts';

const NOW = Date.UTC(2026, 10, 26, 8);
const SECOND = NOW / 1000;
let ca: TestCa;
let clinic: TestHolder;
let maker: TestHolder;
let holder: SigningKey;
let channelKey: SigningKey;
beforeAll(async () => {
  ca = await makeTestCa(NOW - 86_400_000);
  clinic = await ca.issue('issuer', 'clinic:st-mary');
  maker = await ca.issue('issuer', 'maker:lumen');
  holder = (await generateSoftwareKey()).key;
  channelKey = (await generateSoftwareKey()).key;
});

function claims(change: Partial<CapabilityClaims> = {}): CapabilityClaims {
  return {
    iss: 'clinic:st-mary',
    jti: 'token-0001',
    sub: 'person:amira',
    role: 'clinician',
    unit: 'L4-0007',
    verbs: ['treatment.prepare', 'stop'],
    cnf: { jkt: holder.jkt },
    channel: channelKey.thumbprint,
    purpose: 'treatment',
    iat: SECOND,
    nbf: SECOND,
    exp: SECOND + 4 * 3600,
    ...change,
  };
}
const fresh = (change: Partial<Revocations> = {}): Revocations => ({
  ...NO_REVOCATIONS,
  number: 1,
  issuedAt: NOW,
  ...change,
});
const timeAt = (now: number, certain = now) => ({ now: () => now, certain: () => certain });
function question(token: unknown, change: Partial<TokenQuestion> = {}): TokenQuestion {
  return {
    token,
    holderKey: holder.jwk,
    unit: 'L4-0007',
    channelPeer: { role: 'console', thumbprint: channelKey.thumbprint },
    trustedTime: timeAt(NOW + 60_000),
    clock: new HandClock(NOW),
    revocations: fresh(),
    anchors: ca.anchors,
    ...change,
  };
}
/** Signed without the issuer's own checks, as a careless or broken issuer would. */
const signed = (
  change: Partial<Record<keyof CapabilityClaims, unknown>> = {},
  issuer = clinic,
  typ = CAPABILITY_TYP,
) => signIssued(issuer, typ, { ...claims(), ...change });
const refusal = async (token: unknown, change: Partial<TokenQuestion> = {}) =>
  checkToken(question(token, change)).then(
    () => 'accepted',
    (error) => (isRefusal(error) ? error.code : Promise.reject(error)),
  );

describe('a token', () => {
  it('gives a grant on its unit, channel and key', async () => {
    const grant = await checkToken(question(await issueToken(clinic, claims())));

    expect(grant).toMatchObject({
      person: 'person:amira',
      role: 'clinician',
      unit: 'L4-0007',
      verbs: ['treatment.prepare', 'stop'],
      holderThumbprint: holder.jkt,
      issuer: 'clinic:st-mary',
      expiresAt: NOW + 4 * 3_600_000,
      expiresAtMonotonic: 4 * 3_600_000 - 60_000,
    });
    expect(() => checkVerb(grant, 'treatment.prepare')).not.toThrow();
    expect(() => checkVerb(grant, 'treatment.adjust')).toThrow('rights.verb-not-granted');
  });

  it('is good for each of up to fifty units', async () => {
    const token = await issueToken(clinic, claims({ unit: ['L4-0001', 'L4-0007'] }));
    expect(await refusal(token)).toBe('accepted');
    expect(await refusal(token, { unit: 'L4-0002' })).toBe('rights.wrong-unit');
    expect(await refusal(await signed({ unit: Array(51).fill('L4-0007') }))).toBe('rights.malformed');
  });

  it.each<[string, () => Promise<unknown>, Partial<TokenQuestion>]>([
    ['rights.malformed', async () => 'eyJ', {}],
    ['rights.malformed', async () => 7, {}],
    ['rights.malformed', async () => 'a'.repeat(20_000), {}],
    ['rights.malformed', () => signed({ verbs: [] }), {}],
    ['rights.malformed', () => signed({ ['extra' as 'jti']: 1 }), {}],
    ['rights.wrong-kind', () => signed({}, clinic, REVOCATIONS_TYP), {}],
    ['rights.unknown-issuer', () => signed({ iss: 'maker:lumen' }), {}],
    ['rights.role-not-grantable', () => signed({ role: 'service-engineer', verbs: ['stop'] }), {}],
    ['rights.verb-not-of-role', () => signed({ verbs: ['service.open'] }), {}],
    ['rights.too-long', () => signed({ exp: SECOND + 13 * 3600 }), {}],
    ['rights.too-long', () => signed({ exp: SECOND + 299 }), {}],
    ['rights.too-long', () => signed({ nbf: SECOND + 90_000, exp: SECOND + 93_600 }), {}],
    ['rights.expired', () => signed(), { trustedTime: timeAt(NOW + 4 * 3_600_000) }],
    ['rights.not-yet-valid', () => signed({ iat: SECOND + 600, nbf: SECOND + 600 }), {}],
    [
      'rights.not-yet-valid',
      () => signed({ nbf: SECOND + 3600 }),
      { trustedTime: timeAt(NOW + 7_200_000, NOW) },
    ],
    ['rights.wrong-unit', () => signed(), { unit: 'L4-0008' }],
    ['rights.stale', () => signed(), { revocations: NO_REVOCATIONS }],
    ['rights.stale', () => signed(), { revocations: fresh({ issuedAt: NOW - 73 * 3_600_000 }) }],
    ['rights.revoked', () => signed(), { revocations: fresh({ tokens: new Set(['token-0001']) }) }],
    ['rights.revoked', () => signed(), { revocations: fresh({ persons: new Set(['person:amira']) }) }],
    ['rights.revoked', () => signed(), { revocations: fresh({ issuers: new Set(['clinic:st-mary']) }) }],
  ])('is refused with %s', async (code, make, change) => {
    expect(await refusal(await make(), change)).toBe(code);
  });

  it('is refused on another channel, from another place, and with another key', async () => {
    const token = await signed();
    const other = (await generateSoftwareKey()).key;

    const at = (role: PeerRole, thumbprint: string) => refusal(token, { channelPeer: { role, thumbprint } });
    expect(await at('console', other.thumbprint)).toBe('rights.wrong-channel');
    expect(await at('service', channelKey.thumbprint)).toBe('rights.wrong-place');
    expect(await refusal(token, { holderKey: other.jwk })).toBe('rights.wrong-holder');
  });

  it('is refused when its issuer or the issuing CA was taken back, or is of another product', async () => {
    const token = await signed();
    const stranger = await makeTestCa(NOW - 86_400_000);
    const { issuerSerials } = await checkToken(question(token));

    for (const serial of issuerSerials)
      expect(await refusal(token, { revocations: fresh({ certificates: new Set([serial]) }) })).toBe(
        'rights.revoked',
      );
    expect(await refusal(token, { anchors: stranger.anchors })).toBe('rights.unknown-issuer');
    expect(await refusal(token, { anchors: { ...ca.anchors, issuers: ['clinic:other'] } })).toBe(
      'rights.unknown-issuer',
    );
    expect(await refusal(await signed({}, await ca.issue('console', 'theatre-2')))).toBe(
      'rights.unknown-issuer',
    );
  });

  it('is refused when a character of it was changed, or its algorithm', async () => {
    const token = await signed();
    const [head, body, signature] = token.split('.') as [string, string, string];
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const header = JSON.parse(Buffer.from(head, 'base64url').toString());

    expect(await refusal(`${head}.${encode({ ...claims(), sub: 'person:eve' })}.${signature}`)).toBe(
      'rights.forged',
    );
    expect(await refusal(`${encode({ ...header, alg: 'none' })}.${body}.`)).toBe('rights.wrong-algorithm');
    const confused = await new SignJWT({ ...claims() })
      .setProtectedHeader({ ...header, alg: 'HS256' })
      .sign(Buffer.from(clinic.key.spki));
    expect(await refusal(confused)).toBe('rights.wrong-algorithm');
  });

  it('is not given out by an issuer who may not', async () => {
    await expect(
      issueToken(clinic, claims({ role: 'fleet-operator', verbs: ['stop'] })),
    ).rejects.toMatchObject({
      code: 'rights.role-not-grantable',
    });
    await expect(issueToken(maker, claims({ iss: 'maker:lumen' }))).rejects.toMatchObject({
      code: 'rights.role-not-grantable',
    });
  });
});

describe('the tables of roles', () => {
  it('give no role a verb that arms, emits or fires, and everybody the stop', () => {
    for (const role of PERSON_ROLES) {
      expect(ROLE_VERBS[role]).toContain('stop');
      for (const verb of ROLE_VERBS[role]) expect(verb).not.toMatch(/arm|emit|fire|start|pulse|enable/);
      expect(Object.values(ISSUER_GRANTS).filter((roles) => roles.includes(role))).toHaveLength(1);
      expect(ROLE_CHANNELS[role].length).toBeGreaterThan(0);
    }
  });
});

describe('admissions', () => {
  it('record what they grant and what they refuse, and take a grant back', async () => {
    const clock = new HandClock(NOW);
    const audit = new MemoryAudit();
    let known = fresh();
    const unit = new Admissions({
      unit: 'L4-0007',
      anchors: ca.anchors,
      time: TrustedTime.inMemory(clock),
      clock,
      revocations: () => known,
      audit,
    });
    const peer = { role: 'console', name: 'console:theatre-2', thumbprint: channelKey.thumbprint } as never;

    const grant = await unit.admit({ token: await signed(), holderKey: holder.jwk }, peer);
    await unit.demand(grant, 'stop', peer);
    await expect(unit.demand(grant, 'record.read', peer)).rejects.toMatchObject({
      code: 'rights.verb-not-granted',
    });
    known = fresh({ persons: new Set(['person:amira']) });
    await expect(unit.demand(grant, 'stop', peer)).rejects.toMatchObject({ code: 'rights.revoked' });
    known = fresh();
    clock.advance(5 * 3_600_000);
    await expect(unit.demand(grant, 'stop', peer)).rejects.toMatchObject({ code: 'rights.expired' });
    clock.setWall(NOW);
    await expect(unit.demand(grant, 'stop', peer)).rejects.toMatchObject({ code: 'rights.expired' });

    expect(audit.events.map(({ what, code, who }) => [what, code, who])).toEqual([
      ['rights.granted', null, 'person:amira'],
      ['rights.refused', 'rights.verb-not-granted', 'person:amira'],
      ['rights.refused', 'rights.revoked', 'person:amira'],
      ['rights.refused', 'rights.expired', 'person:amira'],
      ['rights.refused', 'rights.expired', 'person:amira'],
    ]);
  });
});

describe('the rules of tokens', () => {
  const minute = fc.integer({ min: -24 * 60, max: 48 * 60 });
  const anyClaims = fc.record({
    role: fc.constantFrom(...PERSON_ROLES),
    issuer: fc.constantFrom('clinic:st-mary' as const, 'maker:lumen' as const),
    unit: fc.constantFrom('L4-0007', 'L4-0008', ['L4-0007', 'L4-0008']),
    from: fc.integer({ min: -60, max: 120 }),
    lasts: fc.integer({ min: 0, max: 13 * 60 }),
    place: fc.constantFrom<PeerRole>('console', 'service', 'gateway', 'unit'),
  });
  type Any = typeof anyClaims extends fc.Arbitrary<infer T> ? T : never;
  const tokenOf = ({ role, issuer, unit, from, lasts }: Any) => {
    const nbf = SECOND + from * 60;
    const change = { iss: issuer, role, unit, verbs: ['stop'], iat: nbf, nbf, exp: nbf + lasts * 60 };
    return signed(change, issuer === 'clinic:st-mary' ? clinic : maker);
  };
  const ask = (token: string, any: Any, change: Partial<TokenQuestion>) =>
    refusal(token, { channelPeer: { role: any.place, thumbprint: channelKey.thumbprint }, ...change });

  it('never accept later what was refused for anything but beginning later', async () => {
    await fc.assert(
      fc.asyncProperty(anyClaims, minute, fc.integer({ min: 0, max: 3000 }), async (any, at, later) => {
        const token = await tokenOf(any);
        const [first, second] = [NOW + at * 60_000, NOW + (at + later) * 60_000];
        const before = await ask(token, any, { trustedTime: timeAt(first) });
        if (before === 'accepted' || before === 'rights.not-yet-valid') return;
        // The certificate of the issuer may not have begun either.
        if (before === 'rights.unknown-issuer' && at < 0) return;
        expect(await ask(token, any, { trustedTime: timeAt(second) })).not.toBe('accepted');
      }),
      { numRuns: 150 },
    );
  });

  it('never accept with more taken back, or with older knowledge, what was refused with less', async () => {
    const some = fc.record({
      token: fc.boolean(),
      person: fc.boolean(),
      issuer: fc.boolean(),
      age: fc.integer({ min: 0, max: 100 }),
    });
    const known = (of: { token: boolean; person: boolean; issuer: boolean; age: number }) =>
      fresh({
        issuedAt: NOW - of.age * 3_600_000,
        tokens: new Set(of.token ? ['token-0001'] : []),
        persons: new Set(of.person ? ['person:amira'] : []),
        issuers: new Set(of.issuer ? ['clinic:st-mary', 'maker:lumen'] : []),
      });
    await fc.assert(
      fc.asyncProperty(anyClaims, some, some, async (any, less, more) => {
        const token = await tokenOf(any);
        const both = {
          token: less.token || more.token,
          person: less.person || more.person,
          issuer: less.issuer || more.issuer,
          age: Math.max(less.age, more.age),
        };
        if ((await ask(token, any, { revocations: known(less) })) === 'accepted') return;
        expect(await ask(token, any, { revocations: known(both) })).not.toBe('accepted');
      }),
      { numRuns: 150 },
    );
  });

  it('accept a token on no unit, channel or key but its own', async () => {
    const other = (await generateSoftwareKey()).key;
    await fc.assert(
      fc.asyncProperty(
        anyClaims,
        fc.boolean(),
        fc.boolean(),
        fc.boolean(),
        async (any, unit, channel, key) => {
          if (!unit && !channel && !key) return;
          const answer = await ask(await tokenOf(any), any, {
            ...(unit ? { unit: 'L4-0099' } : {}),
            ...(channel ? { channelPeer: { role: any.place, thumbprint: other.thumbprint } } : {}),
            ...(key ? { holderKey: other.jwk } : {}),
          });
          expect(answer).not.toBe('accepted');
        },
      ),
      { numRuns: 100 },
    );
  });

  it('end in a refusal whatever text is presented', async () => {
    const token = await signed();
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: token.length - 1 }),
        fc.string({ maxLength: 4 }),
        async (at, text) => {
          const changed = token.slice(0, at) + text + token.slice(at + text.length);
          if (changed !== token) expect(await refusal(changed)).toMatch(/^rights\./);
        },
      ),
      { numRuns: 200 },
    );
    await fc.assert(
      fc.asyncProperty(fc.anything(), async (anything) => {
        expect(await refusal(anything)).toBe('rights.malformed');
      }),
    );
  });
});

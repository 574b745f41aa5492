import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { isRefusal } from '../refusal.ts';
import { decodeMetadata, MOST_BYTES, ROLE_KINDS, type RoleKind } from './decode.ts';
import { FAMILY, software, World } from './repository/try-out.ts';
import { TrustedMetadata } from './trusted-metadata.ts';

const good = new Map<RoleKind, Uint8Array>();
beforeAll(async () => {
  const world = await World.make();
  await world.publish(software('1.1.0'));
  const file = (name: string) => world.server.files.get(`image/metadata/${name}`) as Uint8Array;
  good.set('root', file('1.root.json')).set('timestamp', file('timestamp.json'));
  good.set('snapshot', file('2.snapshot.json')).set('targets', file('1.targets.json'));
  good.set('targets', file(`2.${FAMILY}.json`));
});

/** A value or a refusal, never another error. */
function verdict(work: () => unknown): string {
  try {
    work();
    return 'value';
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return error.code;
  }
}

const tampered = (
  kind: RoleKind,
  change: (signed: Record<string, never>, whole: Record<string, never>) => void,
) => {
  const whole = JSON.parse(Buffer.from(good.get(kind) as Uint8Array).toString());
  change(whole.signed, whole);
  return Buffer.from(JSON.stringify(whole));
};

describe('metadata as they arrive', () => {
  it.each(ROLE_KINDS)('reads a good %s', (kind) => {
    expect(decodeMetadata(kind, good.get(kind) as Uint8Array).version).toBeGreaterThan(0);
  });

  it.each<[string, RoleKind, (signed: never, whole: never) => void]>([
    ['an expiry that is no date', 'timestamp', (s: { expires: string }) => (s.expires = 'never')],
    [
      'a day that does not exist',
      'timestamp',
      (s: { expires: string }) => (s.expires = '2026-13-40T00:00:00Z'),
    ],
    ['version 0', 'timestamp', (s: { version: number }) => (s.version = 0)],
    ['a version that is no whole number', 'timestamp', (s: { version: number }) => (s.version = 1.5)],
    ['another kind', 'timestamp', (s: { _type: string }) => (s._type = 'root')],
    [
      'another major version of TUF',
      'timestamp',
      (s: { spec_version: string }) => (s.spec_version = '2.0.0'),
    ],
    [
      'a threshold of 0',
      'root',
      (s: { roles: { root: { threshold: number } } }) => (s.roles.root.threshold = 0),
    ],
    ['a missing role', 'root', (s: { roles: { root?: unknown } }) => delete s.roles.root],
    [
      'a weak hash',
      'targets',
      (s: { targets: object }) => (s.targets = { x: { length: 1, hashes: { md5: 'ff' } } }),
    ],
    [
      'a path out of the folder',
      'targets',
      (s: { targets: object }) => (s.targets = { '../x': { length: 1, hashes: { sha256: 'f'.repeat(64) } } }),
    ],
    [
      'a role that is called as every object’s',
      'snapshot',
      (s: { meta: object }) => (s.meta = { 'constructor.json': { version: 1 } }),
    ],
    [
      'a role that is a path',
      'snapshot',
      (s: { meta: object }) => (s.meta = { '../x.json': { version: 1 } }),
    ],
    [
      'two signatures of one key',
      'timestamp',
      (_s: never, w: { signatures: unknown[] }) => w.signatures.push(w.signatures[0]),
    ],
    ['nothing', 'timestamp', (_s: never, w: { signed: unknown }) => (w.signed = null)],
  ])('refuses %s', (_name, kind, change) => {
    expect(verdict(() => decodeMetadata(kind, tampered(kind, change as never)))).toBe('update.malformed');
  });

  it('refuses too large and too deep', () => {
    const deep = Buffer.from(`${'['.repeat(200_000)}${']'.repeat(200_000)}`);

    expect(verdict(() => decodeMetadata('root', Buffer.alloc(MOST_BYTES.root + 1, ' ')))).toBe(
      'update.malformed',
    );
    expect(verdict(() => decodeMetadata('root', deep))).toBe('update.malformed');
  });

  it.each(ROLE_KINDS)('any bytes as %s are a refusal', (kind) => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 400 }), fc.json().map(Buffer.from)), (bytes) => {
        expect(verdict(() => decodeMetadata(kind, bytes))).toBe('update.malformed');
      }),
    );
  });

  it.each(['root', 'timestamp'] as const)(
    'a good %s with bytes changed is a value or a refusal, and never trusted',
    (kind) => {
      const bytes = good.get(kind) as Uint8Array;
      const root = good.get('root') as Uint8Array;
      fc.assert(
        fc.property(
          fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 })), {
            minLength: 1,
            maxLength: 4,
          }),
          (changes) => {
            const changed = Buffer.from(bytes);
            for (const [at, byte] of changes) changed[at] = byte;
            verdict(() => decodeMetadata(kind, changed));
            const trusted = new TrustedMetadata(root, 0);
            const taken = verdict(() =>
              kind === 'root' ? trusted.updateRoot(changed) : trusted.updateTimestamp(changed),
            );
            // Space between members is not signed.
            if (kind === 'timestamp' && taken === 'value')
              expect(JSON.parse(changed.toString()).signed).toEqual(
                JSON.parse(Buffer.from(bytes).toString()).signed,
              );
            else expect(taken).not.toBe('value');
          },
        ),
      );
    },
  );

  it.each(ROLE_KINDS)('a good %s with members changed is a value or a refusal', (kind) => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(200), (value, at) => {
        const whole = JSON.parse(Buffer.from(good.get(kind) as Uint8Array).toString());
        const places: [object, string][] = [];
        const walk = (node: unknown) => {
          if (typeof node !== 'object' || node === null) return;
          for (const name of Object.keys(node)) {
            places.push([node, name]);
            walk((node as Record<string, unknown>)[name]);
          }
        };
        walk(whole);
        const [node, name] = places[at % places.length] as [Record<string, unknown>, string];
        node[name] = value;
        const bytes = Buffer.from(JSON.stringify(whole));
        verdict(() => decodeMetadata(kind, bytes));
        verdict(() => new TrustedMetadata(bytes, 0));
      }),
    );
  });
});

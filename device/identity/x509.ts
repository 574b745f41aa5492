// The X.509 library, loaded only when a certificate or a request is made: it costs 150 ms and 18 MB that a unit in daily work never needs.
import type { SigningKey } from './key.ts';

export async function loadX509(): Promise<typeof import('@peculiar/x509')> {
  // The library's container asks for this polyfill before anything else.
  await import('reflect-metadata');
  const loaded: typeof import('@peculiar/x509') & { readonly default?: typeof import('@peculiar/x509') } =
    await import('@peculiar/x509');
  // A bundler that splits its output gives a CommonJS package as its default export alone.
  return loaded.default ?? loaded;
}

export const ECDSA = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** Limits of the ASN.1 reader for what came from outside: a certificate request of a unit has about 40 nodes. */
export const ASN1_LIMITS = { berOptions: { maxDepth: 16, maxNodes: 400, maxContentLength: 8 * 1024 } };

/**
 * A `Crypto` for the library that signs with `key`, whichever way that key signs (a module's key has no `CryptoKey`); everything else is
 * the platform's. Its "private key" is a name only.
 */
export function cryptoThatSignsWith(key: SigningKey): { crypto: Crypto; signingKey: CryptoKey } {
  const { subtle } = globalThis.crypto;
  const signing = {
    sign: async (_algorithm: unknown, _key: unknown, bytes: ArrayBuffer) => key.sign(new Uint8Array(bytes)),
    digest: subtle.digest.bind(subtle),
    importKey: subtle.importKey.bind(subtle),
    exportKey: subtle.exportKey.bind(subtle),
    verify: subtle.verify.bind(subtle),
  };
  const crypto = {
    subtle: signing,
    getRandomValues: globalThis.crypto.getRandomValues.bind(globalThis.crypto),
  };
  const signingKey = { type: 'private', algorithm: ECDSA, usages: ['sign'], extractable: false };
  return { crypto: crypto as unknown as Crypto, signingKey: signingKey as unknown as CryptoKey };
}

/** The library asks for bytes with an `ArrayBuffer` of their own. */
export const plain = (bytes: Uint8Array): ArrayBuffer => Uint8Array.from(bytes).buffer;

// A public key as the signed messages of `commands/` and `service/` take it.
import { type CryptoKey, importJWK } from 'jose';
import type { PublicJwk } from '../identity/key.ts';

export async function verifyingKey({ kty, crv, x, y }: PublicJwk): Promise<CryptoKey> {
  return (await importJWK({ kty, crv, x, y }, 'ES256')) as CryptoKey;
}

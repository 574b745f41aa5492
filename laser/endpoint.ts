// The certificate of a console or a service laptop and its key, in a folder of its own.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Endpoint } from '@ward/device/channel/tls.ts';
import { makeCertificateRequest } from '@ward/device/identity/certificate-request.ts';
import { generateSoftwareKey, type SigningKey, softwareKeyFrom } from '@ward/device/identity/key.ts';
import type { PeerRole } from '@ward/device/identity/names.ts';
import { z } from 'zod';

const Kept = z.object({ chain: z.array(z.base64()).min(2).max(3), root: z.base64() });

export interface Certified {
  /** DER: holder, issuing CA. */
  readonly chain: readonly Uint8Array[];
  readonly root: Uint8Array;
}

/** The key of a holder, made when there is none. */
export async function holderKey(folder: string, name: string): Promise<SigningKey> {
  const file = join(folder, `${name}.p8`);
  if (existsSync(file)) return softwareKeyFrom(readFileSync(file));
  const { key, pkcs8 } = await generateSoftwareKey();
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(file, pkcs8, { mode: 0o600 });
  return key;
}

/** Reads the certificate, or has one made of a request by `certify` and keeps it. */
export async function certifiedHolder(
  folder: string,
  name: string,
  id: string,
  certify: ((csr: Uint8Array) => Promise<Certified>) | null,
): Promise<Certified & { readonly key: SigningKey }> {
  const key = await holderKey(folder, name);
  const file = join(folder, `${name}.json`);
  if (!existsSync(file)) {
    if (!certify) throw new Error(`there is no certificate in ${file}`);
    const made = await certify(await makeCertificateRequest(key, id));
    const kept = { chain: made.chain.map(encode), root: encode(made.root) };
    writeFileSync(file, `${JSON.stringify(kept, null, 2)}\n`);
  }
  const { chain, root } = Kept.parse(JSON.parse(readFileSync(file, 'utf8')));
  return { key, chain: chain.map(decode), root: decode(root) };
}

export const endpointOf = (
  role: PeerRole,
  { key, chain, root }: Certified & { readonly key: SigningKey },
): Endpoint => ({
  ...{ role, key, chain },
  anchors: { roots: [root] },
});

const encode = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
const decode = (text: string) => new Uint8Array(Buffer.from(text, 'base64'));

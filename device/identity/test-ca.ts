// A whole small product CA for tests and attacks: real keys and certificates, made in a few milliseconds.
import {
  type CertificateAuthority,
  issueCertificate,
  makeIssuingCa,
  makeRoot,
} from './certificate-authority.ts';
import { makeCertificateRequest } from './certificate-request.ts';
import { generateSoftwareKey, type SigningKey } from './key.ts';
import type { PeerRole } from './names.ts';
import type { Anchors } from './peer.ts';

export interface TestHolder {
  readonly key: SigningKey;
  readonly pkcs8: Uint8Array;
  /** Holder, issuing CA: DER. */
  readonly chain: readonly Uint8Array[];
  readonly serial: string;
  readonly notAfter: number;
}

export interface TestCa {
  readonly root: CertificateAuthority;
  readonly issuing: CertificateAuthority;
  readonly anchors: Anchors;
  issue(role: PeerRole, id: string, options?: { now?: number; days?: number }): Promise<TestHolder>;
}

export async function makeTestCa(now = Date.now(), name = 'Lumen product'): Promise<TestCa> {
  const [rootKey, issuingKey] = [(await generateSoftwareKey()).key, (await generateSoftwareKey()).key];
  const root = {
    key: rootKey,
    certificate: await makeRoot({ name: `${name} root`, key: rootKey, now, days: 7300 }),
  };
  const issuing = {
    key: issuingKey,
    certificate: await makeIssuingCa(root, { name: `${name} issuing CA`, key: issuingKey, now, days: 1825 }),
  };
  return {
    root,
    issuing,
    anchors: { roots: [root.certificate], issuers: ['clinic:st-mary', 'maker:lumen'] },
    issue: async (role, id, { now: at = now, days = 90 } = {}) => {
      const { key, pkcs8 } = await generateSoftwareKey();
      const csr = await makeCertificateRequest(key, id);
      const { certificate, serial, notAfter } = await issueCertificate(issuing, {
        csr,
        role,
        id,
        now: at,
        days,
      });
      return { key, pkcs8, chain: [certificate, issuing.certificate], serial, notAfter };
    },
  };
}

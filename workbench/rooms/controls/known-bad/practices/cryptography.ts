// What travels in clear text, weak cryptography, keys.
import type { Hit, ModelView, Practice, SeenFlow } from '../contract.ts';
import { OUT_OF_DATE } from '../words.ts';
import {
  asked,
  byAnswer,
  carriesAny,
  crossesByNetwork,
  flowsThat,
  found,
  inScope,
  isEncrypted,
  knownOf,
  tagged,
} from './look.ts';

const encryptionOf = (view: ModelView, seen: SeenFlow) => knownOf(view, seen, 'flow.encrypted', isEncrypted);

export const CRYPTOGRAPHY: readonly Practice[] = [
  {
    id: 'clear-text-crosses-zones',
    group: 'known-bad practice',
    title: 'Clear text across a zone boundary',
    why: 'Whoever sits between the zones reads it, and mostly changes it too.',
    cwe: 'CWE-319',
    repair: 'Run it over TLS 1.2 or 1.3 with both ends authenticated, or through an encrypted conduit.',
    requirements: ['SR-COM-1'],
    look: (view) =>
      view.flows.flatMap((seen) => {
        if (!crossesByNetwork(seen)) return [];
        const { flow } = seen;
        const encrypted = encryptionOf(view, seen);
        if (encrypted === 'yes') return [];
        return encrypted === 'no'
          ? found(
              `${flow.title} crosses zones in clear text (${flow.protocol.join(', ')}).`,
              flow.id,
              flow.from,
              flow.to,
            )
          : asked('flow.encrypted', `Is ${flow.title} encrypted?`, flow.id);
      }),
  },
  {
    id: 'secret-travels-in-clear-text',
    group: 'known-bad practice',
    title: 'Credentials, keys or patient data in clear text',
    why: 'One capture inside the zone is enough.',
    cwe: 'CWE-523',
    repair: 'Encrypt the flow, or take the secret out of it.',
    requirements: ['SR-COM-1', 'SR-DATA-1'],
    look: (view) =>
      view.flows.flatMap((seen) =>
        seen.network &&
        !seen.crosses &&
        carriesAny(seen, 'credential', 'key', 'patient-data') &&
        encryptionOf(view, seen) === 'no'
          ? found(`${seen.flow.title} carries a secret or patient data in clear text.`, seen.flow.id)
          : [],
      ),
  },
  {
    id: 'cryptography-is-out-of-date',
    group: 'known-bad practice',
    title: 'Cryptography out of date',
    why: 'It is broken in practice or no longer accepted; it looks like protection and is none.',
    cwe: 'CWE-327',
    repair: 'Replace it by what stands beside it, and refuse to fall back.',
    requirements: ['SR-CRYPTO-1'],
    look: (view) => [
      ...view.flows.flatMap(({ flow, words }) => outOfDate(words, flow.title, flow.id)),
      ...view.model.elements.flatMap((element) =>
        outOfDate(view.techWords(element), element.title, element.id),
      ),
    ],
  },
  {
    id: 'key-is-the-same-everywhere',
    group: 'known-bad practice',
    title: 'One key for all units',
    why: 'A key taken from one unit opens all of them.',
    cwe: 'CWE-321',
    repair: 'Make the key in the unit, and certify its public half in production.',
    requirements: ['SR-KEY-1'],
    look: (view) => [
      ...tagged(view, 'sharedkey', 'hardcodedkey', 'globalkey').map((element) =>
        found(`${element.title} uses a key that other units have too.`, element.id),
      ),
      ...byAnswer(view, tagged(view, 'deviceidentity'), 'key.unit-unique', {
        no: (title) => `${title} has an identity that other units have too.`,
        ask: (title) => `Is the identity key of ${title} unique to each unit?`,
      }),
    ],
  },
  {
    id: 'key-lies-in-plain-storage',
    group: 'known-bad practice',
    title: 'Private key in plain storage',
    why: 'Whoever reads the storage is the unit from then on.',
    cwe: 'CWE-312',
    repair: 'Hold it in a secure element or TPM from which it cannot be read.',
    requirements: ['SR-KEY-1'],
    look: (view) =>
      byAnswer(
        view,
        inScope(view).filter((element) => view.holds(element).has('key')),
        'key.hw-protected',
        {
          no: (title) => `${title} holds a private key that can be read.`,
          ask: (title) => `Are the private keys of ${title} held in hardware?`,
        },
      ),
  },
  {
    id: 'older-versions-are-accepted',
    group: 'secure defaults',
    title: 'Falls back to older protocol versions',
    why: 'An attacker in the middle chooses the weakest that both still speak.',
    cwe: 'CWE-757',
    repair: 'Set the lowest version and the cipher suites on both ends.',
    requirements: ['SR-CRYPTO-1'],
    look: (view) =>
      byAnswer(
        view,
        flowsThat(view, (seen) => seen.crosses && isEncrypted(seen)),
        'flow.no-downgrade',
        {
          no: (title) => `${title} falls back to older versions.`,
          ask: (title) => `Are older versions and weak suites refused on ${title}?`,
        },
      ),
  },
];

function outOfDate(words: readonly string[], title: string, id: string): Hit[] {
  return words
    .filter((word) => OUT_OF_DATE[word] !== undefined)
    .map((word) => found(`${title} uses ${word}; use ${OUT_OF_DATE[word]}.`, id));
}

// What a fuzzer drives in the readers of VEX: whatever the bytes are, the outcome is a document or a refusal `vex.*`.
import { isWardError } from '../../workbench/kernel/errors.ts';
import { readVex } from '../../workbench/rooms/vulnerabilities/vex/read-vex.ts';
import {
  csafSample,
  cycloneDxSample,
  openVexSample,
} from '../../workbench/rooms/vulnerabilities/vex/samples.ts';
import { VEX_LIMITS } from '../../workbench/rooms/vulnerabilities/vex/statement.ts';
import type { FuzzTarget } from './sbom-targets.ts';

/** Throws when the reader breaks its promise; its answer is the outcome, for counting. */
function run(bytes: Uint8Array): string {
  try {
    const document = readVex(bytes, 'fuzz');
    if (document.claims.length === 0 || document.claims.length > VEX_LIMITS.maxClaims)
      throw new Error('No statements, or too many, were let through');
    const known = new Set(document.refs.map((ref) => ref.id));
    for (const { subject, context } of document.claims)
      if (!known.has(subject) || (context !== null && !known.has(context)))
        throw new Error('A statement names a reference that the document does not hold');
    JSON.stringify(document);
    return document.warnings.length > 0 ? 'warned' : 'read';
  } catch (error) {
    if (!isWardError(error) || !error.code.startsWith('vex.')) throw error;
    if (!error.at || !error.remedy)
      throw new Error(`${error.code} has no place or no remedy`, { cause: error });
    return error.code;
  }
}

const seed = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

export const vexTargets: readonly FuzzTarget[] = [
  { name: 'vex: openvex', seeds: [seed(openVexSample)], run },
  { name: 'vex: cyclonedx', seeds: [seed(cycloneDxSample)], run },
  { name: 'vex: csaf', seeds: [seed(csafSample)], run },
];

// Every public VEX document and advisory of the shared data: read, or refused for a reason that is written down here.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isWardError } from '../../../kernel/errors.ts';
import { readVex } from './read-vex.ts';

// Beside the repository, or beside the folder of its worktrees.
const SHARED = [resolve('../shared/data'), resolve('../../shared/data')].find(existsSync) ?? '';

interface Seen {
  readonly outcomes: Readonly<Record<string, number>>;
  readonly claims: number;
  readonly refused: readonly string[];
}

function readAll(folder: string): Seen {
  const outcomes: Record<string, number> = {};
  const refused: string[] = [];
  let claims = 0;
  for (const file of readdirSync(join(SHARED, folder), { recursive: true, encoding: 'utf8' }).sort()) {
    if (!file.endsWith('.json')) continue;
    let outcome = 'read';
    try {
      claims += readVex(readFileSync(join(SHARED, folder, file)), file).claims.length;
    } catch (error) {
      if (!isWardError(error) || !error.at || !error.remedy) throw error;
      outcome = error.code;
      refused.push(file);
    }
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  }
  return { outcomes, claims, refused };
}

describe.skipIf(SHARED === '')('the public documents (skipped where ../shared is absent)', () => {
  it('reads every OpenVEX sample and the CSAF documents beside them', () => {
    expect(readAll('fixtures/openvex/go-vex').outcomes).toEqual({ read: 10 });
    expect(readAll('fixtures/openvex/vexctl').outcomes).toEqual({ read: 15 });
  });

  it('reads every VEX example of CSAF', () => {
    expect(readAll('fixtures/csaf/vex-examples')).toMatchObject({ outcomes: { read: 9 }, claims: 48 });
    expect(readAll('csaf/oasis-examples/csaf_vex')).toMatchObject({ outcomes: { read: 10 }, claims: 62 });
  });

  it('reads the advisories with statuses, and refuses the one that has no vulnerabilities', () => {
    expect(readAll('csaf/oasis-examples')).toMatchObject({
      outcomes: { read: 15, 'vex.no-statements': 1 },
      refused: ['rhsa-2019_1862.json'],
    });
    expect(readAll('csaf/it').outcomes).toEqual({ read: 3 });
    expect(readAll('csaf/medical').outcomes).toEqual({ read: 107 });
  });

  it('refuses what the test cases of CSAF leave without vulnerability or status, and the list of them', () => {
    const { outcomes } = readAll('fixtures/csaf/validator');

    expect(outcomes).toEqual({ read: 12, 'vex.no-statements': 134, 'vex.unknown-format': 1 });
  });

  it('reads the CycloneDX files with an analysis, and finds no statement in the others', () => {
    const { outcomes, claims } = readAll('fixtures/cyclonedx/tests');

    expect({ read: outcomes.read, claims }).toEqual({ read: 2, claims: 2 });
    expect(Object.keys(outcomes).sort()).toEqual(['read', 'vex.no-statements', 'vex.unknown-format']);
    // Files that are wrong on purpose: they do not say that they are CycloneDX.
    expect(outcomes['vex.unknown-format']).toBe(3);
  });

  it('takes schemas for no documents', () => {
    expect(readAll('fixtures/openvex/schema').outcomes).toEqual({ 'vex.unknown-format': 2 });
    expect(readAll('fixtures/csaf/schema').outcomes).toEqual({ 'vex.unknown-format': 3 });
  });
});

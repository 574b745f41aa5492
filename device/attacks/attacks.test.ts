// Runs every attack and writes docs/reports/attacks.md, one row an attack. WARD_UPDATE_GOLDEN=1 renews the page; read the difference.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { AttackFamily, AttackOutcome } from './attack.ts';
import { FAMILIES } from './families.ts';

const PAGE = join(import.meta.dirname, '../../docs/reports/attacks.md');
const outcomes = new Map<string, AttackOutcome>();

describe.each(FAMILIES.map((family) => [family.title, family] as const))('attacks: %s', (_title, family) => {
  it.each(family.attacks.map((attack) => [attack.id, attack] as const))(
    '%s fails',
    { timeout: 60_000 },
    async (id, attack) => {
      const outcome = await attack.run();

      expect(outcome.refusal).toBe(attack.refusal);
      // The unit's log holds why, under the same code.
      expect(outcome.audit.map(({ code }) => code)).toContain(attack.refusal);
      outcomes.set(id, outcome);
    },
  );
});

describe('the catalogue', () => {
  const all = FAMILIES.flatMap(({ attacks }) => attacks);

  it('has at least 60 attacks, each with a name of its own', () => {
    expect(all.length).toBeGreaterThanOrEqual(60);
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  });

  it('threatens every row from L1 to L12', () => {
    const rows = new Set(all.map(({ row }) => row));
    expect([...rows].sort()).toEqual(Array.from({ length: 12 }, (_, at) => `L${at + 1}`).sort());
  });
});

afterAll(() => {
  const all = FAMILIES.flatMap(({ attacks }) => attacks);
  // A run of a part says nothing about the whole.
  if (outcomes.size < all.length) return;
  const page = pageOf(FAMILIES, outcomes);
  if (process.env.WARD_UPDATE_GOLDEN === '1') writeFileSync(PAGE, page);
  expect(readFileSync(PAGE, 'utf8'), 'docs/reports/attacks.md').toBe(page);
});

function pageOf(families: readonly AttackFamily[], seen: ReadonlyMap<string, AttackOutcome>): string {
  const many = families.reduce((sum, { attacks }) => sum + attacks.length, 0);
  const cell = (text: string) => text.replaceAll('|', '\\|');
  const lines = [
    '# Attacks on the device side',
    '',
    `${many} attacks, run by \`npm test\` against the real parts (sockets, files, keys). Each must fail with its reason code, and the audit log of the`,
    'attacked unit must hold that code. This page is written by the run: `WARD_UPDATE_GOLDEN=1 npx vitest run --project unit device/attacks`.',
  ];
  for (const { title, attacks } of families) {
    lines.push(
      '',
      `## ${title}`,
      '',
      '| attack | the attacker has | and wants | row | refused with | audit entry |',
    );
    lines.push('| --- | --- | --- | --- | --- | --- |');
    for (const { id, has, wants, row, refusal } of attacks) {
      const entry = seen.get(id)?.audit.find(({ code }) => code === refusal);
      lines.push(
        `| \`${id}\` | ${cell(has)} | ${cell(wants)} | ${row} | \`${refusal}\` | ${entry ? `${entry.what}, ${entry.outcome}` : 'none'} |`,
      );
    }
  }
  return `${lines.join('\n')}\n`;
}

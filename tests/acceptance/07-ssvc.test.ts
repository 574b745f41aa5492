// Check 7 of the design: every row of the tables that CERT/CC and CISA publish gives its outcome here.
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { SsvcTreeId } from '../../workbench/rooms/vulnerabilities/ssvc.ts';
import { SSVC_POINTS, ssvcTree, walkTree } from '../../workbench/rooms/vulnerabilities/ssvc.ts';

const TABLES = '../shared/data/fixtures/ssvc/decision_tables';

interface PublishedTable {
  readonly outcome: string;
  readonly decision_points: Readonly<Record<string, { values: { key: string; name: string }[] }>>;
  readonly mapping: readonly Readonly<Record<string, string>>[];
}
const read = (file: string) => JSON.parse(readFileSync(`${TABLES}/${file}`, 'utf8')) as PublishedTable;
/** `ssvc:EXP:1.0.1` is the point EXP. */
const pointOf = (name: string) => name.split(':')[1]!;

describe.skipIf(!existsSync(TABLES))('the published tables (skipped where ../shared is absent)', () => {
  it.each<[SsvcTreeId, string, number]>([
    ['deployer', 'ssvc/deployer_patch_application_priority_1_0_0.json', 72],
    ['supplier', 'ssvc/supplier_patch_development_priority_1_0_0.json', 36],
    ['cisa-coordinator', 'cisa/cisa_coordinator_2_0_3.json', 36],
  ])('%s: every row gives its outcome', (id, file, rows) => {
    const table = read(file);

    expect(table.mapping).toHaveLength(rows);
    expect(ssvcTree(id).outcomes.map((one) => one.id)).toEqual(
      table.decision_points[table.outcome]!.values.map((one) => one.key),
    );
    for (const row of table.mapping) {
      const { [table.outcome]: outcome, ...points } = row;
      const answers = Object.fromEntries(Object.entries(points).map(([name, key]) => [pointOf(name), key]));

      expect(walkTree(id, answers), JSON.stringify(row)).toMatchObject({ outcome, possible: [outcome] });
    }
  });

  it.each([
    ['deployer', 'HI', 'ssvc/human_impact_1_0_0.json', 16],
    ['supplier', 'U', 'ssvc/utility_1_0_0.json', 4],
    ['supplier', 'PSI', 'ssvc/public_safety_impact_1_0_0.json', 4],
  ] as const)('%s: %s follows from its parts', (id, point, file, rows) => {
    const table = read(file);

    expect(table.mapping).toHaveLength(rows);
    for (const row of table.mapping) {
      const { [table.outcome]: expected, ...parts } = row;
      const answers = Object.fromEntries(Object.entries(parts).map(([name, key]) => [pointOf(name), key]));
      const step = walkTree(id, answers).path.find((one) => one.point.id === point);

      expect(step?.values, JSON.stringify(row)).toEqual([expected]);
    }
  });

  it('have the values that Ward offers, in their order', () => {
    for (const file of [
      'ssvc/deployer_patch_application_priority_1_0_0.json',
      'ssvc/supplier_patch_development_priority_1_0_0.json',
      'ssvc/human_impact_1_0_0.json',
      'ssvc/utility_1_0_0.json',
      'cisa/cisa_coordinator_2_0_3.json',
    ]) {
      const { outcome, decision_points } = read(file);
      for (const [name, { values }] of Object.entries(decision_points))
        if (name !== outcome || SSVC_POINTS[pointOf(name)])
          expect(SSVC_POINTS[pointOf(name)]?.values.map((one) => one.id)).toEqual(
            values.map((one) => one.key),
          );
    }
  });
});

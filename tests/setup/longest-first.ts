// The order of test files in a fresh clone, where nothing is known yet of how long each takes: the long ones first, so that none of
// them runs alone at the end.
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Over half a minute each, the longest first. */
const LONG = [
  'tests/browser/pages.test.ts',
  'tests/browser/laser.test.ts',
  'tests/browser/way-to-harm.test.ts',
  'tests/browser/triage.test.ts',
  'tests/browser/threats.test.ts',
  'tests/rights-matrix.test.ts',
  'tests/start.test.ts',
  'embedded-server.integration.test.ts',
  'tests/signals.test.ts',
  'tests/notifications.test.ts',
  'tests/crash.test.ts',
  'tests/adding-a-room.test.ts',
  'tests/acceptance/25-mass-event.test.ts',
  'backup.integration.test.ts',
  'tests/example.test.ts',
  'tests/notifications-crash.test.ts',
  'tests/backup.test.ts',
];

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const at = LONG.findIndex((name) => moduleId.endsWith(name));
      return at === -1 ? LONG.length : at;
    };
    return (await super.sort(files)).sort((one, other) => rank(one) - rank(other));
  }
}

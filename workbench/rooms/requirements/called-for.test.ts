import { expect, it } from 'vitest';
import { shippedPack } from '../threats/evaluate/shipped-pack.ts';
import { type Call, proposeRequirements } from './called-for.ts';
import { library } from './library.ts';

const call = (
  rule: string,
  target: string,
  requirements: string[],
  state: Call['state'] = 'raised',
): Call => ({
  rule,
  target,
  state,
  requirements,
  threat: null,
});

it('proposes one requirement for many threats, with all their places', () => {
  const proposals = proposeRequirements(
    [
      call('R1', 'f-1', ['SR-COM-1', 'SR-COM-1']),
      call('R1', 'f-2', ['SR-COM-1']),
      call('R2', 'f-2', ['SR-COM-1', 'SR-CMD-1'], 'open'),
    ],
    [{ key: 'REQ-4', source: 'SR-CMD-1' }],
  );

  expect(proposals[0]).toMatchObject({
    entry: { id: 'SR-COM-1' },
    places: ['f-1', 'f-2'],
    requirement: null,
  });
  expect(proposals[0]?.calls).toHaveLength(3);
  expect(proposals[1]).toMatchObject({ entry: { id: 'SR-CMD-1' }, requirement: 'REQ-4' });
});

it('shows the whole library, also what nothing calls for, and passes over ids that it does not hold', () => {
  const proposals = proposeRequirements([call('R1', 'e', ['SR-NOTHING-9'])], []);

  expect(proposals.map(({ entry }) => entry.id).sort()).toEqual(
    library.requirements.map(({ id }) => id).sort(),
  );
  expect(proposals.every(({ calls }) => calls.length === 0)).toBe(true);
});

it('holds every requirement that the shipped rules name', () => {
  const ids = new Set(library.requirements.map(({ id }) => id));
  const named = shippedPack().rules.flatMap(({ requirements }) => requirements);

  expect(named.length).toBeGreaterThan(0);
  expect([...new Set(named)].filter((id) => !ids.has(id))).toEqual([]);
});

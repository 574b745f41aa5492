import { expect, it } from 'vitest';
import { family } from '../attacks/updates.ts';
import { refusalDefinitions } from '../refusal.ts';
import './refusals.ts';

it('every code of the updates ends an attack', () => {
  const codes = [...refusalDefinitions().keys()].filter((code) => code.startsWith('update.'));
  const ends = new Set(family.attacks.map(({ refusal }) => refusal));

  expect(codes.filter((code) => !ends.has(code))).toEqual([]);
});

// The laser's threat model and the attacks that `npm test` runs hang together: no family without a verification, no name of an attack that there is not.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { FAMILIES } from '../device/attacks/families.ts';
import { exampleRecords } from './data.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const kindOf = new Map(exampleRecords.map(({ id, kind }) => [id, kind]));
const farOf = (id: string, type: string) =>
  (exampleRecords.find((record) => record.id === id)?.links ?? [])
    .filter((link) => link.type === type)
    .map(({ to }) => to);
const verifications = exampleRecords.filter(
  ({ kind, body }) => kind === 'verification' && String(body.procedure).includes('device/attacks/'),
);

describe.each(FAMILIES.map((family) => [family.title, family] as const))('attacks: %s', (title, family) => {
  const own = verifications.filter(({ body }) => String(body.procedure).includes(`family “${title}”`));
  const verification = own[0];
  const procedure = String(verification?.body.procedure);

  it('have one verification, which names the file and only attacks of the family', () => {
    expect(own.length).toBe(1);
    const file = /device\/attacks\/[a-z-]+\.ts/.exec(procedure)?.[0] ?? 'none';
    expect(existsSync(`${root}${file}`), file).toBe(true);
    const named = [...procedure.matchAll(/^- (\S+)$/gm)].map(([, id]) => id);
    const known = new Set(family.attacks.map(({ id }) => id));
    expect(named.length).toBeGreaterThanOrEqual(Math.min(6, known.size));
    expect(named.filter((id) => !known.has(id ?? ''))).toEqual([]);
  });

  it('are tried against a threat, and say of their result where it ran', () => {
    const verified = farOf(verification?.id ?? '', 'verifies');
    expect(verified.map((to) => kindOf.get(to))).toContain('threat');
    const results = exampleRecords.filter(({ id }) => farOf(id, 'of').includes(verification?.id ?? 'none'));
    expect(results.length).toBe(1);
    expect(results[0]?.body.notes).toMatch(/own `npm test`.*simulated.*fictitious/);
  });
});

it('leave no verification without a family', () => {
  expect(verifications.length).toBe(FAMILIES.length);
});

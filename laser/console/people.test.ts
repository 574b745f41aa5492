import { HandClock } from '@ward/device/clock.ts';
import { describe, expect, it } from 'vitest';
import { makePerson, SignInDesk } from './people.ts';

async function deskWithAmira() {
  const clock = new HandClock();
  const amira = await makePerson({ id: 'amira', name: 'Amira', role: 'clinician' }, '482913');
  return { clock, desk: new SignInDesk([amira], () => clock.monotonic()), amira };
}
const codeOf = (checked: Promise<unknown>) =>
  checked.then(
    () => null,
    (error: { code: string }) => error.code,
  );

describe('signing in at the console', () => {
  it('knows a person by the PIN and keeps no PIN', async () => {
    const { desk, amira } = await deskWithAmira();
    expect(await desk.check('amira', '482913')).toMatchObject({ id: 'amira', role: 'clinician' });
    expect(JSON.stringify(amira)).not.toContain('482913');
    expect(desk.names).toEqual([{ id: 'amira', name: 'Amira', role: 'clinician' }]);
  });

  it('says the same of a wrong PIN and of a name that is unknown', async () => {
    const { desk } = await deskWithAmira();
    expect(await codeOf(desk.check('amira', '000000'))).toBe('console.wrong-pin');
    expect(await codeOf(desk.check('nobody', '482913'))).toBe('console.wrong-pin');
  });

  it('looks at one PIN of a name at a time, so that many at once get no more tries', async () => {
    const { desk } = await deskWithAmira();
    const codes = await Promise.all(
      Array.from({ length: 30 }, (_, pin) => codeOf(desk.check('amira', `00000${pin}`))),
    );
    expect(codes.filter((code) => code === 'console.wrong-pin')).toHaveLength(1);
    expect(codes.filter((code) => code === 'console.busy')).toHaveLength(29);
    expect(await codeOf(desk.check('amira', '482913'))).toBeNull();
  });

  it('locks a name for a minute after five wrong PINs, also for the right one', async () => {
    const { desk, clock } = await deskWithAmira();
    for (let tries = 0; tries < 5; tries++) await codeOf(desk.check('amira', '000000'));
    expect(await codeOf(desk.check('amira', '482913'))).toBe('console.locked');
    clock.advance(60_000);
    expect(await codeOf(desk.check('amira', '482913'))).toBeNull();
  });
});

import { describe, expect, it } from 'vitest';
import { isWardError } from '../errors.ts';
import { checkNewPassword } from './password-rules.ts';

const about = ['Ana Meyerhoff', 'ana.meyerhoff@lumen.example'];

async function outcome(password: string): Promise<string> {
  try {
    await checkNewPassword(password, about);
    return 'taken';
  } catch (error) {
    return isWardError(error) ? error.code : String(error);
  }
}

describe('a new password', () => {
  it.each([
    ['short', 'x9$kQ2!bV7z', 'people.password-length'],
    ['empty', '', 'people.password-length'],
    ['129 characters', 'q7-'.repeat(43), 'people.password-length'],
    ['on the lists', 'qwertyuiop123', 'people.password-known'],
    ['on the lists, with other capitals', 'PassWord12345', 'people.password-known'],
    ['a listed one with signs around it', '!!mississippi1', 'people.password-known'],
    ['one letter', 'aaaaaaaaaaaaaa', 'people.password-weak'],
    ['a sequence', 'abcdefghijklmnop', 'people.password-weak'],
    ['a row of keys', 'zxcvbnm,./zxcvbnm', 'people.password-weak'],
    ['the own name', 'AnaMeyerhoff1', 'people.password-weak'],
    ['the own address', 'ana.meyerhoff@lumen', 'people.password-weak'],
    ['the program', 'wardwardward', 'people.password-weak'],
    ['leet', 'P@ssw0rdP@ssw0rd', 'people.password-weak'],
    ['a date', '24.11.202624.11.2026', 'people.password-weak'],
    ['a few unrelated words', 'violet harbour candle teaspoon', 'taken'],
    ['random', 'x9$kQ2!bV7zP', 'taken'],
    ['12 characters outside Latin', 'зелёныйверблюд7', 'taken'],
    ['128 characters', 'violet harbour candle teaspoon '.repeat(5).slice(0, 128), 'taken'],
  ])('%s', async (_why, password, expected) => {
    expect(await outcome(password)).toBe(expected);
  });

  it('says in a plain sentence why, and never repeats the password', async () => {
    const refused = checkNewPassword('AnaMeyerhoff1', about);

    await expect(refused).rejects.toThrow(/your name/);
    await expect(refused).rejects.not.toThrow(/AnaMeyerhoff1/);
  });

  it('is judged within a second whatever it looks like', async () => {
    const nasty = ['4@8({[<3691!|0$5+7%2'.repeat(7), 'aA1!'.repeat(32), '1a'.repeat(64), 'é'.repeat(128)];

    const started = performance.now();
    for (const password of nasty) await outcome(password.slice(0, 128));

    expect((performance.now() - started) / nasty.length).toBeLessThan(1000);
  });
});

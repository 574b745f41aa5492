import { createPublicKey, type JsonWebKey } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { auditEvent } from '../audit/event.ts';
import { openTestLog, testKeys } from '../audit/testing.ts';
import { diskError } from '../disk/disk.ts';
import { SimulatedDisk } from '../disk/simulated-disk.ts';
import { auditCommand } from './audit.ts';

const files = new Map<string, Uint8Array>();

const pemOf = (key: JsonWebKey) =>
  Buffer.from(createPublicKey({ key, format: 'jwk' }).export({ type: 'spki', format: 'pem' }));

async function run(...args: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const exit = await auditCommand(args, {
    readFile: async (path) => {
      const bytes = files.get(path);
      if (bytes === undefined) throw diskError('ENOENT', path);
      return bytes;
    },
    out: (line) => out.push(line),
    err: (line) => err.push(line),
  });
  return { exit, out, err };
}

beforeAll(async () => {
  const disk = new SimulatedDisk();
  const { log, keys } = await openTestLog(disk);
  await log.append(auditEvent({ what: 'command.refused', outcome: 'refused', code: 'command.replayed' }));
  await log.close();
  const whole = disk.peek('audit/log') as Uint8Array;
  const key = keys[0] as JsonWebKey;
  files.set('log', whole);
  files.set('cut', whole.subarray(0, whole.subarray(0, -1).lastIndexOf(0x0a) + 1));
  files.set('changed', Buffer.from(Buffer.from(whole).toString().replace('replayed', 'repeated')));
  files.set('anchor', disk.peek('audit/anchor') as Uint8Array);
  files.set('key.pem', pemOf(key));
  files.set('key.jwk', Buffer.from(JSON.stringify(key)));
  files.set('keys.jwks', Buffer.from(JSON.stringify({ keys: [key] })));
  files.set('keys.json', Buffer.from(JSON.stringify([key])));
  const other = (await testKeys()).keys[0] as JsonWebKey;
  files.set('other.pem', pemOf(other));
});

describe('audit verify', () => {
  it.each(['key.pem', 'key.jwk', 'keys.jwks', 'keys.json'])('says whole for %s', async (key) => {
    const { exit, out } = await run('verify', 'log', '--key', key, '--unit', 'L4-0007', '--anchor', 'anchor');

    expect(exit).toBe(0);
    expect(out[0]).toBe('Whole: the log of unit L4-0007 holds 4 entries, signed up to entry 3.');
    const [, place] = /Newest entry (.*)/.exec(out[1] as string) ?? [];
    expect((await run('verify', 'log', '--key', key, '--earlier', place as string)).exit).toBe(0);
  });

  it.each<[string, string, string[]]>([
    ['changed', 'audit.changed at entry 2', ['--key', 'key.pem']],
    ['cut', 'audit.truncated at entry 3', ['--key', 'key.pem', '--anchor', 'anchor']],
    ['log', 'audit.bad-signature at entry 4', ['--key', 'other.pem']],
    ['log', 'audit.wrong-unit at entry 1', ['--key', 'key.pem', '--unit', 'L4-0008']],
    ['log', 'audit.forked at entry 2', ['--key', 'key.pem', '--earlier', `2:${'0'.repeat(64)}`]],
  ])('says where %s is not whole: %s', async (file, sentence, options) => {
    const { exit, out } = await run('verify', file, ...options);

    expect(exit).toBe(1);
    expect(out.some((line) => line.startsWith(sentence))).toBe(true);
  });

  it.each<[number, string[]]>([
    [2, []],
    [2, ['verify']],
    [2, ['verify', 'log']],
    [2, ['verify', 'log', 'more', '--key', 'key.pem']],
    [2, ['verify', 'log', '--key']],
    [2, ['verify', 'log', '--colour', 'red']],
    [2, ['verify', 'log', '--key', 'key.pem', '--earlier', 'then']],
    [2, ['export', 'log']],
    [3, ['verify', 'nowhere', '--key', 'key.pem']],
    [3, ['verify', 'log', '--key', 'nowhere']],
    [3, ['verify', 'log', '--key', 'log']],
    [3, ['verify', 'log', '--key', 'key.pem', '--anchor', 'key.pem']],
  ])('exits with %d for %j', async (exit, args) => {
    const result = await run(...args);
    expect(result.exit).toBe(exit);
    expect(result.err.join('')).not.toBe('');
  });
});

describe('audit export', () => {
  it('writes one resource a line, or one Bundle', async () => {
    const lines = await run('export', 'log', '--fhir');
    expect(lines.exit).toBe(0);
    expect(lines.out.map((line) => JSON.parse(line).subtype[0].code)).toEqual([
      '110120',
      'command.refused',
      '110121',
      'audit.checkpoint',
    ]);
    const bundle = await run('export', 'log', '--fhir', '--bundle');
    expect(JSON.parse(bundle.out[0] as string).entry).toHaveLength(4);
  });

  it('says what it had to leave out', async () => {
    files.set('torn', (files.get('log') as Uint8Array).subarray(0, -3));
    const { exit, out, err } = await run('export', 'torn', '--fhir', '--unit', 'L4-0007');

    expect(exit).toBe(1);
    expect(out).toHaveLength(3);
    expect(err[0]).toContain('1 lines of torn cannot be read');
  });
});

it('any bytes in any file end in an exit code', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 500 }),
      fc.constantFrom('log', 'key', 'anchor'),
      async (bytes, which) => {
        files.set('any', bytes);
        const name = (role: string, good: string) => (which === role ? 'any' : good);
        const args = ['--key', name('key', 'key.pem'), '--anchor', name('anchor', 'anchor')];
        expect([1, 3]).toContain((await run('verify', name('log', 'log'), ...args)).exit);
        await run('export', 'any', '--fhir', '--unit', 'u');
      },
    ),
  );
});

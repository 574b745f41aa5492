// `ward requirements`: the check of a file without a server, and what each command says when something is missing.
import { afterEach, describe, expect, it } from 'vitest';
import { command } from './bad-input/files.ts';
import { temporaryFolder, writeTemporary } from './setup/temporary.ts';

const GOOD =
  'Key,Requirement,Acceptance criterion\nREQ-1,The device shall refuse each repeated command.,Each of 40 is refused within 1 s.\n';
const token = process.env.WARD_TOKEN;

afterEach(() => {
  if (token === undefined) delete process.env.WARD_TOKEN;
  else process.env.WARD_TOKEN = token;
});

const codeOf = ({ err }: { err: string }) => (JSON.parse(err) as { error: { code: string } }).error.code;

describe('ward requirements check', () => {
  it('passes a file that can be tested, and stops a build at one that cannot', async () => {
    const good = await command(['requirements', 'check', await writeTemporary('good.csv', GOOD), '--json']);
    const vague = await writeTemporary('bad.csv', `${GOOD}REQ-2,The device shall be secure.,\n`);
    const bad = await command(['requirements', 'check', vague]);

    expect(good.exit).toBe(0);
    expect(JSON.parse(good.out)).toMatchObject({ summary: '1 requirement, none with findings' });
    expect(bad.exit).toBe(1);
    expect(bad.out).toContain('2 requirements, 1 with findings.');
    expect(bad.out).toContain('statement 21: “secure”');
  });

  it('asks for a file or a product, and says when there is no file', async () => {
    const neither = await command(['requirements', 'check', '--json']);
    const gone = await command(['requirements', 'check', '/nowhere/at-all.csv', '--json']);

    expect([neither.exit, codeOf(neither)]).toEqual([2, 'requirements.wrong-use']);
    expect([gone.exit, codeOf(gone)]).toEqual([3, 'command.no-file']);
  });
});

describe('commands that need a server', () => {
  it('say when there is no token, and when there is no server', async () => {
    const args = ['requirements', 'export', '--product', 'PRD-1', '--format', 'csv', '--json'];
    delete process.env.WARD_TOKEN;
    const anonymous = await command(args);
    process.env.WARD_TOKEN = 'a token';
    const alone = await command([...args, '--data', await temporaryFolder()]);

    expect([anonymous.exit, codeOf(anonymous)]).toEqual([2, 'command.no-token']);
    expect([alone.exit, codeOf(alone)]).toEqual([2, 'command.no-server']);
  });
});

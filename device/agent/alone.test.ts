import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { holdAlone } from './alone.ts';

describe.skipIf(process.platform !== 'linux')('one application on a folder', () => {
  it('waits for the one before, however that dies', async () => {
    const folder = `/units/${crypto.randomUUID()}`;
    const name = createHash('sha256').update(folder).digest('hex').slice(0, 40);
    const code = `require('net').createServer().listen('\\0ward-unit-${name}', () => console.log('held'))`;
    const other = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(other.stdout, 'data');
    let alone = false;
    const holding = holdAlone(folder).then(() => {
      alone = true;
    });
    await new Promise((done) => setTimeout(done, 150));
    expect(alone).toBe(false);
    other.kill('SIGKILL');
    await holding;
    expect(alone).toBe(true);
  });
});

import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { onLines } from '../lines.ts';
import { type LocalSocket, openLocalSocket, type PanelRequest } from './local-socket.ts';

let folder: string;
let socket: LocalSocket;
let acted: PanelRequest[];
let shown = 0;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'panel-'));
  acted = [];
  socket = await openLocalSocket({
    path: join(folder, 'panel.sock'),
    display: () => ({ shown }),
    act: async (request) => {
      acted.push(request);
      return { did: true, says: null };
    },
  });
});
afterEach(async () => {
  await socket.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Sends bytes and gives the first so many answers, or null when the connection was ended. */
function send(bytes: string | Uint8Array, answers = 1): Promise<unknown[] | null> {
  return new Promise((resolve) => {
    const came: unknown[] = [];
    const client = connect(join(folder, 'panel.sock'));
    client.on('error', () => undefined);
    client.on('close', () => resolve(null));
    onLines(client, 1 << 20, (line) => {
      came.push(JSON.parse(line));
      if (came.length < answers) return socket.show();
      resolve(came);
      client.destroy();
    });
    client.write(bytes);
  });
}

describe("the panel's socket", () => {
  it("is the owner's alone", () => {
    expect(statSync(join(folder, 'panel.sock')).mode & 0o077).toBe(0);
  });

  it('takes what a hand can do', async () => {
    expect(await send('{"do":"press","inputs":["key-on"]}\n')).toEqual([{ did: true, says: null }]);
    expect(acted).toEqual([{ do: 'press', inputs: ['key-on'] }]);
  });

  it('shows the display now and after each change', async () => {
    shown = 7;
    expect(await send('{"do":"watch"}\n', 2)).toEqual([{ display: { shown: 7 } }, { display: { shown: 7 } }]);
  });

  it.each([
    ['no JSON', 'hello\n'],
    ["a signal of the machine's own", '{"do":"press","inputs":["pulse-done"]}\n'],
    ['power from nowhere', '{"do":"press","inputs":["power-on"]}\n'],
    ['an input that does not exist', '{"do":"press","inputs":["fire"]}\n'],
    ['more than two hands', `{"do":"press","inputs":${JSON.stringify(Array(9).fill('key-on'))}}\n`],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x0a])],
  ])('does nothing with %s', async (_name, bytes) => {
    expect(await send(bytes)).toEqual([{ did: false, says: expect.any(String) }]);
    expect(acted).toEqual([]);
  });

  it('ends a connection whose line does not end', async () => {
    expect(await send('x'.repeat(10_000))).toBeNull();
    expect(acted).toEqual([]);
  });
});

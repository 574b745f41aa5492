// A person at the panel of a unit: for tests and the endurance run.
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onLines } from '../lines.ts';
import type { Display } from '../unit/display.ts';
import type { PanelRequest } from '../unit/local-socket.ts';

export async function askPanel(folder: string, request: PanelRequest): Promise<Record<string, unknown>> {
  const socket = connect(join(folder, 'panel.sock'));
  try {
    return await new Promise((resolve, reject) => {
      socket.once('error', reject);
      socket.once('close', () => reject(new Error('the panel is gone')));
      onLines(socket, 1 << 20, (line) => resolve(JSON.parse(line)));
      socket.write(`${JSON.stringify(request)}\n`);
    });
  } finally {
    socket.destroy();
  }
}

export const look = async (folder: string): Promise<Display> =>
  (await askPanel(folder, { do: 'look' })).display as Display;

export const press = (folder: string, ...inputs: Extract<PanelRequest, { do: 'press' }>['inputs']) =>
  askPanel(folder, { do: 'press', inputs });

/** Waits for the display to show something. */
export async function until(
  folder: string,
  is: (display: Display) => boolean,
  deadlineMs = 20_000,
): Promise<Display> {
  let last: unknown = null;
  for (const began = Date.now(); Date.now() - began < deadlineMs; await sleep(25)) {
    try {
      const display = await look(folder);
      last = display;
      if (is(display)) return display;
    } catch (error) {
      last = error;
    }
  }
  throw new Error(`the display did not get there: ${JSON.stringify(last)}`);
}

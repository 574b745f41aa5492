// Simulated front panels: one page on this machine that shows what each unit's screen shows and has its switches. It reaches the units by their
// local sockets, as a hand would; nothing of it goes over the network.
//
// `panels --units FOLDER --port N`
import { readdirSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { onLines } from '../lines.ts';
import { PanelRequest } from '../unit/local-socket.ts';
import { readArguments } from '../web/arguments.ts';
import { openLoopback } from '../web/loopback-server.ts';
import { PANEL_PAGE } from './page/panel-html.ts';

const AGAIN_MS = 500;
const ANSWER_MS = 10_000;
const MOST_LINE = 1 << 20;

const { units: folder, port, workbench = '' } = readArguments(['units', 'port'], ['workbench']);
const beside = (name: string) => readFileSync(new URL(name, import.meta.url));

/** What each unit's screen showed last; null: the unit is off. */
const displays = new Map<string, unknown>();
const readers = new Set<(event: unknown) => void>();

function show(unit: string, display: unknown): void {
  displays.set(unit, display);
  for (const send of readers) send({ unit, display });
}

function watch(unit: string): void {
  const socket = connect(join(folder, unit, 'panel.sock'));
  socket.on('connect', () => socket.write('{"do":"watch"}\n'));
  onLines(socket, MOST_LINE, (line) => show(unit, (JSON.parse(line) as { display: unknown }).display));
  socket.on('error', () => undefined);
  socket.on('close', () => {
    if (displays.get(unit) !== null) show(unit, null);
    setTimeout(() => watch(unit), AGAIN_MS);
  });
}

function press(unit: string, request: PanelRequest): Promise<{ did: boolean; says: string | null }> {
  const off = { did: false, says: 'This unit is off.' };
  return new Promise((resolve) => {
    const socket: Socket = connect(join(folder, unit, 'panel.sock'));
    socket.setTimeout(ANSWER_MS, () => socket.destroy());
    socket.on('error', () => resolve(off));
    socket.on('close', () => resolve(off));
    onLines(socket, MOST_LINE, (line) => {
      resolve(JSON.parse(line));
      socket.destroy();
    });
    socket.write(`${JSON.stringify(request)}\n`);
  });
}

/** Units may be made while this runs. */
function lookForUnits(): void {
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory() && !displays.has(entry.name)) {
      displays.set(entry.name, null);
      watch(entry.name);
    }
}
lookForUnits();
setInterval(lookForUnits, 2_000);

const server = await openLoopback({
  port: Number(port),
  cookieName: 'lumen-panels',
  files: {
    '/': { type: 'text/html; charset=utf-8', content: PANEL_PAGE },
    '/page.js': { type: 'text/javascript', content: beside('panel-page.js') },
    '/page.css': { type: 'text/css', content: beside('panel-style.css') },
  },
  routes: [
    { method: 'GET', path: '/api/workbench', answer: () => ({ body: { url: workbench } }) },
    {
      method: 'POST',
      path: '/api/units/*',
      answer: async ({ parts: [unit = ''], body }) => {
        const request = PanelRequest.safeParse(body);
        if (!displays.has(unit) || !request.success)
          return { status: 400, body: { did: false, says: 'This is no input of the panel.' } };
        return { body: await press(unit, request.data) };
      },
    },
  ],
  events: {
    path: '/api/events',
    open: (send) => {
      for (const [unit, display] of displays) send({ unit, display });
      readers.add(send);
      return () => readers.delete(send);
    },
  },
});
console.log(`Front panels: ${server.url}`);
process.on('disconnect', () => process.exit(0));

import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { MemoryAudit } from '../audit/event.ts';
import { systemClock } from '../clock.ts';
import type { PeerRole } from '../identity/names.ts';
import { NO_REVOCATIONS, type Revocations } from '../identity/revocations.ts';
import { makeTestCa, type TestCa } from '../identity/test-ca.ts';
import { type Channel, handle } from './channel.ts';
import { type ConnectOptions, connect } from './connect.ts';
import { type Listener, type ListenOptions, listen } from './listen.ts';

let ca: TestCa;
beforeAll(async () => {
  ca = await makeTestCa();
});

const open: (Listener | Channel)[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

async function listenAs(role: PeerRole, id: string, options: Partial<ListenOptions> = {}) {
  const audit = new MemoryAudit();
  const holder = await ca.issue(role, id);
  const listener = await listen({
    endpoint: { role, key: holder.key, chain: holder.chain, anchors: ca.anchors },
    host: '127.0.0.1',
    port: 0,
    audit,
    clock: systemClock,
    now: Date.now,
    revocations: () => NO_REVOCATIONS,
    handlers: { status: handle(z.object({ text: z.string() }), async ({ text }) => ({ echo: text })) },
    ...options,
  });
  open.push(listener);
  return { listener, audit };
}

async function connectAs(
  role: PeerRole,
  id: string,
  port: number,
  peer: ConnectOptions['peer'],
  options: Partial<ConnectOptions> = {},
) {
  const holder = await ca.issue(role, id);
  const channel = await connect({
    endpoint: { role, key: holder.key, chain: holder.chain, anchors: ca.anchors },
    host: '127.0.0.1',
    port,
    peer,
    audit: new MemoryAudit(),
    clock: systemClock,
    now: Date.now,
    revocations: () => NO_REVOCATIONS,
    handlers: {},
    ...options,
  });
  open.push(channel);
  return { channel, holder };
}

describe('a channel', () => {
  it('carries a request of a console to a unit and its answer back', async () => {
    const { listener, audit } = await listenAs('unit', 'L4-0007');
    const { channel } = await connectAs('console', 'theatre-2', listener.port, {
      role: 'unit',
      id: 'L4-0007',
    });

    expect(await channel.request('status', { text: 'hello' })).toEqual({ echo: 'hello' });

    const [theirs] = listener.channels;
    expect(theirs?.peer.name).toBe('console:theatre-2');
    expect(Buffer.from(theirs!.exporter).equals(channel.exporter)).toBe(true);
    expect(audit.events).toEqual([]);
  });
});

import { type AddressInfo, createServer, connect as netConnect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { MemoryAudit } from '../audit/event.ts';
import { systemClock } from '../clock.ts';
import { PEER_ROLES } from '../identity/names.ts';
import { NO_REVOCATIONS } from '../identity/revocations.ts';
import { makeTestCa } from '../identity/test-ca.ts';
import { defineRefusals, isRefusal } from '../refusal.ts';
import { handle } from './channel.ts';
import { connect } from './connect.ts';
import { encodeFrame } from './frames.ts';
import { listen } from './listen.ts';
import { kindsBetween, MAY_CONNECT, MAY_SPEAK } from './may-speak.ts';
import { type Ends, ending, endpointOf, openEnds, until, welcomed } from './test-ends.ts';
import { checkAgreed } from './tls.ts';

let ends: Ends | null = null;
afterEach(async () => {
  await ends?.close();
  ends = null;
});
const open = async (...options: Parameters<typeof openEnds>) => {
  ends = await openEnds(...options);
  return ends;
};
const code = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error) =>
      isRefusal(error) ? [error.code, error.detail.code].filter(Boolean).join(' ') : Promise.reject(error),
  );

describe('a channel', () => {
  it('carries a request of a console to a unit and its answer back, bound to this connection', async () => {
    const unit = await open();
    const [first, second] = [await unit.call('console', 'theatre-2'), await unit.call('service', 'laptop-1')];

    expect(await first.request('status', { text: 'hello' })).toEqual({ echo: 'hello' });

    const [theirs, other] = unit.listener.channels;
    expect([theirs?.peer.name, other?.peer.name]).toEqual(['console:theatre-2', 'service:laptop-1']);
    expect(first.peer.name).toBe('unit:L4-0007');
    expect(theirs?.binding.exporter).toBe(first.binding.exporter);
    expect(second.binding.exporter).not.toBe(first.binding.exporter);
    expect(await unit.codes()).toEqual([]);
  });

  it('carries many requests at once, each answer to its own', async () => {
    const unit = await open();
    const console_ = await unit.call('console', 'theatre-2');
    const texts = Array.from({ length: 60 }, (_, i) => `text ${i}`);

    expect(await Promise.all(texts.map((text) => console_.request('status', { text })))).toEqual(
      texts.map((text) => ({ echo: text })),
    );
  });

  it('refuses kinds that the role may not send, kinds without a handler, and bodies that are not of the form', async () => {
    const unit = await open();
    const console_ = await unit.call('console', 'theatre-2');

    expect(await code(console_.request('check-in', {}))).toBe('channel.refused channel.kind-not-allowed');
    expect(await code(console_.request('command', {}))).toBe('channel.refused channel.kind-unknown');
    expect(await code(console_.request('status', { text: 1 }))).toBe(
      'channel.refused channel.body-malformed',
    );
    expect(await code(console_.request('status', { text: 'x'.repeat(70_000) }))).toBe(
      'channel.oversized-frame',
    );
    expect(await unit.codes()).toEqual([
      'channel.kind-not-allowed',
      'channel.kind-unknown',
      'channel.body-malformed',
    ]);
    expect(unit.audit.events[0]).toMatchObject({
      what: 'channel.refused',
      who: 'console:theatre-2',
      role: 'console',
    });
    expect(unit.heard).toEqual([]);
  });

  it("gives a handler's refusal back as its code, and a fault without detail", async () => {
    const refuse = defineRefusals({ 'test.channel': { plain: 'No.', row: 'L1' } });
    const faults: unknown[] = [];
    const unit = await open({
      fault: (error, kind) => faults.push([kind, String(error)]),
      handlers: {
        stop: handle(z.null(), async () => {
          throw refuse('test.channel', { secret: 1 });
        }),
        status: handle(z.null(), async () => {
          throw new Error('secret');
        }),
        challenge: handle(z.null(), async () => 'x'.repeat(70_000)),
      },
    });
    const console_ = await unit.call('console', 'theatre-2');

    expect(await code(console_.request('stop', null))).toBe('channel.refused test.channel');
    expect(await code(console_.request('status', null))).toBe('channel.refused channel.fault');
    expect(await code(console_.request('challenge', null))).toBe('channel.refused channel.fault');
    expect(await unit.codes()).toEqual(['channel.fault', 'channel.fault']);
    expect(faults).toEqual([['status', 'Error: secret']]);
    expect(JSON.stringify(unit.audit.events)).not.toContain('secret');
  });

  it('answers as many at once as it may, and the rest after them', async () => {
    let running = 0;
    let most = 0;
    const unit = await open({
      limits: { mostInFlight: 3 },
      handlers: {
        status: handle(z.number(), async (n) => {
          most = Math.max(most, ++running);
          await new Promise((resolve) => setTimeout(resolve, 5));
          running--;
          return n;
        }),
      },
    });
    const console_ = await unit.call('console', 'theatre-2');
    const numbers = Array.from({ length: 30 }, (_, i) => i);

    expect(await Promise.all(numbers.map((n) => console_.request('status', n)))).toEqual(numbers);
    expect(most).toBe(3);
  });

  it('carries a large answer where both ends were set up for it, and only in that direction', async () => {
    const large = 'x'.repeat(1_900_000);
    const unit = await open({
      limits: { mostSentBytes: 2_000_000 },
      handlers: { status: handle(z.string(), async () => large) },
    });
    const asking = await unit.call('console', 'theatre-2', { limits: { mostFrameBytes: 2_000_000 } });
    const other = await unit.call('console', 'theatre-3');

    expect(await asking.request('status', '')).toBe(large);
    expect(await code(asking.request('status', large))).toBe('channel.oversized-frame');
    expect(await code(other.request('status', ''))).toBe('channel.closed channel.oversized-frame');
  });

  it('is patient with who waits for its answers', async () => {
    const unit = await open({
      limits: { mostInFlight: 1, frameMs: 250, idleMs: 250 },
      handlers: {
        status: handle(z.string(), async (text) => {
          await new Promise((resolve) => setTimeout(resolve, 400));
          return text.length;
        }),
      },
    });
    const console_ = await unit.call('console', 'theatre-2');
    // More than the socket takes in one piece: the unit stops reading in the middle of a frame.
    const texts = ['a', 'b'.repeat(60_000), 'c'.repeat(60_000)];
    expect(await Promise.all(texts.map((text) => console_.request('status', text)))).toEqual([
      1, 60_000, 60_000,
    ]);
  });

  it('says when no answer came, and when the channel is over', async () => {
    const unit = await open({
      handlers: { status: handle(z.unknown(), () => new Promise(() => undefined)) },
    });
    const console_ = await unit.call('console', 'theatre-2');

    expect(await code(console_.request('status', 1, { deadlineMs: 20 }))).toBe('channel.no-answer');
    const waiting = code(console_.request('status', 1));
    for (const channel of unit.listener.channels) channel.close();
    expect(await waiting).toBe('channel.closed');
    expect(await code(console_.request('status', 1))).toBe('channel.closed');
    expect(await console_.closed).toBeNull();
    expect(console_.open).toBe(false);
  });

  it('is over at both ends when the cable is cut', async () => {
    const unit = await open({
      handlers: { status: handle(z.unknown(), () => new Promise(() => undefined)) },
    });
    const cables: Socket[] = [];
    const cable = createServer((near) => {
      const far = netConnect(unit.listener.port, '127.0.0.1');
      for (const end of [near, far]) end.on('error', () => undefined);
      near.pipe(far).pipe(near);
      cables.push(near, far);
    });
    await new Promise<void>((resolve) => cable.listen(0, '127.0.0.1', resolve));
    const audit = new MemoryAudit();
    const console_ = await unit.call('console', 'theatre-2', {
      port: (cable.address() as AddressInfo).port,
      audit,
    });
    const waiting = code(console_.request('status', null));

    for (const end of cables) end.resetAndDestroy();
    cable.close();

    expect(await waiting).toBe('channel.closed');
    expect(await console_.closed).toBeNull();
    await until(() => unit.listener.channels.size === 0);
    expect([...(await unit.codes()), ...audit.events]).toEqual([]);
  });

  it('ends when nothing is said for long', async () => {
    const unit = await open({ limits: { idleMs: 40 } });
    const console_ = await unit.call('console', 'theatre-2');
    expect(await console_.closed).toBe('channel.idle');
    expect(await unit.codes()).toEqual(['channel.idle']);
  });

  it('ends at once when its peer is taken back, and before the next request when its certificate ends', async () => {
    const unit = await open();
    const console_ = await unit.call('console', 'theatre-2');
    const other = await unit.call('console', 'theatre-3');
    const [theirs] = unit.listener.channels;

    unit.revocations = { ...NO_REVOCATIONS, certificates: new Set([theirs!.peer.serial]) };
    unit.listener.reconsider();
    expect(await console_.closed).toBe('channel.revoked');

    unit.now = () => Date.now() + 91 * 86_400_000;
    expect(await code(other.request('status', { text: 'late' }))).toBe('channel.closed channel.expired');
    expect(unit.heard).toEqual([]);
    expect(await unit.codes()).toEqual(['channel.revoked', 'channel.expired']);
  });

  it('limits connections of a peer and of all', async () => {
    const unit = await open({ limits: { mostConnectionsPerPeer: 2, mostConnections: 3 } });
    await unit.call('console', 'theatre-2');
    await unit.call('console', 'theatre-2');

    expect(await code(unit.call('console', 'theatre-2'))).toBe('channel.refused channel.too-many');
    await unit.call('console', 'theatre-3');
    expect(await code(unit.call('console', 'theatre-4'))).toBe('channel.refused channel.too-many');
  });

  it('shows a renewed certificate from the next connection on', async () => {
    const unit = await open();
    const before = await unit.call('console', 'theatre-2');
    unit.listener.renew(endpointOf(unit.ca, 'unit', await unit.ca.issue('unit', 'L4-0007')));
    const after = await unit.call('console', 'theatre-2');
    expect(after.peer.serial).not.toBe(before.peer.serial);
  });
});

describe('the calling end', () => {
  it('refuses a unit of another CA, another id, another role, and one that was taken back', async () => {
    const unit = await open();
    const stranger = await makeTestCa();
    const audit = new MemoryAudit();
    const own = endpointOf(unit.ca, 'console', await unit.ca.issue('console', 'theatre-2'));

    expect(
      await code(unit.call('console', 'x', { audit, endpoint: { ...own, anchors: stranger.anchors } })),
    ).toBe('channel.unknown-issuer');
    expect(await code(unit.call('console', 'x', { audit, peer: { role: 'unit', id: 'L4-0008' } }))).toBe(
      'channel.wrong-peer',
    );
    expect(await code(unit.call('console', 'x', { audit, peer: { role: 'gateway' } }))).toBe(
      'channel.wrong-role',
    );
    const serial = (await unit.call('console', 'x')).peer.serial;
    const revocations = () => ({ ...NO_REVOCATIONS, certificates: new Set([serial]) });
    expect(await code(unit.call('console', 'x', { audit, revocations }))).toBe('channel.revoked');
    expect(audit.events.map((event) => event.code)).toEqual([
      'channel.unknown-issuer',
      'channel.wrong-peer',
      'channel.wrong-role',
      'channel.revoked',
    ]);
  });

  it('says when nobody is there, or when nobody answers', async () => {
    const unit = await open();
    const silent = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    const { port } = silent.address() as { port: number };

    expect(await code(unit.call('console', 'x', { port, limits: { handshakeMs: 50 } }))).toBe(
      'channel.handshake-slow',
    );
    silent.close();
    expect(await code(unit.call('console', 'x', { port: 1 }))).toBe('channel.tls-failed');
  });
});

describe('the listening end', () => {
  it('of the gateway takes units, and asks them nothing over the connection that they opened', async () => {
    const ca = await makeTestCa();
    const common = {
      audit: new MemoryAudit(),
      clock: systemClock,
      now: Date.now,
      revocations: () => NO_REVOCATIONS,
    };
    const gateway = await listen({
      ...common,
      endpoint: endpointOf(ca, 'gateway', await ca.issue('gateway', 'ward')),
      host: '127.0.0.1',
      port: 0,
      handlers: { 'check-in': handle(z.object({ version: z.string() }), async () => ({ next: 60 })) },
    });
    const unit = await connect({
      ...common,
      endpoint: endpointOf(ca, 'unit', await ca.issue('unit', 'L4-0007')),
      host: '127.0.0.1',
      port: gateway.port,
      peer: { role: 'gateway', id: 'ward' },
    });

    expect(await unit.request('check-in', { version: '1.0.0' })).toEqual({ next: 60 });
    const [theirs] = gateway.channels;
    for (const kind of ['status', 'stop', 'command', 'check-in'] as const)
      expect(await code(theirs!.request(kind, null))).toBe('channel.refused channel.kind-not-allowed');
    unit.close();
    await gateway.close();
  });

  it('takes only who may connect, whatever else is in the table', () => {
    expect(MAY_CONNECT).toEqual({ unit: ['console', 'service'], gateway: ['unit'] });
    expect(Object.values(MAY_SPEAK.issuer)).toEqual([]);
    // Who speaks to another is one who connects to it: nobody but a unit to a gateway, and units not to units.
    for (const receiver of PEER_ROLES)
      expect(PEER_ROLES.filter((sender) => kindsBetween(sender, receiver).length > 0).sort()).toEqual(
        [...(MAY_CONNECT[receiver] ?? [])].sort(),
      );
  });

  it('writes twenty refusals of a kind in full and counts the rest', async () => {
    const unit = await open({ limits: { burst: 1000 } });
    const console_ = await unit.call('console', 'theatre-2');
    for (let i = 0; i < 100; i++) await code(console_.request('command', {}));
    expect(await unit.codes()).toHaveLength(20);
  });

  it('goes on with no session of an earlier connection', () => {
    const agreed = (alpnProtocol: string | false, reused: boolean) => () =>
      checkAgreed({ alpnProtocol, isSessionReused: () => reused });
    expect(agreed('ward/1', false)).not.toThrow();
    expect(agreed('ward/1', true)).toThrow('channel.resumed');
    expect(agreed(false, false)).toThrow('channel.wrong-protocol');
  });

  it('closes for what comes with a second use of an id that is not answered', async () => {
    const unit = await open({
      handlers: { status: handle(z.unknown(), () => new Promise(() => undefined)) },
    });
    const socket = unit.raw(await unit.ca.issue('console', 'theatre-2'));
    await welcomed(socket);
    socket.write(encodeFrame({ kind: 'status', id: 7, body: 1 }, 1000));
    socket.write(encodeFrame({ kind: 'status', id: 7, body: 1 }, 1000));
    expect(await ending(socket)).toBe('channel.malformed-frame');
    await until(() => unit.listener.channels.size === 0);
  });
});

// Attacks on the channel: real sockets against a listening unit. Rows L1 and L4.
import type { TLSSocket } from 'node:tls';
import { encodeFrame } from '../channel/frames.ts';
import type { ListenOptions } from '../channel/listen.ts';
import { type Ends, ending, openEnds, until, welcomed } from '../channel/test-ends.ts';
import { NO_REVOCATIONS } from '../identity/revocations.ts';
import { makeTestCa } from '../identity/test-ca.ts';
import { isRefusal } from '../refusal.ts';
import type { Attack, AttackFamily, AttackOutcome } from './attack.ts';

interface Scene {
  readonly unit: Ends;
  /** A raw connection that the unit has admitted as console `theatre-2`. */
  admitted(): Promise<TLSSocket>;
}

/**
 * Runs against a unit of its own. The refusal is the one in the unit's log; nothing may have reached a handler, no channel may be left, and the unit
 * must still answer an honest console.
 */
function attack(
  about: Omit<Attack, 'run'>,
  options: Partial<ListenOptions>,
  play: (scene: Scene) => Promise<void>,
): Attack {
  const run = async (): Promise<AttackOutcome> => {
    const unit = await openEnds(options);
    try {
      await play({
        unit,
        admitted: async () => {
          const socket = unit.raw(await unit.ca.issue('console', 'theatre-2'));
          await welcomed(socket);
          return socket;
        },
      });
      await until(async () => (await unit.codes()).includes(about.refusal));
      await until(() => unit.listener.channels.size === 0);
      if (unit.heard.length > 0) throw new Error(`the unit heard ${JSON.stringify(unit.heard)}`);
      const audit = [...unit.audit.events];
      unit.revocations = NO_REVOCATIONS;
      const honest = await unit.call('console', 'theatre-1');
      await honest.request('status', { text: 'still there?' });
      return { refusal: about.refusal, audit };
    } finally {
      await unit.close();
    }
  };
  return { ...about, run };
}

/** Throws when the unit said goodbye with another code, or stayed. */
async function mustEnd(socket: TLSSocket, ...codes: string[]): Promise<void> {
  const code = await ending(socket);
  if (!codes.includes(code)) throw new Error(`the connection ended with ${code}`);
}

const request = (text: string, id = 1) => encodeFrame({ kind: 'status', id, body: { text } }, 64 * 1024);

/** Sends a request as soon as TLS stands, as one who hopes that it is heard before the sender is judged. */
function hurry(socket: TLSSocket): TLSSocket {
  socket.once('secureConnect', () => socket.write(request('let me in')));
  return socket;
}

const attacks: readonly Attack[] = [
  attack(
    {
      id: 'connect-without-a-certificate',
      has: 'the network of the clinic',
      wants: 'to speak to the unit as nobody',
      row: 'L1',
      refusal: 'channel.no-certificate',
    },
    {},
    async ({ unit }) => mustEnd(hurry(unit.raw(null)), 'cut'),
  ),
  attack(
    {
      id: 'connect-with-a-certificate-of-another-ca',
      has: 'a CA of its own that uses the same names',
      wants: 'to be taken for console theatre-1',
      row: 'L1',
      refusal: 'channel.unknown-issuer',
    },
    {},
    async ({ unit }) => {
      const stranger = await (await makeTestCa()).issue('console', 'theatre-1');
      await mustEnd(hurry(unit.raw(stranger)), 'cut');
    },
  ),
  attack(
    {
      id: 'connect-with-a-chain-of-the-right-ca-and-a-leaf-of-its-own',
      has: 'the public certificate of the issuing CA and a CA of the same name',
      wants: 'a chain that looks right when only its top is looked at',
      row: 'L1',
      refusal: 'channel.unknown-issuer',
    },
    {},
    async ({ unit }) => {
      const { key, chain } = await (await makeTestCa()).issue('console', 'theatre-1');
      await mustEnd(hurry(unit.raw({ key, chain: [chain[0]!, unit.ca.issuing.certificate] })), 'cut');
    },
  ),
  attack(
    {
      id: 'connect-as-another-unit',
      has: 'the key of a unit that was stolen',
      wants: 'to speak to the other units as a console',
      row: 'L1',
      refusal: 'channel.wrong-role',
    },
    {},
    async ({ unit }) =>
      mustEnd(hurry(unit.raw(await unit.ca.issue('unit', 'L4-0099'))), 'channel.wrong-role'),
  ),
  attack(
    {
      id: 'connect-as-a-token-issuer',
      has: 'the key of an issuer of tokens',
      wants: 'to use it for a channel as well',
      row: 'L1',
      refusal: 'channel.wrong-profile',
    },
    {},
    // OpenSSL finds that its certificate is not for TLS before we do.
    async ({ unit }) => mustEnd(hurry(unit.raw(await unit.ca.issue('issuer', 'clinic:st-mary'))), 'cut'),
  ),
  attack(
    {
      id: 'connect-with-an-expired-certificate',
      has: 'the key of a console whose certificate ended yesterday',
      wants: 'to go on',
      row: 'L1',
      refusal: 'channel.expired',
    },
    {},
    async ({ unit }) => {
      const old = await unit.ca.issue('console', 'theatre-2', { now: Date.now() - 2 * 86_400_000, days: 1 });
      await mustEnd(hurry(unit.raw(old)), 'cut');
    },
  ),
  attack(
    {
      id: 'connect-with-a-certificate-of-tomorrow',
      has: 'a certificate that was issued ahead for a console that is not set up yet',
      wants: 'to speak to the unit before it',
      row: 'L1',
      refusal: 'channel.not-yet-valid',
    },
    {},
    async ({ unit }) => {
      const early = await unit.ca.issue('console', 'theatre-2', { now: Date.now() + 86_400_000, days: 30 });
      await mustEnd(hurry(unit.raw(early)), 'cut');
    },
  ),
  attack(
    {
      id: 'set-the-clock-back-to-revive-a-certificate',
      has: 'an expired certificate, and the wall clock of the unit set back to when it was good',
      wants: 'to go on',
      row: 'L1',
      refusal: 'channel.expired',
    },
    {},
    async ({ unit }) => {
      const console_ = await unit.ca.issue('console', 'theatre-2');
      // TLS asks the wall clock, to which the certificate is good; the unit has learned a later time from a signed list.
      unit.now = () => console_.notAfter + 1;
      await mustEnd(hurry(unit.raw(console_)), 'channel.expired');
      unit.now = Date.now;
    },
  ),
  attack(
    {
      id: 'connect-with-a-revoked-certificate',
      has: 'a stolen laptop whose certificate was taken back',
      wants: 'to speak to the unit',
      row: 'L1',
      refusal: 'channel.revoked',
    },
    {},
    async ({ unit }) => {
      const laptop = await unit.ca.issue('service', 'laptop-1');
      unit.revocations = { ...NO_REVOCATIONS, certificates: new Set([laptop.serial]) };
      await mustEnd(hurry(unit.raw(laptop)), 'channel.revoked');
    },
  ),
  attack(
    {
      id: 'go-on-after-being-revoked',
      has: 'an open channel at the moment when its certificate is taken back',
      wants: 'to send one more request on it',
      row: 'L1',
      refusal: 'channel.revoked',
    },
    {},
    async ({ unit, admitted }) => {
      const socket = await admitted();
      const [channel] = unit.listener.channels;
      unit.revocations = { ...NO_REVOCATIONS, certificates: new Set([channel!.peer.serial]) };
      socket.write(request('one more'));
      await mustEnd(socket, 'channel.revoked');
    },
  ),
  attack(
    {
      id: 'resume-a-session-after-being-revoked',
      has: 'the TLS session of a time when its certificate was good',
      wants: 'to skip being judged again',
      row: 'L1',
      refusal: 'channel.revoked',
    },
    {},
    async ({ unit }) => {
      const console_ = await unit.ca.issue('console', 'theatre-2');
      const sessions: Buffer[] = [];
      const first = unit.raw(console_);
      first.on('session', (session) => sessions.push(session));
      await welcomed(first);
      await new Promise((resolve) => setTimeout(resolve, 50));
      const kept = sessions.at(-1) ?? first.getSession();
      first.destroy();
      await until(() => unit.listener.channels.size === 0);

      unit.revocations = { ...NO_REVOCATIONS, certificates: new Set([console_.serial]) };
      const second = hurry(unit.raw(console_, kept ? { session: kept } : {}));
      await mustEnd(second, 'channel.revoked');
      if (second.isSessionReused()) throw new Error('the session was resumed');
    },
  ),
  attack(
    {
      id: 'downgrade-to-tls-1-2',
      has: 'a good certificate, and a place in the middle that removes TLS 1.3 from the offer',
      wants: 'a connection of an older kind',
      row: 'L1',
      refusal: 'channel.tls-version',
    },
    {},
    async ({ unit }) => {
      const console_ = await unit.ca.issue('console', 'theatre-2');
      await mustEnd(hurry(unit.raw(console_, { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' })), 'cut');
    },
  ),
  attack(
    {
      id: 'speak-another-protocol-over-the-right-tls',
      has: 'a good certificate, and a browser that a page makes send requests',
      wants: 'to have HTTP taken for frames',
      row: 'L1',
      refusal: 'channel.wrong-protocol',
    },
    {},
    async ({ unit }) => {
      const console_ = await unit.ca.issue('console', 'theatre-2');
      await mustEnd(hurry(unit.raw(console_, { ALPNProtocols: ['http/1.1'] })), 'cut');
      const silent = unit.raw(console_, { ALPNProtocols: [] });
      await mustEnd(hurry(silent), 'channel.wrong-protocol');
    },
  ),
  attack(
    {
      id: 'send-bytes-that-are-no-tls',
      has: 'the network of the clinic',
      wants: 'to make the unit fall over what it reads',
      row: 'L1',
      refusal: 'channel.tls-failed',
    },
    {},
    async ({ unit }) => {
      // A record of the largest size that says that it is a handshake, and is not.
      for (const start of [
        [0x16, 0x03, 0x01, 0x40, 0x00],
        [0x80, 0x2e, 0x01],
        [0x16, 0x03, 0x03, 0x00, 0x05, 0x01, 0xff, 0xff, 0xff, 0x00],
      ]) {
        const socket = unit.plain();
        socket.end(Buffer.concat([Buffer.from(start), Buffer.alloc(20_000, 0x41)]));
        await new Promise((resolve) => socket.resume().once('close', resolve));
      }
    },
  ),
  attack(
    {
      id: 'announce-a-frame-of-four-gigabytes',
      has: 'a console of the clinic in its hands',
      wants: 'the unit to make room for it',
      row: 'L4',
      refusal: 'channel.oversized-frame',
    },
    {},
    async ({ admitted }) => {
      const socket = await admitted();
      socket.write(Buffer.from([0xff, 0xff, 0xff, 0xff]));
      await mustEnd(socket, 'channel.oversized-frame');
    },
  ),
  attack(
    {
      id: 'send-frames-that-are-none',
      has: 'a console of the clinic in its hands',
      wants: 'to make the unit fall over what it reads',
      row: 'L4',
      refusal: 'channel.malformed-frame',
    },
    { limits: { mostConnectionsPerPeer: 64 } },
    async ({ admitted }) => {
      const deep = Buffer.from(`{"kind":"status","id":1,"body":${'['.repeat(60_000)}`);
      const contents = [
        Buffer.from('{'),
        Buffer.from('null'),
        Buffer.from([0xff, 0xfe]),
        Buffer.from('{"kind":"status","id":1e999,"body":null}'),
        Buffer.from('{"kind":"__proto__","id":1,"body":null}'),
        deep,
      ];
      for (const content of contents) {
        const head = Buffer.alloc(4);
        head.writeUInt32BE(content.length);
        const socket = await admitted();
        socket.write(Buffer.concat([head, content]));
        await mustEnd(socket, 'channel.malformed-frame');
      }
    },
  ),
  attack(
    {
      id: 'send-a-kind-that-the-role-may-not',
      has: "a service engineer's laptop in its hands",
      wants: 'to put a list of revocations on the unit, which consoles may bring',
      row: 'L1',
      refusal: 'channel.kind-not-allowed',
    },
    {},
    async ({ unit }) => {
      const laptop = await unit.call('service', 'laptop-1');
      const code = await laptop.request('revocations', { list: '' }).then(
        () => 'done',
        (error) => (isRefusal(error) ? error.detail.code : error),
      );
      if (code !== 'channel.kind-not-allowed') throw new Error(`the request ended with ${code}`);
      laptop.close();
    },
  ),
  attack(
    {
      id: 'ask-for-what-the-unit-does-not-have',
      has: 'a console of the clinic in its hands',
      wants: 'to find a request that nobody thought of',
      row: 'L4',
      refusal: 'channel.kind-unknown',
    },
    {},
    async ({ unit }) => {
      const console_ = await unit.call('console', 'theatre-2');
      const code = await console_.request('command', { verb: 'laser.emit' }).then(
        () => 'done',
        (error) => (isRefusal(error) ? error.detail.code : error),
      );
      if (code !== 'channel.kind-unknown') throw new Error(`the request ended with ${code}`);
      console_.close();
    },
  ),
  attack(
    {
      id: 'send-a-request-of-another-form',
      has: 'a console of the clinic in its hands',
      wants: 'a handler to get what it does not expect',
      row: 'L4',
      refusal: 'channel.body-malformed',
    },
    {},
    async ({ unit }) => {
      const console_ = await unit.call('console', 'theatre-2');
      const bodies = [
        null,
        [],
        'x',
        { text: { toString: 'x' } },
        { text: 'x', constructor: 1 },
        JSON.parse('{"text":"x","__proto__":{}}'),
      ];
      for (const body of bodies) {
        const code = await console_.request('status', body).then(
          () => 'done',
          (error) => (isRefusal(error) ? error.detail.code : error),
        );
        if (code !== 'channel.body-malformed') throw new Error(`${JSON.stringify(body)} ended with ${code}`);
      }
      console_.close();
    },
  ),
  attack(
    {
      id: 'hold-an-idle-connection',
      has: 'a console of the clinic in its hands',
      wants: 'to keep a place on the unit for nothing',
      row: 'L4',
      refusal: 'channel.idle',
    },
    { limits: { idleMs: 80 } },
    async ({ admitted }) => mustEnd(await admitted(), 'channel.idle'),
  ),
  attack(
    {
      id: 'flood-with-requests',
      has: 'a console of the clinic in its hands',
      wants: 'the unit to be busy with it alone',
      row: 'L4',
      refusal: 'channel.flood',
    },
    { limits: { burst: 20, framesPerSecond: 1 } },
    async ({ admitted }) => {
      const socket = await admitted();
      // What the role may not send, so that none is heard; each would be answered.
      for (let id = 1; id <= 5000; id++)
        socket.write(encodeFrame({ kind: 'check-in', id, body: null }, 1000));
      await mustEnd(socket, 'channel.flood', 'cut');
      // A new connection brings no new allowance.
      const again = await admitted();
      for (let id = 1; id <= 10; id++) again.write(encodeFrame({ kind: 'check-in', id, body: null }, 1000));
      await mustEnd(again, 'channel.flood', 'cut');
    },
  ),
  attack(
    {
      id: 'send-a-frame-byte-by-byte',
      has: 'a console of the clinic in its hands',
      wants: 'to hold a connection and its buffer for ever',
      row: 'L4',
      refusal: 'channel.slow',
    },
    { limits: { frameMs: 100 } },
    async ({ admitted }) => {
      const socket = await admitted();
      const bytes = request('x'.repeat(1000));
      let at = 0;
      const timer = setInterval(() => socket.writable && socket.write(bytes.subarray(at, ++at)), 10);
      try {
        await mustEnd(socket, 'channel.slow');
      } finally {
        clearInterval(timer);
      }
    },
  ),
  attack(
    {
      id: 'ask-and-never-read-the-answers',
      has: 'a console of the clinic in its hands',
      wants: 'the unit to keep the answers until its memory is full',
      row: 'L4',
      refusal: 'channel.slow',
    },
    { limits: { burst: 1_000_000, framesPerSecond: 1_000_000, mostUnsentBytes: 64 * 1024 } },
    async ({ unit, admitted }) => {
      const socket = await admitted();
      socket.pause();
      const before = process.memoryUsage().rss;
      // Each is refused with an answer; nobody takes the answers off.
      let id = 1;
      while (unit.listener.channels.size > 0 && id < 2_000_000) {
        for (let i = 0; i < 500; i++)
          socket.write(encodeFrame({ kind: 'check-in', id: id++, body: null }, 1000));
        await new Promise((resolve) => setImmediate(resolve));
      }
      socket.destroy();
      if (process.memoryUsage().rss - before > 256 * 1024 * 1024)
        throw new Error('the memory grew without bound');
    },
  ),
  attack(
    {
      id: 'hold-connections-without-a-handshake',
      has: 'the network of the clinic',
      wants: 'nobody else to get a connection',
      row: 'L1',
      refusal: 'channel.too-many',
    },
    { limits: { mostHandshakes: 8, handshakeMs: 60_000 } },
    async ({ unit }) => {
      const held = Array.from({ length: 40 }, () => unit.plain());
      await until(async () => (await unit.codes()).includes('channel.too-many'));
      await until(
        () => held.filter((socket) => !socket.destroyed && socket.readyState === 'open').length <= 8,
      );
      // The honest console gets through while they are held: see `attack`.
    },
  ),
  attack(
    {
      id: 'never-finish-the-handshake',
      has: 'the network of the clinic',
      wants: 'to hold a place on the unit for nothing',
      row: 'L1',
      refusal: 'channel.handshake-slow',
    },
    { limits: { handshakeMs: 60 } },
    async ({ unit }) => {
      const socket = unit.plain();
      socket.write(Buffer.from([0x16, 0x03, 0x01]));
      await new Promise((resolve) => socket.once('close', resolve));
    },
  ),
  attack(
    {
      id: 'exhaust-the-connections-as-one-peer',
      has: 'a console of the clinic in its hands',
      wants: 'nobody else to get a connection',
      row: 'L1',
      refusal: 'channel.too-many',
    },
    { limits: { mostConnectionsPerPeer: 2 } },
    async ({ unit, admitted }) => {
      const held = [await admitted(), await admitted()];
      const third = unit.raw(await unit.ca.issue('console', 'theatre-2'));
      await mustEnd(third, 'channel.too-many');
      for (const socket of held) socket.destroy();
    },
  ),
  {
    id: 'stand-in-for-the-unit',
    has: 'a place in the middle and a good certificate of another unit',
    wants: 'the console to speak to it instead of the unit that it called',
    row: 'L1',
    refusal: 'channel.wrong-peer',
    run: async () => {
      const other = await openEnds({ id: 'L4-0099' });
      try {
        // Here the attacked end is the caller, and the log is its own.
        const { audit } = other;
        const outcome = await other
          .call('console', 'theatre-2', { peer: { role: 'unit', id: 'L4-0007' }, audit })
          .catch((error) => error);
        if (!isRefusal(outcome)) throw new Error('the console spoke to another unit');
        return { refusal: outcome.code, audit: audit.events };
      } finally {
        await other.close();
      }
    },
  },
];

export const family: AttackFamily = { title: 'Channel', attacks };

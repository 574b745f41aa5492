// The field: a process of its own that holds the channels of many units and has them report. Told by lines of JSON, answers by lines of JSON.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { CheckInAnswer } from '@ward/device/agent/messages.ts';
import { MemoryAudit } from '@ward/device/audit/event.ts';
import type { Channel } from '@ward/device/channel/channel.ts';
import { connect } from '@ward/device/channel/connect.ts';
import { systemClock } from '@ward/device/clock.ts';
import { type SigningKey, softwareKeyFrom } from '@ward/device/identity/key.ts';
import type { FieldAnswer, FieldOrder, FieldPlan, UnitPapers } from './field-messages.ts';
import { SimulatedUnit } from './simulated-unit.ts';

/** Reports under way at once, of all units. */
const IN_FLIGHT = 256;
const HANDSHAKES = 32;
/** Channels are closed by the gateway when nobody says anything; here they are held through the whole benchmark. */
const LIMITS = { idleMs: 3_600_000, answerMs: 120_000, handshakeMs: 60_000 };
const NONE = { certificates: new Set<string>() };
const now = () => Date.now();

interface FieldUnit {
  readonly key: SigningKey;
  readonly certificate: Uint8Array;
  readonly unit: SimulatedUnit;
  channel: Channel | null;
}

const plan = JSON.parse(readFileSync(process.argv[2] as string, 'utf8')) as FieldPlan;
const decode = (text: string) => new Uint8Array(Buffer.from(text, 'base64'));
const anchors = { roots: [decode(plan.root)], issuers: [] };
const issuing = decode(plan.issuing);
const units: FieldUnit[] = [];
const spent = () => process.cpuUsage().user / 1000 + process.cpuUsage().system / 1000;

for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line) as FieldOrder;
  const [began, processor] = [performance.now(), spent()];
  const tookMs = await follow(order);
  const sorted = tookMs.sort((a, b) => a - b);
  const answer: FieldAnswer = {
    ms: performance.now() - began,
    processorMs: spent() - processor,
    p50: sorted[Math.floor(sorted.length * 0.5)] ?? 0,
    p99: sorted[Math.floor(sorted.length * 0.99)] ?? 0,
    residentMegabyte: process.memoryUsage.rss() / 1024 ** 2,
  };
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
process.exit(0);

/** Gives how long each unit waited. */
async function follow(order: FieldOrder): Promise<number[]> {
  switch (order.kind) {
    case 'bring':
      bring(order.papers);
      return [];
    case 'open':
      return eachUnit(order.units, HANDSHAKES, async (one) => {
        if (!one.channel?.open) one.channel = await open(one);
      });
    case 'report':
      return eachUnit(order.units, IN_FLIGHT, async (one, at) => {
        if (!one.channel?.open) one.channel = await open(one);
        await report(one, one.channel, at % order.withLines === 0 ? 2 : 0);
      });
    case 'report-anew':
      return eachUnit(order.units, HANDSHAKES, async (one) => {
        const channel = await open(one);
        await report(one, channel, 0);
        channel.close();
        await channel.closed;
      });
  }
}

function bring(papersFile: string): void {
  for (const { serial, key: pkcs8, certificate } of JSON.parse(
    readFileSync(papersFile, 'utf8'),
  ) as UnitPapers[]) {
    const key = softwareKeyFrom(decode(pkcs8));
    const fails = units.length % plan.failsEach === 0;
    units.push({
      key,
      certificate: decode(certificate),
      unit: new SimulatedUnit(serial, key, fails),
      channel: null,
    });
  }
}

function open({ key, certificate }: FieldUnit): Promise<Channel> {
  return connect({
    host: '127.0.0.1',
    port: plan.port,
    peer: { role: 'gateway' },
    endpoint: { role: 'unit', key, chain: [certificate, issuing], anchors },
    audit: new MemoryAudit(),
    clock: systemClock,
    now,
    revocations: () => NONE,
    limits: LIMITS,
  });
}

async function report({ unit }: FieldUnit, channel: Channel, events: number): Promise<void> {
  const checkIn = await unit.report(events, Math.round(performance.now()));
  unit.hear((await channel.request('check-in', checkIn)) as CheckInAnswer);
}

async function eachUnit(
  many: number,
  atOnce: number,
  work: (one: FieldUnit, at: number) => Promise<void>,
): Promise<number[]> {
  const tookMs: number[] = [];
  let next = 0;
  const worker = async () => {
    while (next < many) {
      const at = next++;
      const began = performance.now();
      await work(units[at] as FieldUnit, at);
      tookMs.push(performance.now() - began);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, many) }, worker));
  return tookMs;
}

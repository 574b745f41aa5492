// A unit as the workbench meets it: its own key, a real audit log, real channels. What it runs and does with updates is said by the test.
import { randomBytes, X509Certificate } from 'node:crypto';
import { checkpointSigner } from '@ward/device/agent/audit-keys.ts';
import { makerKey } from '@ward/device/agent/maker-key.ts';
import type { CheckIn, CheckInAnswer, UnitReport } from '@ward/device/agent/messages.ts';
import { rememberClosing, TrailClosings } from '@ward/device/audit/closing.ts';
import { type AuditEvent, auditEvent, MemoryAudit } from '@ward/device/audit/event.ts';
import { AuditLog } from '@ward/device/audit/log.ts';
import type { Channel } from '@ward/device/channel/channel.ts';
import { connect } from '@ward/device/channel/connect.ts';
import { systemClock } from '@ward/device/clock.ts';
import { SimulatedDisk } from '@ward/device/disk/simulated-disk.ts';
import { makeCertificateRequest } from '@ward/device/identity/certificate-request.ts';
import { acceptEnrolment, type Enrolled, makeEnrolmentRequest } from '@ward/device/identity/enrolment.ts';
import { generateSoftwareKey, publicKeyOf, type SigningKey } from '@ward/device/identity/key.ts';
import { ownRefusal } from '@ward/device/refusal.ts';

export type Post = (path: string, body: unknown) => Promise<{ status: number; body: unknown }>;

export const FACTORY = '0'.repeat(64);

export class FieldUnit {
  readonly serial: string;
  key: SigningKey;
  enrolled: Enrolled;
  log: AuditLog;
  readonly disk: SimulatedDisk;
  report: UnitReport;
  #channel: Channel | null = null;
  #auditFrom = 1;
  #director = 0;
  #closed: ReturnType<typeof rememberClosing>;

  private constructor(
    serial: string,
    key: SigningKey,
    enrolled: Enrolled,
    disk: SimulatedDisk,
    log: AuditLog,
    closed: ReturnType<typeof rememberClosing>,
  ) {
    this.#closed = closed;
    this.serial = serial;
    this.key = key;
    this.enrolled = enrolled;
    this.disk = disk;
    this.log = log;
    this.report = {
      version: '4.1.0',
      sha256: FACTORY,
      slot: 'a',
      hardwareId: 'lumen-400',
      deviceState: 'standby',
      uptimeMs: 1_000,
      update: null,
      service: null,
      serviceChallenge: null,
      endedServices: [],
      auditWritable: true,
      vault: null,
    };
  }

  static async enrol(serial: string, code: string, post: Post): Promise<FieldUnit> {
    const { key } = await generateSoftwareKey();
    const request = await makeEnrolmentRequest({ unit: serial, key, code });
    const { status, body } = await post('/api/fleet/enrol', request);
    if (status !== 200) throw new Error(`enrolment: ${status} ${JSON.stringify(body)}`);
    const enrolled = acceptEnrolment({ answer: body, request, unit: serial, key, code });
    const disk = new SimulatedDisk();
    const closed = rememberClosing();
    const log = await openLog(serial, key, disk, closed.remember);
    return new FieldUnit(serial, key, enrolled, disk, log, closed);
  }

  /** What its log is now, to be put back later. */
  async copy(): Promise<ReadonlyMap<string, Uint8Array>> {
    await this.log.checkpoint();
    return new Map(this.disk.paths().map((path) => [path, (this.disk.peek(path) as Uint8Array).slice()]));
  }

  /** The disk becomes what it was then, and the unit starts on it. */
  async putBack(copy: ReadonlyMap<string, Uint8Array>): Promise<void> {
    await this.log.close();
    for (const [path, bytes] of copy) this.disk.poke(path, bytes);
    this.#closed = rememberClosing();
    this.log = await openLog(this.serial, this.key, this.disk, this.#closed.remember);
  }

  note(what: string, code: string | null = null): Promise<unknown> {
    return this.log.append(auditEvent({ what, outcome: code === null ? 'done' : 'refused', code }));
  }

  async connect(port: number): Promise<Channel> {
    this.#channel = await connect({
      host: '127.0.0.1',
      port,
      peer: { role: 'gateway' },
      endpoint: {
        role: 'unit',
        key: this.key,
        chain: this.enrolled.chain,
        anchors: this.enrolled.anchors,
      },
      audit: new MemoryAudit(),
      clock: systemClock,
      now: () => Date.now(),
      revocations: () => ({ certificates: new Set() }),
    });
    return this.#channel;
  }

  /** The next report with what the log has; `change` falsifies it on the way. */
  async checkIn(change: (checkIn: CheckIn) => CheckIn = (same) => same): Promise<CheckInAnswer> {
    if (this.#channel === null) throw new Error('not connected');
    await this.log.checkpoint();
    const { lines, last, checkpoint } = await this.log.read(this.#auditFrom, 200);
    const checkIn: CheckIn = {
      report: this.report,
      audit: { lines: [...lines], last, checkpoint },
      revocations: 0,
      director: this.#director,
    };
    const answer = (await this.#channel.request('check-in', change(checkIn))) as CheckInAnswer;
    this.#auditFrom = answer.auditKnown.sequence + 1;
    if (answer.auditClosing !== null) await this.take(answer.auditClosing, answer).catch(ownRefusal);
    const timestamp = answer.director?.['timestamp.json'];
    if (timestamp) this.#director = (JSON.parse(timestamp) as { signed: { version: number } }).signed.version;
    return answer;
  }

  /** A closing as the unit's agent takes it. */
  async take(statement: string, { maker }: Pick<CheckInAnswer, 'maker'>): Promise<void> {
    const { anchors } = this.enrolled;
    const key = makerKey(maker, anchors, Date.now(), { certificates: new Set() });
    if (key === null) throw new Error('the maker is not believed');
    const { newest } = this.#closed;
    const closings = new TrailClosings({ unit: this.serial, log: this.log, newest });
    await closings.take(statement, publicKeyOf(key));
  }

  /** A new certificate for its key (or a stranger's) over the channel; gives what the unit had before, and shows the new one once it connects again. */
  async renew(of: SigningKey = this.key): Promise<Pick<FieldUnit, 'key' | 'enrolled'>> {
    if (this.#channel === null) throw new Error('not connected');
    const { key, enrolled } = this;
    const csr = Buffer.from(await makeCertificateRequest(of, this.serial)).toString('base64');
    const { certificate } = (await this.#channel.request('renew', { csr })) as { certificate: string };
    const [, issuing] = enrolled.chain;
    this.enrolled = { ...enrolled, chain: [new Uint8Array(Buffer.from(certificate, 'base64')), issuing!] };
    return { key, enrolled };
  }

  /** Serial number of its certificate. */
  get certificate(): string {
    return certificateSerial(this.enrolled.chain);
  }

  close(): void {
    this.#channel?.close();
  }
}

export const certificateSerial = ([holder]: readonly Uint8Array[]): string =>
  new X509Certificate(holder!).serialNumber.toLowerCase();

function openLog(
  serial: string,
  key: SigningKey,
  disk: SimulatedDisk,
  remember: (event: AuditEvent) => void,
): Promise<AuditLog> {
  return AuditLog.open({
    remember,
    disk,
    clock: systemClock,
    unit: serial,
    boot: randomBytes(8).toString('hex'),
    sign: checkpointSigner(key),
    keys: [{ ...key.jwk }],
  });
}

/** Target that the director names in an answer, or null for none; undefined when there was no new word. */
export function directed(
  answer: CheckInAnswer,
): { sha256: string; version: string; attempt: number } | null | undefined {
  if (answer.director === null) return undefined;
  const targets = Object.entries(answer.director).find(([name]) => name.endsWith('.targets.json'))?.[1];
  const parsed = JSON.parse(targets as string) as {
    signed: {
      targets: Record<string, { hashes: { sha256: string }; custom: { version: string; attempt: number } }>;
    };
  };
  const [target] = Object.values(parsed.signed.targets);
  if (!target) return null;
  const { version, attempt } = target.custom;
  return { sha256: target.hashes.sha256, version, attempt };
}

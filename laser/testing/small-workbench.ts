// As much of a workbench as a unit needs, in this process: authority, enrolment, gateway, director, image repository, service requests. Every part
// is the real one of device/; only the database is missing. For tests and the endurance run.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CheckIn, type CheckInAnswer, type UnitReport } from '@ward/device/agent/messages.ts';
import { MemoryAudit } from '@ward/device/audit/event.ts';
import { type KnownLog, nothingKnown, verifyBatch } from '@ward/device/audit/verify.ts';
import { type HandlersOf, handle } from '@ward/device/channel/channel.ts';
import { type Listener, listen } from '@ward/device/channel/listen.ts';
import { systemClock } from '@ward/device/clock.ts';
import { issueCertificate } from '@ward/device/identity/certificate-authority.ts';
import {
  answerEnrolment,
  beginEnrolment,
  enrolmentUnit,
  type PendingEnrolment,
} from '@ward/device/identity/enrolment.ts';
import { makeEnrolmentCode } from '@ward/device/identity/enrolment-code.ts';
import type { Issuer } from '@ward/device/identity/issued.ts';
import type { PublicJwk } from '@ward/device/identity/key.ts';
import type { Anchors } from '@ward/device/identity/peer.ts';
import { RenewalRequest } from '@ward/device/identity/renewal.ts';
import { signRevocationList } from '@ward/device/identity/revocation-store.ts';
import { NO_REVOCATIONS } from '@ward/device/identity/revocations.ts';
import { makeTestCa, type TestCa } from '@ward/device/identity/test-ca.ts';
import { comparisonCode, type ServiceRequest, signServiceRequest } from '@ward/device/service/request.ts';
import { makeDirectorMetadata, makeDirectorRoot } from '@ward/device/updates/repository/director.ts';
import {
  type ImageKeys,
  ImageRepository,
  type Signers,
} from '@ward/device/updates/repository/image-repository.ts';
import { newRoleKey } from '@ward/device/updates/repository/keys.ts';
import type { TargetEntry } from '@ward/device/updates/repository/metadata.ts';
import { FAMILY } from '../make-unit.ts';

const DAY = 86_400_000;
const signers = (count = 1, threshold = 1): Signers => ({
  keys: Array.from({ length: count }, newRoleKey),
  threshold,
});

interface KnownUnit {
  pending: PendingEnrolment | null;
  jwk: PublicJwk | null;
  report: UnitReport | null;
  checkIns: number;
  known: KnownLog;
  problem: string | null;
  lines: string[];
  director: { version: number; documents: Record<string, string> };
  services: { id: string; request: string }[];
  ended: string[];
}

export class SmallWorkbench {
  readonly ca: TestCa;
  readonly anchors: Anchors;
  readonly maker: Issuer;
  readonly clinic: Issuer;
  readonly units = new Map<string, KnownUnit>();
  readonly #image: ImageRepository;
  readonly #directorRoot: Uint8Array;
  readonly #online = newRoleKey();
  readonly #files = new Map<string, Uint8Array>();
  readonly #targets = new Map<string, TargetEntry & { version: string; releaseCounter: number }>();
  readonly revoked = {
    certificates: [] as string[],
    tokens: [] as string[],
    persons: [] as string[],
    issuers: [] as string[],
  };
  #number = 1;
  #list = '';
  #listener: Listener | null = null;
  #http: Server | null = null;

  private constructor(
    ca: TestCa,
    maker: Issuer,
    clinic: Issuer,
    keys: ImageKeys,
    directorRoot: Uint8Array,
    online: ReturnType<typeof newRoleKey>,
  ) {
    this.ca = ca;
    this.maker = maker;
    this.clinic = clinic;
    this.anchors = { roots: ca.anchors.roots, issuers: ['clinic:demo', 'maker:ward'] };
    this.#image = new ImageRepository(keys);
    this.#directorRoot = directorRoot;
    this.#online = online;
  }

  static async open(): Promise<SmallWorkbench> {
    const ca = await makeTestCa();
    const [maker, clinic] = [await ca.issue('issuer', 'maker:ward'), await ca.issue('issuer', 'clinic:demo')];
    const keys: ImageKeys = {
      root: signers(3, 2),
      ...{ targets: signers(2, 2), snapshot: signers(), timestamp: signers() },
      families: { [FAMILY]: signers() },
    };
    const online = newRoleKey();
    const now = Date.now();
    const directorRoot = await makeDirectorRoot({
      ...{ version: 1, issued: now, expires: now + 365 * DAY, root: signers(3, 2), online: online.key },
    });
    const workbench = new SmallWorkbench(ca, maker, clinic, keys, directorRoot, online);
    await workbench.#publish();
    await workbench.revoke({});
    await workbench.#listen();
    return workbench;
  }

  get gateway() {
    return { host: '127.0.0.1', port: this.#listener!.port };
  }
  get url(): string {
    return `http://127.0.0.1:${(this.#http!.address() as AddressInfo).port}`;
  }
  get repository(): string {
    return `${this.url}/fleet-repository`;
  }
  get imageRoot(): Uint8Array {
    return this.#files.get('metadata/1.root.json')!;
  }

  /** A one-time code for a unit. */
  code(unit: string): string {
    const code = makeEnrolmentCode();
    const pending = beginEnrolment({ unit, code, now: Date.now() });
    this.units.set(unit, {
      ...{
        pending,
        jwk: null,
        report: null,
        checkIns: 0,
        known: nothingKnown(unit),
        problem: null,
        lines: [],
      },
      ...{ director: { version: 0, documents: {} }, services: [], ended: [] },
    });
    return code;
  }

  unit(serial: string): KnownUnit {
    const unit = this.units.get(serial);
    if (!unit) throw new Error(`no unit ${serial}`);
    return unit;
  }

  async certify(role: 'console' | 'service', id: string, csr: Uint8Array) {
    const { certificate } = await issueCertificate(this.ca.issuing, {
      csr,
      role,
      id,
      now: Date.now(),
      days: 30,
    });
    return { chain: [certificate, this.ca.issuing.certificate], root: this.ca.root.certificate };
  }

  /** Takes back, and publishes a newer list. */
  async revoke(more: Partial<typeof this.revoked>): Promise<void> {
    for (const [kind, values] of Object.entries(more))
      this.revoked[kind as keyof typeof this.revoked].push(...values);
    await this.#signList();
  }

  async publish(version: string, bytes: Uint8Array, releaseCounter = 1): Promise<void> {
    const entry = this.#image.addTarget(FAMILY, `lumen-400-${version}.mjs`, bytes, {
      ...{ hardwareIds: [FAMILY], version, releaseCounter, releaseKey: `REL-${version}` },
    });
    this.#targets.set(version, { ...entry, version, releaseCounter });
    await this.#publish();
  }

  /** What a unit shall run; null: nothing to do. */
  async direct(serial: string, version: string | null, attempt = 1): Promise<void> {
    const unit = this.unit(serial);
    const target = version === null ? null : this.#targets.get(version)!;
    const number = unit.director.version + 1;
    const now = Date.now();
    const files = await makeDirectorMetadata({
      ...{ unit: serial, version: number, issued: now, expires: now + 3 * DAY, key: this.#online },
      direction: target && {
        ...{
          target,
          hardwareId: FAMILY,
          version: target.version,
          releaseCounter: target.releaseCounter,
          attempt,
        },
      },
    });
    const documents = Object.fromEntries(
      [...files].map(([name, bytes]) => [name, Buffer.from(bytes).toString()]),
    );
    documents['1.root.json'] = Buffer.from(this.#directorRoot).toString();
    unit.director = { version: number, documents };
  }

  /** Asks for a service session; gives the code that the person at the device is told. */
  async requestService(serial: string, given: Pick<ServiceRequest, 'who' | 'why' | 'verbs' | 'minutes'>) {
    const unit = this.unit(serial);
    const challenge = unit.report?.serviceChallenge;
    if (!challenge) throw new Error('the unit gave no challenge');
    const id = crypto.randomUUID();
    const request = await signServiceRequest({ id, unit: serial, challenge, ...given }, (bytes) =>
      this.maker.key.sign(bytes),
    );
    unit.services.push({ id, request });
    return { id, code: comparisonCode(request) };
  }

  async close(): Promise<void> {
    await this.#listener?.close();
    await new Promise<void>((done) => (this.#http ? this.#http.close(() => done()) : done()));
  }

  async #signList(): Promise<void> {
    const issuedAt = Math.floor(Date.now() / 1000);
    this.#list = await signRevocationList(this.maker, {
      ...{ number: this.#number++, issuedAt, nextBy: issuedAt + 3600 },
      ...structuredClone(this.revoked),
    });
  }

  async #publish(): Promise<void> {
    for (const [path, bytes] of await this.#image.publish(Date.now())) this.#files.set(path, bytes);
  }

  async #listen(): Promise<void> {
    const gateway = await this.ca.issue('gateway', 'ward');
    this.#listener = await listen({
      endpoint: { role: 'gateway', key: gateway.key, chain: gateway.chain, anchors: this.ca.anchors },
      ...{ host: '127.0.0.1', port: 0, audit: new MemoryAudit(), clock: systemClock, now: Date.now },
      revocations: () => ({ ...NO_REVOCATIONS, certificates: new Set(this.revoked.certificates) }),
      handlers: {
        'check-in': handle(CheckIn, (checkIn, { peer }) => this.#take(peer.id, checkIn)),
        renew: handle(RenewalRequest, async ({ csr }, { peer }) => {
          const now = Date.now();
          const { certificate } = await issueCertificate(this.ca.issuing, {
            ...{ csr: Buffer.from(csr, 'base64'), role: 'unit', id: peer.id, now, days: 398 },
          });
          return { certificate: Buffer.from(certificate).toString('base64') };
        }),
      } satisfies HandlersOf<'gateway'>,
    });
    this.#http = createServer(async (request, response) => {
      const path = new URL(request.url ?? '/', 'http://at').pathname;
      if (request.method === 'POST' && path === '/api/fleet/enrol') {
        const pieces: Buffer[] = [];
        for await (const piece of request) pieces.push(piece as Buffer);
        const answer = await this.#enrol(JSON.parse(Buffer.concat(pieces).toString()));
        response
          .writeHead(answer.status, { 'content-type': 'application/json' })
          .end(JSON.stringify(answer.body));
        return;
      }
      const bytes = this.#files.get(path.replace('/fleet-repository/', ''));
      if (bytes) response.writeHead(200).end(bytes);
      else response.writeHead(404).end();
    });
    await new Promise<void>((done) => this.#http!.listen(0, '127.0.0.1', done));
  }

  async #enrol(message: unknown): Promise<{ status: number; body: unknown }> {
    const serial = enrolmentUnit(message);
    const unit = this.unit(serial);
    if (!unit.pending) return { status: 409, body: { error: 'no code' } };
    const judged = await answerEnrolment({
      ...{ request: message, pending: unit.pending, issuing: this.ca.issuing, anchors: this.anchors },
      ...{ now: Date.now(), days: 398 },
    });
    unit.pending = judged.pending;
    return judged.kind === 'answered'
      ? { status: 200, body: judged.answer }
      : { status: 403, body: { error: judged.refusal.code } };
  }

  async #take(serial: string, checkIn: CheckIn): Promise<CheckInAnswer> {
    const unit = this.unit(serial);
    unit.report = checkIn.report;
    unit.checkIns += 1;
    unit.services = unit.services.filter(({ id }) => id !== checkIn.report.service?.id);
    if (checkIn.audit && unit.problem === null) {
      const { lines, last, checkpoint } = checkIn.audit;
      unit.jwk ??= [...this.#listener!.channels].find(({ peer }) => peer.id === serial)?.peer.jwk ?? null;
      const { jwk } = unit;
      const verdict = await verifyBatch(
        { unit: serial, lines, last, checkpoint },
        unit.known,
        jwk ? [jwk] : [],
      );
      if (verdict.whole) {
        unit.known = verdict.known;
        unit.lines.push(...lines);
      } else unit.problem = verdict.code;
    }
    return {
      revocations: this.#list,
      director:
        unit.director.version > 0 && unit.director.version !== checkIn.director
          ? unit.director.documents
          : null,
      services: unit.services.map(({ request }) => request),
      endServices: unit.ended,
      maker: this.maker.chain.map((der) => Buffer.from(der).toString('base64')),
      auditKnown: unit.known.head,
      auditProblem: unit.problem,
      auditClosing: null,
    };
  }
}

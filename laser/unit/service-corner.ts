// Service at the laser: the desk of device/service, the requests that check-ins or the engineer's laptop bring, and what the workbench is told.

import type { ServiceReport } from '@ward/device/agent/application.ts';
import type { AuditSink } from '@ward/device/audit/event.ts';
import type { Clock } from '@ward/device/clock.ts';
import { type Disk, replaceFile } from '@ward/device/disk/disk.ts';
import { type PublicJwk, publicKeyOf } from '@ward/device/identity/key.ts';
import { isRefusal, type Refusal } from '@ward/device/refusal.ts';
import { ServiceDesk, type ServiceEnd } from '@ward/device/service/desk.ts';
import { z } from 'zod';

const OPEN_FILE = 'service/open';
const MOST_ENDED = 20;
const CHALLENGE_AGAIN_MS = 5 * 60_000;

/** What no newer challenge would change. Only of what the maker signed: whoever else can send a request says nothing of one to the workbench. */
const isForGood = ({ code, detail }: Refusal) =>
  code === 'service.wrong-unit' ||
  code === 'service.too-long' ||
  (code === 'service.malformed' && detail.why === 'claims');

interface Known {
  readonly id: string;
  state: 'waiting' | 'open' | 'refused' | 'ended';
  because: string | null;
}

export interface ServiceCornerParts {
  readonly unit: string;
  readonly clock: Clock;
  readonly disk: Disk;
  readonly audit: AuditSink;
  readonly inStandby: () => boolean;
  readonly ended: (why: ServiceEnd) => void;
}

export class ServiceCorner {
  readonly #parts: ServiceCornerParts;
  #desk: ServiceDesk | null = null;
  #maker: PublicJwk | null = null;
  #known: Known | null = null;
  #ended: { id: string; because: string }[] = [];
  readonly #seen = new Set<string>();
  #challenge: { readonly text: string; readonly at: number } | null = null;

  private constructor(parts: ServiceCornerParts) {
    this.#parts = parts;
  }

  /** A session that was open when the power went is told as ended. */
  static async open(parts: ServiceCornerParts): Promise<ServiceCorner> {
    const corner = new ServiceCorner(parts);
    const left = await parts.disk.read(OPEN_FILE, 64);
    if (left) corner.#noteEnd(Buffer.from(left).toString(), 'power');
    await parts.disk.remove(OPEN_FILE);
    return corner;
  }

  /** Null before a workbench was ever reached. */
  get desk(): ServiceDesk | null {
    return this.#desk;
  }

  /** Who may ask for service: from the newest list that the unit believes. A session that is open goes on under the key that began it. */
  async believe(maker: PublicJwk): Promise<void> {
    if (this.#maker?.x === maker.x && this.#maker.y === maker.y) return;
    if (this.#desk && this.#desk.visible.kind !== 'none') return;
    const { unit, clock, audit, inStandby, ended } = this.#parts;
    const requesterKey = publicKeyOf(maker);
    this.#maker = maker;
    this.#challenge = null;
    this.#desk = new ServiceDesk({
      ...{ unit, clock, audit, inStandby, requesterKey },
      ended: (why) => {
        this.#finish(why);
        ended(why);
      },
    });
  }

  /** True when this request is not known yet: the same one comes with each check-in until it is answered. */
  isNew(request: string): boolean {
    return !this.#seen.has(request);
  }

  /** Throws what `ServiceDesk.request` refuses. */
  async request(request: string): Promise<void> {
    if (!this.#desk) throw new Error('no maker is known');
    this.#seen.add(request);
    for (const oldest of this.#seen) {
      if (this.#seen.size <= 64) break;
      this.#seen.delete(oldest);
    }
    const id = idIn(request);
    // Good once, whatever comes of it.
    this.#challenge = null;
    try {
      await this.#desk.request(request);
      this.#known = { id: id ?? '', state: 'waiting', because: null };
    } catch (error) {
      if (isRefusal(error) && id && isForGood(error) && this.#isFree())
        this.#known = { id, state: 'refused', because: error.code };
      throw error;
    }
  }

  async opened(): Promise<void> {
    if (!this.#known) return;
    this.#known.state = 'open';
    await this.#parts.disk.makeFolder('service');
    await replaceFile(this.#parts.disk, OPEN_FILE, Buffer.from(this.#known.id));
  }

  async declined(because = 'person-at-device'): Promise<void> {
    await this.#desk?.decline();
    if (this.#known?.state === 'waiting') this.#known = { ...this.#known, state: 'refused', because };
  }

  /** The workbench ended these. */
  async endFromWorkbench(ids: readonly string[]): Promise<boolean> {
    if (!this.#known || !ids.includes(this.#known.id)) return false;
    if (this.#known.state === 'waiting') await this.declined('workbench');
    else if (this.#known.state === 'open') await this.#desk?.end('revoked');
    else return false;
    return true;
  }

  #isFree(): boolean {
    return this.#known?.state !== 'waiting' && this.#known?.state !== 'open';
  }

  report(): ServiceReport {
    const { clock } = this.#parts;
    const visible = this.#desk?.visible.kind ?? 'none';
    if (this.#known?.state === 'waiting' && visible === 'none')
      this.#known = { ...this.#known, state: 'refused', because: 'time' };
    if (this.#challenge && clock.monotonic() - this.#challenge.at > CHALLENGE_AGAIN_MS)
      this.#challenge = null;
    if (this.#desk && visible === 'none')
      this.#challenge ??= { text: this.#desk.challenge(), at: clock.monotonic() };
    return {
      service: this.#known?.id ? { ...this.#known } : null,
      endedServices: this.#ended,
      // While one waits or is open no other is taken; it would be signed anew, with another code.
      serviceChallenge: visible === 'none' ? (this.#challenge?.text ?? null) : null,
    };
  }

  #finish(because: ServiceEnd): void {
    if (this.#known?.state !== 'open') return;
    this.#known = { ...this.#known, state: 'ended', because };
    this.#noteEnd(this.#known.id, because);
    void this.#parts.disk.remove(OPEN_FILE).catch(() => undefined);
  }

  #noteEnd(id: string, because: string): void {
    if (isId(id)) this.#ended = [...this.#ended, { id, because }].slice(-MOST_ENDED);
  }
}

/** As the report has it: anything else would keep the unit from reporting. */
const isId = (id: unknown): id is string => z.uuid().safeParse(id).success;

/** The id that a request says it has; believed only after the desk believed the request. */
function idIn(request: string): string | null {
  try {
    const { id } = JSON.parse(Buffer.from(request.split('.')[1] ?? '', 'base64url').toString());
    return isId(id) ? id : null;
  } catch {
    return null;
  }
}

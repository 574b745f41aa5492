// What a simulated unit says at its next check-in: it takes the update that it is directed to, and runs it or comes back from it.
import type { CheckIn, CheckInAnswer } from '@ward/device/agent/messages.ts';
import type { SigningKey } from '@ward/device/identity/key.ts';
import { Trail } from './trail.ts';

const FACTORY = '0'.repeat(64);

interface Target {
  readonly sha256: string;
  readonly version: string;
}

export class SimulatedUnit {
  readonly serial: string;
  /** An update does not come up on it. */
  readonly fails: boolean;
  readonly #trail: Trail;
  #runs: Target = { sha256: FACTORY, version: '4.1.0' };
  #update: (Target & { step: 'staged' | 'confirmed' | 'failed' }) | null = null;
  #director = 0;

  constructor(serial: string, key: SigningKey, fails = false) {
    this.serial = serial;
    this.fails = fails;
    this.#trail = new Trail(serial, key);
  }

  get step(): string | null {
    return this.#update?.step ?? null;
  }

  /** `events`: lines that its audit log has beyond the last report. */
  async report(events: number, at: number): Promise<CheckIn> {
    const update = this.#update;
    return {
      report: {
        ...this.#runs,
        slot: 'a',
        hardwareId: 'lumen-400',
        deviceState: 'standby',
        uptimeMs: at,
        update: update && { ...update, code: update.step === 'failed' ? 'update.health-failed' : null },
        service: null,
        serviceChallenge: null,
        endedServices: [],
        auditWritable: true,
        vault: null,
      },
      audit: await this.#trail.upload(events, at),
      revocations: 0,
      director: this.#director,
    };
  }

  /** A word of the director is believed here (the benchmark is the gateway's); what was staged is run, as after the next start. */
  hear({ director }: Pick<CheckInAnswer, 'director'>): void {
    if (this.#update?.step === 'staged') this.#end(this.#update);
    if (director === null) return;
    const { version, target } = readDirected(director);
    this.#director = version;
    if (target && target.sha256 !== this.#update?.sha256) this.#update = { ...target, step: 'staged' };
  }

  #end({ sha256, version }: Target): void {
    this.#update = { sha256, version, step: this.fails ? 'failed' : 'confirmed' };
    if (!this.fails) this.#runs = { sha256, version };
  }
}

interface Targets {
  readonly signed: {
    readonly version: number;
    readonly targets: Readonly<
      Record<string, { readonly hashes: { readonly sha256: string }; readonly custom: { version: string } }>
    >;
  };
}

function readDirected(documents: Readonly<Record<string, string>>): {
  version: number;
  target: Target | null;
} {
  const text = Object.entries(documents).find(([name]) => name.endsWith('.targets.json'))?.[1] as string;
  const { signed } = JSON.parse(text) as Targets;
  const [target] = Object.values(signed.targets);
  return {
    version: signed.version,
    target: target ? { sha256: target.hashes.sha256, version: target.custom.version } : null,
  };
}

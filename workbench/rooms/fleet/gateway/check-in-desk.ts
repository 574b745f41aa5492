// Where check-ins wait for each other: those that arrive while one group is written are the next group. One unit reports once in a group.
import type { CheckInAnswer } from '../report.ts';
import { refuseGateway } from './refusals.ts';
import type { Arrived } from './take-check-ins.ts';

interface Waiting extends Arrived {
  resolve(answer: CheckInAnswer): void;
  reject(reason: unknown): void;
}

const MOST_IN_A_GROUP = 128;
const MOST_WAITING = 20_000;

export class CheckInDesk {
  readonly #take: (arrived: readonly Arrived[]) => Promise<readonly (CheckInAnswer | null)[]>;
  #waiting: Waiting[] = [];
  #busy = false;

  constructor(take: (arrived: readonly Arrived[]) => Promise<readonly (CheckInAnswer | null)[]>) {
    this.#take = take;
  }

  /** Resolves when the report is durable. Rejects with a refusal `gateway.*`. */
  submit(arrived: Arrived): Promise<CheckInAnswer> {
    if (this.#waiting.length >= MOST_WAITING) return Promise.reject(refuseGateway('gateway.busy'));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ...arrived, resolve, reject });
      if (!this.#busy) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#busy = true;
    while (this.#waiting.length > 0) await this.#answer(this.#nextGroup());
    this.#busy = false;
  }

  /** A group that cannot be taken is halved: what one unit sends keeps no other from being heard. */
  async #answer(group: readonly Waiting[]): Promise<void> {
    let answers: readonly (CheckInAnswer | null)[];
    try {
      answers = await this.#take(group);
    } catch (error) {
      if (group.length === 1) return group[0]?.reject(refuseGateway('gateway.failed', {}, error));
      const half = group.length >> 1;
      await this.#answer(group.slice(0, half));
      return this.#answer(group.slice(half));
    }
    for (const [at, one] of group.entries()) {
      const answer = answers[at];
      if (answer) one.resolve(answer);
      else one.reject(refuseGateway('gateway.unknown-unit', { unit: one.serial }));
    }
  }

  #nextGroup(): Waiting[] {
    const group: Waiting[] = [];
    const serials = new Set<string>();
    const later: Waiting[] = [];
    for (const one of this.#waiting) {
      if (group.length < MOST_IN_A_GROUP && !serials.has(one.serial)) {
        serials.add(one.serial);
        group.push(one);
      } else later.push(one);
    }
    this.#waiting = later;
    return group;
  }
}

// Enrolment at the panel of a unit that is nobody yet: one attempt at a time, since each writes to the audit log, and none once there is an identity.
import { isRefusal } from '@ward/device/refusal.ts';

export interface EnrolmentTry {
  readonly code: string;
  readonly workbenchUrl: string;
}
export interface EnrolmentAnswer {
  readonly did: boolean;
  readonly says: string | null;
}

export class EnrolmentCorner {
  readonly #enrol: (tried: EnrolmentTry) => Promise<unknown>;
  readonly #enrolled: () => void;
  #busy = false;
  #done = false;
  /** Resolves when the unit is enrolled and its audit log is closed again. */
  readonly enrolled: Promise<void>;

  /** `enrol` throws a refusal, or leaves an identity behind. */
  constructor(enrol: (tried: EnrolmentTry) => Promise<unknown>) {
    this.#enrol = enrol;
    let enrolled: () => void = () => undefined;
    this.enrolled = new Promise((done) => {
      enrolled = done;
    });
    this.#enrolled = enrolled;
  }

  /** Throws what is no refusal. */
  async act(tried: EnrolmentTry): Promise<EnrolmentAnswer> {
    if (this.#done) return { did: false, says: 'This unit is enrolled and starts.' };
    if (this.#busy) return { did: false, says: 'An enrolment is under way; wait for its answer.' };
    this.#busy = true;
    try {
      await this.#enrol(tried);
      this.#done = true;
      this.#enrolled();
      return { did: true, says: null };
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return { did: false, says: error.plain };
    } finally {
      this.#busy = false;
    }
  }
}

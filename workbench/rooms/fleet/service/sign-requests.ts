// Requests for service sessions as units get them: signed over the unit's own challenge, and anew when the unit says another.
import type { SigningKey } from '@ward/device/identity/key.ts';
import { type ServiceVerb, signServiceRequest } from '@ward/device/service/request.ts';
import { sql } from 'kysely';
import type { Tx } from '../../../kernel/records/records.ts';

export interface LiveRequest {
  readonly id: string;
  readonly state: string;
  readonly request: string | null;
  readonly challenge: string | null;
  readonly engineer: string;
  readonly why: string;
  readonly verbs: readonly ServiceVerb[];
  readonly minutes: number;
}

export interface Asked {
  readonly unitId: string;
  readonly serial: string;
  /** Null: the unit takes no request now. */
  readonly challenge: string | null;
  /** Those that wait for consent. */
  readonly requests: readonly LiveRequest[];
}

export class ServiceSigner {
  readonly #key: SigningKey;

  constructor(key: SigningKey) {
    this.#key = key;
  }

  /** By unit id, the signed requests that it is to show. */
  async askUnits(db: Tx, units: readonly Asked[]): Promise<ReadonlyMap<string, readonly string[]>> {
    const answers = new Map<string, readonly string[]>();
    const fresh: { id: string; challenge: string; request: string }[] = [];
    for (const { unitId, serial, challenge, requests } of units) {
      const told: string[] = [];
      for (const one of requests) {
        if (one.request !== null && (challenge === null || challenge === one.challenge)) {
          told.push(one.request);
          continue;
        }
        if (challenge === null) continue;
        const request = await this.#sign(serial, challenge, one);
        fresh.push({ id: one.id, challenge, request });
        told.push(request);
      }
      if (told.length > 0) answers.set(unitId, told);
    }
    if (fresh.length > 0)
      await sql`update service_request q set challenge = n.challenge, request = n.request
        from json_to_recordset(${JSON.stringify(fresh)}::json) as n (id uuid, challenge text, request text)
        where q.id = n.id and q.state = 'requested'`.execute(db);
    return answers;
  }

  #sign(
    unit: string,
    challenge: string,
    { id, engineer, why, verbs, minutes }: LiveRequest,
  ): Promise<string> {
    return signServiceRequest(
      { id, unit, who: engineer, why, verbs: [...verbs], minutes, challenge },
      (bytes) => this.#key.sign(bytes),
    );
  }
}

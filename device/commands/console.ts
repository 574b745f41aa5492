// The other end of commands: makes each from the challenge before, and believes nothing that the unit has not signed for this very command.
import type { KeyObject } from 'node:crypto';
import type { CryptoKey, JWK } from 'jose';
import { type AuditSink, auditEvent } from '../audit/event.ts';
import { sha256Base64url } from '../identity/key.ts';
import { isRefusal } from '../refusal.ts';
import { readJws, type Sign } from '../signed/jws.ts';
import {
  type CommandClaims,
  MOST_RECEIPT_CHARACTERS,
  RECEIPT_TYP,
  ReceiptClaims,
  SESSION_TYP,
  SessionClaims,
  signCommand,
} from './envelope.ts';
import { refuseReceipt } from './refusals.ts';
import { makeSealKey, openSeal, seal } from './seal.ts';

export interface ConsoleParts {
  readonly unit: string;
  /** The unit's identity key, from its certificate. */
  readonly unitKey: KeyObject;
  /** By the holder's key. */
  readonly sign: Sign;
  readonly tokenHash: string;
  /** The exporter of the channel as this end sees it. */
  readonly exporter: string;
  /** Of the console: what it did not believe. */
  readonly audit?: AuditSink;
}

export interface Asked {
  readonly verb: string;
  readonly body: CommandClaims['body'];
  /** Patient data for the unit: sealed before they leave. */
  readonly patientData?: unknown;
}

export interface ReadReceipt {
  readonly receipt: ReceiptClaims;
  /** Patient data of the answer; undefined when there are none. */
  readonly patientData: unknown;
}

export class CommandConsole {
  readonly #parts: ConsoleParts;
  readonly #opening: SessionClaims;
  readonly #answerKey: { readonly publicJwk: JWK; readonly privateKey: CryptoKey };
  #next: { readonly challenge: string; readonly sequence: number };
  #asked: { readonly hash: string; readonly sequence: number } | null = null;

  private constructor(
    parts: ConsoleParts,
    opening: SessionClaims,
    answerKey: { readonly publicJwk: JWK; readonly privateKey: CryptoKey },
  ) {
    this.#parts = parts;
    this.#opening = opening;
    this.#answerKey = answerKey;
    this.#next = { challenge: opening.challenge, sequence: opening.sequence };
  }

  /** From what the unit said when the session was opened. Throws a refusal. */
  static async open(parts: ConsoleParts, opened: unknown): Promise<CommandConsole> {
    const claims = readFromUnit(opened, SESSION_TYP, SessionClaims, parts.unitKey);
    const isOurs =
      claims.unit === parts.unit && claims.token === parts.tokenHash && claims.channel === parts.exporter;
    if (!isOurs) throw refuseReceipt('receipt.of-another-command');
    return new CommandConsole(parts, claims, await makeSealKey());
  }

  get session(): string {
    return this.#opening.session;
  }

  /** The next command, signed. `id` is a fresh UUID. */
  async command({ verb, body, patientData }: Asked, id: string = crypto.randomUUID()): Promise<string> {
    const { unit, sign, tokenHash } = this.#parts;
    const { session, sealTo } = this.#opening;
    const { challenge, sequence } = this.#next;
    const claims: CommandClaims = {
      id,
      unit,
      session,
      challenge,
      sequence,
      token: tokenHash,
      verb,
      body,
      answerTo: this.#answerKey.publicJwk as never,
    };
    if (patientData !== undefined)
      claims.sealed = await seal(patientData, sealTo as JWK, { unit, session, sequence, way: 'to-unit' });
    const command = await signCommand(claims, sign);
    this.#asked = { hash: sha256Base64url(command), sequence };
    return command;
  }

  /** Reads the receipt of the last command and goes on to the next challenge. Throws a refusal, recorded, when it is not that. */
  async read(message: unknown): Promise<ReadReceipt> {
    try {
      return await this.#read(message);
    } catch (error) {
      if (isRefusal(error))
        await this.#parts.audit?.append(
          auditEvent({ what: 'receipt.refused', outcome: 'refused', code: error.code, on: this.session }),
        );
      throw error;
    }
  }

  async #read(message: unknown): Promise<ReadReceipt> {
    const { unit, unitKey } = this.#parts;
    const receipt = readFromUnit(message, RECEIPT_TYP, ReceiptClaims, unitKey);
    const isOurs =
      receipt.unit === unit && receipt.session === this.session && receipt.command === this.#asked?.hash;
    if (!isOurs) throw refuseReceipt('receipt.of-another-command');
    const patientData =
      receipt.sealed === null
        ? undefined
        : await openSeal(receipt.sealed, this.#answerKey.privateKey, {
            unit,
            session: this.session,
            sequence: this.#asked?.sequence ?? 0,
            way: 'to-holder',
          });
    if (receipt.sealed !== null && patientData === undefined) throw refuseReceipt('receipt.wrong-seal');
    if (receipt.next !== null) this.#next = receipt.next;
    return { receipt, patientData };
  }
}

function readFromUnit<Claims>(
  message: unknown,
  typ: string,
  schema: { safeParse(value: unknown): { success: true; data: Claims } | { success: false } },
  key: KeyObject,
): Claims {
  const reading = readJws(message, { typ, key, mostCharacters: MOST_RECEIPT_CHARACTERS });
  if (reading.kind === 'wrong-signature') throw refuseReceipt('receipt.forged', { why: reading.why });
  if (reading.kind !== 'read') throw refuseReceipt('receipt.malformed', { why: reading.why });
  const claims = schema.safeParse(reading.claims);
  if (!claims.success) throw refuseReceipt('receipt.malformed');
  return claims.data;
}

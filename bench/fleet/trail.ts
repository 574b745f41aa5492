// The audit trail of a simulated unit without its disk: real lines, chained and signed as the unit's log has them, made as they are sent.
import { checkpointSigner } from '@ward/device/agent/audit-keys.ts';
import type { AuditUpload } from '@ward/device/agent/messages.ts';
import type { SignCheckpoint } from '@ward/device/audit/checkpoint.ts';
import { beginningOf, encodeEntry, type Head, hashOf } from '@ward/device/audit/entry.ts';
import { type AuditEvent, auditEvent } from '@ward/device/audit/event.ts';
import { CHECKPOINT_ENTRY } from '@ward/device/audit/walk.ts';
import type { SigningKey } from '@ward/device/identity/key.ts';

export class Trail {
  readonly #unit: string;
  readonly #sign: SignCheckpoint;
  #head: Head;
  #size = 0;
  #checkpoint: string | null = null;
  #unsent: string[] = [];

  constructor(unit: string, key: SigningKey) {
    this.#unit = unit;
    this.#sign = checkpointSigner(key);
    this.#head = beginningOf(unit);
  }

  /** So many things happened since; signed over, as a unit does before it reports. Nothing new: nothing is signed. */
  async upload(events: number, at: number): Promise<AuditUpload> {
    for (let event = 0; event < events; event += 1)
      this.#write(auditEvent({ what: 'unit.reported', outcome: 'done', detail: { event } }), at);
    if (events > 0) {
      const { sequence, hash: head } = this.#head;
      const previous = this.#checkpoint === null ? null : hashOf(this.#checkpoint);
      this.#checkpoint = await this.#sign({
        unit: this.#unit,
        sequence,
        head,
        size: this.#size,
        at,
        previous,
      });
      const detail = { checkpoint: this.#checkpoint };
      this.#write(auditEvent({ what: CHECKPOINT_ENTRY, outcome: 'done', detail }), at);
    }
    const lines = this.#unsent;
    this.#unsent = [];
    return { lines, last: this.#head, checkpoint: this.#checkpoint };
  }

  #write(event: AuditEvent, at: number): void {
    const sequence = this.#head.sequence + 1;
    const json = encodeEntry({ sequence, before: this.#head.hash, at, boot: '0123456789abcdef' }, event);
    this.#head = { sequence, hash: hashOf(json) };
    this.#size += json.length + 10;
    this.#unsent.push(json);
  }
}

// The far end of a unit: a channel by the laptop's or console's own certificate, a session by a person's token, commands signed by the person's key.
import { NO_LOG } from '@ward/device/audit/event.ts';
import type { Channel } from '@ward/device/channel/channel.ts';
import { connect } from '@ward/device/channel/connect.ts';
import type { Endpoint } from '@ward/device/channel/tls.ts';
import { systemClock } from '@ward/device/clock.ts';
import { type Asked, CommandConsole, type ReadReceipt } from '@ward/device/commands/console.ts';
import { Lane } from '@ward/device/disk/lane.ts';
import { publicKeyOf, type SigningKey, sha256Base64url } from '@ward/device/identity/key.ts';
import { NO_REVOCATIONS, type Revocations } from '@ward/device/identity/revocations.ts';
import { defineRefusals, isRefusal, refusalDefinitions } from '@ward/device/refusal.ts';
import { z } from 'zod';

export interface UnitPlace {
  readonly unit: string;
  readonly host: string;
  readonly port: number;
}

export const refuseLink = defineRefusals({
  'link.revocations-stale': {
    plain: 'It is not known whether this laser is still admitted. Check the connection to the workbench.',
    row: 'L1',
  },
  'link.answer-malformed': { plain: 'The unit gave an answer that cannot be read.', row: 'L4' },
});

/** Who calls, and what it knows of units that are no longer admitted; nothing when that is left out. */
export interface Caller extends Endpoint {
  readonly revocations?: () => Pick<Revocations, 'certificates'>;
  /** For the expiry of certificates, in milliseconds since 1970; the clock of this machine when left out. */
  readonly now?: () => number;
  /** Told of each open channel, to judge it again when more is known. */
  readonly follow?: (channel: Channel) => void;
}

const nothingKnown = () => NO_REVOCATIONS;

const Opened = z.object({ session: z.string() });
const Answered = z.object({ receipt: z.string() });
const Status = z.object({ unit: z.string(), state: z.string(), version: z.string() });
export type UnitStatus = z.infer<typeof Status>;

export class UnitLink {
  readonly #channel: Channel;
  readonly #caller: Caller;
  readonly #desk: CommandConsole | null;
  readonly #lane = new Lane();

  private constructor(channel: Channel, caller: Caller, desk: CommandConsole | null) {
    this.#channel = channel;
    this.#caller = caller;
    this.#desk = desk;
  }

  /** A channel without a session: for the state and the stop. Rejects with a refusal of the channel. */
  static async call(endpoint: Caller, { unit, host, port }: UnitPlace): Promise<UnitLink> {
    return new UnitLink(await callUnit(endpoint, { unit, host, port }), endpoint, null);
  }

  /**
   * With a session. `token` gives the person's token for this channel key; `holder` is the key it is bound to. Rejects with a refusal, the
   * unit's own code in the detail of `channel.refused`.
   */
  static async open(
    endpoint: Caller,
    place: UnitPlace,
    { token, holder }: { readonly token: string; readonly holder: SigningKey },
  ): Promise<UnitLink> {
    const channel = await callUnit(endpoint, place);
    try {
      const opened = Opened.safeParse(await channel.request('challenge', { token, holderKey: holder.jwk }));
      if (!opened.success) throw refuseLink('link.answer-malformed');
      const desk = await CommandConsole.open(
        {
          unit: place.unit,
          unitKey: publicKeyOf(channel.peer.jwk),
          sign: (bytes) => holder.sign(bytes),
          tokenHash: sha256Base64url(token),
          exporter: channel.binding.exporter,
        },
        opened.data.session,
      );
      return new UnitLink(channel, endpoint, desk);
    } catch (error) {
      channel.close();
      throw error;
    }
  }

  /** False too when the unit was taken back since it was called. */
  get open(): boolean {
    const { serial, issuingSerial } = this.#channel.peer;
    const { certificates } = (this.#caller.revocations ?? nothingKnown)();
    return this.#channel.open && !certificates.has(serial) && !certificates.has(issuingSerial);
  }

  /** One command after the other. A refused command is a receipt too: look at its outcome. */
  ask(asked: Asked): Promise<ReadReceipt> {
    return this.#lane.run(async () => {
      const desk = this.#desk;
      if (!desk) throw new Error('this link has no session');
      const answer = Answered.safeParse(
        await this.#channel.request('command', { command: await desk.command(asked) }),
      );
      if (!answer.success) throw refuseLink('link.answer-malformed');
      return desk.read(answer.data.receipt);
    });
  }

  async status(): Promise<UnitStatus> {
    const status = Status.safeParse(await this.#channel.request('status', {}));
    if (!status.success) throw refuseLink('link.answer-malformed');
    return status.data;
  }

  /** Makes it safe: needs no session. */
  async stop(): Promise<void> {
    await this.#channel.request('stop', {});
  }

  close(): void {
    this.#channel.close();
  }
}

async function callUnit(endpoint: Caller, { unit, host, port }: UnitPlace): Promise<Channel> {
  const channel = await connect({
    ...{ endpoint, host, port, clock: systemClock, now: endpoint.now ?? Date.now },
    peer: { role: 'unit', id: unit },
    // What is refused here is shown to the person at once; the unit keeps the log.
    audit: NO_LOG,
    revocations: endpoint.revocations ?? nothingKnown,
  });
  endpoint.follow?.(channel);
  return channel;
}

/** Code and plain sentence of what a unit or a channel refused. Throws on what is a fault of the program. */
export function inPlainWords(error: unknown): { readonly code: string; readonly says: string } {
  if (!isRefusal(error)) throw error;
  const code =
    error.code === 'channel.refused' && typeof error.detail.code === 'string'
      ? error.detail.code
      : error.code;
  return { code, says: refusalDefinitions().get(code)?.plain ?? error.plain };
}

/** Of a receipt: null when it was done. */
export function refusedReceipt({
  receipt,
}: ReadReceipt): { readonly code: string; readonly says: string } | null {
  if (receipt.outcome === 'done') return null;
  const code = receipt.code ?? 'command.failed';
  return { code, says: refusalDefinitions().get(code)?.plain ?? 'The unit did not do it.' };
}

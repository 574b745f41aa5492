// A unit, a holder and a channel with real keys, without a network: for tests, attacks and the bench.
import type { KeyObject } from 'node:crypto';
import { type AuditSink, MemoryAudit } from '../audit/event.ts';
import { type Clock, HandClock } from '../clock.ts';
import { generateSoftwareKey, type PublicJwk, publicKeyOf, sha256Base64url } from '../identity/key.ts';
import type { Sign } from '../signed/jws.ts';
import { type Asked, CommandConsole, type ReadReceipt } from './console.ts';
import type { Channel, Grant } from './grant.ts';
import { makeSealKey } from './seal.ts';
import type { SessionLimits } from './session.ts';
import { type CommandedDevice, CommandUnit } from './unit.ts';
import type { Vocabulary } from './vocabulary.ts';

export interface KeyInHand {
  readonly sign: Sign;
  readonly publicKey: KeyObject;
  readonly jwk: PublicJwk;
  readonly thumbprint: string;
}

export async function makeKey(): Promise<KeyInHand> {
  const { key } = await generateSoftwareKey();
  return { sign: key.sign, publicKey: publicKeyOf(key.jwk), jwk: key.jwk, thumbprint: key.jkt };
}

export interface SceneParts {
  readonly vocabulary: Vocabulary;
  readonly device: CommandedDevice;
  readonly unit?: string;
  readonly clock?: Clock;
  readonly audit?: AuditSink;
  readonly limits?: SessionLimits;
}

let made = 0;

/** A unit with its keys. */
export async function makeScene(parts: SceneParts) {
  const unit = parts.unit ?? 'L4-0007';
  const clock = parts.clock ?? new HandClock();
  const audit = parts.audit ?? new MemoryAudit();
  const key = await makeKey();
  const commands = new CommandUnit({
    ...parts,
    unit,
    clock,
    audit,
    sign: key.sign,
    sealKey: await makeSealKey(),
  });

  /** What a token gives: every verb for five hours, unless said otherwise. */
  const grantTo = async (holder: KeyInHand, channel: Channel, given: Partial<Grant> = {}): Promise<Grant> => {
    made += 1;
    return {
      jti: `token-${made}`,
      tokenHash: sha256Base64url(`token-${made}`),
      person: 'person:amira',
      role: 'clinician',
      unit,
      verbs: [...parts.vocabulary.keys()],
      holderKey: holder.jwk,
      holderThumbprint: holder.thumbprint,
      channelThumbprint: channel.peerThumbprint,
      expiresAtMonotonic: clock.monotonic() + 5 * 3_600_000,
      ...given,
    };
  };

  /** A holder with a session: `ask` sends a command and reads its receipt. */
  const connect = async (given: Partial<Grant> = {}, channel: Channel = makeChannel()) => {
    const holder = await makeKey();
    const grant = await grantTo(holder, channel, given);
    const consoleAudit = new MemoryAudit();
    const desk = await CommandConsole.open(
      {
        unit,
        unitKey: key.publicKey,
        sign: holder.sign,
        tokenHash: grant.tokenHash,
        exporter: channel.exporter,
        audit: consoleAudit,
      },
      await commands.openSession(grant, channel),
    );
    const ask = async (asked: Asked): Promise<ReadReceipt> =>
      desk.read(await commands.answer(channel, await desk.command(asked)));
    return { holder, channel, grant, desk, ask, consoleAudit };
  };
  return { unit, clock, audit, key, commands, grantTo, connect };
}

export type Scene = Awaited<ReturnType<typeof makeScene>>;
export type Connected = Awaited<ReturnType<Scene['connect']>>;

export function makeChannel(): Channel {
  made += 1;
  return { exporter: `exporter-${made}`, peerThumbprint: `console-${made}` };
}

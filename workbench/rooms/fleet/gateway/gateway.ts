// The one door for units: TLS 1.3 with certificates on both sides, on a port of its own. Units call it; it never calls them.
import { type HandlersOf, handle } from '@ward/device/channel/channel.ts';
import { type Listener, listen } from '@ward/device/channel/listen.ts';
import { systemClock } from '@ward/device/clock.ts';
import { type RenewalAnswer, RenewalRequest } from '@ward/device/identity/renewal.ts';
import { isRefusal } from '@ward/device/refusal.ts';
import type { Kernel } from '../../../kernel/kernel.ts';
import { type Authority, findAuthority } from '../authority.ts';
import { renewUnit } from '../enrolment/renew-unit.ts';
import { KnownRevocations } from '../known-revocations.ts';
import { CheckIn } from '../report.ts';
import { ServiceSigner } from '../service/sign-requests.ts';
import { CheckInDesk, refuseGateway } from './check-in-desk.ts';
import { Director } from './director.ts';
import { setGatewayPlace } from './gateway-place.ts';
import { takeCheckIns } from './take-check-ins.ts';
import { VerifiedTrails } from './verified-trails.ts';

export interface Gateway {
  /** Null until there is an authority. */
  readonly port: () => number | null;
  close(): Promise<void>;
}

export interface GatewayOptions {
  readonly host: string;
  readonly port: number;
  /** Address of the pages, which units get enrolled at and fetch updates from. */
  readonly url: string;
}

/** How often a gateway without an authority looks for one, and how often it looks for new revocations. */
const LOOK_AGAIN_MS = 2_000;

/**
 * Opens the door as soon as there is an authority, which another process may make. A port that is taken is said in the log and tried again.
 */
export async function openGateway(kernel: Kernel, options: GatewayOptions): Promise<Gateway> {
  let listener: Listener | null = null;
  let closed = false;
  let authority = await findAuthority(kernel);
  const revoked = new KnownRevocations(kernel);
  const open = async (found: Authority) => {
    await revoked.look(found);
    listener = await listenToUnits(kernel, found, revoked, options);
    await setGatewayPlace(kernel.db, { host: options.host, port: listener.port, url: options.url });
  };
  const failed = (error: unknown) =>
    kernel.log.error({ err: error }, 'the gateway for units cannot be opened');
  // A port that is taken keeps nobody from the pages: it is said, and tried again.
  if (authority) await open(authority).catch(failed);
  let looking = false;
  const timer = setInterval(async () => {
    if (looking || closed) return;
    looking = true;
    try {
      authority ??= await findAuthority(kernel);
      if (authority && listener === null) await open(authority);
      else if (authority && (await revoked.look(authority))) listener?.reconsider();
    } catch (error) {
      kernel.log.warn({ err: error }, 'the gateway for units');
    } finally {
      looking = false;
    }
  }, LOOK_AGAIN_MS);
  timer.unref();
  return {
    port: () => listener?.port ?? null,
    async close() {
      closed = true;
      clearInterval(timer);
      await listener?.close();
    },
  };
}

function listenToUnits(
  kernel: Kernel,
  authority: Authority,
  revoked: KnownRevocations,
  { host, port }: GatewayOptions,
): Promise<Listener> {
  const kept = { director: new Director(authority), trails: new VerifiedTrails() };
  const services = new ServiceSigner(authority.maker.key);
  const maker = authority.maker.chain.map((der) => Buffer.from(der).toString('base64'));
  const desk = new CheckInDesk((arrived) =>
    takeCheckIns(kernel, kept, { revocations: revoked.jws, maker, services }, arrived),
  );
  const { gateway, issuing, root } = authority;
  return listen({
    host,
    port,
    endpoint: {
      role: 'gateway',
      key: gateway.key,
      chain: [gateway.certificate, issuing.certificate],
      anchors: { roots: [root] },
    },
    clock: systemClock,
    now: () => kernel.now().getTime(),
    revocations: () => ({ certificates: revoked.certificates }),
    limits: LIMITS,
    audit: {
      writable: true,
      // Who was turned away at the door is for the log of the server; units keep their own.
      append: async (event) => {
        kernel.log.info({ event }, 'at the gateway for units');
        return { sequence: 0 };
      },
    },
    handlers: {
      'check-in': handle(CheckIn, async (checkIn, { peer }) => {
        try {
          return await desk.submit({ serial: peer.id, thumbprint: peer.thumbprint, checkIn });
        } catch (error) {
          if (isRefusal(error, 'gateway.failed'))
            kernel.log.error({ err: error.cause, unit: peer.id }, 'a check-in');
          throw error;
        }
      }),
      renew: handle(RenewalRequest, async ({ csr }, { peer }) => {
        const certificate = await renewUnit(
          kernel,
          authority,
          peer,
          new Uint8Array(Buffer.from(csr, 'base64')),
        );
        if (certificate === null) throw refuseGateway('gateway.renewal-refused', { unit: peer.id });
        return { certificate: Buffer.from(certificate).toString('base64') } satisfies RenewalAnswer;
      }),
    } satisfies HandlersOf<'gateway'>,
  });
}

/** A fleet reports within the same minute after a power cut in its region. An answer may bring a long list and the director's metadata; units take as much. */
const LIMITS = { mostConnections: 12_000, mostHandshakes: 500, mostSentBytes: 2 * 1024 * 1024 };

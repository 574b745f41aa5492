// The one door for units: TLS 1.3 with certificates on both sides, on a port of its own. Units call it; it never calls them.
import { type HandlersOf, handle } from '@ward/device/channel/channel.ts';
import { type Listener, listen } from '@ward/device/channel/listen.ts';
import type { Endpoint } from '@ward/device/channel/tls.ts';
import { systemClock } from '@ward/device/clock.ts';
import { type RenewalAnswer, RenewalRequest } from '@ward/device/identity/renewal.ts';
import { isRefusal } from '@ward/device/refusal.ts';
import type { Kernel } from '../../../kernel/kernel.ts';
import { type Authority, HeldAuthority } from '../authority.ts';
import { renewUnit } from '../enrolment/renew-unit.ts';
import { KnownRevocations } from '../known-revocations.ts';
import { CheckIn } from '../report.ts';
import { ServiceSigner } from '../service/sign-requests.ts';
import { CheckInDesk } from './check-in-desk.ts';
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

/** How often a gateway looks for an authority, for new revocations, and whether its certificates are due. */
const LOOK_AGAIN_MS = 2_000;

/**
 * Opens the door as soon as there is an authority, which another process may make. A port that is taken is said in the log and tried again.
 */
export async function openGateway(kernel: Kernel, options: GatewayOptions): Promise<Gateway> {
  let listener: UnitListener | null = null;
  let closed = false;
  const held = new HeldAuthority(kernel);
  const revoked = new KnownRevocations(kernel);
  const look = async () => {
    const authority = await held.look();
    if (!authority) return;
    const isNew = await revoked.look(authority);
    if (listener === null) {
      listener = await listenToUnits(kernel, authority, revoked, options);
      await setGatewayPlace(kernel.db, { host: options.host, port: listener.port, url: options.url });
    }
    listener.speakAs(authority);
    if (isNew) listener.reconsider();
  };
  // A port that is taken keeps nobody from the pages: it is said, and tried again.
  await look().catch((error: unknown) =>
    kernel.log.error({ err: error }, 'the gateway for units cannot be opened'),
  );
  let looking = false;
  const timer = setInterval(async () => {
    if (looking || closed) return;
    looking = true;
    try {
      await look();
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

interface UnitListener extends Listener {
  /** Goes on with this authority, whose certificates may have been made anew; open channels stay open. */
  speakAs(authority: Authority): void;
}

async function listenToUnits(
  kernel: Kernel,
  first: Authority,
  revoked: KnownRevocations,
  { host, port }: GatewayOptions,
): Promise<UnitListener> {
  let authority = first;
  const trails = new VerifiedTrails();
  let director = new Director(authority);
  const services = new ServiceSigner(authority.maker.key);
  const desk = new CheckInDesk((arrived) => {
    const maker = authority.maker.chain.map((der) => Buffer.from(der).toString('base64'));
    return takeCheckIns(
      kernel,
      { director, trails },
      { revocations: revoked.jws, number: revoked.number, maker, services },
      arrived,
    );
  });
  const listener = await listen({
    host,
    port,
    endpoint: endpointOf(authority),
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
          return await desk.submit({ peer, serial: peer.id, thumbprint: peer.thumbprint, checkIn });
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
        return { certificate: Buffer.from(certificate).toString('base64') } satisfies RenewalAnswer;
      }),
    } satisfies HandlersOf<'gateway'>,
  });
  return {
    ...listener,
    speakAs(next) {
      if (next === authority) return;
      authority = next;
      director = new Director(authority);
      listener.renew(endpointOf(authority));
    },
  };
}

const endpointOf = ({ gateway, issuing, root }: Authority): Endpoint => ({
  role: 'gateway',
  key: gateway.key,
  chain: [gateway.certificate, issuing.certificate],
  anchors: { roots: [root] },
});

/** A fleet reports within the same minute after a power cut in its region. An answer may bring a long list and the director's metadata; units take as much. */
const LIMITS = { mostConnections: 12_000, mostHandshakes: 500, mostSentBytes: 2 * 1024 * 1024 };

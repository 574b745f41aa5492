// What every request carries through the handlers.
import type { Logger } from 'pino';
import type { Principal } from '../people/roles.ts';

export interface Env {
  Variables: {
    requestId: string;
    log: Logger;
    /** Null when nobody signed in. */
    principal: Principal | null;
    /** Session id when the principal came by a session; signing binds to it. */
    sessionId: string | null;
    /** Address of the peer, for the sign-in back-off. */
    clientAddress: string;
  };
}

// The sign-in library (better-auth) as Ward uses it: sessions and their cookies.
// Its HTTP handler is mounted nowhere; only `auth.api` is called, by our own routes.
import { betterAuth } from 'better-auth';
import { createAuthEndpoint } from 'better-auth/api';
import { deleteSessionCookie, setSessionCookie } from 'better-auth/cookies';
import type { Pool } from 'pg';
import { z } from 'zod';
import { hashPassword, verifyPassword } from './password-hash.ts';
import { COOKIE_PREFIX } from './session-cookie.ts';
import { ABSOLUTE_MS } from './session-times.ts';

export interface AuthOptions {
  readonly pool: Pool;
  readonly secret: string;
  readonly baseUrl: string;
  readonly now: () => Date;
  readonly newId: () => string;
  readonly warn: (message: string) => void;
}

const SessionOpening = z.object({
  personId: z.uuid(),
  address: z.string().max(100),
  userAgent: z.string().max(300),
  provider: z.string().max(1_000).nullable(),
});

/** Server-only endpoints: without a path they cannot be reached from outside even if the handler were mounted. */
const sessions = {
  id: 'ward-sessions',
  endpoints: {
    openSession: createAuthEndpoint.serverOnly({ method: 'POST', body: SessionOpening }, async (ctx) => {
      const { personId, address, userAgent, provider } = ctx.body;
      const user = await ctx.context.internalAdapter.findUserById(personId);
      if (!user) throw new Error('a session was opened for nobody');
      const place = { ipAddress: address, userAgent, provider };
      const session = await ctx.context.internalAdapter.createSession(personId, false, place);
      await setSessionCookie(ctx, { session, user }, false);
      return { sessionId: session.id };
    }),
    closeSession: createAuthEndpoint.serverOnly({ method: 'POST' }, async (ctx) => {
      deleteSessionCookie(ctx);
      return { closed: true };
    }),
  },
} as const;

export function makeAuth(options: AuthOptions) {
  const { pool, secret, baseUrl, now, newId, warn } = options;
  return betterAuth({
    appName: 'Ward',
    baseURL: baseUrl,
    // As a list, so that the library's own environment variable cannot put another secret in its place.
    secrets: [{ version: 1, value: secret }],
    database: pool,
    telemetry: { enabled: false },
    rateLimit: { enabled: false }, // ours is per account and shared by all processes: back-off.ts
    emailAndPassword: {
      enabled: false, // sign-in by password is ours: credential.ts
      disableSignUp: true,
      password: { hash: hashPassword, verify: ({ hash, password }) => verifyPassword(hash, password) },
    },
    user: {
      modelName: 'person',
      fields: { emailVerified: 'email_verified', createdAt: 'created_at', updatedAt: 'updated_at' },
    },
    session: {
      fields: {
        expiresAt: 'expires_at',
        createdAt: 'created_at',
        updatedAt: 'updated_at',
        ipAddress: 'ip_address',
        userAgent: 'user_agent',
        userId: 'person_id',
      },
      additionalFields: {
        lastSeenAt: {
          type: 'date',
          required: true,
          input: false,
          fieldName: 'last_seen_at',
          defaultValue: now,
        },
        provider: { type: 'string', required: false, input: false },
      },
      expiresIn: ABSOLUTE_MS / 1000,
      disableSessionRefresh: true,
    },
    account: {
      fields: {
        accountId: 'account_id',
        providerId: 'provider_id',
        userId: 'person_id',
        accessToken: 'access_token',
        refreshToken: 'refresh_token',
        idToken: 'id_token',
        accessTokenExpiresAt: 'access_token_expires_at',
        refreshTokenExpiresAt: 'refresh_token_expires_at',
        createdAt: 'created_at',
        updatedAt: 'updated_at',
      },
    },
    verification: {
      fields: { expiresAt: 'expires_at', createdAt: 'created_at', updatedAt: 'updated_at' },
    },
    databaseHooks: {
      session: {
        create: {
          // Ward's clock rules, not the machine's.
          before: async (session) => {
            const at = now();
            const expiresAt = new Date(at.getTime() + ABSOLUTE_MS);
            return { data: { ...session, createdAt: at, updatedAt: at, expiresAt } };
          },
        },
      },
    },
    advanced: {
      cookiePrefix: COOKIE_PREFIX,
      useSecureCookies: baseUrl.startsWith('https://'),
      defaultCookieAttributes: { httpOnly: true, sameSite: 'strict', path: '/' },
      database: { generateId: newId },
      ipAddress: { disableIpTracking: true },
    },
    // Its own words may hold an address or an error of the database with values; only the message goes to our log.
    logger: { level: 'warn', log: (_level, message) => warn(message) },
    plugins: [sessions],
  });
}

export type Auth = ReturnType<typeof makeAuth>;

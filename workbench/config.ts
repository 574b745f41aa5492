// Configuration by environment, checked once at start. Secure defaults: loopback only, no default password.
import { resolve } from 'node:path';
import { z } from 'zod';
import { defineErrors } from './kernel/errors.ts';
import { isNetwork } from './kernel/http/client-address.ts';
import type { Publisher } from './kernel/kernel.ts';
import { type NotificationSettings, readMailServer } from './kernel/notifications/settings.ts';
import { ROLE_IDS } from './kernel/people/roles.ts';
import type { ProviderSettings, SignInSettings } from './kernel/people/sign-in-settings.ts';

const refuse = defineErrors({
  'config.invalid': {
    status: 422,
    exit: 2,
    title: 'A setting is not right',
    remedy: 'Correct the named environment variable or option and start again.',
  },
});

const Environment = z.object({
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must start with postgres://')
    .max(2_000)
    .optional(),
  WARD_DATA: z.string().min(1).max(1_000).optional(),
  WARD_HOST: z.string().max(255).default('127.0.0.1'),
  WARD_PORT: z
    .string()
    .regex(/^\d{1,5}$/, 'must be a number')
    .transform(Number)
    .pipe(z.number().max(65_535))
    .default(8100),
  /** Port of the gateway for units, on the same host; by default the one after WARD_PORT; `off`: none. */
  WARD_FLEET_PORT: z
    .string()
    .regex(/^(off|\d{1,5})$/, 'must be a number or off')
    .refine((text) => text === 'off' || Number(text) <= 65_535, 'must be a port')
    .optional(),
  /** Address under which people reach Ward, when a proxy stands before it. */
  WARD_BASE_URL: z.url({ protocol: /^https?$/ }).optional(),
  WARD_LOG: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('warn'),
  /** Proxies before Ward, whose `X-Forwarded-For` is believed: addresses or networks, with commas between. */
  WARD_TRUSTED_PROXIES: z
    .string()
    .max(4_000)
    .transform((text) =>
      text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    )
    .refine(
      (parts) => parts.every(isNetwork),
      'must be addresses or networks such as 10.0.0.0/8, with commas',
    )
    .default([]),
  /** OpenID Connect; issuer, client and secret belong together. */
  WARD_OIDC_ISSUER: z
    .url({ protocol: /^https?$/ })
    .max(1_000)
    .refine((text) => isSafeIssuer(text), 'must be https; http only on this machine')
    .optional(),
  WARD_OIDC_CLIENT_ID: z.string().min(1).max(500).optional(),
  WARD_OIDC_CLIENT_SECRET: z.string().min(1).max(2_000).optional(),
  WARD_OIDC_NAME: z.string().trim().min(1).max(60).default('single sign-on'),
  WARD_OIDC_SCOPE: z
    .string()
    .max(500)
    .regex(/(^| )openid( |$)/, 'must hold openid')
    .default('openid email profile'),
  WARD_OIDC_GROUPS_CLAIM: z.string().min(1).max(200).default('groups'),
  WARD_OIDC_CREATE: z.enum(['0', '1']).default('0'),
  WARD_OIDC_ONLY: z.enum(['0', '1']).default('0'),
  WARD_GROUP_ROLES: z
    .string()
    .max(100_000)
    .transform((text, ctx) => {
      try {
        return JSON.parse(text) as unknown;
      } catch {
        ctx.addIssue('is not JSON');
        return z.NEVER;
      }
    })
    .pipe(
      z.record(
        z.string().min(1).max(300),
        z
          .array(
            z.object({ role: z.enum(ROLE_IDS), product: z.string().regex(/^(all|[A-Z]{2,5}-\d{1,9})$/) }),
          )
          .max(50),
        'must be {"group": [{"role": "developer", "product": "PRD-1" or "all"}]}',
      ),
    )
    .optional(),
  /** File with the secrets, when several hosts share one database. */
  WARD_SECRETS: z.string().max(1_000).optional(),
  /** Mail server, with user and password when it wants them: `smtps://user:password@mail.example.org`. */
  WARD_SMTP_URL: z.string().max(2_000).optional(),
  WARD_SMTP_FROM: z.string().max(320).optional(),
  /** 1: webhooks may go to addresses of the inner network, and without TLS. */
  WARD_WEBHOOK_ALLOW_PRIVATE: z.enum(['0', '1']).default('0'),
  /** Who publishes CSAF documents, and an address that is theirs; both belong together. */
  WARD_PUBLISHER_NAME: z.string().trim().min(1).max(300).optional(),
  WARD_PUBLISHER_NAMESPACE: z
    .url({ protocol: /^https?$/ })
    .max(500)
    .optional(),
  WARD_PUBLISHER_CONTACT: z.string().trim().min(1).max(1_000).optional(),
});

export interface Config {
  /** Null: the embedded server in the data folder. */
  readonly databaseUrl: string | null;
  readonly dataDir: string;
  readonly host: string;
  readonly port: number;
  /** Null: units are not let in. 0: any free port. */
  readonly fleetPort: number | null;
  readonly baseUrl: string | null;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  readonly secretsFile: string | null;
  readonly trustedProxies: readonly string[];
  readonly signIn: SignInSettings;
  readonly notifications: NotificationSettings;
  /** Null: no CSAF document can be written. */
  readonly publisher: Publisher | null;
}

/** `options` come from the command line and win. Refuses `config.invalid` naming the variable, never its value. */
export function readConfig(
  environment: NodeJS.ProcessEnv,
  options: { readonly port?: string | undefined; readonly data?: string | undefined } = {},
): Config {
  const parsed = Environment.safeParse({
    ...Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== '')),
    ...(options.port === undefined ? {} : { WARD_PORT: options.port }),
    ...(options.data === undefined ? {} : { WARD_DATA: options.data }),
  });
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const name = String(issue?.path[0] ?? '');
    const shown = name === 'WARD_PORT' && options.port !== undefined ? '--port' : name;
    throw refuse('config.invalid', `${shown} ${issue?.message ?? 'is not right'}.`, { at: shown });
  }
  const env = parsed.data;
  return {
    databaseUrl: env.DATABASE_URL ?? null,
    dataDir: resolve(env.WARD_DATA ?? '.ward'),
    host: env.WARD_HOST,
    port: env.WARD_PORT,
    fleetPort: fleetPortOf(env.WARD_FLEET_PORT, env.WARD_PORT),
    baseUrl: env.WARD_BASE_URL?.replace(/\/$/, '') ?? null,
    logLevel: env.WARD_LOG,
    secretsFile: env.WARD_SECRETS ?? null,
    trustedProxies: env.WARD_TRUSTED_PROXIES,
    signIn: { provider: providerOf(env), groupRoles: env.WARD_GROUP_ROLES ?? {} },
    notifications: {
      mail: env.WARD_SMTP_URL === undefined ? null : mailServer(env.WARD_SMTP_URL, env.WARD_SMTP_FROM),
      allowPrivateWebhooks: env.WARD_WEBHOOK_ALLOW_PRIVATE === '1',
    },
    publisher: publisherOf(env),
  };
}

function fleetPortOf(wanted: string | undefined, port: number): number | null {
  if (wanted === 'off') return null;
  if (wanted !== undefined) return Number(wanted);
  return port === 0 ? 0 : Math.min(port + 1, 65_535);
}

function mailServer(url: string, from: string | undefined) {
  try {
    return readMailServer(url, from);
  } catch (error) {
    throw refuse('config.invalid', `WARD_SMTP_URL ${(error as Error).message}.`, { at: 'WARD_SMTP_URL' });
  }
}

function publisherOf(env: z.infer<typeof Environment>): Publisher | null {
  const { WARD_PUBLISHER_NAME: name, WARD_PUBLISHER_NAMESPACE: namespace } = env;
  if (name === undefined && namespace === undefined) return null;
  if (name === undefined || namespace === undefined) {
    const at = name === undefined ? 'WARD_PUBLISHER_NAME' : 'WARD_PUBLISHER_NAMESPACE';
    throw refuse('config.invalid', `${at} is missing; name and namespace of a publisher belong together.`, {
      at,
    });
  }
  return { name, namespace, contact: env.WARD_PUBLISHER_CONTACT ?? null };
}

function providerOf(env: z.infer<typeof Environment>): ProviderSettings | null {
  const { WARD_OIDC_ISSUER, WARD_OIDC_CLIENT_ID, WARD_OIDC_CLIENT_SECRET } = env;
  const together = { WARD_OIDC_ISSUER, WARD_OIDC_CLIENT_ID, WARD_OIDC_CLIENT_SECRET };
  const missing = Object.entries(together).find(([, value]) => value === undefined)?.[0];
  if (missing !== undefined) {
    const set = Object.values(together).some((value) => value !== undefined) || env.WARD_OIDC_ONLY === '1';
    if (!set) return null;
    throw refuse('config.invalid', `${missing} is missing; single sign-on needs it.`, { at: missing });
  }
  return {
    issuer: WARD_OIDC_ISSUER as string,
    clientId: WARD_OIDC_CLIENT_ID as string,
    clientSecret: WARD_OIDC_CLIENT_SECRET as string,
    name: env.WARD_OIDC_NAME,
    scope: env.WARD_OIDC_SCOPE,
    groupsClaim: env.WARD_OIDC_GROUPS_CLAIM,
    create: env.WARD_OIDC_CREATE === '1',
    only: env.WARD_OIDC_ONLY === '1',
  };
}

/** Tokens and the client's secret go there: in clear text only to a provider on the same machine. */
function isSafeIssuer(text: string): boolean {
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || /^(localhost|127\.[\d.]+|\[::1\])$/.test(hostname);
}

// Configuration by environment, checked once at start. Secure defaults: loopback only, no default password.
import { resolve } from 'node:path';
import { z } from 'zod';
import { defineErrors } from './kernel/errors.ts';
import { type NotificationSettings, readMailServer } from './kernel/notifications/settings.ts';

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
  /** Address under which people reach Ward, when a proxy stands before it. */
  WARD_BASE_URL: z.url({ protocol: /^https?$/ }).optional(),
  WARD_LOG: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('warn'),
  /** File with the secrets, when several hosts share one database. */
  WARD_SECRETS: z.string().max(1_000).optional(),
  /** Mail server, with user and password when it wants them: `smtps://user:password@mail.example.org`. */
  WARD_SMTP_URL: z.string().max(2_000).optional(),
  WARD_SMTP_FROM: z.string().max(320).optional(),
  /** 1: webhooks may go to addresses of the inner network, and without TLS. */
  WARD_WEBHOOK_ALLOW_PRIVATE: z.enum(['0', '1']).default('0'),
});

export interface Config {
  /** Null: the embedded server in the data folder. */
  readonly databaseUrl: string | null;
  readonly dataDir: string;
  readonly host: string;
  readonly port: number;
  readonly baseUrl: string | null;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  readonly secretsFile: string | null;
  readonly notifications: NotificationSettings;
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
    baseUrl: env.WARD_BASE_URL?.replace(/\/$/, '') ?? null,
    logLevel: env.WARD_LOG,
    secretsFile: env.WARD_SECRETS ?? null,
    notifications: {
      mail: env.WARD_SMTP_URL === undefined ? null : mailServer(env.WARD_SMTP_URL, env.WARD_SMTP_FROM),
      allowPrivateWebhooks: env.WARD_WEBHOOK_ALLOW_PRIVATE === '1',
    },
  };
}

function mailServer(url: string, from: string | undefined) {
  try {
    return readMailServer(url, from);
  } catch (error) {
    throw refuse('config.invalid', `WARD_SMTP_URL ${(error as Error).message}.`, { at: 'WARD_SMTP_URL' });
  }
}

// What the configuration says about telling people: the mail server, and where webhooks may go.
import type { MailServer } from './mail.ts';

export interface NotificationSettings {
  /** Null: mail is not set up. */
  readonly mail: MailServer | null;
  readonly allowPrivateWebhooks: boolean;
}

export const NO_MAIL: NotificationSettings = { mail: null, allowPrivateWebhooks: false };

/**
 * `smtps://user:password@mail.example.org:465` or `smtp://mail.example.org:587`. Throws a plain Error that names what is
 * wrong and never the address, which holds the password.
 */
export function readMailServer(url: string, from: string | undefined): MailServer {
  const wrong = (why: string): never => {
    throw new Error(why);
  };
  if (!URL.canParse(url)) wrong('must be an address such as smtps://user:password@mail.example.org:465');
  const parsed = new URL(url);
  const tls = parsed.protocol === 'smtps:';
  if (!tls && parsed.protocol !== 'smtp:') wrong('must start with smtps:// or smtp://');
  if (parsed.hostname === '') wrong('names no host');
  if (
    !from ||
    !/^(?:[^<>\r\n]*<)?[^\s<>@]+@[^\s<>@]+>?$/.test(from) ||
    from.includes('<') !== from.includes('>')
  )
    wrong('needs WARD_SMTP_FROM, such as "Ward <ward@example.org>"');
  return {
    host: parsed.hostname.replace(/^\[|\]$/g, ''),
    port: parsed.port === '' ? (tls ? 465 : 587) : Number(parsed.port),
    tls,
    user: parsed.username === '' ? null : decodeURIComponent(parsed.username),
    password: parsed.password === '' ? null : decodeURIComponent(parsed.password),
    from: from as string,
  };
}

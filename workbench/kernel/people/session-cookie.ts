// The session's cookie: its name, and reading its signed value. The same form as the sign-in library writes it, read
// here because it happens with every request and needs one hash only.
import { createHmac, timingSafeEqual } from 'node:crypto';

export const COOKIE_PREFIX = 'ward';

export interface CookieNames {
  readonly session: string;
  readonly challenge: string;
  readonly passkey: string;
  readonly provider: string;
  readonly secure: boolean;
}

export function cookieNames(baseUrl: string): CookieNames {
  const secure = new URL(baseUrl).protocol === 'https:';
  const prefix = `${secure ? '__Secure-' : ''}${COOKIE_PREFIX}`;
  return {
    session: `${prefix}.session_token`,
    challenge: `${prefix}.challenge`,
    passkey: `${prefix}.passkey`,
    provider: `${prefix}.provider`,
    secure,
  };
}

/** A `Set-Cookie` that lives as long as one sign-in and is sent with the routes of the session only. */
export function shortCookie(
  { secure }: CookieNames,
  name: string,
  value: string,
  maxAgeSeconds: number,
): string {
  return `${name}=${value}; Max-Age=${maxAgeSeconds}; Path=/api/session; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
}

/** Longest header that is looked at; browsers send at most 4 KiB per cookie. */
const LONGEST = 16_384;

/** The value of one cookie as it was sent, or null. */
export function readCookie(headers: Headers, name: string): string | null {
  const header = headers.get('cookie');
  if (!header || header.length > LONGEST) return null;
  for (const part of header.split(';')) {
    const at = part.indexOf('=');
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return null;
}

/** `value.signature`, with HMAC-SHA-256 in base64; null when it is not ours. */
export function readSignedCookie(headers: Headers, name: string, secret: string): string | null {
  const sent = readCookie(headers, name);
  if (!sent || !/^[\w.%~+/=-]{46,400}$/.test(sent)) return null;
  let plain: string;
  try {
    plain = decodeURIComponent(sent);
  } catch {
    return null; // a percent sign without two digits
  }
  const dot = plain.lastIndexOf('.');
  const value = plain.slice(0, dot);
  const signature = Buffer.from(plain.slice(dot + 1), 'base64');
  const expected = createHmac('sha256', secret).update(value).digest();
  return signature.length === expected.length && timingSafeEqual(signature, expected) ? value : null;
}

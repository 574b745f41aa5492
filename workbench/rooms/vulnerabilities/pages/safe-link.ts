// Addresses in advisories are written by strangers. Pure.

const LENGTH_MAX = 2_000;

/** The address when it is plain http or https without a password in it, else null: it is then shown as text only. */
export function safeAddress(text: string): string | null {
  if (text.length > LENGTH_MAX || !URL.canParse(text)) return null;
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return null;
  // `https://github.com@evil.example` reads as another host than it is.
  if (url.username !== '' || url.password !== '') return null;
  return url.href;
}

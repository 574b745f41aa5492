// How a person signs in, in words.
import type { PersonRow } from '../people-queries.ts';

/** `Password and code, 2 passkeys, provider` */
export function waysWords(row: PersonRow): string {
  const ways = [
    row.password ? (row.secondFactor ? 'password and code' : 'password') : '',
    row.passkeys > 0 ? (row.passkeys === 1 ? 'passkey' : `${row.passkeys} passkeys`) : '',
    row.provider ? 'provider' : '',
  ].filter((way) => way !== '');
  const text = ways.join(', ');
  return text === '' ? 'Nothing yet' : `${text[0]?.toUpperCase()}${text.slice(1)}`;
}

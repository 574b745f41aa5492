// Whose request this is: the peer's address, or, behind proxies that the settings name, the one that they vouch for.
import { BlockList, isIP } from 'node:net';

export type ClientAddress = (peer: string, forwardedFor: string | undefined) => string;

/** Longest header and most hops that are looked at; the rest is what a client made up. */
const LONGEST = 4_000;
const MOST_HOPS = 20;

/** `10.0.0.0/8` or `192.0.2.7`; false for what is neither. */
export function isNetwork(text: string): boolean {
  const [address = '', bits, more] = text.split('/');
  const version = isIP(address);
  if (version === 0 || more !== undefined) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

/**
 * `trusted` are addresses or networks of proxies. From the right, the first address of `X-Forwarded-For` that is not
 * one of theirs is the client: everything left of it a client can write as it likes.
 */
export function clientAddressFrom(trusted: readonly string[]): ClientAddress {
  const proxies = new BlockList();
  for (const network of trusted) {
    const [address = '', bits] = network.split('/');
    const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
    if (bits === undefined) proxies.addAddress(address, family);
    else proxies.addSubnet(address, Number(bits), family);
  }
  const isTrusted = (address: string) => {
    const version = isIP(address);
    return version !== 0 && proxies.check(address, version === 4 ? 'ipv4' : 'ipv6');
  };
  return (peer, forwardedFor) => {
    let client = plain(peer);
    if (trusted.length === 0 || !forwardedFor || forwardedFor.length > LONGEST) return client;
    const hops = forwardedFor.split(',').slice(-MOST_HOPS).reverse();
    for (const hop of hops) {
      if (!isTrusted(client)) break;
      const address = plain(hop.trim());
      if (isIP(address) === 0) break;
      client = address;
    }
    return client;
  };
}

/** One address has one form: IPv4 inside IPv6 is IPv4; brackets and ports of a proxy go. */
function plain(address: string): string {
  const bare = /^\[(.+)\](?::\d+)?$/.exec(address)?.[1] ?? /^([\d.]+):\d+$/.exec(address)?.[1] ?? address;
  return bare.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');
}

/** Who gets IPv6 gets a whole /64 of it: its first four groups are one client. */
export function clientKey(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = '', tail = ''] = address.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === '' ? [] : tail.split(':');
  const zeros = address.includes('::') ? Array(Math.max(0, 8 - left.length - right.length)).fill('0') : [];
  return [...left, ...zeros, ...right].slice(0, 4).join(':');
}

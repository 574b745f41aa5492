// Which addresses are those of the internet.
import ipaddr from 'ipaddr.js';

/** Loopback, private, link-local, carrier and all other special ranges are not public; nor is what wraps one. */
export function isPublicAddress(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'unicast';
}

// Keeps a feed out of the inner network: where people point Ward to a public address, that server must not lead it to an inner one.
import { lookup as systemLookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { isPublicAddress } from '../../kernel/public-address.ts';
import { refuseFeed } from './errors.ts';

/** Every address of a name; rejects as `dns.lookup` does. */
export type Resolve = (
  host: string,
) => Promise<readonly { readonly address: string; readonly family: number }[]>;

const resolveBySystem: Resolve = (host) => systemLookup(host, { all: true });
const hostOf = (url: URL) => url.hostname.replace(/^\[|\]$/g, '');

export interface InnerNetworkGuard {
  /** Refuses `feed.redirect-refused` for an inner address that stands in the URL itself. */
  check(url: URL): Promise<void>;
  /** For the connection: the very addresses that were looked at are used, so that a second look-up cannot lie. */
  readonly lookup: LookupFunction;
}

/**
 * `start`: the address that a person of the house gave. Does its host stand in the inner network (a mirror), everything is
 * allowed: the house decided so. A name of which one address is inner is not trusted at all.
 */
export function guardInnerNetwork(start: string, resolve: Resolve = resolveBySystem): InnerNetworkGuard {
  const own = URL.canParse(start) ? hostOf(new URL(start)) : '';
  let open: Promise<boolean> | null = null;
  // Not known is not inner: the connection itself then says that the name cannot be resolved.
  const startsInside = () => {
    open ??= addressesOf(own, resolve).then(
      (found) => found.some(({ address }) => !isPublicAddress(address)),
      () => false,
    );
    return open;
  };
  const refuse = (host: string) =>
    refuseFeed(
      'feed.redirect-refused',
      `It leads to ${host.slice(0, 200)}, which stands in the inner network.`,
      {
        at: host.slice(0, 200),
      },
    );
  return {
    async check(url) {
      const host = hostOf(url);
      if (host === own || isIP(host) === 0 || isPublicAddress(host) || (await startsInside())) return;
      throw refuse(host);
    },
    lookup(host, options, done) {
      const answer = async () => {
        const found = await addressesOf(host, resolve);
        const inner = found.some(({ address }) => !isPublicAddress(address));
        if (inner && host !== own && !(await startsInside())) throw refuse(host);
        return found.filter(({ family }) => !options.family || options.family === family);
      };
      answer().then(
        (found) => {
          const [first] = found;
          if (options.all) done(null, [...found]);
          else if (first) done(null, first.address, first.family);
          else done(Object.assign(new Error(`${host} has no address`), { code: 'ENOTFOUND' }), '');
        },
        (error: NodeJS.ErrnoException) => done(error, ''),
      );
    },
  };
}

async function addressesOf(host: string, resolve: Resolve): ReturnType<Resolve> {
  const family = isIP(host);
  return family === 0 ? resolve(host) : [{ address: host, family }];
}

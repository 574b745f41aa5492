// A provider of identities for tests: oidc-provider, certified for OpenID Connect, in this process on a loopback port.
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';

export interface TestIdentity {
  readonly email?: string;
  readonly email_verified?: boolean;
  readonly name?: string;
  readonly groups?: unknown;
  readonly _claim_names?: unknown;
}

export interface TestProvider {
  readonly issuer: string;
  readonly server: Server;
  /** Signs its tokens. */
  readonly key: KeyObject;
  /** By subject; read anew with every token. */
  readonly identities: Map<string, TestIdentity>;
  /** Looks at, and may replace, the answer of the token endpoint. */
  tamper:
    | ((answer: Record<string, unknown>) => Record<string, unknown> | Promise<Record<string, unknown>>)
    | null;
  close(): Promise<void>;
}

export const CLIENT = { id: 'ward', secret: 'a-secret-of-the-client-for-tests-only' };

export async function startProvider(redirectUri: string, signedOutUri: string): Promise<TestProvider> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const identities = new Map<string, TestIdentity>();
  const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const made: TestProvider = {
    issuer,
    server,
    key,
    identities,
    tamper: null,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        redirect_uris: [redirectUri],
        post_logout_redirect_uris: [signedOutUri],
        response_types: ['code'],
        grant_types: ['authorization_code'],
        // oidc-provider takes http redirects for native clients on loopback only
        application_type: redirectUri.startsWith('https:') ? 'web' : 'native',
      },
    ],
    claims: {
      openid: ['sub'],
      email: ['email', 'email_verified'],
      profile: ['name', 'groups', '_claim_names'],
    },
    jwks: { keys: [{ ...key.export({ format: 'jwk' }), kid: 'tests', use: 'sig', alg: 'RS256' }] },
    pkce: { required: () => true },
    findAccount: (_ctx: unknown, sub: string) => ({
      accountId: sub,
      claims: () => ({ sub, ...identities.get(sub) }),
    }),
    features: { devInteractions: { enabled: true } },
    cookies: { keys: ['test'] },
  });
  provider.use(async (ctx: Context, next: () => Promise<void>) => {
    await next();
    if (ctx.path === '/token' && ctx.status === 200 && made.tamper) ctx.body = await made.tamper(ctx.body);
  });
  server.on('request', provider.callback());
  return made;
}

interface Context {
  readonly path: string;
  readonly status: number;
  body: Record<string, unknown>;
}

/** What a person does at the provider, without a browser: signs in, agrees, and is sent back. Gives that address. */
export async function goThrough(url: string, subject: string): Promise<URL> {
  const jar = new Map<string, string>();
  let at = url;
  let body: URLSearchParams | undefined;
  for (let step = 0; step < 20; step += 1) {
    const response = await fetch(at, {
      method: body ? 'POST' : 'GET',
      redirect: 'manual',
      headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(body ? { body } : {}),
    });
    for (const set of response.headers.getSetCookie()) {
      const [pair = ''] = set.split(';');
      jar.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
    }
    body = undefined;
    const location = response.headers.get('location');
    if (location) {
      const next = new URL(location, at);
      if (next.origin !== new URL(url).origin) return next;
      at = next.href;
      continue;
    }
    const page = await response.text();
    const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1];
    if (!prompt) throw new Error(`the provider stopped at ${at}: ${response.status} ${page.slice(0, 300)}`);
    body = new URLSearchParams({ prompt, login: subject, password: 'any' });
    at = new URL(/action="([^"]+)"/.exec(page)?.[1] ?? at, at).href;
  }
  throw new Error('the provider sends the browser round in circles');
}

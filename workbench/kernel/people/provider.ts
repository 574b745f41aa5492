// Talking with the provider of identities: OpenID Connect Core 1.0, authorization code flow with PKCE (RFC 7636), state
// and nonce. Whatever the provider answers is checked by openid-client; the signature of the ID token always is.
import type { Configuration } from 'openid-client';
import type { PeopleContext } from './context.ts';
import { refuse } from './errors.ts';
import type { ProviderSettings } from './sign-in-settings.ts';

/** Metadata and keys of a provider change seldom; keys that are new are fetched when a token names them. */
const KEEP_MS = 60 * 60_000;
const TIMEOUT_SECONDS = 10;
const LONGEST_ANSWER = 1024 * 1024;
const MOST_GROUPS = 1_000;

/** Who came back from the provider. */
export interface Identity {
  readonly issuer: string;
  readonly subject: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly emailVerified: boolean;
  /** Null when the provider did not answer: groups are then neither given nor taken. */
  readonly groups: readonly string[] | null;
}

export interface ProviderTrip {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

export interface Provider {
  /** Where to send the browser. Refuses `people.provider-away`. */
  begin(): Promise<{ readonly url: string } & ProviderTrip>;
  /** Refuses `people.provider-refused`, `people.provider-away`. */
  finish(answer: URLSearchParams, trip: ProviderTrip): Promise<Identity>;
  /** Where a sign-out goes on, when the provider has such a page. */
  signOutUrl(): Promise<string | null>;
}

export const RETURN_PATH = 'sign-in/provider';

export function makeProvider(
  settings: ProviderSettings,
  context: Pick<PeopleContext, 'baseUrl' | 'log'>,
): Provider {
  const base = context.baseUrl.endsWith('/') ? context.baseUrl : `${context.baseUrl}/`;
  const redirectUri = new URL(RETURN_PATH, base).href;
  let kept: { readonly at: number; readonly found: Promise<Configuration> } | null = null;

  const discover = (): Promise<Configuration> => {
    if (kept && Date.now() - kept.at < KEEP_MS) return kept.found;
    const found = findProvider(settings);
    kept = { at: Date.now(), found };
    found.catch(() => {
      kept = null;
    });
    return found;
  };
  const reach = async () => {
    try {
      return await discover();
    } catch (error) {
      context.log.warn({ reason: reasonOf(error) }, 'the provider of identities was not reached');
      throw refuse('people.provider-away', `${settings.name} did not answer as it should.`);
    }
  };

  return {
    async begin() {
      const client = await import('openid-client');
      const config = await reach();
      const verifier = client.randomPKCECodeVerifier();
      const state = client.randomState();
      const nonce = client.randomNonce();
      const url = client.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        response_type: 'code',
        scope: settings.scope,
        state,
        nonce,
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      });
      return { url: url.href, state, nonce, verifier };
    },
    async finish(answer, trip) {
      const client = await import('openid-client');
      const config = await reach();
      const back = new URL(redirectUri);
      back.search = answer.toString();
      try {
        const tokens = await client.authorizationCodeGrant(config, back, {
          pkceCodeVerifier: trip.verifier,
          expectedState: trip.state,
          expectedNonce: trip.nonce,
          idTokenExpected: true,
        });
        const claims = tokens.claims();
        if (!claims) throw new Error('no ID token');
        let all: Record<string, unknown> = { ...claims };
        const lacking = !('email' in all) || !(settings.groupsClaim in all);
        if (lacking && config.serverMetadata().userinfo_endpoint) {
          // OpenID Connect Core 5.3.2: the subject must be the same. What the ID token says comes first.
          const more = await client.fetchUserInfo(config, tokens.access_token, claims.sub);
          all = { ...more, ...all };
        }
        return identityOf(all, claims.iss, claims.sub, settings);
      } catch (error) {
        context.log.warn({ reason: reasonOf(error) }, 'the answer of the provider was not accepted');
        throw refuse('people.provider-refused', `What came back from ${settings.name} cannot be accepted.`);
      }
    },
    async signOutUrl() {
      const config = await reach().catch(() => null);
      if (!config?.serverMetadata().end_session_endpoint) return null;
      const { buildEndSessionUrl } = await import('openid-client');
      return buildEndSessionUrl(config, { post_logout_redirect_uri: new URL('sign-in', base).href }).href;
    },
  };
}

async function findProvider(settings: ProviderSettings): Promise<Configuration> {
  const client = await import('openid-client');
  const issuer = new URL(settings.issuer);
  const config = await client.discovery(
    issuer,
    settings.clientId,
    { client_secret: settings.clientSecret },
    client.ClientSecretBasic(settings.clientSecret),
    {
      timeout: TIMEOUT_SECONDS,
      [client.customFetch]: boundedFetch as never,
      // Over TLS the token endpoint vouches for the ID token (Core 3.1.3.7, 6); the signature is checked all the same.
      execute: [
        client.enableNonRepudiationChecks,
        ...(issuer.protocol === 'http:' ? [client.allowInsecureRequests] : []),
      ],
    },
  );
  return config;
}

/** No answer of a provider needs a megabyte. */
async function boundedFetch(url: string, options: RequestInit): Promise<Response> {
  const response = await fetch(url, options);
  if (response.body === null) return response;
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body as unknown as AsyncIterable<Uint8Array>) {
    size += part.length;
    if (size > LONGEST_ANSWER) throw new Error(`the answer is longer than ${LONGEST_ANSWER} bytes`);
    parts.push(part);
  }
  return new Response(size === 0 ? null : Buffer.concat(parts), {
    status: response.status,
    statusText: response.statusText,
    headers: response.headers,
  });
}

function identityOf(
  claims: Record<string, unknown>,
  issuer: string,
  subject: string,
  settings: ProviderSettings,
): Identity {
  const text = (value: unknown, longest: number) =>
    typeof value === 'string' && value.trim() !== '' && value.length <= longest && !/\p{Cc}/u.test(value)
      ? value.trim()
      : null;
  return {
    issuer,
    subject,
    name: text(claims.name, 200) ?? text(claims.preferred_username, 200),
    email: text(claims.email, 254)?.toLowerCase() ?? null,
    emailVerified: claims.email_verified === true,
    groups: groupsOf(claims, settings.groupsClaim),
  };
}

/**
 * A provider that leaves the claim out says: none. One that says where else to ask (Core 5.6.2, `_claim_names`, used
 * when there are too many) has not answered.
 */
export function groupsOf(claims: Record<string, unknown>, claim: string): readonly string[] | null {
  const elsewhere = claims._claim_names;
  if (typeof elsewhere === 'object' && elsewhere !== null && claim in elsewhere) return null;
  const value = claims[claim];
  if (value === undefined || value === null) return [];
  const list = Array.isArray(value) ? value : [value];
  const names = list.filter(
    (one): one is string => typeof one === 'string' && one.length > 0 && one.length <= 300,
  );
  return names.length === list.length && names.length <= MOST_GROUPS ? [...new Set(names)] : null;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return `${error.message}${cause}`.slice(0, 400);
}

// Bad requests and what each is answered with: the door of the JSON API, the query strings, sign-in, uploads.
import type { House } from '../setup/actors.ts';

export interface BadRequest {
  /** Entry point, as a heading of the documentation. */
  readonly where: string;
  readonly what: string;
  readonly method: string;
  readonly path: string | ((house: House) => string);
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is. */
  readonly text?: string | Uint8Array | (() => string | Uint8Array);
  /** Without a session. */
  readonly stranger?: boolean;
  readonly status: number;
  readonly code: string;
}

export const NUL = String.fromCharCode(0);
/** Half of a pair: no Unicode text, but JSON can write it. */
export const LONE_SURROGATE = '\\ud800';
const SQL = "'; drop table record; --";
const LONG = 'x'.repeat(10_000);
const UUID = '00000000-0000-4000-8000-000000000000';

const PRODUCT = 'PRODUCT-ID';
const threat = (body: object) => ({ kind: 'threat', productId: PRODUCT, body });
const good = { title: 'Spoofed console', category: 'spoofing' };

const post = (what: string, json: unknown, status: number, code: string): BadRequest => ({
  where: 'POST /api/records',
  what,
  method: 'POST',
  path: '/api/records',
  json,
  status,
  code,
});
const raw = (
  what: string,
  text: NonNullable<BadRequest['text']>,
  status: number,
  code: string,
  type = 'application/json',
): BadRequest => ({
  where: 'POST /api/records',
  what,
  method: 'POST',
  path: '/api/records',
  headers: { 'content-type': type },
  text,
  status,
  code,
});
const get = (where: string, what: string, path: string, status: number, code: string): BadRequest => ({
  where,
  what,
  method: 'GET',
  path,
  status,
  code,
});

const JSON_BODIES: readonly BadRequest[] = [
  raw('an empty body', '', 400, 'http.malformed'),
  raw('half an object', '{"kind": "threat", "productId":', 400, 'http.malformed'),
  raw('text that is no JSON', 'kind=threat', 400, 'http.malformed'),
  raw('bytes that are no UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]), 400, 'http.malformed'),
  raw('a list instead of an object', '[]', 422, 'http.invalid'),
  raw('null', 'null', 422, 'http.invalid'),
  raw(
    'a form instead of JSON',
    'kind=threat',
    415,
    'http.wrong-media-type',
    'application/x-www-form-urlencoded',
  ),
  raw(
    'JSON that is called plain text',
    JSON.stringify(threat(good)),
    415,
    'http.wrong-media-type',
    'text/plain',
  ),
  raw('100,000 brackets deep', () => '['.repeat(100_000) + ']'.repeat(100_000), 422, 'http.invalid'),
  raw(
    'a body 10,000 objects deep',
    () =>
      JSON.stringify(threat(good)).replace(
        '"title"',
        `"steps":${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)},"title"`,
      ),
    422,
    'record.invalid',
  ),
  raw(
    'more than 16 MiB',
    () => JSON.stringify(threat({ ...good, description: 'x'.repeat(17_000_000) })),
    413,
    'http.too-large',
  ),
  raw(
    'a lone surrogate in a text',
    `{"kind":"threat","productId":"${PRODUCT}","body":{"title":"a${LONE_SURROGATE}b","category":"spoofing"}}`,
    422,
    'record.invalid',
  ),
  raw(
    'a key called constructor',
    `{"kind":"threat","productId":"${PRODUCT}","body":{"constructor":{"prototype":{"admin":true}},"title":"a","category":"spoofing"}}`,
    422,
    'record.invalid',
  ),
];

const RECORDS: readonly BadRequest[] = [
  post('no such kind', { ...threat(good), kind: 'wish' }, 404, 'kind.unknown'),
  post('a kind called __proto__', { ...threat(good), kind: '__proto__' }, 404, 'kind.unknown'),
  post('a kind with SQL in it', { ...threat(good), kind: SQL }, 404, 'kind.unknown'),
  post('a kind of 10,000 letters', { ...threat(good), kind: LONG }, 422, 'http.invalid'),
  post('a product that is no id', { ...threat(good), productId: 'PRD-1' }, 422, 'http.invalid'),
  post('a product that is not there', { ...threat(good), productId: UUID }, 422, 'record.wrong-product'),
  post('no product', { ...threat(good), productId: null }, 422, 'record.wrong-product'),
  post('a field that the kind lacks', threat({ ...good, severity: 'high' }), 422, 'record.invalid'),
  post('a number for a text', threat({ ...good, title: 7 }), 422, 'record.invalid'),
  post('an empty title', threat({ ...good, title: '   ' }), 422, 'record.invalid'),
  post('a title of two lines', threat({ ...good, title: 'a\nb' }), 422, 'record.invalid'),
  post('a title of 301 letters', threat({ ...good, title: 'x'.repeat(301) }), 422, 'record.invalid'),
  post('a text with a NUL', threat({ ...good, description: `a${NUL}b` }), 422, 'record.invalid'),
  post('51 attack steps', threat({ ...good, steps: Array(51).fill('step') }), 422, 'record.invalid'),
  post('a category that there is not', threat({ ...good, category: 'witchcraft' }), 422, 'record.invalid'),
  post(
    'a link to nothing',
    { ...threat(good), links: [{ type: 'by', to: 'ATK-999' }] },
    404,
    'record.not-found',
  ),
  post('a link with NUL', { ...threat(good), links: [{ type: 'by', to: `ATK${NUL}` }] }, 422, 'http.invalid'),
  post(
    '51 links',
    { ...threat(good), links: Array(51).fill({ type: 'by', to: 'ATK-1' }) },
    422,
    'http.invalid',
  ),
  post('a reason with NUL', { ...threat(good), reason: `a${NUL}` }, 422, 'record.invalid'),
  post(
    'a kind that only machines make',
    { ...threat({ title: 'Harm', severity: 'serious' }), kind: 'harm' },
    409,
    'record.made-by-machine',
  ),
  {
    ...post('a revision that is none', { seenRevision: -1, body: good }, 422, 'http.invalid'),
    where: 'PUT /api/records/{key}',
    method: 'PUT',
    path: '/api/records/THR-1',
  },
  {
    ...post(
      'a stale revision',
      { seenRevision: 7, body: { ...good, title: 'New' } },
      409,
      'record.stale-revision',
    ),
    where: 'PUT /api/records/{key}',
    method: 'PUT',
    path: '/api/records/THR-1',
  },
  {
    ...post(
      'a step that there is not',
      { seenRevision: 1, transition: '__proto__' },
      409,
      'record.no-such-transition',
    ),
    where: 'POST /api/records/{key}/transitions',
    path: '/api/records/THR-1/transitions',
  },
  {
    ...post(
      'a signature with a wrong password',
      { seenRevision: 1, transition: 'accept', reason: 'r', password: 'wrong' },
      401,
      'people.wrong-credential',
    ),
    where: 'POST /api/records/{key}/transitions',
    path: '/api/records/THR-1/transitions',
  },
  {
    ...post(
      'a signature without a password',
      { seenRevision: 1, transition: 'accept', reason: 'r' },
      409,
      'signature.needed',
    ),
    where: 'POST /api/records/{key}/transitions',
    path: '/api/records/THR-1/transitions',
  },
  {
    ...post('nothing but spaces', { text: '   ' }, 422, 'http.invalid'),
    where: 'POST /api/records/{key}/comments',
    path: '/api/records/THR-1/comments',
  },
  {
    ...post('a NUL', { text: `a${NUL}b` }, 422, 'record.invalid'),
    where: 'POST /api/records/{key}/comments',
    path: '/api/records/THR-1/comments',
  },
  {
    ...raw('half a surrogate pair', `{"text":"a${LONE_SURROGATE}"}`, 422, 'record.invalid'),
    where: 'POST /api/records/{key}/comments',
    path: '/api/records/THR-1/comments',
  },
  {
    ...post('a link to itself of a wrong type', { type: 'by', to: 'THR-1' }, 422, 'link.not-allowed'),
    where: 'POST /api/records/{key}/links',
    path: '/api/records/THR-1/links',
  },
  {
    ...post('a reason with NUL', { act: 'end', reason: `a${NUL}` }, 422, 'record.invalid'),
    where: 'POST /api/links/{id}',
    path: `/api/links/${UUID}`,
  },
];

const KEYS = 'Keys and paths';
const PATHS: readonly BadRequest[] = [
  get(KEYS, 'a key that there is not', '/api/records/THR-999999', 404, 'record.not-found'),
  get(KEYS, 'a key of 10,000 letters', `/api/records/${LONG}`, 422, 'http.invalid'),
  get(KEYS, 'a key with SQL in it', `/api/records/${encodeURIComponent(SQL)}`, 404, 'record.not-found'),
  get(KEYS, 'a key with NUL', '/api/records/THR%00', 422, 'http.invalid'),
  get(KEYS, 'a key with an encoded slash', '/api/records/THR%2F..%2F..%2Fetc', 404, 'record.not-found'),
  get(KEYS, 'a percent sign without digits', '/api/records/%E0%A4%A', 404, 'record.not-found'),
  get(KEYS, 'a way up', '/api/../../etc/passwd', 404, 'http.not-found'),
  get(KEYS, 'an encoded way up', '/api/%2e%2e%2f%2e%2e%2fetc%2fpasswd', 404, 'http.not-found'),
  get(KEYS, 'a route that there is not', '/api/wishes', 404, 'http.not-found'),
  get(KEYS, 'a revision of zero', '/api/records/THR-1/revisions/0', 422, 'http.invalid'),
  get(
    KEYS,
    'a revision beyond all numbers',
    '/api/records/THR-1/revisions/99999999999999999999',
    422,
    'http.invalid',
  ),
  get(
    KEYS,
    'a revision that there is not',
    '/api/records/THR-1/revisions/999999999',
    404,
    'record.not-found',
  ),
  get(KEYS, 'an id that is none', '/api/sboms/1/original', 422, 'http.invalid'),
  get(KEYS, 'a release that is a threat', '/api/releases/THR-1/components', 404, 'record.not-found'),
  get(KEYS, 'a release with NUL', '/api/releases/%00/components', 422, 'http.invalid'),
  {
    ...get(KEYS, 'a method that the route lacks', '/api/records/THR-1', 404, 'http.not-found'),
    method: 'PATCH',
  },
  { ...get(KEYS, 'a method of our own making', '/api/records', 404, 'http.not-found'), method: 'BREW' },
];

const QUERY = 'Query strings';
const QUERIES: readonly BadRequest[] = [
  get(QUERY, 'a limit of zero', '/api/records?limit=0', 422, 'http.invalid'),
  get(QUERY, 'a limit beyond all lists', '/api/records?limit=501', 422, 'http.invalid'),
  get(QUERY, 'a limit that is no number', '/api/records?limit=ten', 422, 'http.invalid'),
  get(QUERY, 'a cursor of 10,000 letters', `/api/records?cursor=${LONG}`, 422, 'http.invalid'),
  get(QUERY, 'a kind that there is not', '/api/records?kind=wish', 404, 'kind.unknown'),
  get(QUERY, 'a product that is no id', '/api/records?product=1', 422, 'http.invalid'),
  get(QUERY, 'an order by SQL', `/api/records?sort=${encodeURIComponent(SQL)}`, 422, 'http.invalid'),
  get(QUERY, 'a text of 10,000 letters', `/api/search?text=${LONG}`, 422, 'http.invalid'),
  get(QUERY, 'no text to search for', '/api/search', 422, 'http.invalid'),
  get(QUERY, 'a day that is none', '/api/ledger?from=yesterday', 422, 'http.invalid'),
  get(
    QUERY,
    'an action with SQL in it',
    `/api/ledger?action=${encodeURIComponent(SQL)}`,
    422,
    'http.invalid',
  ),
  get(QUERY, 'a format that there is not', '/api/releases/REL-1/vex?format=word', 422, 'http.invalid'),
  get(
    QUERY,
    'a finding that there is not',
    '/api/findings/detail?release=REL-1&vulnerability=CVE-1&place=npm%3Anone',
    404,
    'finding.not-there',
  ),
];

const signIn = (what: string, json: unknown, status: number, code: string): BadRequest => ({
  where: 'POST /api/session',
  what,
  method: 'POST',
  path: '/api/session',
  stranger: true,
  json,
  status,
  code,
});
const PEOPLE: readonly BadRequest[] = [
  signIn(
    'a wrong password',
    { email: 'tester@example.org', password: 'wrong' },
    401,
    'people.wrong-credential',
  ),
  signIn(
    'an address that nobody has',
    { email: 'no@example.org', password: 'wrong' },
    401,
    'people.wrong-credential',
  ),
  signIn('an address with SQL in it', { email: SQL, password: 'wrong' }, 401, 'people.wrong-credential'),
  signIn('an address with NUL', { email: `a${NUL}@example.org`, password: 'wrong' }, 422, 'http.invalid'),
  signIn(
    'a password of 10,000 letters',
    { email: 'tester@example.org', password: LONG },
    422,
    'http.invalid',
  ),
  signIn(
    'an object for a password',
    { email: 'tester@example.org', password: { $ne: '' } },
    422,
    'http.invalid',
  ),
  {
    ...signIn('a code without a password before it', { code: '123456' }, 401, 'people.challenge-over'),
    path: '/api/session/totp',
  },
  { ...signIn('a link that is none', { token: 'abc' }, 422, 'http.invalid'), path: '/api/session/link' },
  {
    ...signIn('a link that was made up', { token: 'A'.repeat(43) }, 410, 'people.link-over'),
    path: '/api/session/link',
  },
  {
    ...signIn(
      'an invitation that was made up',
      { token: 'A'.repeat(43), password: 'quiet lantern over the mole' },
      410,
      'people.link-over',
    ),
    where: 'POST /api/invitations/accept',
    path: '/api/invitations/accept',
  },
  {
    ...signIn(
      'a short password',
      { password: 'seven-Lasers over the harbour', newPassword: 'short' },
      422,
      'people.password-length',
    ),
    where: 'POST /api/me/password',
    path: '/api/me/password',
    stranger: false,
  },
  {
    ...signIn(
      'a scope that there is not',
      { name: 't', scopes: ['root'], days: 1, password: 'p' },
      422,
      'http.invalid',
    ),
    where: 'POST /api/tokens',
    path: '/api/tokens',
    stranger: false,
  },
  {
    ...signIn(
      'a token for 1,000 days',
      { name: 't', scopes: ['read'], days: 1_000, password: 'p' },
      422,
      'http.invalid',
    ),
    where: 'POST /api/tokens',
    path: '/api/tokens',
    stranger: false,
  },
];

const WHO = 'Who asks';
const asked = (
  what: string,
  headers: Record<string, string>,
  status = 401,
  code = 'http.not-signed-in',
): BadRequest => ({
  ...get(WHO, what, '/api/records', status, code),
  stranger: true,
  headers,
});
const VISITORS: readonly BadRequest[] = [
  asked('no cookie', {}),
  asked('a cookie of another hand', { cookie: `ward.session_token=${'a'.repeat(32)}.${'b'.repeat(43)}%3D` }),
  asked('a cookie with a broken percent sign', { cookie: `ward.session_token=${'a'.repeat(60)}%zz` }),
  asked('a cookie of 20,000 letters', { cookie: `ward.session_token=${'a'.repeat(20_000)}` }),
  asked('a token that was made up', { authorization: `Bearer ward_${'A'.repeat(43)}` }),
  asked('a token of 20,000 letters', { authorization: `Bearer ward_${'A'.repeat(20_000)}` }),
  asked('a password instead of a token', { authorization: 'Basic YWRtaW46YWRtaW4=' }),
  ...(['origin', 'sec-fetch-site'] as const).map(
    (header): BadRequest => ({
      ...post(
        header === 'origin' ? 'a page of another site' : 'a browser that says cross-site',
        threat(good),
        403,
        'http.wrong-origin',
      ),
      where: WHO,
      headers: { [header]: header === 'origin' ? 'https://evil.example' : 'cross-site' },
    }),
  ),
  {
    ...post('a page that hides where it is from', threat(good), 403, 'http.wrong-origin'),
    where: WHO,
    headers: { origin: 'null' },
  },
];

export const BAD_JSON: readonly BadRequest[] = [
  ...JSON_BODIES,
  ...RECORDS,
  ...PATHS,
  ...QUERIES,
  ...PEOPLE,
  ...VISITORS,
];

/** Puts the product's id where the request names it. */
export function withProduct(text: string, house: House): string {
  return text.replaceAll(PRODUCT, house.product.id);
}

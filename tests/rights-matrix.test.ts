// Who may call what: every role and every other visitor on every route, asked for real, and compared with the file that
// people have read. WARD_UPDATE_GOLDEN=1 renews tests/golden/rights-matrix.txt and docs/rights.md; read the difference.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { roleAssignmentKind } from '../workbench/kernel/people/role-assignment.ts';
import { ROLE_IDS, type Role, roleTitle, SYSTEM } from '../workbench/kernel/people/roles.ts';
import type { KindDefinition } from '../workbench/kernel/records/kind.ts';
import type { WardRecord } from '../workbench/kernel/records/record.ts';
import { runImport } from '../workbench/knowledge/run-import.ts';
import { loadRooms } from '../workbench/rooms/load.ts';
import { actsOf, BODIES, type KindAct, TESTED_ELSEWHERE } from './rights/kind-rights.ts';
import { ADVISORY, REQUESTS } from './rights/requests.ts';
import { ACTORS, type Actor, type ActorName, type House, openHouse, PASSWORD } from './setup/actors.ts';
import { ROOT } from './setup/source-files.ts';
import { writeTemporary } from './setup/temporary.ts';

const GOLDEN = join(ROOT, 'tests/golden/rights-matrix.txt');
const PAGE = join(ROOT, 'docs/rights.md');
const RENEW = process.env.WARD_UPDATE_GOLDEN === '1';
const BESIDE = ['GET /api/live', 'GET /api/openapi.json', 'GET /healthz', 'GET /metrics'];

const rooms = await loadRooms();
const kinds: readonly KindDefinition[] = [roleAssignmentKind, ...rooms.flatMap((room) => room.kinds)];

interface Cell {
  readonly status: number;
  readonly code: string | null;
}

let house: House;
let routes: string[];
const matrix = new Map<string, Map<ActorName, Cell>>();

beforeAll(async () => {
  house = await openHouse();
  const file = await writeTemporary('advisory.json', ADVISORY);
  await runImport(house.ward, { paths: [file], source: 'test', actorId: null });
  const document = (await (await house.app.request('/api/openapi.json')).json()) as {
    paths: Record<string, Record<string, unknown>>;
  };
  routes = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
  );
  for (const route of [...routes, ...BESIDE]) {
    const row = new Map<ActorName, Cell>();
    for (const name of ACTORS) if (REQUESTS[route]) row.set(name, await ask(route, house.actor(name)));
    matrix.set(route, row);
  }
}, 180_000);
afterAll(() => house.close());

async function ask(route: string, actor: Actor): Promise<Cell> {
  const [method = '', path = ''] = route.split(' ');
  const headers = await house.headersOf(actor);
  const prepared = await REQUESTS[route]!(house, actor);
  const answer = await send(method, prepared.path ?? path, headers, prepared.body, prepared.bytes);
  await prepared.after?.();
  return answer;
}

async function send(
  method: string,
  path: string,
  headers: Record<string, string>,
  body?: unknown,
  bytes?: string,
): Promise<Cell> {
  const response = await house.app.request(path, {
    method,
    headers: {
      ...headers,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(bytes === undefined ? {} : { 'content-type': 'application/octet-stream' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(bytes === undefined ? {} : { body: bytes }),
  });
  if (path === '/api/live' && response.ok) {
    await response.body?.cancel();
    return { status: response.status, code: null };
  }
  const text = await response.text();
  return { status: response.status, code: response.ok ? null : (JSON.parse(text) as { code: string }).code };
}

const served = (cell: Cell | undefined) => cell !== undefined && cell.status >= 200 && cell.status < 300;
const shown = (cell: Cell | undefined) =>
  cell === undefined ? '?' : served(cell) ? 'yes' : String(cell.status);
const rowsOf = (want: (route: string) => boolean) => [...matrix].filter(([route]) => want(route));
/** Computes and stores nothing; its question is too long for an address. */
const ASKS_BY_POST = ['POST /api/releases/{release}/assurance/what-if'];
const changes = (route: string) => !route.startsWith('GET ') && !ASKS_BY_POST.includes(route);
/** What concerns the own account alone: signing in and out, password, second factor, own tokens, what one is told and was sent. */
const ownAccount = (route: string) =>
  /^\w+ \/api\/(session|me|tokens|first-run|invitations\/accept|notifications|deliveries)\b/.test(route);

describe('routes', () => {
  it('each have a sensible request here, and none stands here that is gone', () => {
    expect(routes.filter((route) => !REQUESTS[route])).toEqual([]);
    expect(Object.keys(REQUESTS).filter((route) => ![...routes, ...BESIDE].includes(route))).toEqual([]);
  });

  it('are each served to somebody, so that a refusal is one for rights', () => {
    const never = rowsOf(() => true).filter(([, row]) => ![...row.values()].some(served));

    expect(never.map(([route, row]) => `${route} ${row.get('security-lead')?.code}`)).toEqual(
      NEVER_SERVED_HERE,
    );
  });

  it('break for nobody', () => {
    const broken = rowsOf(() => true).filter(([, row]) =>
      [...row.values()].some((cell) => cell.status >= 500),
    );

    expect(broken.map(([route]) => route)).toEqual([]);
  });

  it('give nobody anything but the door: sign-in, who am I, the description, health', () => {
    const open = rowsOf(() => true).filter(([, row]) => served(row.get('nobody')));

    expect(open.map(([route]) => route).sort()).toEqual(OPEN_TO_NOBODY);
  });

  it('say 401 to who did not sign in, and to a token that has ended', () => {
    for (const [route, row] of rowsOf((name) => !OPEN_ROUTES.test(name))) {
      expect([route, row.get('nobody')?.status, row.get('expired token')?.status]).toEqual([route, 401, 401]);
    }
  });

  it('let an auditor change nothing but the own account', () => {
    const changed = rowsOf((route) => changes(route) && !isDoor(route) && !ownAccount(route)).filter(
      ([, row]) => served(row.get('auditor')),
    );

    expect(changed.map(([route]) => route)).toEqual([]);
  });

  it('let an auditor read everything', () => {
    const hidden = rowsOf((route) => route.startsWith('GET ')).filter(
      ([, row]) => !served(row.get('auditor')),
    );

    // An address of a webhook is often a secret in itself; that there is one stands in the audit trail.
    expect(hidden.map(([route]) => route)).toEqual(['GET /api/invitations', 'GET /api/webhooks']);
  });

  it('let a person without a role do no more than nobody, but for the own account', () => {
    const more = rowsOf((route) => !ownAccount(route)).filter(
      ([, row]) => served(row.get('no role')) && !served(row.get('nobody')),
    );

    expect(more.map(([route]) => route)).toEqual([]);
  });

  it('let a reading token change nothing', () => {
    const changed = rowsOf((route) => changes(route) && !isDoor(route) && !ownAccount(route)).filter(
      ([, row]) => served(row.get('read token')),
    );

    expect(changed.map(([route]) => route)).toEqual([]);
  });

  it('let no token touch an account, make a token, invite, sign', () => {
    const reached = rowsOf(
      (route) =>
        /\/api\/(me|tokens|invitations)\b|\/people\/\{id\}|\/transitions$/.test(route) &&
        !/accept$/.test(route),
    ).filter(([, row]) => served(row.get('full token')) || served(row.get('read token')));

    expect(reached.map(([route]) => route)).toEqual([]);
  });

  it("answer 404 for another product's records, as if they were not there", () => {
    const onRecord = rowsOf((route) =>
      /\{(key|release)\}|\/sboms\/\{id\}|\/links\/\{id\}|findings\/detail/.test(route),
    );

    expect(onRecord.length).toBeGreaterThan(10);
    for (const [route, row] of onRecord)
      expect([route, row.get('other product')?.status]).toEqual([route, 404]);
  });

  it('answer 403 or 404 to who may not, and say why with a code', () => {
    for (const [route, row] of rowsOf(() => true)) {
      for (const [actor, cell] of row) {
        if (served(cell) || OPEN_ROUTES.test(route)) continue;
        expect([route, actor, [401, 403, 404, 409, 422].includes(cell.status)]).toEqual([route, actor, true]);
        expect(cell.code).toMatch(/^[a-z]+\.[a-z-]+$/);
      }
    }
  });
});

describe('lists', () => {
  it('hold nothing of another product for a member of one product only', async () => {
    const own = await house.record('threat', { title: 'Of the other', category: 'spoofing' }, house.other.id);
    const hidden = await house.record('threat', { title: 'Of the first', category: 'spoofing' });
    const headers = await house.headersOf(house.actor('other product'));
    const read = async (path: string) => (await house.app.request(path, { headers })).text();

    for (const path of [
      '/api/records?limit=500',
      '/api/search?text=of',
      '/api/ledger?limit=500',
      '/api/today',
    ]) {
      const text = await read(path);
      expect(text).not.toContain(hidden.id);
      expect(text).not.toContain(hidden.title);
    }
    expect(await read('/api/records?limit=500')).toContain(own.key);
    expect(await read('/api/findings')).not.toContain('left-hand');
    expect(await read('/api/ledger/export')).not.toContain(hidden.title);
  });

  it('hold nothing at all for a supplier contact, who is told of one thing at a time', async () => {
    const hidden = await house.record('threat', { title: 'Not for suppliers', category: 'spoofing' });
    const headers = await house.headersOf(house.actor('supplier-contact'));
    const read = async (path: string) => (await house.app.request(path, { headers })).json();

    expect(await read('/api/records')).toMatchObject({ items: [], total: 0 });
    expect(await read('/api/search?text=suppliers')).toEqual({ items: [] });
    expect(await read('/api/findings')).toMatchObject({ items: [], total: 0 });
    expect(await read('/api/ledger')).toMatchObject({ items: [] });
    expect(await read('/api/today')).toMatchObject({ toSign: [], drafts: [], recent: [] });
    const exported = await (await house.app.request('/api/ledger/export', { headers })).text();
    expect(exported).not.toContain(hidden.title);
    expect(exported).not.toContain('example.org');
  });
});

describe('kinds of record', () => {
  const acts = kinds.flatMap(actsOf);

  it('open no signature to an administrator and no act at all to an auditor or supplier contact', () => {
    for (const { roles, signature } of acts) {
      expect(roles).not.toContain('auditor');
      expect(roles).not.toContain('supplier-contact');
      if (signature) expect(roles).not.toContain('administrator');
    }
  });

  it('are each tried over HTTP, or somewhere that is named', () => {
    const left = kinds.filter((kind) => !BODIES[kind.kind] && !TESTED_ELSEWHERE[kind.kind]);

    expect(left.map((kind) => kind.kind)).toEqual([]);
  });

  it.each(rooms.filter((room) => room.kinds.some((kind) => BODIES[kind.kind])).map((room) => room.name))(
    'of the room %s do over HTTP what their definitions say, for every role and act',
    async (name) => {
      const own = rooms.find((room) => room.name === name)?.kinds ?? [];
      const wrong: string[] = [];
      for (const act of own.filter((kind) => BODIES[kind.kind]).flatMap(actsOf)) {
        for (const role of ROLE_IDS) {
          const cell = await tryAct(act, role);
          if (served(cell) !== act.roles.includes(role))
            wrong.push(`${act.kind} ${act.act} by ${role}: ${cell.status} ${cell.code}`);
        }
        const token = act.signature ? await tryAct(act, 'full token') : undefined;
        if (served(token)) wrong.push(`${act.kind} ${act.act} signed by a token`);
      }

      expect(wrong).toEqual([]);
    },
    120_000,
  );
});

/** One act by one visitor on a fresh record that Ward itself brought to the state from which the act starts. */
async function tryAct(act: KindAct, who: Role | 'full token'): Promise<Cell> {
  const kind = kinds.find((found) => found.kind === act.kind) as KindDefinition;
  const actor = house.actor(who);
  const headers = await session(actor);
  const body = { ...BODIES[kind.kind] } as Record<string, unknown>;
  const productId = kind.scope === 'organisation' ? null : house.product.id;
  if (act.act === 'create')
    return send('POST', '/api/records', headers, { kind: kind.kind, productId, body, reason: 'test' });
  const record = await house.record(kind.kind, body, productId);
  if (act.act === 'edit') {
    const edited = { ...record.body, [kind.titleField]: 'Another title' };
    return send('PUT', `/api/records/${record.key}`, headers, {
      seenRevision: 1,
      body: edited,
      reason: 'test',
    });
  }
  if (act.from !== record.state) await bring(record, act.from);
  const allowed = (act.roles as readonly string[]).includes(who);
  return send('POST', `/api/records/${record.key}/transitions`, headers, {
    seenRevision: 1,
    transition: act.step,
    reason: 'test',
    // A refusal must not depend on the password; leaving it out for those who are refused anyway saves its cost.
    ...(act.signature && (allowed || who === 'full token') ? { password: PASSWORD } : {}),
  });
}

const sessions = new Map<string, Promise<Record<string, string>>>();
function session(actor: Actor): Promise<Record<string, string>> {
  const open = sessions.get(actor.name) ?? house.headersOf(actor);
  sessions.set(actor.name, open);
  return open;
}

function bring(record: WardRecord, to: string): Promise<unknown> {
  return house.ward.records.write(SYSTEM, (unit) =>
    unit.commit([{ type: 'transition', record, transition: 'test', to, reason: 'test', signature: null }]),
  );
}

describe('the file that people have read', () => {
  it('says the same', () => {
    const text = goldenText();
    if (RENEW) write(GOLDEN, text);

    expect(existsSync(GOLDEN) ? readFileSync(GOLDEN, 'utf8') : '').toBe(text);
  });

  it('is the same in the documentation', () => {
    const text = pageText();
    if (RENEW) write(PAGE, text);

    expect(existsSync(PAGE) ? readFileSync(PAGE, 'utf8') : '').toBe(text);
  });
});

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function goldenText(): string {
  const lines = [
    '# yes: served; a number: refused with this HTTP status. Columns in this order:',
    `# ${ACTORS.join(', ')}`,
    '',
    ...[...matrix].map(([route, row]) => `${route}: ${ACTORS.map((name) => shown(row.get(name))).join(' ')}`),
    '',
    '# Kinds of record: who may do what (from the state in brackets).',
    '',
    ...kinds.flatMap((kind) =>
      actsOf(kind).map(
        ({ act, from, signature, roles }) =>
          `${kind.kind} ${act} (${from})${signature ? ` signs: ${signature}` : ''}: ${roles.join(' ') || 'Ward itself'}`,
      ),
    ),
  ];
  return `${lines.join('\n')}\n`;
}

function pageText(): string {
  const head = ['Route', ...ACTORS.map((name) => name.replaceAll('-', ' '))];
  const body = [...matrix].map(([route, row]) => [
    `\`${route}\``,
    ...ACTORS.map((name) => (served(row.get(name)) ? 'yes' : shown(row.get(name)))),
  ]);
  const acts = kinds.flatMap((kind) =>
    actsOf(kind).map(({ act, from, signature, roles }) => [
      kind.title,
      act,
      act === 'create' ? '' : from,
      signature ?? '',
      roles.map(roleTitle).join(', ') || '*Ward itself*',
    ]),
  );
  return `${[
    '# Who may do what',
    '',
    'Written by `tests/rights-matrix.test.ts`, which asks every route as every role. Renew it with',
    '`WARD_UPDATE_GOLDEN=1 npx vitest run --project integration tests/rights-matrix.test.ts`.',
    '',
    'Roles hold for one product or for the whole organisation. Nobody approves what they wrote, people who administer',
    'Ward do not sign, tokens never sign, auditors change nothing but their own account.',
    '',
    '## Routes',
    '',
    '*yes*: served. 401: sign in first. 403: not with this role. 404: as if it were not there. *Other product*: a security',
    'lead and quality manager of another product only.',
    '',
    ...table(head, body),
    '',
    '## Kinds of record',
    '',
    ...table(['Kind', 'Act', 'From state', 'Signature', 'Roles'], acts),
  ].join('\n')}\n`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}

/** The door: who is not signed in may try these, with a right password, link or code; and a unit fetches what is signed. */
const OPEN_ROUTES =
  /\/api\/(first-run|session|invitations\/accept|openapi\.json|fleet\/(enrol$|repository|revocations))|\/healthz/;
/** A unit proves itself by its code; who else is signed in there is no matter. */
const isDoor = (route: string) => route === 'POST /api/fleet/enrol';
const OPEN_TO_NOBODY = [
  'DELETE /api/session',
  'GET /api/first-run',
  'GET /api/fleet/repository/metadata/{file}',
  'GET /api/fleet/repository/targets/{family}/{version}/{file}',
  'GET /api/fleet/revocations',
  'GET /api/openapi.json',
  'GET /api/session',
  'GET /api/session/ways',
  'GET /healthz',
  'POST /api/fleet/enrol',
  'POST /api/invitations/accept',
  'POST /api/session/link',
  'POST /api/session/passkey/challenge',
  'POST /api/session/password-reset',
];
const NEVER_SERVED_HERE = [
  // The house has an administrator; kernel/people/api.integration.test.ts makes the first one.
  'POST /api/first-run people.first-run-done',
  // This house has no provider; kernel/people/provider.integration.test.ts has one.
  'POST /api/session/provider people.provider-none',
  'POST /api/session/provider/finish people.provider-none',
  // It needs the cookie of a password just given; kernel/people/second-factor.integration.test.ts goes the whole way.
  'POST /api/session/totp people.challenge-over',
  // It needs the cookie of its challenge; kernel/people/passkeys.integration.test.ts goes the whole way.
  'POST /api/session/passkey people.challenge-over',
  // No mail server here; tests/notifications.test.ts sends one.
  'POST /api/notifications/test-mail notification.no-mail',
  // What is one's own, or approved in another release, is tested in tests/triage.test.ts.
  'POST /api/findings/take-back assessment.not-yours',
  'POST /api/releases/{release}/proposals assessment.not-approved',
];

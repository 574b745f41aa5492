// For tests: people over a database of their own, routes without a server, a browser that keeps its cookies, a clock.

import { Writable } from 'node:stream';
import { type Kysely, sql } from 'kysely';
import pino from 'pino';
import { v7 } from 'uuid';
import { z } from 'zod';
import { type FreshDatabase, freshDatabase } from '../../../tests/setup/fresh-database.ts';
import { createDatabase } from '../database/connect.ts';
import type { Tables } from '../database/schema.ts';
import { answerError, refuseHttp } from '../http/problem.ts';
import { guard, newRouter } from '../http/router.ts';
import { commitChanges } from '../records/commit.ts';
import { defineKind, title } from '../records/kind.ts';
import { makeKinds } from '../records/kinds.ts';
import { toRecord } from '../records/read.ts';
import type { Change, WardRecord } from '../records/record.ts';
import { peopleApi } from './api.ts';
import { createPeople, type PeopleService } from './create-people.ts';
import { storePassword } from './directory.ts';
import { hashPassword } from './password-hash.ts';
import { ROLE_ASSIGNMENT, roleAssignmentKind } from './role-assignment.ts';
import { checkRoleAssignment } from './role-guard.ts';
import { type Principal, type Role, SYSTEM } from './roles.ts';
import { OWN_SIGN_IN, type SignInSettings } from './sign-in-settings.ts';

export const PASSWORD = 'violet harbour candle teaspoon';
/** A hash says its own cost, so checks of this one are quick. */
export const CHEAP = { logN: 10, r: 8, p: 1 };
const START = new Date('2026-11-24T08:00:00.000Z');

const productKind = defineKind({
  kind: 'product',
  key: 'PRD',
  title: 'Product',
  plural: 'Products',
  purpose: 'For tests.',
  clause: 'none',
  scope: 'organisation',
  schema: z.object({ name: title() }),
  titleField: 'name',
  states: [{ id: 'active', title: 'Active', tone: 'settled' }],
  transitions: [],
  links: [],
  rights: { create: ['quality'], edit: ['quality'] },
  editReason: 'never',
});
const kinds = makeKinds([roleAssignmentKind, productKind]);

/** The members that answers and problems have; a test looks at those of its route. */
export interface Answer {
  readonly code: string;
  readonly requestId: string;
  readonly step: string;
  readonly person: { readonly id: string; readonly name: string; readonly roles: readonly object[] };
  readonly items: readonly { readonly id: string; readonly name: string; readonly current: boolean }[];
  readonly next: string | null;
  readonly id: string;
  readonly personId: string;
  readonly url: string;
  readonly token: string;
  readonly tokenProductId: string | null;
  readonly grants: readonly object[];
  readonly secret: string;
  readonly uri: string;
  readonly svg: string;
  readonly backupCodes: readonly string[];
}

export interface Reply {
  readonly status: number;
  readonly body: Answer;
  readonly cookies: readonly string[];
  readonly headers: Headers;
}

export class House {
  readonly database: FreshDatabase;
  readonly db: Kysely<Tables>;
  readonly people: PeopleService;
  readonly app: ReturnType<typeof makeApp>;
  /** Everything that was logged, at every level. */
  logged = '';
  #now = START;

  constructor(database: FreshDatabase, baseUrl: string, signIn: SignInSettings = OWN_SIGN_IN) {
    this.database = database;
    this.db = createDatabase<Tables>(database.pool);
    const sink = new Writable({
      write: (chunk, _encoding, done) => {
        this.logged += String(chunk);
        done();
      },
    });
    this.people = this.process(baseUrl, pino({ level: 'trace' }, sink), signIn);
    this.app = makeApp(this.people);
  }

  /** Another process of the same Ward over the same database. */
  process(
    baseUrl = 'http://ward.test/',
    log = pino({ level: 'silent' }),
    signIn = OWN_SIGN_IN,
  ): PeopleService {
    return createPeople({
      pool: this.database.pool,
      db: this.db,
      kinds,
      secret: 'test-secret-of-more-than-thirty-two-characters',
      baseUrl,
      signIn,
      now: () => this.#now,
      newId: v7,
      log,
    });
  }

  get now(): Date {
    return this.#now;
  }

  passes(seconds: number): void {
    this.#now = new Date(this.#now.getTime() + seconds * 1000);
  }

  browser(app = this.app): Browser {
    return new Browser(app);
  }

  /** A person who can sign in with `PASSWORD`. */
  async member(name: string, ...roles: readonly (Role | readonly [Role, string])[]): Promise<string> {
    const id = await this.people.ensurePerson({ name, email: `${name}@lumen.example` });
    hash ??= await hashPassword(PASSWORD, CHEAP);
    await storePassword(this.db, this.people.context, id, hash);
    for (const role of roles) {
      const [id_, product] = typeof role === 'string' ? [role, null] : role;
      await this.assign(SYSTEM, id, id_, product);
    }
    return id;
  }

  async signedIn(name: string): Promise<Browser> {
    const browser = this.browser();
    const reply = await browser.post('/api/session', { email: `${name}@lumen.example`, password: PASSWORD });
    if (reply.status !== 200) throw new Error(JSON.stringify(reply.body));
    return browser;
  }

  async product(name: string): Promise<string> {
    const id = v7();
    await this.commit(SYSTEM, {
      type: 'create',
      id,
      kind: 'product',
      productId: null,
      title: name,
      body: { name },
      state: 'active',
      reason: null,
    });
    return id;
  }

  /** As the records service does it: guard, then commit, in one transaction. Gives the assignment's id. */
  async assign(by: Principal, person: string, role: Role, productId: string | null = null): Promise<string> {
    const id = v7();
    const body = { person, role, training: '', independence: 'same team' };
    await this.commit(by, {
      type: 'create',
      id,
      kind: ROLE_ASSIGNMENT,
      productId,
      title: role,
      body,
      state: 'active',
      reason: null,
    });
    return id;
  }

  assignRole(person: string, role: Role): Promise<string> {
    return this.assign(SYSTEM, person, role);
  }

  async assignment(person: string, role: Role): Promise<WardRecord> {
    const row = await this.db
      .selectFrom('record')
      .selectAll()
      .where('kind', '=', ROLE_ASSIGNMENT)
      .where('state', '=', 'active')
      .where(sql<boolean>`body->>'person' = ${person} and body->>'role' = ${role}`)
      .executeTakeFirstOrThrow();
    return toRecord(row);
  }

  end(record: WardRecord, by: Principal = SYSTEM): Promise<void> {
    return this.commit(by, {
      type: 'transition',
      record,
      transition: 'end',
      to: 'ended',
      reason: 'over',
      signature: null,
    });
  }

  async commit(principal: Principal, change: Change): Promise<void> {
    const now = this.#now;
    await this.db.transaction().execute(async (tx) => {
      await checkRoleAssignment(tx, change, { principal, now });
      await commitChanges(tx, [change], { kinds, actorId: principal.personId, now });
    });
  }

  async notes(action: string): Promise<{ actor: string | null; content: Record<string, unknown> }[]> {
    return this.db
      .selectFrom('ledger')
      .select(['actor', 'content'])
      .where('action', '=', action)
      .orderBy('seq')
      .execute();
  }

  async close(): Promise<void> {
    await this.database.drop();
  }
}

let hash: string | undefined;

export async function openHouse(baseUrl = 'http://ward.test/', signIn?: SignInSettings): Promise<House> {
  const house = new House(await freshDatabase(), baseUrl, signIn);
  await house.people.warm();
  return house;
}

/** The outside of the server as far as people need it, with two routes that show what a token may do. */
export function makeApp(people: PeopleService) {
  const { log, newId } = people.context;
  const app = newRouter();
  app.onError(answerError);
  app.notFound((c) => answerError(refuseHttp('http.not-found', 'Nothing here.'), c));
  app.use('*', async (c, next) => {
    const known = await people.principalOf(c.req.raw.headers);
    c.set('requestId', newId());
    c.set('log', log);
    c.set('principal', known?.principal ?? null);
    c.set('sessionId', known?.sessionId ?? null);
    c.set('clientAddress', c.req.header('x-test-address') ?? '192.0.2.1');
    await next();
  });
  app.get('/api/read', guard({ who: 'member', scope: 'read' }), (c) => c.json(c.get('principal'), 200));
  app.get('/api/write', guard({ who: 'member', scope: 'records:write' }), (c) => c.json({}, 200));
  app.route('/api', peopleApi(people));
  return app;
}

export class Browser {
  readonly #app: ReturnType<typeof makeApp>;
  readonly jar = new Map<string, string>();
  headers: Record<string, string> = {};

  constructor(app: ReturnType<typeof makeApp>) {
    this.#app = app;
  }

  get(path: string): Promise<Reply> {
    return this.send('GET', path);
  }
  post(path: string, body: unknown = {}): Promise<Reply> {
    return this.send('POST', path, body);
  }
  delete(path: string): Promise<Reply> {
    return this.send('DELETE', path);
  }

  async send(method: string, path: string, body?: unknown): Promise<Reply> {
    const cookie = [...this.jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await this.#app.request(path, {
      method,
      headers: {
        ...(cookie ? { cookie } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...this.headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const cookies = response.headers.getSetCookie();
    for (const set of cookies) {
      const [pair = ''] = set.split(';');
      const at = pair.indexOf('=');
      if (/max-age=0/i.test(set)) this.jar.delete(pair.slice(0, at));
      else this.jar.set(pair.slice(0, at), pair.slice(at + 1));
    }
    const text = await response.text();
    return {
      status: response.status,
      body: text === '' ? null : JSON.parse(text),
      cookies,
      headers: response.headers,
    };
  }
}

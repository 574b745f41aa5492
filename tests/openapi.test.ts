// The API description of the whole program: well formed, complete, and true of what is answered.

import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormatsModule from 'ajv-formats';
import { hc } from 'hono/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LedgerApi } from '../workbench/kernel/ledger/api.ts';
import type { PeopleApi } from '../workbench/kernel/people/api.ts';
import { ROLE_IDS, TOKEN_SCOPES } from '../workbench/kernel/people/roles.ts';
import type { RecordsApi } from '../workbench/kernel/records/api.ts';
import type { KnowledgeApi } from '../workbench/knowledge/api.ts';
import { runImport } from '../workbench/knowledge/run-import.ts';
import type { AssuranceApi } from '../workbench/rooms/assurance/api.ts';
import type { ComponentsApi } from '../workbench/rooms/components/api.ts';
import type { ControlsApi } from '../workbench/rooms/controls/api.ts';
import type { FleetApi } from '../workbench/rooms/fleet/api.ts';
import type { RequirementsApi } from '../workbench/rooms/requirements/api.ts';
import type { RisksApi } from '../workbench/rooms/risks/api.ts';
import type { SystemApi } from '../workbench/rooms/system/api.ts';
import type { ThreatsApi } from '../workbench/rooms/threats/api.ts';
import type { TodayApi } from '../workbench/rooms/today/api.ts';
import type { TraceabilityApi } from '../workbench/rooms/traceability/api.ts';
import type { VulnerabilitiesApi } from '../workbench/rooms/vulnerabilities/api.ts';
import { ADVISORY, REQUESTS } from './rights/requests.ts';
import { ACTORS, type ActorName, type House, openHouse } from './setup/actors.ts';
import { writeTemporary } from './setup/temporary.ts';

interface Media {
  readonly schema?: object;
}
interface Operation {
  readonly tags?: readonly string[];
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly schema?: object;
  }[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<
    Record<string, { readonly description?: string; readonly content?: Readonly<Record<string, Media>> }>
  >;
  readonly 'x-ward-access'?: {
    readonly who: string;
    readonly roles?: readonly string[];
    readonly scope?: string;
  };
}
interface Document {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

/** Beside the description: an event stream, and the description itself. */
const NOT_DESCRIBED = ['GET /api/live', 'GET /api/openapi.json'];

let house: House;
let document: Document;
let operations: [route: string, operation: Operation][];
let ajv: Ajv2020;

beforeAll(async () => {
  house = await openHouse();
  const file = await writeTemporary('advisory.json', ADVISORY);
  await runImport(house.ward, { paths: [file], source: 'test', actorId: null });
  document = (await (await house.app.request('/api/openapi.json')).json()) as Document;
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, Operation] => [
      `${method.toUpperCase()} ${path}`,
      operation,
    ]),
  );
  ajv = new Ajv2020({ strict: false, validateSchema: true, allErrors: true });
  // The package is CommonJS; bundlers differ in where its function stands.
  const addFormats = addFormatsModule as unknown as typeof addFormatsModule.default & {
    default?: typeof addFormatsModule.default;
  };
  (addFormats.default ?? addFormats)(ajv);
  ajv.addFormat('binary', true);
  ajv.addSchema({ ...document, $id: 'ward:api' });
});
afterAll(() => house.close());

describe('the description', () => {
  it('is OpenAPI 3.1 of this program', () => {
    expect(document.openapi).toMatch(/^3\.1\./);
    expect(document.info.title).toBe('Ward');
    expect(operations.length).toBeGreaterThan(40);
  });

  it('declares every parameter of a path, required, and no other', () => {
    for (const [route, { parameters = [] }] of operations) {
      const named = [...route.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      const declared = parameters.filter((parameter) => parameter.in === 'path');
      expect([route, declared.map((parameter) => parameter.name).sort()]).toEqual([route, named.sort()]);
      expect([route, declared.every((parameter) => parameter.required)]).toEqual([route, true]);
      expect([route, parameters.every((parameter) => parameter.schema !== undefined)]).toEqual([route, true]);
      const names = parameters.map((parameter) => `${parameter.in} ${parameter.name}`);
      expect(new Set(names).size).toBe(names.length);
    }
  });

  it('files each operation under a heading, with a description of its answer', () => {
    for (const [route, { tags, responses }] of operations) {
      expect([route, tags?.length]).toEqual([route, 1]);
      expect([route, (responses['200']?.description ?? '').length > 2]).toEqual([route, true]);
    }
  });

  it('says of each operation who may call it', () => {
    const scopes = TOKEN_SCOPES.map((scope) => scope.id as string);
    for (const [route, operation] of operations) {
      const rule = operation['x-ward-access'];
      expect([route, ['anyone', 'signed-in', 'member', 'roles'].includes(rule?.who ?? '')]).toEqual([
        route,
        true,
      ]);
      if (rule?.who === 'anyone') continue;
      expect(scopes).toContain(rule?.scope);
      if (rule?.who === 'roles')
        expect(rule.roles?.every((role) => (ROLE_IDS as string[]).includes(role))).toBe(true);
      if (!route.startsWith('GET ') && rule?.who === 'member')
        expect([route, rule.scope]).not.toEqual([route, undefined]);
    }
  });

  it('describes the refusal of each operation', () => {
    const without = operations.filter(
      ([, { responses }]) => !responses.default?.content?.['application/problem+json'],
    );

    expect(without.map(([route]) => route)).toEqual([]);
  });

  it('has a schema for each body, and each schema holds', () => {
    for (const [route, { requestBody, responses }] of operations) {
      for (const content of [
        requestBody?.content,
        ...Object.values(responses).map((answer) => answer.content),
      ]) {
        for (const [type, { schema }] of Object.entries(content ?? {})) {
          expect(schema, `${route} ${type}`).toBeDefined();
          expect(() => ajv.compile(absolute(schema as object)), `${route} ${type}`).not.toThrow();
        }
      }
      if (requestBody) expect([route, requestBody.required]).toEqual([route, true]);
    }
  });

  it('bounds each text, number and list that is sent', () => {
    const open = operations.flatMap(([route, { requestBody, parameters = [] }]) => [
      ...Object.values(requestBody?.content ?? {}).flatMap(({ schema }) =>
        unbounded(schema).map((at) => `${route} ${at}`),
      ),
      ...parameters.flatMap(({ name, schema }) =>
        unbounded(schema).map((at) => `${route} ?${name}${at.slice(1)}`),
      ),
    ]);

    expect(open.filter((found) => !BOUNDED_OTHERWISE.some((known) => found.includes(known)))).toEqual([]);
  });

  it('leaves no route of the program out', () => {
    const described = new Set(operations.map(([route]) => route));
    const routes = house.app.routes
      .filter((route) => route.method !== 'ALL' && route.path.startsWith('/api/'))
      .map((route) => `${route.method} ${route.path.replace(/:(\w+)(\{[^}]*\})?/g, '{$1}')}`);

    expect([...new Set(routes)].filter((route) => !described.has(route)).sort()).toEqual(NOT_DESCRIBED);
  });
});

describe('what is answered', () => {
  it('is as described, on every route that serves somebody', async () => {
    const asked = ['security-lead', 'administrator'] satisfies ActorName[];
    const wrong: string[] = [];
    let checked = 0;
    for (const [route, operation] of operations) {
      for (const name of asked) {
        const response = await ask(route, name);
        const type = (response.headers.get('content-type') ?? '').split(';')[0] as string;
        const described = response.ok ? operation.responses['200'] : operation.responses.default;
        const schema = described?.content?.[type]?.schema;
        const text = await response.text();
        if (!schema) {
          wrong.push(`${route}: ${response.status} ${type} is not described`);
          continue;
        }
        if (!/json$/.test(type) || type.includes('ndjson')) continue;
        const holds = ajv.compile(absolute(schema));
        checked += 1;
        if (!holds(JSON.parse(text)))
          wrong.push(
            `${route}: ${JSON.stringify(holds.errors?.slice(0, 2).map((error) => [error.instancePath, error.message]))}`,
          );
      }
    }

    expect(wrong).toEqual([]);
    expect(checked).toBeGreaterThan(80);
  }, 120_000);

  it('is a problem document for each kind of refusal', async () => {
    const holds = ajv.compile(absolute(problemSchema()));
    for (const name of ACTORS) {
      for (const route of ['POST /api/people/{id}/disable', 'GET /api/records/{key}']) {
        const response = await ask(route, name);
        if (response.ok) continue;
        expect(response.headers.get('content-type')).toBe('application/problem+json');
        const problem = await response.json();
        expect(holds(problem), `${name} ${route} ${JSON.stringify(holds.errors)}`).toBe(true);
        expect((problem as { requestId: string }).requestId).toBe(response.headers.get('x-request-id'));
      }
    }
  });
});

describe('the typed client', () => {
  it('calls a route of each router', async () => {
    const headers = await house.headersOf(house.actor('security-lead'));
    const options = {
      headers,
      fetch: (input: RequestInfo | URL, init?: RequestInit) => house.app.request(input as string, init),
    };
    const release = await house.record('release', { name: 'Release', version: '1.0' });
    const record = await hc<RecordsApi>('/api', options).records[':key'].$get({
      param: { key: release.key },
    });
    const session = await hc<PeopleApi>('/api', options).session.$get();
    const checkpoint = await hc<LedgerApi>('/api', options).ledger.checkpoint.$get();
    const knowledge = await hc<KnowledgeApi>('/api', options).knowledge.$get();
    const query = { product: house.product.key };
    const routers = {
      requirements: await hc<RequirementsApi>('/api', options).requirements.checks.$get({ query }),
      controls: await hc<ControlsApi>('/api', options).controls.$get({ query }),
      traceability: await hc<TraceabilityApi>('/api', options).traceability.$get({ query }),
      assurance: await hc<AssuranceApi>('/api', options).releases[':release'].assurance.$get({
        param: { release: release.key },
        query: {},
      }),
      components: await hc<ComponentsApi>('/api', options).releases[':release'].components.$get({
        param: { release: release.key },
        query: {},
      }),
      vulnerabilities: await hc<VulnerabilitiesApi>('/api', options).findings.$get({ query: {} }),
      system: await hc<SystemApi>('/api', options)['system-models'][':key'].layout.$get({
        param: { key: (await house.record('system-model', { title: 'Pump' })).key },
      }),
      fleet: await hc<FleetApi>('/api', options).fleet.units.$get({ query: query as never }),
      today: await hc<TodayApi>('/api', options).today.$get(),
      threats: await hc<ThreatsApi>('/api', options)['threat-runs'].$get(),
      risks: await hc<RisksApi>('/api', options).risks.$get({ query: { product: house.product.key } }),
    };

    expect((await record.json()) as object).toMatchObject({ key: release.key, title: 'Release' });
    expect((await session.json()) as object).toMatchObject({ person: { name: 'security-lead' } });
    expect((await checkpoint.json()) as object).toHaveProperty('note');
    expect((await knowledge.json()) as object).toMatchObject({ advisories: 1 });
    expect(new Set(Object.values(routers).map((answer) => answer.status))).toEqual(new Set([200]));
    expect(Object.values(routers).map((answer) => answer.status)).toEqual(
      Object.keys(routers).map(() => 200),
    );
    const withRoutes = house.ward.rooms.filter((room) => room.api).map((room) => room.name);
    expect(Object.keys(routers).sort()).toEqual(withRoutes.sort());
  });
});

/** Bounded by something else than the schema of the request. */
const BOUNDED_OTHERWISE = [
  // Uploads: counted as they stream.
  '/upload $',
  '/system-models/import $',
  '/harms/preview $',
  '/harms/import $',
  // So many places and no more: rooms/system/layout-model.ts.
  'PUT /api/system-models/{key}/layout $.places',
  // Checked by the schema of the model, as a record's body is, and a whole list by its bound of the request.
  '/assurance/what-if $.model',
  // 500 at most: rooms/assurance/views.ts.
  '/assurance/what-if $.controls',
  // Bodies of records: checked by the kind's own schema, which tests/kinds.test.ts looks through.
  '$.body',
  // Places by object id, counted: rooms/system/layout-model.test.ts.
  'PUT /api/system-models/{key}/layout $.places',
  // Forty filters at most, each short: kernel/people/saved-views.integration.test.ts.
  'PUT /api/me/views $.query',
];

async function ask(route: string, name: ActorName): Promise<Response> {
  const [method = '', path = ''] = route.split(' ');
  const actor = house.actor(name);
  const headers = await house.headersOf(actor);
  const prepared = await REQUESTS[route]!(house, actor);
  const json = prepared.body === undefined ? undefined : JSON.stringify(prepared.body);
  const response = await house.app.request(prepared.path ?? path, {
    method,
    headers: { ...headers, ...(json === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(json === undefined ? {} : { body: json }),
    ...(prepared.bytes === undefined ? {} : { body: prepared.bytes }),
  });
  await prepared.after?.();
  return response;
}

function problemSchema(): object {
  const operation = operations.find(
    ([, found]) => found.responses.default?.content?.['application/problem+json'],
  );
  return operation?.[1].responses.default?.content?.['application/problem+json']?.schema as object;
}

/** References of a schema that is taken out of the document, pointed at the document. */
function absolute(schema: object): object {
  return JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/', '"$ref":"ward:api#/')) as object;
}

interface Sent {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, object>>;
  readonly additionalProperties?: unknown;
  readonly items?: object;
  readonly anyOf?: readonly object[];
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly maximum?: number;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly format?: string;
  readonly pattern?: string;
}

function unbounded(schema: object | undefined, at = '$'): string[] {
  const sent = (schema ?? {}) as Sent;
  const types = [sent.type ?? []].flat();
  const closed = sent.enum !== undefined || sent.const !== undefined;
  const found: string[] = [];
  if (types.includes('string') && !closed && sent.maxLength === undefined && !boundedFormat(sent))
    found.push(at);
  if (types.includes('array') && sent.maxItems === undefined) found.push(at);
  if (
    types.includes('object') &&
    sent.additionalProperties !== undefined &&
    sent.additionalProperties !== false
  )
    found.push(at);
  if (sent.items) found.push(...unbounded(sent.items, `${at}[]`));
  for (const other of sent.anyOf ?? []) found.push(...unbounded(other, at));
  for (const [name, field] of Object.entries(sent.properties ?? {}))
    found.push(...unbounded(field, `${at}.${name}`));
  return found;
}

function boundedFormat({ format, pattern }: Sent): boolean {
  return format === 'uuid' || format === 'date' || format === 'date-time' || pattern?.endsWith('$') === true;
}
